"""Where the arrow keys lead: to the next column and back, and never out of a frame by the way."""

from __future__ import annotations

import itertools
from typing import cast

import pytest

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import BasicBlock
from explorer.core.compose import Chain, Concat, Path
from explorer.core.network import Network
from explorer.gui.canvas import steps, walk
from explorer.gui.canvas.figure import Figure, Flow, Frame, Node
from explorer.gui.canvas.folds import ALL_OPEN
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.sketch import Font, Paper

CONV = Conv2d(8, 3, padding=1)


def width(text: str, font: Font) -> float:
    return {"title": 8.5, "words": 7.5, "label": 7.0}[font] * len(text)


def unfolded(of: Network, *, vertical: bool = True) -> Figure:
    return Layout(Paper(Flow(vertical), width)).draw(explorer.analyse(of), ALL_OPEN)


def step(figure: Figure, path: Path, direction: str) -> Path:
    start = walk.find(figure, path)
    assert start is not None
    assert path in start.paths
    found = steps.next_to(figure, start, cast("steps.Direction", direction))
    return found.paths[0] if found else ()


def frame_around(figure: Figure, path: Path) -> Path:
    """The innermost unfolded block that a block lies in, by its name."""
    for length in range(len(path) - 1, 0, -1):
        found = walk.find(figure, path[:length])
        if found is not None and isinstance(found.figure.face, Frame) and found.path == path[:length]:
            return path[:length]
    return ()


@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
def test_a_projection_is_the_column_behind_its_block(vertical: bool) -> None:
    of = Network.of("two", (8, 9, 9), Chain(("one", BasicBlock(16, 2)), ("two", BasicBlock(16)), ("last", CONV)))
    figure = unfolded(of, vertical=vertical)
    assert step(figure, ("one", "conv1"), "behind") == ("one", "downsample", "0")
    assert step(figure, ("one", "downsample", "0"), "behind") == ()
    back = step(figure, ("one", "downsample", "0"), "before")
    assert back[0] == "one"
    assert "downsample" not in back
    for direction in ("before", "behind"):
        assert step(figure, ("two", "relu1"), direction) == ()  # the identity beside it has no blocks
        assert step(figure, ("last",), direction) == ()
        assert step(figure, ("one",), direction) == ()


@pytest.mark.parametrize("key", ["resnet18", "googlenet_paper", "nin"])
@pytest.mark.parametrize("direction", ["before", "behind"])
def test_no_step_across_leaves_a_frame(key: str, direction: str) -> None:
    figure = unfolded(explorer.network(key))
    starts = [found for found in walk.blocks(figure) if not isinstance(found.figure.face, Node)]
    ways = [(one.path, step(figure, one.paths[0], direction)) for one in starts]
    for start, end in ways:
        assert not end or frame_around(figure, start) == end[: len(frame_around(figure, start))]
    assert any(end for _, end in ways) is (key != "nin")  # which has no branches


def test_columns_of_a_merge_are_walked_through_one_by_one() -> None:
    branches = [Chain((name, CONV), (f"{name}2", ReLU())) for name in "abcd"]
    figure = unfolded(Network.of("four", (8, 9, 9), Chain(("stem", CONV), Concat(*branches), ("last", CONV))))
    for first, second in itertools.pairwise("abcd"):
        assert step(figure, (first,), "behind") == (second,)
        assert step(figure, (second,), "before") == (first,)
    assert step(figure, ("d2",), "behind") == ()
    assert step(figure, ("stem",), "behind") == ()


def test_the_columns_of_a_merge_around_follow_those_of_the_one_inside() -> None:
    inner = Concat(Chain(("a", CONV)), Chain(("b", CONV)))
    figure = unfolded(Network.of("nested", (8, 9, 9), Chain(Concat(Chain(inner), Chain(("c", CONV))))))
    assert step(figure, ("a",), "behind") == ("b",)
    assert step(figure, ("b",), "behind") == ("c",)
