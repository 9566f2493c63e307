"""The layout without Qt: nothing overlaps, everything is there, and what did not change is not laid out again."""

from __future__ import annotations

import subprocess
import sys

import pytest

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten, Upsample
from explorer.blocks.residual import BasicBlock, ResidualStage
from explorer.blocks.se_residual import SEBottleneck
from explorer.core.compose import Add, Chain, Concat, Multiply, Output, Recall, Repeat, Slot, Tap
from explorer.core.network import Input, Network
from explorer.examples import EXAMPLES
from explorer.gui.canvas import steps, walk
from explorer.gui.canvas.figure import Bracket, Card, Figure, Flow, Frame, Line, Pill
from explorer.gui.canvas.folds import ALL_CLOSED, ALL_OPEN, AUTOMATIC, GROUP, Folds
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.places import nearest
from explorer.gui.canvas.sketch import Font, Paper
from explorer.zoo.base import ZOO
from tests.gui.canvas import geometry

CONV = Conv2d(8, 3, padding=1)


def width(text: str, font: Font) -> float:
    """Every letter as wide as the widest of the real fonts."""
    return {"title": 8.5, "words": 7.5, "label": 7.0}[font] * len(text)


def paper(*, vertical: bool = True) -> Paper:
    return Paper(Flow(vertical), width)


def network(*parts: object, shape: tuple[int, ...] = (3, 16, 16)) -> Network:
    return Network.of("drawn", shape, Chain(*parts))  # type: ignore[arg-type]


def drawn(of: Network, folds: Folds = AUTOMATIC, *, vertical: bool = True) -> Figure:
    return Layout(paper(vertical=vertical)).draw(explorer.analyse(of), folds)


def lines(figure: Figure) -> list[Line]:
    return [line for found in walk.seen(figure) for line in found.figure.lines]


def check(figure: Figure, on: Paper) -> None:
    assert geometry.overlaps(geometry.boxes(figure)) == []
    assert geometry.strays(figure) == []
    assert geometry.cramped(figure, on) == []


@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
@pytest.mark.parametrize("folds", [AUTOMATIC, ALL_OPEN, ALL_CLOSED], ids=["usual", "open", "closed"])
@pytest.mark.parametrize("key", list(ZOO))
def test_nothing_overlaps_in_any_network(key: str, folds: Folds, vertical: bool) -> None:
    on = paper(vertical=vertical)
    check(Layout(on).draw(explorer.analyse(explorer.network(key)), folds), on)


@pytest.mark.parametrize("key", ["resnet18", "googlenet_paper", "resnet20", "nin"])
def test_unfolded_every_block_is_in_the_drawing(key: str) -> None:
    analysis = explorer.analyse(explorer.network(key))
    figure = Layout(paper()).draw(analysis, ALL_OPEN)
    alone = [found for found in walk.blocks(figure) if not (found.card and found.card.members)]
    paths = [path for found in alone for path in found.paths]  # the frame of a repeat stands for its copies
    assert len(paths) == len(set(paths))
    leaves = [row.path for row in analysis.rows if not row.children]
    assert set(leaves) <= set(paths)
    for path in leaves:
        found = walk.find(figure, path)
        assert found is not None
        assert path in found.paths


@pytest.mark.parametrize("vertical", [True, False], ids=["down", "across"])
@pytest.mark.parametrize("folds", [AUTOMATIC, ALL_OPEN, ALL_CLOSED], ids=["usual", "open", "closed"])
@pytest.mark.parametrize("key", EXAMPLES)
def test_nothing_overlaps_in_any_example(key: str, folds: Folds, vertical: bool) -> None:
    on = paper(vertical=vertical)
    check(Layout(on).draw(explorer.analyse(EXAMPLES[key].read()), folds), on)


