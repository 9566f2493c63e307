"""The plain networks that the residual ones were compared with.

The same layers without the shortcuts: deeper ones train worse, which is where the paper starts (He, Zhang, Ren, Sun:
Deep Residual Learning for Image Recognition, 2015, figures 1 and 3). The twin of ResNet-1202 is there to be looked at:
behind batch norms gradients grow by about a fifth from layer to layer, and over a thousand of them outgrow single
precision (Yang, Pennington, Rao, Sohl-Dickstein, Schoenholz: A Mean Field Theory of Batch Normalization, 2019).
"""

from __future__ import annotations

from explorer.core.shape import Shape
from explorer.zoo import resnet, resnet_cifar
from explorer.zoo.base import Builder, Entry, Figure, Option, register, rounded

TABLE_1 = "He, Zhang, Ren, Sun, 2015, table 1"
TABLE_6 = "He, Zhang, Ren, Sun, 2015, table 6 (the residual twin, whose shortcuts have no parameters)"

MOST_TRAINED = 400  # layers up to which gradients stay finite in single precision

#   layers  blocks a stage  parameters  MACs
IMAGENET = [
    (18, (2, 2, 2, 2), 11_515_688, "1.8 G"),
    (34, (3, 4, 6, 3), 21_623_848, "3.6 G"),
]

#   n  parameters  MACs
CIFAR = [
    (3, "0.27 M", 40_551_040),
    (5, "0.46 M", 68_862_592),
    (7, "0.66 M", 97_174_144),
    (9, "0.85 M", 125_485_696),
    (18, "1.7 M", 252_887_680),
    (200, "19.4 M", 2_829_238_912),
]


def _register(
    layers: int,
    build: Builder,
    options: dict[str, Option],
    input_shape: Shape,
    classes: int,
    parameters: Figure,
    macs: Figure,
) -> None:
    entry = Entry(
        key=f"plain{layers}",
        title=f"Plain-{layers}",
        family="Plain networks",
        year=2015,
        paper=resnet.PAPER if input_shape == resnet.INPUT_SHAPE else resnet_cifar.PAPER,
        summary=(
            f"ResNet-{layers} without its shortcuts, to see what they are good for."
            if layers < MOST_TRAINED
            else f"ResNet-{layers} without its shortcuts, whose gradients single precision cannot hold."
        ),
        input_shape=input_shape,
        classes=classes,
        parameters=parameters,
        macs=macs,
        build=build,
        options=options,
    )
    register(entry)


for layers, blocks, parameters, macs in IMAGENET:
    build = resnet.builder("basic", blocks, residual=False)
    options = {"activation": resnet.ACTIVATION, "stem": resnet.STEM}
    figures = Figure(parameters), rounded(macs, TABLE_1)
    _register(layers, build, options, resnet.INPUT_SHAPE, resnet.CLASSES, *figures)

for n, size, macs_counted in CIFAR:
    build = resnet_cifar.builder(n, residual=False)
    figures = rounded(size, TABLE_6), Figure(macs_counted)
    options = {"activation": resnet.ACTIVATION}
    _register(6 * n + 2, build, options, resnet_cifar.INPUT_SHAPE, resnet_cifar.CLASSES, *figures)
