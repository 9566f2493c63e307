"""The residual network whose blocks are left out at random (Huang et al.: Deep Networks with Stochastic Depth, 2016).

ResNet-110 for CIFAR-10 with shortcuts without parameters; the later a block, the more often it is left out. The paper
leaves a block out for a whole batch and scales it down in evaluation; here it is left out image by image and scaled up
in training, as torchvision does, which comes to the same on average.
"""

from __future__ import annotations

from explorer.blocks.stochastic_residual import StochasticBlock
from explorer.core.compose import Chain, Part
from explorer.zoo.base import Entry, Figure, Option, cifar_10, register, rounded, sequence
from explorer.zoo.resnet import FAMILY, network
from explorer.zoo.resnet_cifar import WIDTH

BLOCKS = 18  # of each of the three stages

OPTIONS = {"stochastic_depth": Option(0.5, "how often the last block is left out; the first hardly ever is")}


def build(classes: int, stochastic_depth: float) -> Chain:
    """The network; block l of L is left out with the probability l / L times that of the last (equation 4)."""
    stages: list[Part] = []
    for stage in range(3):
        blocks = [
            StochasticBlock(
                WIDTH * 2**stage,
                2 if stage and not place else 1,
                stochastic_depth * (stage * BLOCKS + place + 1) / (3 * BLOCKS),
            )
            for place in range(BLOCKS)
        ]
        stages.append((f"layer{stage + 1}", sequence(*blocks)))
    return network(stages, classes, width=WIDTH)


register(
    Entry(
        key="stochastic_depth_resnet110",
        title="ResNet-110 with stochastic depth",
        family=FAMILY,
        year=2016,
        paper="Huang, Sun, Liu, Sedra, Weinberger: Deep Networks with Stochastic Depth, 2016, section 4.",
        summary="Blocks left out at random while training: quicker, and better for being an ensemble of depths.",
        input_shape=(3, 32, 32),
        classes=10,
        parameters=rounded("1.7 M", "Huang, Sun, Liu, Sedra, Weinberger, 2016, section 4"),
        macs=Figure(252_887_680),
        accuracy=cifar_10(5.23, "Huang et al., 2016, the authors' repository"),
        build=build,
        options=OPTIONS,
    )
)