def test_the_layout_needs_neither_qt_nor_torch() -> None:
    code = (
        "import sys, explorer; from explorer.gui.canvas.layout import Layout; from explorer.gui.canvas import places;"
        "print([name for name in ('PySide6', 'torch', 'pyqtgraph') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


# Shortcuts


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        (BasicBlock(8), "identity"),
        (BasicBlock(16, 2), "projection"),
        (BasicBlock(16, 2, shortcut="zero_pad"), "zero_pad"),
        (BasicBlock(8, shortcut="projection"), "projection"),
        (BasicBlock(8, residual=False), None),
        (BasicBlock(16, 2, activation="pre"), "projection"),
        (SEBottleneck(16, 4, 2, projection="3x3"), "projection"),
    ],
)
def test_shortcuts_are_drawn_as_the_papers_do(block: BasicBlock | SEBottleneck, kind: str | None) -> None:
    of = network(("stem", CONV), ("block", block))
    folded = walk.find(drawn(of), ("block",))
    assert folded is not None
    assert isinstance(folded.figure.face, Card)
    assert folded.figure.face.shortcut == kind
    strokes = {line.stroke for line in lines(drawn(of, ALL_OPEN))}
    assert strokes == {"flow"} | ({kind} if kind else set())


def test_the_branch_of_a_sum_stays_on_the_axis() -> None:
    figure = drawn(network(("stem", CONV), ("block", BasicBlock(16, 2))), ALL_OPEN)
    middles = {found.middle[0] for name in ("conv1", "bn1", "conv2") if (found := walk.find(figure, ("block", name)))}
    assert len(middles) == 1
    projection = walk.find(figure, ("block", "downsample", "0"))
    assert projection is not None
    assert projection.middle[0] > middles.pop() + 100


def test_branches_of_equal_rank_stand_around_the_axis_in_their_order() -> None:
    of = network(Concat(Chain(("a", CONV)), Chain(("b", CONV)), Chain(("c", CONV)), Chain(("d", CONV))), ("e", CONV))
    figure = drawn(of)
    places = [found.middle[0] for name in "abcd" if (found := walk.find(figure, (name,)))]
    assert places == sorted(places)
    end = walk.find(figure, ("e",))
    assert end is not None
    assert places[1] < end.middle[0] < places[2]


# Folds and groups


def test_a_composite_is_a_card_until_it_is_unfolded() -> None:
    of = network(("stem", CONV), ("stage", ResidualStage(out_channels=8)))
    closed, opened = drawn(of), drawn(of, AUTOMATIC.turned(("stage",), True))
    assert isinstance(walk.find(closed, ("stage", "0")).figure.face, Card)  # type: ignore[union-attr]
    assert walk.find(closed, ("stage", "0")).path == ("stage",)  # type: ignore[union-attr]
    assert isinstance(walk.find(opened, ("stage",)).figure.face, Frame)  # type: ignore[union-attr]


def test_equal_neighbours_become_one_card_and_a_bracket() -> None:
    of = network(("stem", CONV), *((f"b{n}", BasicBlock(8)) for n in range(4)), ("last", BasicBlock(8, 2)))
    card = walk.find(drawn(of), ("b2",))
    assert card is not None
    assert isinstance(card.figure.face, Card)
    assert (card.figure.face.count, card.paths) == (4, (("b0",), ("b1",), ("b2",), ("b3",)))
    opened = drawn(of, AUTOMATIC.turned(card.path, True))
    assert [found.path for found in walk.blocks(opened)] == [("stem",), ("b0",), ("b1",), ("b2",), ("b3",), ("last",)]
    bracket = next(found for found in walk.seen(opened) if isinstance(found.figure.face, Bracket))
    assert (bracket.path, bracket.folds) == ((GROUP + "b0",), True)
    check(opened, paper())


def test_what_differs_by_its_shape_is_no_group() -> None:
    of = network(("a", BasicBlock(8)), ("b", BasicBlock(8)), ("c", BasicBlock(8)))  # the first widens 3 channels to 8
    paths = [found.paths for found in walk.blocks(drawn(of))]
    assert paths == [(("a",),), (("b",), ("c",))]


def test_noted_and_switched_off_blocks_stand_alone() -> None:
    of = network(("a", CONV), Slot("b", CONV, note="mine"), Slot("c", CONV, enabled=False), shape=(8, 16, 16))
    cards = [found.figure.face for found in walk.blocks(drawn(of))]
    assert [(card.count, card.noted, card.enabled) for card in cards if isinstance(card, Card)] == [
        (1, False, True),
        (1, True, True),
        (1, False, False),
    ]


