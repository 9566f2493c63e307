"""Taps, recalls and outputs: what sees what, as the architecture's notes define it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch

from explorer.assembly import assemble
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.blocks.reshape import Flatten, Upsample
from explorer.core.analysis import analyse
from explorer.core.block import Composite
from explorer.core.compose import Add, Chain, Concat, Multiply, Output, Part, Recall, Repeat, Slot, Tap
from explorer.core.network import Input, Network
from explorer.core.shape import Shape
from explorer.errors import NetworkError

CONV = Conv2d(3, 3, padding=1)


def network(*parts: Part) -> Network:
    return Network.of("scopes", (3, 8, 8), Chain(*parts))


def messages(found: Network) -> list[str]:
    return [str(problem) for problem in analyse(found).problems]


def test_a_tap_is_seen_by_all_that_follows_in_its_chain_at_any_depth() -> None:
    deep = Chain(("inner", Chain(Add(Chain(("recall", Recall("x", "add")))))))
    found = network(("tap", Tap("x")), ("conv", CONV), ("deep", deep))
    assert not messages(found)
    assert analyse(found).output_shape == (3, 8, 8)


@pytest.mark.parametrize(
    "parts",
    [
        (("recall", Recall("x")), ("tap", Tap("x"))),
        (("inner", Chain(("tap", Tap("x")))), ("recall", Recall("x"))),
        (Chain(("tap", Tap("x"))), ("recall", Recall("x"))),
        (Add(Chain(("tap", Tap("x"))), Chain(("recall", Recall("x"))))),
        (Repeat(("a", "b"), Tap("x")), ("recall", Recall("x"))),
        (("aux", Output("aux", Chain(("tap", Tap("x"))))), ("recall", Recall("x"))),
    ],
    ids=["before it", "in a chain", "in a chain without a name", "in another branch", "in a repeat", "in an output"],
)
def test_a_tap_is_not_seen_elsewhere(parts: tuple[Part, ...] | Part) -> None:
    found = network(*parts) if isinstance(parts, tuple) else network(parts)
    assert len(messages(found)) == 1
    assert "no Tap of that name comes before this Recall" in messages(found)[0]


def test_a_tap_ends_at_its_composite() -> None:
    @dataclass(frozen=True, slots=True)
    class Closed(Composite):
        """A composite that recalls what it does not tap."""

        def body(self, shape: Shape) -> Chain:
            return Chain(("recall", Recall("x", "add")))

    found = network(("tap", Tap("x")), ("closed", Closed()))
    assert [problem.path for problem in analyse(found).problems] == [("closed", "recall")]


def test_an_inner_tap_hides_an_outer_one_and_no_longer() -> None:
    half = Chain(("pool", MaxPool2d(2)), ("tap2", Tap("x")), ("recall", Recall("x", "replace")))
    found = network(("tap1", Tap("x")), ("half", half), ("last", Recall("x", "replace")))
    rows = {row.path: row for row in analyse(found).rows}
    assert rows["half", "recall"].output_shape == (3, 4, 4)
    assert rows["half", "recall"].receptive_field == (2, 2)
    assert rows["last",].output_shape == (3, 8, 8)
    assert rows["last",].receptive_field == (1, 1)


def test_a_tap_that_is_switched_off_is_not_there() -> None:
    found = network(("tap", Tap("x")), ("conv", CONV), ("recall", Recall("x", "add")))
    assert not messages(found)
    assert len(messages(found.enable(("tap",), False))) == 1


def test_a_recall_starts_a_new_flow_with_its_field() -> None:
    found = network(
        ("tap", Tap("x")),
        ("conv1", Conv2d(3, 5)),
        ("recall", Recall("x", "replace")),
        ("conv2", Conv2d(4, 3)),
        ("tap2", Tap("y")),
        ("conv3", Conv2d(4, 3, padding=1)),
        ("sum", Recall("y", "add")),
    )
    rows = {row.path: row for row in analyse(found).rows}
    assert rows["conv2",].receptive_field == (3, 3)
    assert rows["sum",].receptive_field == (5, 5)


def test_a_further_input_is_recalled_like_a_tap() -> None:
    found = network(("conv", CONV), ("recall", Recall("mask", "multiply")), ("conv2", CONV))
    found = replace(found, inputs=(*found.inputs, Input("mask", (1, 8, 8))))
    assert not messages(found)
    alone = network(("recall", Recall("mask", "replace")), ("relu", ReLU()))
    alone = replace(alone, inputs=(*alone.inputs, Input("mask", (1, 8, 8))))
    row = analyse(alone).rows[-1]
    assert row.output_shape == (1, 8, 8)
    assert row.receptive_field == (0, 0)  # it depends on no pixel of the first input


def test_outputs_pass_their_input_on() -> None:
    head = Chain(("pool", AdaptiveAvgPool2d(1)), ("flat", Flatten()))
    found = network(
        ("aux1", Output("one", head, training_only=True)),
        ("inner", Chain(("conv", Conv2d(5, 1)), ("aux2", Output("two", head)))),
    )
    analysis = analyse(found)
    assert analysis.outputs == {"output": (5, 8, 8), "one": (3,), "two": (5,)}
    assert {key: tuple(value.shape[1:]) for key, value in assemble(found)(torch.rand(2, 3, 8, 8)).items()} == (
        analysis.outputs
    )
    rows = {row.path: row for row in analysis.rows}
    assert rows["aux1",].output_shape == (3, 8, 8)
    assert rows["aux1", "flat"].field is not None
    assert rows["aux1", "flat"].field.is_whole
    assert rows["inner", "conv"].receptive_field == (1, 1)


def test_two_outputs_of_one_name_are_a_problem() -> None:
    twice = network(("a", Output("same", Chain())), ("b", Output("same", Chain())))
    assert messages(twice) == ["b: Another output is called 'same' already. Give this output a name of its own."]
    assert not analyse(twice).partial
    (problem,) = analyse(network(("deep", Chain(Chain(("a", Output("output", Chain()))))))).problems
    assert str(problem) == ("deep.a: The main output is called 'output' already. Give this output a name of its own.")
    assert problem.field == "name"
    copies = network(("all", Repeat(("0", "1", "2"), Output("same", Chain()))))
    assert [found.path for found in analyse(copies).problems] == [("all", "1"), ("all", "2")]


def test_of_two_taps_of_one_name_the_nearest_before_a_recall_counts() -> None:
    found = network(
        ("tap1", Tap("x")),
        ("wide", Conv2d(4, 3, padding=1)),
        ("tap2", Tap("x")),
        ("wider", Conv2d(5, 3, padding=1)),
        ("recall", Recall("x", "concat")),
    )
    assert analyse(found).output_shape == (9, 8, 8)
    model, images = assemble(found), torch.rand(2, 3, 8, 8)
    wide = model.get_submodule("wide")(images)
    assert torch.equal(model(images), torch.cat([model.get_submodule("wider")(wide), wide], 1))


def test_a_row_knows_the_taps_that_a_recall_in_its_place_can_name() -> None:
    found = network(
        ("tap1", Tap("x")),
        ("inner", Chain(("tap2", Tap("y")), ("off", Recall("y")), ("tap3", Tap("x")))),
        ("tap4", Tap("z")),
        ("last", ReLU()),
    )
    found = replace(found, inputs=(*found.inputs, Input("mask", (1, 8, 8)))).enable(("inner", "off"), False)
    taps = {row.path[-1]: row.taps for row in analyse(found).rows}
    assert taps["tap1"] == ("mask",)
    assert taps["off"] == ("y", "x", "mask")
    assert taps["last"] == ("z", "x", "mask")


HALF = MaxPool2d(2)
MISFITS = {
    "nothing tapped": (
        Chain(),
        Recall("y"),
        "in its chain. Put a Tap of that name before it, in its own chain or in one around it.",
    ),
    "other names": (Chain(("tap", Tap("x"))), Recall("y"), "Choose one that is seen here ('x'), or put a Tap"),
    "add, other channels": (
        Chain(("tap", Tap("x")), ("conv", Conv2d(7, 1))),
        Recall("x", "add"),
        "needs two equal shapes, but 7 × 8 × 8 arrives and 'x' remembered 3 × 8 × 8. Give the flow 3 channels",
    ),
    "add, half the size": (
        Chain(("tap", Tap("x")), ("pool", HALF)),
        Recall("x", "add"),
        "3 × 4 × 4 arrives and 'x' remembered 3 × 8 × 8. Enlarge the flow to 8 × 8 before it, with ConvTranspose2d",
    ),
    "concat, half the size": (
        Chain(("tap", Tap("x")), ("pool", HALF)),
        Recall("x", "concat"),
        "maps of one height and width, but 3 × 4 × 4 arrives and 'x' remembered 3 × 8 × 8. Enlarge the flow",
    ),
    "concat, twice the size": (
        Chain(("pool", HALF), ("tap", Tap("x")), ("up", Upsample(2))),
        Recall("x", "concat"),
        "Put the tap where the flow is 8 × 8, or pool the flow to 4 × 4 before it.",
    ),
    "multiply": (
        Chain(("tap", Tap("x")), ("pool", HALF)),
        Recall("x", "multiply"),
        "or a gate of channels × 1 × 1, but 3 × 4 × 4 arrives and 'x' remembered 3 × 8 × 8. Enlarge the flow",
    ),
    "flattened": (
        Chain(("tap", Tap("x")), ("flat", Flatten())),
        Recall("x", "add"),
        "192 arrives and 'x' remembered 3 × 8 × 8. Put the tap where the flow has the same dimensions",
    ),
}


@pytest.mark.parametrize(("before", "recall", "expected"), MISFITS.values(), ids=list(MISFITS))
def test_a_recall_that_does_not_fit_is_located_and_says_what_to_do(
    before: Chain, recall: Recall, expected: str
) -> None:
    found = Network.of("misfit", (3, 8, 8), before.with_slots((*before.slots, Slot("recall", recall))))
    (problem,) = analyse(found.append(CONV)[0]).problems
    assert problem.path == ("recall",)
    assert expected in str(problem)
    assert problem.field == ("name" if recall.name == "y" else "")
    with pytest.raises(NetworkError, match="cannot be assembled"):
        assemble(found)


def test_fields_that_leave_statistics_or_gates_aside_say_so_from_there_on() -> None:
    gate = Chain(("pool", AdaptiveAvgPool2d(1)), ("conv", Conv2d(3, 1)))
    found = network(
        ("conv1", CONV),
        ("tap", Tap("x")),
        Add(Chain(("bn", BatchNorm2d()), ("conv2", CONV)), Chain()),
        ("conv3", CONV),
        ("recall", Recall("x", "replace")),
        ("conv4", CONV),
        Multiply(Chain(), ("gate", gate)),
        ("conv5", CONV),
    )
    aside = {row.path[-1]: row.leaves_aside for row in analyse(found).rows}
    assert [name for name, left in aside.items() if left] == ["bn", "conv2", "#2", "conv3", "#6", "conv5"]


def test_a_concat_along_the_height_lays_fields_end_to_end() -> None:
    found = network(Concat(("small", Conv2d(3, 1)), ("wide", Conv2d(3, 5, padding=2)), dim=2), ("conv", Conv2d(1, 1)))
    row = analyse(found).rows[-1]
    assert row.output_shape == (1, 16, 8)
    assert row.field is not None
    assert row.field.rows is not None
    assert [row.field.rows.interval(position) for position in (0, 7, 8, 15)] == [(0, 0), (7, 7), (-2, 2), (5, 9)]
