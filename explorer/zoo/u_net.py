"""U-Net (Ronneberger, Fischer, Brox: U-Net: Convolutional Networks for Biomedical Image Segmentation, 2015, figure 1).

Four times down and up again; on the way up, what the way down had at that size is brought back. The paper pads nothing,
so that 572 x 572 pixels give a map of 388 x 388, and crops what it brings back; with padding the map is as large as
the image, whose sides must be multiples of 16.
"""

from __future__ import annotations

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.crop import Crop2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.pool import MaxPool2d
from explorer.core.compose import Chain, Concat, Part, Recall, Tap
from explorer.zoo.base import Entry, Figure, Option, register

LEVELS = 4  # poolings
CROPS = (88, 40, 16, 4)  # rows and columns cut off on every side, from the first level to the last (568 to 392 pixels)

OPTIONS = {
    "padding": Option(
        "valid", "valid: none, as in the paper; same: the map gets the size of the image", ("valid", "same")
    ),
    "width": Option(64, "channels of the first level, doubled from level to level"),
    "dropout": Option(0.5, "share of the values left out at the end of the way down"),
}


def build(classes: int, padding: str, width: int, dropout: float) -> Chain:
    """The network; it tells classes apart pixel by pixel."""
    valid, parts = padding == "valid", list[Part]()
    for level in range(1, LEVELS + 1):
        parts += [(f"down{level}", _twice(width * 2 ** (level - 1), valid)), (f"tap{level}", Tap(f"level{level}"))]
        parts.append((f"pool{level}", MaxPool2d(2)))
    parts += [("bottom", _twice(width * 2**LEVELS, valid)), ("dropout", Dropout(dropout))]
    for level in range(LEVELS, 0, -1):
        channels = width * 2 ** (level - 1)
        parts += [(f"up{level}", ConvTranspose2d(channels, 2, stride=2)), _joined(level, valid)]
        parts.append((f"conv{level}", _twice(channels, valid)))
    return Chain(*parts, ("head", Conv2d(classes, 1)))


def _twice(channels: int, valid: bool) -> Chain:
    convolution = Conv2d(channels, 3, padding=0 if valid else 1)
    return Chain(("0", convolution), ("1", ReLU()), ("2", convolution), ("3", ReLU()))


def _joined(level: int, valid: bool) -> Part:
    """What the way down had, cropped where nothing is padded, before what has come up."""
    margin = CROPS[level - 1]
    crop: list[Part] = [(f"crop{level}", Crop2d(margin, margin, margin, margin))] if valid else []
    return Concat(Chain((f"recall{level}", Recall(f"level{level}", "replace")), *crop), Chain())


register(
    Entry(
        key="u_net",
        title="U-Net",
        family="Segmentation",
        year=2015,
        paper=(
            "Ronneberger, Fischer, Brox: U-Net: Convolutional Networks for Biomedical Image Segmentation, 2015, "
            "figure 1."
        ),
        summary="Down and up again, with shortcuts at every size: a class for every pixel from few examples.",
        input_shape=(1, 572, 572),
        classes=2,
        parameters=Figure(31_030_658),
        macs=Figure(150_428_424_448),
        build=build,
        options=OPTIONS,
        stages="Ronneberger et al., 2015, figure 1",
        task="segmentation",
    )
)