def test_a_repeat_is_one_card_with_its_copies() -> None:
    of = network(("stem", CONV), Repeat(("0", "1", "2"), BasicBlock(8)))
    card = walk.find(drawn(of), ("1",))
    assert card is not None
    assert card.paths == (("0",), ("1",), ("2",))
    opened = drawn(of, AUTOMATIC.turned(("#1",), True))
    assert isinstance(walk.find(opened, ("1",)).figure.face, Card)  # type: ignore[union-attr]
    assert walk.find(opened, ("1",)).path == ("1",)  # type: ignore[union-attr]


def test_folds_are_values() -> None:
    once = AUTOMATIC.turned(("a", "b"), True)
    assert once.at("a").at("b").opened is True
    assert once.at("a").opened is None
    assert AUTOMATIC.at("a").at("b").opened is None
    assert ALL_OPEN.turned(("a",), False).at("a").opened is False
    assert ALL_OPEN.turned(("a",), False).at("a").at("b").opened is True


# Connections across levels

U_NET = network(
    ("enc1", CONV),
    ("tap1", Tap("one")),
    ("down1", MaxPool2d(2)),
    ("enc2", Conv2d(16, 3, padding=1)),
    ("tap2", Tap("two")),
    ("down2", MaxPool2d(2)),
    ("middle", Conv2d(16, 3, padding=1)),
    ("up2", Upsample(2)),
    ("use2", Recall("two", "concat")),
    ("dec2", Conv2d(8, 3, padding=1)),
    ("up1", Upsample(2)),
    ("use1", Recall("one", "concat")),
    ("out", Conv2d(1, 1)),
)


def test_arcs_lead_from_taps_to_recalls_in_lanes_of_their_own() -> None:
    assert not explorer.analyse(U_NET).problems
    figure = drawn(U_NET)
    arcs = [line for line in lines(figure) if line.stroke == "tap"]
    assert len(arcs) == 2
    inner, outer = sorted(arcs, key=lambda line: line.points[1][0])
    assert inner.points[0][1] > outer.points[0][1]
    assert inner.points[-1][1] < outer.points[-1][1]
    rightmost = max(found.at[0] + found.figure.across - found.figure.margin for found in walk.blocks(figure))
    assert inner.points[1][0] > rightmost - 20
    check(figure, paper())


def test_an_arc_ends_at_the_card_that_hides_the_recall() -> None:
    of = network(("a", CONV), ("t", Tap("x")), ("inner", Chain(("b", CONV), ("r", Recall("x", "add")))))
    for folds in (AUTOMATIC, ALL_CLOSED):
        figure = drawn(of, folds)
        (arc,) = [line for line in lines(figure) if line.stroke == "tap"]
        card = walk.find(figure, ("inner", "r"))
        assert card is not None
        end = arc.points[-1]
        assert card.at[1] <= end[1] - _offset(figure, arc)[1] <= card.at[1] + card.figure.along


def _offset(figure: Figure, line: Line) -> tuple[float, float]:
    """Where the figure starts that draws a line."""
    found = next(found for found in walk.seen(figure) if line in found.figure.lines)
    return (-found.at[0], -found.at[1])


def test_a_composite_hides_its_taps() -> None:
    of = network(("a", CONV), ("t", Tap("x")), ("b", BasicBlock(8)), ("r", Recall("y", "add")))
    assert [line for line in lines(drawn(of, ALL_OPEN)) if line.stroke == "tap"] == []


def test_further_inputs_are_taps_of_the_whole_network() -> None:
    inputs = (Input("image", (3, 16, 16)), Input("mask", (8, 16, 16)))
    of = Network("two", inputs, Chain(("a", CONV), ("r", Recall("mask", "multiply"))))
    figure = drawn(of)
    pills = [found.figure.face.text for found in walk.seen(figure) if isinstance(found.figure.face, Pill)]
    assert pills == ["image 3 × 16 × 16", "mask 8 × 16 × 16", "output 8 × 16 × 16"]
    assert len([line for line in lines(figure) if line.stroke == "tap"]) == 1
    check(figure, paper())


