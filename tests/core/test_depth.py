"""Depth as papers count it, against the number in the networks' names and tables."""

from __future__ import annotations

import pytest

import explorer
from explorer.blocks.activation import Sigmoid
from explorer.blocks.conv import Conv2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.core.analysis import analyse
from explorer.core.compose import Chain, Multiply, Output, Recall, Slot, Tap
from explorer.core.depth import depth
from explorer.core.network import Network


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        *((f"resnet{n}", n) for n in (18, 34, 50, 101, 152, 20, 110, 1202)),
        *((f"vgg{n}", n) for n in (11, 13, 16, 19)),
        ("plain34", 34),
        ("lenet5", 5),
        ("alexnet", 8),
        ("googlenet_paper", 22),
    ],
)
def test_the_published_depth(name: str, layers: int) -> None:
    counted = analyse(explorer.network(name)).counted
    assert counted is not None
    assert depth(counted) == layers


CONV = Conv2d(3, 1)


@pytest.mark.parametrize(
    ("body", "layers"),
    [
        (Chain(), 0),
        (Chain(("a", CONV), Slot("b", CONV, enabled=False)), 1),
        (Chain(("t", Tap()), ("a", CONV), ("b", CONV), ("r", Recall("skip", "replace")), ("c", CONV)), 1),
        (Chain(("a", CONV), ("t", Tap()), ("b", CONV), ("r", Recall("skip", "add"))), 2),
        (Chain(("a", CONV), ("o", Output("aux", Chain(("b", CONV), ("c", CONV))))), 1),
        (Chain(Multiply(Chain(("a", CONV)), Chain(("p", AdaptiveAvgPool2d(1)), ("b", CONV), ("c", CONV)))), 1),
        (Chain(Multiply(Chain(("a", CONV), ("b", CONV)), Chain(("s", Sigmoid())))), 2),
    ],
)
def test_ways_through_structures(body: Chain, layers: int) -> None:
    counted = analyse(Network.of("n", (3, 8, 8), body)).counted
    assert counted is not None
    assert counted.output_shape is not None
    assert depth(counted) == layers
