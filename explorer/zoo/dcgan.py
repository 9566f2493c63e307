"""DCGAN, a generator and a discriminator of images.

Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks,
2015, figure 1 and section 3. The generator makes an image of 64 x 64 pixels from a hundred numbers; the discriminator,
its mirror image, tells real ones from those. The classes of the generator are the channels of its images.
"""

from __future__ import annotations

from explorer.blocks.activation import LeakyReLU, ReLU, Sigmoid, Tanh
from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.to_image import ToImage
from explorer.core.block import Block
from explorer.core.compose import Chain, Part
from explorer.core.shape import Shape
from explorer.zoo.base import Builder, Entry, Figure, Option, register

PAPER = (
    "Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
    "Networks, 2015, figure 1."
)
STEPS = (8, 4, 2, 1)  # times the width: channels from the smallest map to the largest
SMALLEST = 4  # rows and columns of the smallest map
KERNEL = 5
SLOPE = 0.2  # of the discriminator's activations on negative values (section 4)

OPTIONS = {
    "image": Option("64", "rows and columns of the images; 32 as in section 4.3, with a layer less", ("64", "32")),
    "width": Option(128, "channels of the largest map, doubled from layer to layer"),
}


def build_generator(channels: int, image: str, width: int) -> Chain:
    """The generator: no norm behind its last layer, which gives values from -1 to 1."""
    first, *others = _widths(image, width)
    parts: list[Part] = [("project", Linear(SMALLEST**2 * first, bias=False)), ("to_image", ToImage(SMALLEST))]
    parts += [("bn0", BatchNorm2d()), ("relu0", ReLU())]
    for number, out_channels in enumerate(others, start=1):
        parts += [(f"up{number}", _enlarge(out_channels)), (f"bn{number}", BatchNorm2d()), (f"relu{number}", ReLU())]
    return Chain(*parts, (f"up{len(others) + 1}", _enlarge(channels)), ("tanh", Tanh()))


def build_discriminator(classes: int, image: str, width: int) -> Chain:
    """The discriminator: no norm behind its first layer."""
    parts: list[Part] = []
    for number, channels in enumerate(reversed(_widths(image, width)), start=1):
        parts.append((f"conv{number}", Conv2d(channels, KERNEL, stride=2, padding=KERNEL // 2, bias=False)))
        if number > 1:
            parts.append((f"bn{number}", BatchNorm2d()))
        parts.append((f"relu{number}", LeakyReLU(SLOPE)))
    return Chain(*parts, ("flatten", Flatten()), ("fc", Linear(classes)), ("sigmoid", Sigmoid()))


def _widths(image: str, width: int) -> list[int]:
    """The channels of all maps from the smallest on."""
    return [factor * width for factor in (STEPS if image == "64" else STEPS[1:])]


def _enlarge(channels: int) -> Block:
    return ConvTranspose2d(channels, KERNEL, stride=2, padding=KERNEL // 2, output_padding=1, bias=False)


#  key, title, summary, input, classes, parameters, MACs, builder
TABLE: list[tuple[str, str, str, Shape, int, int, int, Builder]] = [
    (
        "dcgan_generator",
        "DCGAN generator",
        "Makes images from random numbers, by transposed convolutions alone.",
        (100,),
        3,
        18_855_040,
        640_614_400,
        build_generator,
    ),
    (
        "dcgan_discriminator",
        "DCGAN discriminator",
        "Tells real images from generated ones, by convolutions with strides and no pooling.",
        (3, 64, 64),
        1,
        17_232_769,
        638_992_384,
        build_discriminator,
    ),
]

for key, title, summary, shape, classes, parameters, macs, build in TABLE:
    register(
        Entry(
            key=key,
            title=title,
            family="Generative networks",
            year=2015,
            paper=PAPER,
            summary=summary,
            input_shape=shape,
            classes=classes,
            parameters=Figure(parameters),
            macs=Figure(macs),
            build=build,
            options=OPTIONS,
            stages="Radford et al., 2015, figure 1" if key == "dcgan_generator" else "",
            task="generation",
        )
    )