def test_a_recall_that_starts_anew_has_no_line_to_it() -> None:
    def edges(merge: str) -> int:
        of = network(("a", CONV), ("t", Tap("x")), ("b", CONV), ("r", Recall("x", merge)))
        return len([line for line in lines(drawn(of)) if line.stroke == "flow"])

    assert edges("replace") == edges("add") - 1


def test_an_output_unfolds_into_its_branch() -> None:
    of = network(("a", CONV), ("aux", Output("auxiliary", Chain(("flat", Flatten()), ("fc", Linear(10))))), ("b", CONV))
    check(drawn(of, ALL_OPEN), paper())
    assert walk.find(drawn(of, ALL_OPEN), ("aux", "fc")).path == ("aux", "fc")  # type: ignore[union-attr]


@pytest.mark.parametrize("folds", [AUTOMATIC, ALL_OPEN], ids=["usual", "open"])
@pytest.mark.parametrize("vertical", [True, False])
def test_the_flow_runs_past_an_output(folds: Folds, vertical: bool) -> None:
    of = network(("a", CONV), ("aux", Output("auxiliary", Chain(("flat", Flatten()), ("fc", Linear(10))))), ("b", CONV))
    figure = drawn(of, folds, vertical=vertical)
    check(figure, paper(vertical=vertical))
    before, aside, behind = (walk.find(figure, (name,)) for name in ("a", "aux", "b"))
    assert before is not None
    assert aside is not None
    assert behind is not None
    assert before.middle[0] == behind.middle[0] < aside.at[0]
    assert aside.path == ("aux",)


# Problems


def test_a_problem_is_drawn_where_it_is_and_shapes_end_there() -> None:
    of = network(("a", CONV), ("bad", Conv2d(8, 31)), ("c", CONV))
    figure = drawn(of)
    cards = {found.path: found.figure.face for found in walk.blocks(figure)}
    assert cards["bad",].problem  # type: ignore[union-attr]
    assert not cards["a",].problem  # type: ignore[union-attr]
    assert [label.text for found in walk.seen(figure) for label in found.figure.labels] == ["8 × 16 × 16", "?"]
    check(figure, paper())


def test_an_empty_network_has_a_place_for_the_first_block() -> None:
    figure = drawn(network())
    place = nearest(figure, network(), (figure.axis, figure.along / 2))
    assert place is not None
    assert (place.into, place.index) == ((), 0)


# Places


def test_every_place_is_one_of_a_structure_that_can_be_edited() -> None:
    of = network(("stem", CONV), Add(Chain(("a", CONV), ("b", BatchNorm2d())), Chain()), ("block", BasicBlock(8)))
    figure = drawn(of, ALL_OPEN)
    inside = walk.find(figure, ("block", "conv1"))
    assert inside is not None
    place = nearest(figure, of, inside.middle)
    assert place is None or place.into == ()
    between = [found for name in "ab" if (found := walk.find(figure, (name,)))]
    middle = (between[0].middle[0], (between[0].at[1] + between[0].figure.along + between[1].at[1]) / 2)
    place = nearest(figure, of, middle)
    assert place is not None
    assert (place.into, place.index, place.branch) == (("#1.0",), 1, False)


@pytest.mark.parametrize("folds", [AUTOMATIC, ALL_OPEN], ids=["folded", "open"])
@pytest.mark.parametrize("far", [300.0, 3_000.0, 100_000.0])
def test_the_nearest_place_is_found_however_far_it_is(far: float, folds: Folds) -> None:
    of = network(("stem", CONV), ("block", BasicBlock(8)), ("last", CONV))
    figure = drawn(of, folds)
    for point, index in (((figure.axis, -far), 0), ((figure.axis, figure.along + far), 3), ((-far, -far), 0)):
        place = nearest(figure, of, point)
        assert place is not None
        assert (place.into, place.index) == ((), index)
    stem = walk.find(figure, ("stem",))
    assert stem is not None
    beside = nearest(figure, of, (figure.across + far, stem.at[1] + stem.figure.along + 5))
    assert beside is not None
    assert beside.index == 1


