"""Located problems, totals that stay, rows on demand, and the cache."""

from __future__ import annotations

import dataclasses

import pytest

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.residual import BasicBlock
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Multiply, Output, Part, Recall, Repeat, Slot, Tap, Unknown
from explorer.core.counting import MAX_KEPT
from explorer.core.network import Input, Network
from explorer.core.shape import Shape

CONV, RELU = Conv2d(3, 3, padding=1), ReLU()


def network(*parts: Part, shape: Shape = (3, 8, 8)) -> Network:
    return Network.of("analysed", shape, Chain(*parts))


def test_what_is_before_a_problem_keeps_its_numbers() -> None:
    broken = network(("conv1", CONV), ("bad", Conv2d(3, 99)), ("conv2", CONV), ("fc", Linear(5)))
    analysis = analyse(broken)
    rows = {row.path: row for row in analysis.rows}
    assert rows["conv1",].parameters == 84
    assert rows["conv1",].memory is not None
    assert rows["conv1",].receptive_field == (3, 3)
    for name in ("bad", "conv2", "fc"):
        row = rows[name,]
        assert (row.output_shape, row.parameters, row.macs, row.memory, row.field) == (None,) * 5
    assert analysis.partial
    assert analysis.parameters == 84
    assert analysis.output_shape is None
    assert [problem.path for problem in analysis.problems] == [("bad",)]
    assert rows["bad",].problem is analysis.problems[0] or rows["bad",].problem == analysis.problems[0]


def test_a_branch_keeps_its_numbers_beside_a_broken_one() -> None:
    broken = network(Add(Chain(("a", CONV), ("b", Conv2d(4, 1))), Chain(("c", CONV), ("bad", Linear(3)))), ("d", CONV))
    rows = {row.path: row for row in analyse(broken).rows}
    assert rows["b",].output_shape == (4, 8, 8)
    assert rows["c",].output_shape == (3, 8, 8)
    assert rows["d",].input_shape is None
    assert rows["#0",].output_shape is None
    mismatch = network(Add(Chain(("b", Conv2d(4, 1))), Chain()), ("d", CONV))
    problem = analyse(mismatch).problems[0]
    assert problem.path == ("#0",)
    assert "4 × 8 × 8 and 3 × 8 × 8" in problem.message
    assert "1 × 1 convolution" in problem.remedy


def test_bad_fields_are_found_behind_a_problem_too() -> None:
    broken = network(("bad1", Conv2d(3, 99)), ("bad2", Conv2d(0)), ("bad3", BasicBlock(3, shortcut="none")))
    assert [(problem.path, problem.field) for problem in analyse(broken).problems] == [
        (("bad1",), "kernel_size"),
        (("bad2",), "out_channels"),
        (("bad3",), "shortcut"),
    ]


def test_a_problem_inside_a_composite_is_located_there() -> None:
    odd = network(("block", BasicBlock(6, shortcut="zero_pad")), ("last", BasicBlock(2, shortcut="zero_pad")))
    assert [problem.path for problem in analyse(odd).problems] == [("last", "downsample")]


def test_what_is_switched_off_is_skipped() -> None:
    wild = Conv2d(3, 99)
    found = network(Slot("off", wild, enabled=False), ("conv", CONV), Add(Chain(), Slot("gone", wild, enabled=False)))
    analysis = analyse(found)
    assert not analysis.problems
    row = analysis.row(("off",))
    assert row is not None
    assert (row.enabled, row.output_shape, row.parameters, row.memory) == (False, None, None, None)
    assert analyse(network(Add(Slot("gone", CONV, enabled=False)))).problems[0].message == "Add has no branches."


@pytest.mark.parametrize("block", [Repeat(("a", "b"), CONV), Chain(("a", CONV)), Add(Chain(("a", CONV)), Chain())])
def test_a_structure_without_a_name_stands_for_itself_while_it_is_off(block: Block) -> None:
    analysis = analyse(network(("stem", CONV), Slot("", block, enabled=False)))
    assert [(row.path, row.enabled, row.children) for row in analysis.rows[1:]] == [(("#1",), False, ())]
    assert analysis.row(("#1",)) is analysis.rows[1]
    assert (analysis.rows[1].parameters, analysis.rows[1].output_shape) == (None, None)


def test_names_are_unique_in_their_scope() -> None:
    twice = network(("a", CONV), Add(Chain(("a", CONV)), Chain()), ("b", Chain(("a", CONV))))
    assert [problem.message for problem in analyse(twice).problems] == ["The name 'a' is used twice in one place."]
    bad = network(("a.b", CONV), ("", CONV), ("#7", CONV), ("forward", CONV), ("x" * 65, CONV))
    assert [problem.path for problem in analyse(bad).problems] == [("a.b",), ("#1",), ("#2",), ("forward",), ("#4",)]
    assert not analyse(bad).partial
    renamed = bad.rename(("#2",), "c").rename(("#4",), "d").rename(("a.b",), "e").rename(("#1",), "f")
    assert [problem.path for problem in analyse(renamed).problems] == [("forward",)]


