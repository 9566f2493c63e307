"""Comparisons: what an edit did is what is found, no more and no less; totals are those of the analyses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import explorer
from explorer.blocks.activation import GELU, ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import BasicBlock
from explorer.core.address import locate
from explorer.core.analysis import Analysis, analyse
from explorer.core.compose import Add, Chain, Concat, Container, Path, Repeat, Slot, Unknown
from explorer.core.difference import Difference, compare
from explorer.core.network import Network
from explorer.core.pair import Change, Pair
from explorer.core.storage import dumps, loads
from explorer.errors import EditError
from tests.contract.strategies import examples, networks, paths
from tests.core.looking import blocks_of
from tests.core.test_edit_properties import EDITS, NEW

IMAGE = (3, 8, 8)


def network(*parts: Slot | tuple[str, object] | Container) -> Network:
    return Network.of("n", IMAGE, Chain(*parts))  # type: ignore[arg-type]


def found(difference: Difference) -> list[tuple[str, str | None, str | None]]:
    """Mark and paths of the outermost differences."""
    return [(pair.mark, _path(pair, "left"), _path(pair, "right")) for pair in difference.pairs]


def _path(pair: Pair, side: str) -> str | None:
    row = getattr(pair, side)
    return ".".join(row.path) if row else None


def changes(difference: Difference) -> list[Change]:
    return [change for pair in difference.pairs for change in pair.changes]


# Properties


@examples(60, 1_500)
def test_a_network_is_like_itself_and_like_what_its_file_says(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks())
    def holds(network: Network) -> None:
        for other in (network, loads(dumps(network))):
            difference = compare(network, other)
            assert difference.is_empty
            assert difference.marks("left") == difference.marks("right") == {}
            assert {total.difference for total in difference.totals} <= {0, None}

    holds()


MIRROR = {"added": "removed", "removed": "added"}


@examples(60, 1_500)
def test_a_comparison_mirrors_the_one_the_other_way_round(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        edited = _edited(data, network)
        there, back = compare(network, edited), compare(edited, network)
        for side, other in (("left", "right"), ("right", "left")):
            ours, theirs = there.marks(side), back.marks(other)  # type: ignore[arg-type]
            assert {path: MIRROR.get(mark, mark) for path, mark in ours.items()} == theirs
        assert there.is_empty == back.is_empty
        assert [(t.left, t.right) for t in there.totals] == [(t.right, t.left) for t in back.totals]

    holds()


@examples(80, 2_000)
def test_nothing_that_differs_is_missed(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        edited = _edited(data, network)
        difference = compare(network, edited)
        assert difference.is_empty == (network.body == edited.body and network.frozen == edited.frozen)
        check_totals(difference, analyse(network), analyse(edited))
        check_marks(difference)

    holds()


@examples(60, 1_500)
def test_exactly_the_edit_is_found(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        candidates = [path for path in paths(network) if _is_plain(network, path)]
        assume(candidates)
        path = data.draw(st.sampled_from(candidates))
        slot, dotted = network.slot(path), ".".join(path)
        kind = data.draw(st.sampled_from(["insert", "remove", "switch", "note", "rename"]))
        if kind == "insert":
            block = data.draw(st.sampled_from([block for block in NEW if not isinstance(block, Container)]))
            edited, new = network.insert(block, path)
            assert found(compare(network, edited)) == [("added", None, ".".join(new))]
        elif kind == "remove":
            assert found(compare(network, network.remove([path]))) == [("removed", dotted, None)]
        elif kind == "switch":
            difference = compare(network, network.enable(path, not slot.enabled))
            assert found(difference) == [("changed", dotted, dotted)]
            assert changes(difference) == [Change("enabled", slot.enabled, not slot.enabled)]
        elif kind == "note":
            difference = compare(network, network.annotate(path, "a remark"))
            assert found(difference) == [("changed", dotted, dotted)]
            assert changes(difference) == [Change("note", "", "a remark")]
        else:
            difference = compare(network, network.rename(path, "renamed"))
            assert changes(difference) == [Change("name", slot.name, "renamed")]

    holds()


def _is_plain(network: Network, path: Path) -> bool:
    """Whether a path names a leaf or composite that stands once and only in plain chains that have a name."""
    if isinstance(network.slot(path).block, Container):
        return False
    above = [network.slot(path[:depth]) for depth in range(1, len(path))]
    return len(locate(network.body, path)) == len(path) and all(
        isinstance(slot.block, Chain) and slot.name and slot.enabled for slot in above
    )


def _edited(data: st.DataObject, network: Network) -> Network:
    for _ in range(data.draw(st.integers(1, 3))):
        try:
            network, _ = data.draw(st.sampled_from(EDITS))(data, network)
        except EditError:
            continue
    return network


def check_totals(difference: Difference, left: Analysis, right: Analysis) -> None:
    totals = {total.key: (total.left, total.right) for total in difference.totals}
    for key, name in (("parameters", "parameters"), ("trainable", "trainable_parameters"), ("macs", "macs")):
        assert totals[key] == (getattr(left, name), getattr(right, name))  # type: ignore[index]
    assert totals["output"] == (left.output_shape, right.output_shape)
    if not left.partial and not right.partial:
        assert totals["memory"] == (left.memory().per_image, right.memory().per_image)
        assert all(total.difference == total.right - total.left for total in difference.totals[:5])  # type: ignore[operator]


def check_marks(difference: Difference) -> None:
    """Every row is on one side of one pair, in its order; what has no mark has the same figures on both sides."""
    for side, analysis in (("left", difference.left), ("right", difference.right)):
        rows = [getattr(pair, side) for pair in every_pair(difference.root) if getattr(pair, side)]
        assert [row.path for row in rows] == [row.path for row in analysis.rows]
    for pair in every_pair(difference.root):
        if pair.mark == "same" and pair.left and pair.right:
            assert (pair.left.macs, pair.left.output_shape) == (pair.right.macs, pair.right.output_shape)
            assert pair.left.type == pair.right.type


def every_pair(pair: Pair) -> list[Pair]:
    return [inner for child in pair.children for inner in (child, *every_pair(child))]


# Cases


def test_a_field_is_one_change_with_both_values() -> None:
    left = network(("conv", Conv2d(4, 3, padding=1)), ("relu", ReLU()))
    right = left.replace(("conv",), Conv2d(8, 5, padding=2))
    difference = compare(left, right)
    assert found(difference) == [("changed", "conv", "conv")]
    expected = [Change("out_channels", 4, 8), Change("kernel_size", 3, 5), Change("padding", 1, 2)]
    assert changes(difference) == expected
    assert difference.marks("right") == {("conv",): "changed", ("relu",): "shapes"}


def test_a_composite_is_one_difference_that_can_be_opened() -> None:
    difference = compare(explorer.network("resnet18"), explorer.network("resnet34"))
    assert found(difference) == [("changed", f"layer{n}", f"layer{n}") for n in (1, 2, 3, 4)]
    first = difference.pairs[0]
    assert [child.mark for child in first.children] == ["same", "same", "added"]
    assert [row.right.name for row in first.children if row.right] == ["0", "1", "2"]


def test_three_convolutions_make_vgg16_into_vgg19() -> None:
    difference = compare(explorer.network("vgg16"), explorer.network("vgg19"))
    assert [pair.mark for pair in difference.pairs] == ["added"] * 6
    assert [pair.right.type for pair in difference.pairs if pair.right] == ["Conv2d", "ReLU"] * 3


def test_unpacking_a_composite_changes_its_type_and_nothing_in_it() -> None:
    left = network(("block", BasicBlock(3)))
    difference = compare(left, left.unpack(("block",)))
    assert changes(difference) == [Change("type", "BasicBlock", "Chain")]
    assert {child.mark for child in difference.pairs[0].children} == {"same"}


def test_copies_of_a_repeat() -> None:
    left = network(("stage", Repeat(("0", "1"), ReLU())))
    more = compare(left, network(("stage", Repeat(("0", "1", "2"), ReLU()))))
    assert changes(more) == [Change("copies", 2, 3)]
    other = compare(left, network(("stage", Repeat(("0", "1"), GELU()))))
    assert found(other) == [("changed", "stage.0", "stage.0")], "the copies are one block"
    named = compare(network(("r", Repeat(("a", "b"), ReLU()))), network(("r", Repeat(("a", "c"), ReLU()))))
    assert changes(named) == [Change("copies", "a, b", "a, c")]


def test_branches_of_a_merge_without_a_name() -> None:
    conv, bn = ("conv", Conv2d(3, 1)), ("act", ReLU())
    left = network(Add(Chain(conv, bn), Chain()))
    assert changes(compare(left, network(Add(Chain(conv), Chain(bn))))) == [
        Change("branches", "conv → act | identity", "conv | act")
    ]
    assert changes(compare(left, network(Add(Chain(conv, bn), Chain(), Chain())))) == [Change("branches", 2, 3)]
    assert found(compare(left, network(Add(Chain(conv), Chain())))) == [("removed", "act", None)]
    assert changes(compare(network(Concat(Chain(conv))), network(Concat(Chain(conv), dim=2)))) == [Change("dim", 1, 2)]


def test_a_merge_that_gets_a_name_takes_its_branches_in() -> None:
    left = network(Add(Chain(("conv", Conv2d(3, 1))), Chain()))
    difference = compare(left, left.rename(("#0",), "sum"))
    assert found(difference) == [("removed", "conv", None), ("changed", "#0", "sum"), ("added", None, "sum.conv")]


def test_what_moved_says_so() -> None:
    left = network(("a", ReLU()), ("b", GELU()), ("c", ReLU()), ("d", GELU()))
    difference = compare(left, left.move(("a",), ("d",))[0])
    assert found(difference) == [("removed", "a", None), ("added", None, "a")]
    assert all(pair.is_moved for pair in difference.pairs)
    assert not compare(left, left.remove([("a",)])).pairs[0].is_moved


def test_frozen_blocks_inside_a_composite_are_found() -> None:
    left = explorer.network("resnet18")
    assert changes(compare(left, left.freeze(("layer1",)))) == [Change("frozen", False, True)]
    inside = compare(left, left.freeze(("layer1", "0", "conv1")))
    assert found(inside) == [("changed", "layer1.0.conv1", "layer1.0.conv1")]


def test_what_has_no_rows_is_found_too() -> None:
    off = Slot("off", Chain(("a", ReLU())), enabled=False)
    other = dataclasses.replace(off, block=Chain(("a", ReLU()), ("b", ReLU())))
    assert changes(compare(network(off), network(other))) == [Change("content", "1 block", "2 × ReLU")]
    broken = [network(("x", Unknown(text, "It cannot be read."))) for text in ("1", "2")]
    assert [change.field for change in changes(compare(*broken))] == ["content"]


def test_only_the_nesting_differs() -> None:
    left, right = network(("a", ReLU())), network(Chain(("a", ReLU())))
    difference = compare(left, right)
    assert difference.is_regrouped
    assert not difference.pairs
    assert not difference.is_empty


def test_the_network_itself() -> None:
    left = explorer.network("resnet18")
    other = dataclasses.replace(left.with_input_shape((3, 96, 96)), task="segmentation")
    difference = compare(left, other)
    assert not difference.pairs
    assert difference.network_changes == (
        Change("input", "3 × 224 × 224", "3 × 96 × 96"),
        Change("task", "classification", "segmentation"),
    )
    assert set(difference.marks("left").values()) == {"shapes"}


def test_a_network_without_an_input_has_nothing_to_align() -> None:
    left = explorer.network("lenet5")
    difference = compare(left, dataclasses.replace(left, inputs=()))
    assert {pair.mark for pair in difference.pairs} == {"removed"}
    assert {total.right for total in difference.totals} == {0, None}


@pytest.mark.parametrize("unpack", [False, True])
def test_an_edit_of_a_large_network_looks_at_the_way_to_it_alone(unpack: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Pair] = []
    mark: Callable[[Pair], str] = Pair.__dict__["mark"].func
    left = explorer.network("resnet1202")
    for stage in ("layer1", "layer2", "layer3") if unpack else ():
        left = left.unpack((stage,))
    right = left.insert(ReLU(), ("layer2",))[0]

    def marked(pair: Pair) -> str:
        looked.append(pair)
        return mark(pair)

    monkeypatch.setattr(Pair, "mark", property(marked))
    assert len(compare(left, right).pairs) == 1
    assert len(looked) < 100, "of 6,606 blocks"


def test_blocks_are_shared_when_only_the_file_is_another() -> None:
    """Two equal networks from two files have no object in common."""
    left = explorer.network("resnet18")
    right = loads(dumps(left))
    assert not {id(block) for block in blocks_of(left)} & {id(block) for block in blocks_of(right)}
    assert compare(left, right).is_empty