def test_the_identity_and_a_new_branch_are_places() -> None:
    of = network(("stem", CONV), Add(Chain(("a", CONV)), Chain()))
    figure = drawn(of)
    gaps = {(into, gap.index, gap.branch) for _, gap, into in walk.gaps(figure, walk.Window((-1e9, -1e9), (1e9, 1e9)))}
    assert {(("#1.1",), 0, False), (("#1",), 2, True), (("#1.0",), 0, False), (("#1.0",), 1, False)} <= gaps
    assert {((), index, False) for index in range(3)} <= gaps


# Walking


def test_keys_lead_along_and_across_the_flow() -> None:
    of = network(Concat(Chain(("a", CONV), ("b", CONV)), Chain(("c", Conv2d(8, 1)), ("d", ReLU()))), ("e", CONV))
    figure = drawn(of)

    def step(path: tuple[str, ...], direction: steps.Direction) -> tuple[str, ...]:
        start = walk.find(figure, path)
        assert start is not None
        found = steps.next_to(figure, start, direction)
        return found.paths[0] if found else ()

    assert step(("c",), "on") == ("d",)
    assert step(("d",), "back") == ("c",)
    assert step(("c",), "before") in {("a",), ("b",)}
    assert step(("e",), "back") == ("#0",)
    assert step(("e",), "on") == ()


def test_a_point_finds_the_innermost_block() -> None:
    of = network(("stem", CONV), ("block", BasicBlock(8)))
    figure = drawn(of, ALL_OPEN)
    inner, outer = walk.find(figure, ("block", "conv1")), walk.find(figure, ("block",))
    assert inner is not None
    assert outer is not None
    assert walk.at_point(figure, inner.middle).path == ("block", "conv1")  # type: ignore[union-attr]
    corner = (outer.at[0] + 3, outer.at[1] + 3)
    assert walk.at_point(figure, corner).path == ("block",)  # type: ignore[union-attr]
    assert walk.at_point(figure, (figure.across * 2, 5)) is None


# Sharing


def test_an_edit_lays_out_only_what_is_around_it() -> None:
    of = network(
        ("one", Chain(("a", CONV), ("b", Add(Chain(("x", CONV)), Chain())))),
        ("two", Chain(("c", CONV), ("d", CONV))),
        ("gate", Multiply(Chain(), Chain())),
    )
    layout = Layout(paper())
    before = layout.draw(explorer.analyse(of), AUTOMATIC)
    edited, _ = of.insert(ReLU(), ("two", "c"))
    after = layout.draw(explorer.analyse(edited), AUTOMATIC)
    first, second = (walk.find(figure, ("one",)).figure for figure in (before, after))  # type: ignore[union-attr]
    assert first is second
    assert walk.find(before, ("two",)).figure is not walk.find(after, ("two",)).figure  # type: ignore[union-attr]


def test_a_problem_does_not_change_the_cards_behind_it() -> None:
    sound = explorer.network("resnet18")
    broken = sound.replace(("maxpool",), MaxPool2d(900))
    assert explorer.analyse(broken).problems
    before, after = (
        {found.path: found.card for found in walk.blocks(drawn(each)) if found.card} for each in (sound, broken)
    )
    on = paper()
    for name in ("layer1", "layer2", "layer3", "layer4"):
        assert on.card_size(before[name,]) == on.card_size(after[name,])


def test_a_chain_with_a_number_for_a_name_is_called_a_chain() -> None:
    figure = drawn(network(("0", Chain(("a", CONV), ("b", CONV))), ("head", Chain(("a", CONV), ("b", ReLU())))))
    titles = {found.path: (found.card.title, found.card.words) for found in walk.blocks(figure) if found.card}
    assert titles["0",] == ("Chain", "2 × Conv2d")
    assert titles["head",] == ("head", "2 blocks")
    repeated = Chain(Repeat(("0", "1"), CONV))
    assert repeated.describe() == "2 × Conv2d"
