"""The RegNets (Radosavovic, Kosaraju, Girshick, He, Dollár: Designing Network Design Spaces, 2020, section 5).

The widths of the blocks lie on a line, then each is rounded to a step; blocks of one width make a stage. RegNetY has a
gate in every block. Slots carry torchvision's names.
"""

from __future__ import annotations

import itertools
from math import log
from typing import NamedTuple

from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.regnet import RegNetBlock
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Part, Repeat
from explorer.zoo.base import TORCHVISION, Builder, Entry, Figure, imagenet, register, rounded
from explorer.zoo.stems import STEM, first_stride
from explorer.zoo.widths import multiple_of

PAPER = "Radosavovic, Kosaraju, Girshick, He, Dollár: Designing Network Design Spaces, 2020, {}."
FIRST = 32  # channels of the first convolution
SQUEEZE_RATIO = 0.25  # of the gates of RegNetY


class Line(NamedTuple):
    """What a network is made from: equations 2 to 4 of the paper.

    Attributes:
        depth: Blocks in all.
        first: Channels of the first block, w_0.
        slope: Channels from one block to the next, w_a.
        step: From one stage to the next, times as many channels, w_m.
        group_width: Channels of a group.
    """

    depth: int
    first: int
    slope: float
    step: float
    group_width: int


#    name      line                                parameters   MACs        top-1
TABLE = [
    ("x_400mf", Line(22, 24, 24.48, 2.54, 16), 5_495_976, "0.414 G", 72.834),
    ("x_800mf", Line(16, 56, 35.73, 2.28, 16), 7_259_656, "0.8 G", 75.212),
    ("x_1_6gf", Line(18, 80, 34.01, 2.25, 24), 9_190_136, "1.603 G", 77.04),
    ("x_3_2gf", Line(25, 88, 26.31, 2.25, 48), 15_296_552, "3.177 G", 78.364),
    ("x_8gf", Line(23, 80, 49.56, 2.88, 120), 39_572_648, "7.995 G", 79.344),
    ("x_16gf", Line(22, 216, 55.59, 2.1, 128), 54_278_536, "15.941 G", 80.058),
    ("x_32gf", Line(23, 320, 69.86, 2.0, 168), 107_811_560, "31.736 G", 80.622),
    ("y_400mf", Line(16, 48, 27.89, 2.09, 8), 4_344_144, "0.402 G", 74.046),
    ("y_800mf", Line(14, 56, 38.84, 2.4, 16), 6_432_512, "0.834 G", 76.42),
    ("y_1_6gf", Line(27, 48, 20.71, 2.65, 24), 11_202_430, "1.612 G", 77.95),
    ("y_3_2gf", Line(21, 80, 42.63, 2.66, 24), 19_436_338, "3.176 G", 78.948),
    ("y_8gf", Line(17, 192, 76.82, 2.19, 56), 39_381_472, "8.473 G", 80.032),
    ("y_16gf", Line(18, 200, 106.23, 2.48, 112), 83_590_140, "15.912 G", 80.424),
    ("y_32gf", Line(20, 232, 115.89, 2.53, 232), 145_046_770, "32.28 G", 80.878),
    ("y_128gf", Line(27, 456, 160.83, 2.52, 264), 644_812_894, "127.518 G", 86.068),
]

OPTIONS = {"stem": STEM}


def stages(line: Line) -> list[tuple[int, int, int]]:
    """Blocks, channels and group width of each stage."""
    lengths = [line.first + line.slope * number for number in range(line.depth)]
    steps = [round(log(length / line.first) / log(line.step)) for length in lengths]
    widths = [8 * round(line.first * line.step**step / 8) for step in steps]
    found = []
    for width, run in itertools.groupby(widths):
        group_width = min(line.group_width, width)
        found.append((len(list(run)), multiple_of(group_width, width), group_width))
    return found


def builder(line: Line, squeeze_ratio: float) -> Builder:
    """The builder for one row of the table."""

    def build(classes: int, stem: str) -> Chain:
        trunk: list[Part] = []
        for number, (count, channels, group_width) in enumerate(stages(line), start=1):
            first, other = (RegNetBlock(channels, group_width, stride, squeeze_ratio) for stride in (2, 1))
            names = tuple(f"block{number}-{place}" for place in range(1, count))
            rest = [Repeat(names, other)] if names else []
            trunk.append((f"block{number}", Chain((f"block{number}-0", first), *rest)))
        return Chain(
            ("stem", ConvBlock(FIRST, 3, first_stride(stem), naming="numbers")),
            ("trunk_output", Chain(*trunk)),
            ("avgpool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()),
            ("fc", Linear(classes)),
        )

    return build


for name, line, parameters, macs, top1 in TABLE:
    gated = name.startswith("y")
    key, size = f"regnet_{name}", name[2:].replace("_", ".").replace("mf", " MF").replace("gf", " GF")
    register(
        Entry(
            key=key,
            title=f"RegNet{name[0].upper()} {size}",
            family="RegNet",
            year=2020,
            paper=PAPER.format("section 5.3" if gated else "section 5"),
            summary=(
                "RegNetX with a gate in every block."
                if gated
                else "A simple rule for widths, found by comparing whole families of networks instead of single ones."
            ),
            input_shape=(3, 224, 224),
            classes=1000,
            parameters=Figure(parameters, TORCHVISION),
            macs=rounded(macs, TORCHVISION),
            accuracy=imagenet(top1),
            build=builder(line, SQUEEZE_RATIO if gated else 0.0),
            options=OPTIONS,
            twin=key,
        )
    )
