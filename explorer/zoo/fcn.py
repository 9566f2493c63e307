"""FCN-32s (Long, Shelhamer, Darrell: Fully Convolutional Networks for Semantic Segmentation, 2015, figure 3).

VGG-16 whose fully connected layers have become convolutions of 7x7 and 1x1, and one transposed convolution that
enlarges their scores 32 times. As in the authors' network, 100 pixels of padding give the 7x7 convolution room on small
images, and what is too much in the end is cut off. Networks for other images than of 500 pixels cut off as much as
their option ``image`` says. Of images of 28 pixels those 100 would be most of the work: with ``padding="same"`` the 7x7
convolution has a border of its own instead.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.crop import Crop2d
from explorer.blocks.dropout import Dropout2d
from explorer.blocks.reshape import ZeroPad2d
from explorer.core.compose import Chain, Part
from explorer.zoo import vgg
from explorer.zoo.base import Entry, Figure, Option, register, sequence

FEATURES = 4096
PADDING = 100  # of the first convolution, of which a layer of its own adds all but one
STRIDE = 32
OFFSET = 19  # rows and columns cut off at the top and on the left, so that scores lie where their pixels do

OPTIONS = {
    "padding": Option(
        "100", "100: pixels around the image, as the authors have it; same: what the convolutions need", ("100", "same")
    ),
    "image": Option(500, "height and width of the images, and so of the map"),
    "features": Option(FEATURES, "channels of the layers that were fully connected"),
    "dropout": Option(0.5, "share of the channels left out behind them"),
}


def build(classes: int, padding: str, image: int, features: int, dropout: float) -> Chain:
    """The network; it tells classes apart pixel by pixel."""
    border, around = (0, 3) if padding == "same" else (PADDING - 1, 0)
    surplus = _enlarged(image + 2 * border, around) - image
    offset = surplus // 2 if padding == "same" else OFFSET
    rest = surplus - offset  # rows and columns to cut off at the bottom and on the right
    pad: list[Part] = [("pad", ZeroPad2d(border, border, border, border))] if border else []
    head: list[Part] = [
        ("fc6", Conv2d(features, 7, padding=around)),
        ("relu6", ReLU()),
        ("dropout6", Dropout2d(dropout)),
        ("fc7", Conv2d(features, 1)),
        ("relu7", ReLU()),
        ("dropout7", Dropout2d(dropout)),
        ("score", Conv2d(classes, 1)),
        ("upscore", ConvTranspose2d(classes, 2 * STRIDE, stride=STRIDE, bias=False)),
        ("crop", Crop2d(offset, rest, offset, rest)),
    ]
    return Chain(*pad, ("features", sequence(*vgg.features(vgg.VGG_16, ceil_mode=True))), *head)


def _enlarged(padded: int, around: int) -> int:
    """Height and width of the enlarged scores of a padded image, with a border around the map before the scores."""
    extent = -(-padded // STRIDE) + 2 * around - 6
    return (extent + 1) * STRIDE


register(
    Entry(
        key="fcn32s",
        title="FCN-32s",
        family="Segmentation",
        year=2015,
        paper="Long, Shelhamer, Darrell: Fully Convolutional Networks for Semantic Segmentation, 2015, figure 3.",
        summary="A classifier made convolutional gives a class for every pixel, of images of any size.",
        input_shape=(3, 500, 500),
        classes=21,
        # table 1 has 134 M, without the transposed convolution, which is not trained there
        parameters=Figure(136_152_917),
        macs=Figure(181_365_854_976),
        build=build,
        options=OPTIONS,
        task="segmentation",
    )
)
