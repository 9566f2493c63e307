"""What is written beside a diagram that is seen from afar: every part of the structure, and nothing on anything."""

from __future__ import annotations

import itertools
import math

import pytest

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import BasicBlock
from explorer.core.compose import Add, Chain
from explorer.core.network import Network
from explorer.examples import EXAMPLES
from explorer.gui.canvas.captions import LINE, Caption, captions, shortened
from explorer.gui.canvas.figure import Figure, Flow
from explorer.gui.canvas.folds import ALL_CLOSED, ALL_OPEN, AUTOMATIC, Folds
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.sketch import Font, Paper

FLOWS = pytest.mark.parametrize("flow", [Flow(True), Flow(False)], ids=["down", "across"])
ZOOMS = (0.002, 0.01, 0.04, 0.1, 0.2, 0.28, 0.41)


def width(text: str, font: Font) -> float:
    return {"title": 8.5, "words": 7.5, "label": 7.0}[font] * len(text)


def network(key: str) -> Network:
    return EXAMPLES[key].read() if key in EXAMPLES else explorer.network(key)


def drawn(of: Network, flow: Flow, folds: Folds = AUTOMATIC) -> Figure:
    return Layout(Paper(flow, width)).draw(explorer.analyse(of), folds)


def fitted(figure: Figure, flow: Flow, room: float) -> tuple[Caption, ...]:
    """The captions of a figure that is as long as a room."""
    return captions(figure, flow, room / figure.along, width)


def overlap(one: Caption, other: Caption) -> bool:
    if one.is_slanted and other.is_slanted:  # in parallel, so far from one another
        return abs(one.left - other.left) / math.sqrt(2) < LINE - 0.01
    (left, top, right, bottom), (low, high, far, deep) = one.box, other.box
    return left < far - 0.01 and low < right - 0.01 and top < deep - 0.01 and high < bottom - 0.01


@FLOWS
@pytest.mark.parametrize("key", ["resnet50", "resnet1202"])
def test_stem_stages_and_head_have_words_however_far(key: str, flow: Flow) -> None:
    names = [caption.text.split("  ·  ")[0] for caption in fitted(drawn(network(key), flow, ALL_OPEN), flow, 420)]
    stages = [slot.name for slot in network(key).body.slots if slot.name.startswith("layer")]
    assert names == ["stem", *stages, "head"]


def test_stem_and_head_say_what_is_in_them() -> None:
    found = fitted(drawn(network("resnet1202"), Flow(), ALL_OPEN), Flow(), 420)
    assert found[0].text == "stem  ·  Conv2d, BatchNorm2d, ReLU"
    assert found[1].text == "layer1  ·  200 × BasicBlock, 16 channels"
    assert found[-1].text == "head  ·  AdaptiveAvgPool2d, Flatten, Linear"


def test_each_block_has_its_own_caption_where_there_is_room() -> None:
    of = network("googlenet_paper")
    found = captions(drawn(of, Flow(), ALL_CLOSED), Flow(), 0.3, width)
    assert len(found) == len(of.body.slots) + 2  # the ends of the network too
    assert found[0].text == "image 3 × 224 × 224"
    assert next(one.text for one in found if "inception" in one.text).startswith("inception3a  ·  Inception, 64")


def test_the_name_is_what_is_left_where_there_is_no_room_for_all_words() -> None:
    found = fitted(drawn(network("resnet1202"), Flow(), ALL_OPEN), Flow(), 420)
    assert tuple(shortened(found, 600, width)) == found
    names = tuple(shortened(found, 200, width))
    assert [one.text for one in names] == ["stem", "layer1", "layer2", "layer3", "head"]
    assert all(one.left >= -200 and one.box[2] == found[0].box[2] for one in names)


def test_without_stages_neighbours_share_a_caption() -> None:
    of = Network.of("plain", (8, 9, 9), Chain(*((f"c{n}", Conv2d(n + 8, 1) if n % 2 else ReLU()) for n in range(60))))
    found = fitted(drawn(of, Flow()), Flow(), 420)
    assert 10 < len(found) <= 420 / LINE
    assert "ReLU, Conv2d" in {caption.text for caption in found}


def test_a_merge_without_a_name_says_what_it_is() -> None:
    of = Network.of("sum", (8, 9, 9), Chain(Add(Chain(("a", BasicBlock(8))), Chain()), ("b", ReLU())))
    assert [one.text for one in captions(drawn(of, Flow()), Flow(), 0.4, width)] == [
        "image 8 × 9 × 9", "sum", "ReLU", "output 8 × 9 × 9",
    ]  # fmt: skip


@FLOWS
@pytest.mark.parametrize("folds", [AUTOMATIC, ALL_OPEN], ids=["usual", "open"])
@pytest.mark.parametrize("key", ["lenet5", "alexnet", "vgg16", "googlenet_paper", "resnet50", "resnet110", *EXAMPLES])
def test_no_caption_lies_on_another_one_or_on_the_figure(key: str, folds: Folds, flow: Flow) -> None:
    figure = drawn(network(key), flow, folds)
    for zoom in ZOOMS:
        found = captions(figure, flow, zoom, width)
        assert found
        assert not [(a.text, b.text) for a, b in itertools.combinations(found, 2) if overlap(a, b)]
        assert all(one.box[2] <= 0 if flow.vertical else one.is_slanted or one.box[3] <= 0 for one in found)


@pytest.mark.parametrize("key", ["lenet5", "vgg16", "resnet50", "resnet1202", *EXAMPLES])
def test_no_mark_runs_through_words(key: str) -> None:
    for folds, zoom in itertools.product((AUTOMATIC, ALL_OPEN), ZOOMS):
        found = captions(drawn(network(key), Flow(False), folds), Flow(False), zoom, width)
        for one, other in itertools.permutations(found, 2):
            if one.mark is not None and one.middle < other.middle:  # it stands higher: its mark passes the other one
                assert not other.left <= one.mark <= other.left + other.width
