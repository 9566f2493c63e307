"""Networks of the zoo that are worth looking at side by side, each pair with what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from explorer.core.network import Network
from explorer.zoo.base import make

Member: TypeAlias = tuple[str, dict[str, Any]]  # a key of the zoo and the options that matter


@dataclass(frozen=True, slots=True)
class NetworkPair:
    """Two networks for one click.

    Attributes:
        key: Its name for programs.
        title: Its name for people.
        summary: What it shows, in one sentence.
        left: The network on the left.
        right: The network on the right.
    """

    key: str
    title: str
    summary: str
    left: Member
    right: Member

    def make(self) -> tuple[Network, Network]:
        """Both networks."""
        (left, ours), (right, theirs) = self.left, self.right
        return make(left, **ours), make(right, **theirs)


def _shortcut(letter: str) -> Member:
    return "resnet34", {"shortcut": {"A": "zero_pad", "B": "auto", "C": "projection"}[letter]}


PAIRS = (
    NetworkPair(
        "plain_residual",
        "Plain-34 and ResNet-34",
        "The same layers with and without shortcuts (He et al., 2015, figure 3).",
        ("plain34", {}),
        ("resnet34", {}),
    ),
    NetworkPair(
        "vgg_residual",
        "VGG-19 and ResNet-34",
        "Nearly twice the depth at a fifth of the cost (He et al., 2015, figure 3).",
        ("vgg19", {}),
        ("resnet34", {}),
    ),
    NetworkPair(
        "activation",
        "ResNet-50: activation behind and in front",
        "Activation behind the sum (2015) and before the convolutions (He et al., 2016, figure 1).",
        ("resnet50", {"activation": "post"}),
        ("resnet50", {"activation": "pre"}),
    ),
    NetworkPair(
        "shortcuts_a_b",
        "ResNet-34: shortcuts A and B",
        "Zeros against projections where the shape changes (He et al., 2015, table 3).",
        _shortcut("A"),
        _shortcut("B"),
    ),
    NetworkPair(
        "shortcuts_b_c",
        "ResNet-34: shortcuts B and C",
        "Projections where the shape changes against projections everywhere (He et al., 2015, table 3).",
        _shortcut("B"),
        _shortcut("C"),
    ),
    NetworkPair(
        "inception",
        "Inception v1 and v3",
        "Large filters taken apart into small ones, rows and columns (Szegedy et al., 2015, section 3).",
        ("googlenet_paper", {}),
        ("inception_v3", {"aux_logits": False}),
    ),
    NetworkPair(
        "lenet",
        "LeNet-5 then and now",
        "Trainable subsampling, a table of connections and distances to codes, and what stands for them today.",
        ("lenet5_1998", {}),
        ("lenet5", {}),
    ),
    NetworkPair(
        "gates",
        "ResNet-50 and SE-ResNet-50",
        "A tenth more weights for gates, and hardly any more work (Hu et al., 2017, section 4).",
        ("resnet50", {"stride_in": "1x1"}),
        ("se_resnet50", {}),
    ),
    NetworkPair(
        "vgg_depth",
        "VGG-16 and VGG-19",
        "Three more convolutions, one in each of the last stages (Simonyan, Zisserman, 2014, table 1).",
        ("vgg16", {}),
        ("vgg19", {}),
    ),
    NetworkPair(
        "residual_depth",
        "ResNet-34 and ResNet-50",
        "Bottlenecks in the place of basic blocks (He et al., 2015, table 1).",
        ("resnet34", {}),
        ("resnet50", {}),
    ),
)