@pytest.mark.parametrize(
    "shape", [(), (0, 8, 8), (3, -1, 8), (3, 8, 5000), (70_000, 8, 8), (1, 2, 3, 4, 5), ("3", 8, 8), (True, 8, 8), None]
)
def test_a_bad_input_is_a_problem_of_the_network(shape: object) -> None:
    analysis = analyse(network(("conv", CONV), shape=shape if shape is not None else (None,)))  # type: ignore[arg-type]
    assert [problem.path for problem in analysis.problems] == [()]
    assert (analysis.partial, analysis.rows, analysis.outputs, analysis.root) == (True, (), {}, None)
    assert analysis.memory().per_image == 0
    assert analysis.trainable_parameters == 0


def test_inputs_need_names_of_their_own() -> None:
    found = network(("conv", CONV))
    for names in (("image", "image"), ("image", ""), ("image", "x" * 65)):
        inputs = tuple(Input(name, (3, 8, 8)) for name in names)
        assert analyse(dataclasses.replace(found, inputs=inputs)).problems
    assert analyse(dataclasses.replace(found, inputs=())).problems


def test_rows_stand_in_the_order_in_which_they_run() -> None:
    found = network(
        ("conv", CONV),
        Add(Chain(("left", CONV), Concat(("l", CONV), Chain(("r", RELU)))), ("down", Chain(("0", Conv2d(6, 1))))),
        ("aux", Output("aux", Chain(("flat", Flatten())))),
    )
    paths = [".".join(row.path) for row in analyse(found).rows]
    assert paths == ["conv", "left", "l", "r", "#1.0.1", "down", "down.0", "#1", "aux", "aux.flat"]
    merge = analyse(found).row(("#1",))
    assert merge is not None
    assert (merge.parameters, merge.macs, merge.children, merge.name) == (0, 0, (), "add")
    assert analyse(found).row(("nothing",)) is None


def test_figures_add_up() -> None:
    found = network(("a", Chain(("b", CONV), ("c", BasicBlock(4)))), ("flat", Flatten()), ("fc", Linear(7)))
    analysis = analyse(found)
    assert analysis.parameters == sum(row.parameters or 0 for row in analysis.rows if not row.children)
    assert analysis.root is not None
    memory = [row.memory for row in analysis.root.children]
    assert analysis.memory().per_image == sum(part.per_image for part in memory if part)
    assert analysis.memory().of_batch(3) == analysis.memory().per_batch + 3 * analysis.memory().per_image


def test_dropouts_mask_depends_on_the_device() -> None:
    from explorer.blocks.dropout import Dropout

    half = analyse(network(("conv", CONV), ("drop", Dropout(0.5))))
    assert half.memory("cpu").per_image - half.memory("cuda").per_image == 3 * 3 * 8 * 8
    all_of_it = analyse(network(("conv", CONV), ("drop", Dropout(1.0))))
    assert all_of_it.memory("cpu") == all_of_it.memory("cuda")


def test_what_did_not_change_is_not_counted_again() -> None:
    stem, head = Chain(("a", CONV), ("b", BatchNorm2d())), Chain(("c", CONV))
    found = network(("stem", stem), ("head", head))
    first, second = analyse(found), analyse(found.insert(RELU, ("head",))[0])
    assert first.counted is not None
    assert second.counted is not None
    assert [child for _, child, _ in second.counted.children][:2] == [child for _, child, _ in first.counted.children]
    assert analyse(found).counted is first.counted
    assert analyse(found.annotate(("stem",), "a remark")).parameters == first.parameters


def test_the_cache_is_bounded() -> None:
    found = network(("conv", CONV), ("pool", MaxPool2d(2)))
    for size in range(8, 8 + 3 * MAX_KEPT):
        analyse(found.with_input_shape((3, size, size)))
    assert len(CONV._counts) <= MAX_KEPT


def test_layers_and_composites_are_counted_alike_whatever_taps_are_around() -> None:
    block: Block = BasicBlock(3)
    found = network(("a", block), ("t", Tap("x")), ("b", block), ("r", Recall("x", "add")))
    analysis = analyse(found)
    assert analysis.counted is not None
    children = [child for _, child, _ in analysis.counted.children]
    assert children[0] is children[2]


def test_an_unknown_block_is_a_problem_in_its_place() -> None:
    strange = Unknown('{"type": "Mystery"}', "There is no block called 'Mystery'.")
    found = network(("conv", CONV), ("what", strange), Slot("", Unknown("3", "This is not a slot.", as_slot=True)))
    analysis = analyse(found)
    assert [problem.path for problem in analysis.problems] == [("what",), ("#2",)]
    assert analysis.parameters == 84
    assert found.remove([("#2",), ("what",)]) == network(("conv", CONV))
    assert found.replace(("#2",), RELU).slot(("relu1",)).block is RELU


def test_multiply_and_concat_say_what_does_not_fit() -> None:
    assert "cannot stretch" in analyse(network(Multiply(Chain(), ("a", Conv2d(3, 3))))).problems[0].message
    assert "agree elsewhere" in analyse(network(Concat(Chain(), ("a", Conv2d(3, 3))))).problems[0].message
    assert "has no dimension 4" in analyse(network(Concat(Chain(), dim=4))).problems[0].message
    assert dataclasses.replace(Concat(("a", CONV), dim=2), dim=3) == Concat(("a", CONV), dim=3)
    assert dataclasses.replace(Chain(("a", CONV))) == Chain(("a", CONV))
