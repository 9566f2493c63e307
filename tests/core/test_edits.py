"""Edits one by one: what each does, and the sentence where it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.reshape import Flatten
from explorer.blocks.residual import BasicBlock, ResidualStage
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.block_json import slot_from_json
from explorer.core.compose import Add, Chain, Concat, Output, Path, Recall, Repeat, Slot, Tap
from explorer.core.network import Network
from explorer.core.storage import dumps, loads
from explorer.errors import EditError
from tests.core.looking import check_sentence, frozen_keys, keys

CONV, RELU = Conv2d(3, 3, padding=1), ReLU()


def network(*parts: Slot | tuple[str, Block] | Block) -> Network:
    return Network.of("edited", (3, 8, 8), Chain(*parts))


PLAIN = network(("conv1", CONV), ("relu1", RELU), ("conv2", CONV))
NESTED = network(
    ("conv1", CONV),
    Add(Chain(("left", CONV), ("relu", RELU)), Chain()),
    ("tail", Chain(("conv1", CONV), Repeat(("0", "1", "2"), CONV))),
    ("block", BasicBlock(3)),
)
KEPT = network(slot_from_json({"nome": "conv2"}))


def names(edited: Network) -> list[str]:
    return [slot.name for slot in edited.body.slots]


def test_insert_goes_behind_and_takes_the_first_free_name() -> None:
    edited, path = PLAIN.insert(CONV, ("conv1",))
    assert path == ("conv3",)
    assert names(edited) == ["conv1", "conv3", "relu1", "conv2"]
    first, path = PLAIN.insert(RELU)
    assert path == ("relu2",)
    assert names(first)[0] == "relu2"


def test_insert_into_a_branch_stays_in_the_scope_around_it() -> None:
    edited, path = NESTED.insert(CONV, ("left",))
    assert path == ("conv2",)  # conv1 is taken in this scope
    assert [row.path for row in analyse(edited).rows][:4] == [("conv1",), ("left",), ("conv2",), ("relu",)]
    inner, path = NESTED.insert(CONV, ("tail", "conv1"), name="again")
    assert path == ("tail", "again")
    assert inner.block(path) is CONV


def test_a_structure_without_a_name_is_found_by_its_place() -> None:
    edited, path = PLAIN.insert(Add(("left", CONV), Chain()), ("relu1",), name="")
    assert path == ("#2",)
    assert isinstance(edited.block(path), Add)
    deeper, path = edited.append(Chain(("right", CONV)), ("#2",), name="")
    assert path == ("#2.2",)
    assert deeper.block(path) == Chain(("right", CONV))
    assert deeper.block(("#2.2.0",)) is CONV
    branch, path = edited.append(CONV, ("#2",))
    assert path == ("conv3",)
    assert branch.block(path) is CONV


def test_append_fills_an_empty_branch() -> None:
    edited, path = NESTED.append(CONV, ("#1.1",), name="shortcut")
    assert path == ("shortcut",)
    assert not analyse(edited).problems
    assert edited.block(("#1.1",)) == Chain(("shortcut", CONV))
    assert PLAIN.append(RELU)[1] == ("relu2",)


def test_remove_takes_all_at_once() -> None:
    assert names(PLAIN.remove([("conv1",), ("conv2",)])) == ["relu1"]
    assert names(NESTED.remove([("#1",), ("left",), ("conv1",)])) == ["tail", "block"]
    copies = NESTED.remove([("tail", "0"), ("tail", "2"), ("tail", "2")])
    assert copies.block(("tail", "#1")) == Repeat(("1",), CONV)
    twice = network(("stage", Repeat(("0", "1"), Chain(("a", CONV), ("b", RELU)))))
    assert twice.remove([("stage", "0", "a"), ("stage", "1", "a")]).block(("stage", "1")) == Chain(("b", RELU))


def test_move_keeps_the_name_where_it_is_free() -> None:
    edited, path = PLAIN.move(("conv1",), ("conv2",))
    assert (names(edited), path) == (["relu1", "conv2", "conv1"], ("conv1",))
    edited, path = PLAIN.move(("conv2",), None)
    assert (names(edited), path) == (["conv2", "conv1", "relu1"], ("conv2",))
    edited, path = NESTED.move(("conv1",), ("tail", "conv1"))
    assert path == ("tail", "conv2")
    edited, path = NESTED.move(("tail", "conv1"), ("left",))
    assert path == ("conv2",)
    edited, path = NESTED.move(("#1",), ("tail",))
    assert path == ("#2",)
    assert isinstance(edited.block(("#2",)), Add)
    edited, path = NESTED.move(("#1",), ("tail", "conv1"))
    assert path == ("tail", "#1")


def test_replace_keeps_the_slot() -> None:
    edited = PLAIN.annotate(("relu1",), "why").replace(("relu1",), BatchNorm2d())
    assert edited.slot(("relu1",)) == Slot("relu1", BatchNorm2d(), note="why")
    named = NESTED.replace(("#1",), RELU)  # a layer needs a name
    assert names(named) == ["conv1", "relu1", "tail", "block"]
    all_copies = NESTED.replace(("tail", "1"), RELU)
    assert all_copies.block(("tail", "#1")) == Repeat(("0", "1", "2"), RELU)


def test_wrap_fold_and_unpack() -> None:
    wrapped = PLAIN.wrap_residual([("relu1",), ("conv2",)])
    assert wrapped.block(("#1",)) == Add(Chain(("relu1", RELU), ("conv2", CONV)), Chain())
    assert keys(analyse(wrapped)) == keys(analyse(PLAIN))
    chain = network(Slot("a", CONV, note="first"), ("b", CONV), ("c", RELU))
    folded = chain.fold([("b",), ("a",)])
    assert folded.slot(("#0",)) == Slot("", Repeat(("a", "b"), CONV), note="first")
    assert folded.unpack(("#0",)) == chain
    stage = network(("stage", ResidualStage("basic", 3, 3))).unpack(("stage",))
    assert isinstance(stage.block(("stage", "#0")), Repeat)
    once = stage.unpack(("stage", "#0")).unpack(("stage", "1"))
    assert once.block(("stage", "1", "conv1")) == Conv2d(3, 3, padding=1, bias=False)
    assert once.block(("stage", "0")) == BasicBlock(3)


def test_unpacked_parts_of_something_switched_off_stay_off() -> None:
    off = NESTED.enable(("tail", "#1"), False)
    assert not any(off.unpack(("tail", "#1")).slot(("tail", name)).enabled for name in "012")
    all_off = PLAIN.enable(("relu1",), False).wrap_residual([("relu1",)])
    assert not all_off.slot(("#1",)).enabled


def test_a_branch_is_no_neighbour_in_a_chain() -> None:
    merge = network(Concat(("a", CONV), ("b", CONV)))
    with pytest.raises(EditError, match="not neighbours in one chain"):
        merge.wrap_residual([("a",), ("b",)])
    with pytest.raises(EditError, match="not neighbours in one chain"):
        merge.fold([("a",), ("b",)])
    assert merge.wrap_residual([("a",)]).block(("#0.0",)) == Add(Chain(("a", CONV)), Chain())
    repeated = network(Concat(Repeat(("a", "b"), CONV), ("c", CONV)))
    assert repeated.unpack(("#0.0",)).block(("#0.0",)) == Chain(("a", CONV), ("b", CONV))


def test_blocks_go_first_into_a_structure() -> None:
    split = network(("conv1", CONV), Add(Chain(("conv2", CONV)), Chain()), ("stage", Chain(("a", RELU))))
    edited, path = split.insert(RELU, into=("#1.0",))
    assert path == ("relu1",)
    assert edited.block(("#1.0",)) == Chain(("relu1", RELU), ("conv2", CONV))
    edited, path = split.insert(RELU, into=("#1.1",))
    assert edited.block(("#1.1",)) == Chain(("relu1", RELU))
    edited, path = split.insert(RELU, into=("stage",))
    assert (path, edited.block(("stage",))) == (("stage", "relu1"), Chain(("relu1", RELU), ("a", RELU)))
    edited, path = split.move(("conv1",), None, into=("#1.1",))
    assert (path, edited.block(("#0.1",))) == (("conv1",), Chain(("conv1", CONV)))
    edited, path = split.move(("conv2",), None)
    assert (path, edited.body.slots[0].name) == (("conv2",), "conv2")
    assert split.move(("conv1",), None) == (split, ("conv1",))
    with pytest.raises(EditError, match="into itself"):
        split.move(("#1",), None, into=("#1.1",))
    with pytest.raises(EditError):
        split.insert(RELU, into=("conv1",))


MERGES = network(
    ("s", CONV), Add(Chain(("m1", CONV)), Chain()), ("t", RELU), Add(Chain(("m2", CONV)), Chain()), ("u", RELU),
    Add(Chain(("m3", CONV)), Chain()), ("v", RELU),
)  # fmt: skip


def order(of: Network) -> list[str]:
    return [slot.name or slot.block.slots[0].block.slots[0].name for slot in of.body.slots]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("paths", "after", "expected"),
    [
        ([("s",), ("#1",)], ("u",), ["t", "m2", "u", "s", "m1", "m3", "v"]),
        ([("#1",), ("#3",)], ("u",), ["s", "t", "u", "m1", "m2", "m3", "v"]),
        ([("#3",), ("#5",)], None, ["m2", "m3", "s", "m1", "t", "u", "v"]),
        ([("#5",), ("#1",)], ("t",), ["s", "t", "m3", "m1", "m2", "u", "v"]),
    ],
)
def test_blocks_that_move_together_are_those_that_were_meant(
    paths: list[Path], after: Path | None, expected: list[str]
) -> None:
    edited, found = MERGES.move_all(paths, after)
    assert order(edited) == expected
    assert len(found) == len(paths)
    assert [edited.slot(path).block for path in found] == [MERGES.slot(path).block for path in paths]


def test_a_branch_of_one_block_is_that_block() -> None:
    one = network(Add(Chain(("a", CONV)), Chain()))
    assert one.unpack(("#0.0",)).body == Chain(Add(("a", CONV), Chain()))
    off = network(Add(Chain(Slot("a", CONV, enabled=False)), Chain()))  # the identity, not a branch left out
    with pytest.raises(EditError, match="is a branch"):
        off.unpack(("#0.0",))


def test_unpacking_must_mean_the_same_for_all_copies() -> None:
    stage = network(("stage", Repeat(("0", "1"), BasicBlock(6))))
    with pytest.raises(EditError, match="different blocks; unpack the repeat first"):
        stage.unpack(("stage", "1"))
    apart = stage.unpack(("stage",)).unpack(("stage", "1"))
    assert keys(analyse(apart)) == keys(analyse(stage))


def test_a_tap_must_not_hide_another() -> None:
    inner = Chain(("t2", Tap("x")), ("relu", RELU))
    taps = network(("t1", Tap("x")), ("conv", CONV), inner, ("r", Recall("x", "add")))
    with pytest.raises(EditError, match="'x' inside would hide one outside"):
        taps.unpack(("#2",))
    alone = network(("conv", CONV), inner, ("relu2", RELU))
    assert keys(analyse(alone.unpack(("#1",)))) == keys(analyse(alone))


def test_freezing_follows_what_happens_to_blocks() -> None:
    frozen = NESTED.freeze(("tail", "1")).freeze(("#1",)).freeze(("block", "conv1"))
    assert frozen.frozen == {("tail", "1"), ("left",), ("relu",), ("block", "conv1")}
    assert frozen.rename(("tail",), "head").frozen >= {("head", "1")}
    assert frozen.rename(("#1",), "sum").frozen >= {("sum", "left"), ("sum", "relu")}
    assert frozen.rename(("left",), "right").frozen >= {("right",), ("relu",)}
    assert ("tail", "1") not in frozen.remove([("tail",)]).frozen
    assert ("left",) not in frozen.remove([("#1",)]).frozen
    moved, path = frozen.move(("tail", "1"), ("conv1",))
    assert path in moved.frozen
    into, _ = frozen.move(("#1",), ("tail", "conv1"))
    assert into.frozen == {("tail", "1"), ("tail", "left"), ("tail", "relu"), ("block", "conv1")}
    assert frozen.unpack(("block",)).frozen == frozen.frozen
    assert frozen_keys(analyse(frozen)) == frozen_keys(analyse(frozen.unpack(("block",))))


def test_thawing_one_part_leaves_the_rest_frozen() -> None:
    frozen = NESTED.freeze(("block",)).freeze(("block", "conv2"), False)
    assert frozen_keys(analyse(frozen)) == {("block", name) for name in ("conv1", "bn1", "bn2")}
    assert frozen.freeze(("block",), False).frozen == frozenset()
    everything = PLAIN.freeze(())
    assert analyse(everything).trainable_parameters == 0
    assert frozen_keys(analyse(everything.freeze(("conv1",), False))) == {("conv2",)}


def test_copies_of_a_repeat_that_get_the_same_name_stay_apart() -> None:
    repeat = network(("stage", Repeat(("0", "1"), Chain(("a", CONV), ("b", CONV)))))
    frozen = repeat.freeze(("stage", "0", "a")).freeze(("stage", "1", "b"))
    renamed = frozen.rename(("stage", "0", "a"), "c")
    assert renamed.frozen == {("stage", "0", "c"), ("stage", "1", "b")}
    assert frozen.remove([("stage", "0", "b")]).frozen == {("stage", "0", "a")}


def test_input_shape_and_unread_values() -> None:
    assert PLAIN.with_input_shape((3, 16, 16)).input_shape == (3, 16, 16)
    document = dumps(PLAIN).replace('"shape": [3, 8, 8]', '"shape": "wide"')
    opened = loads(document)
    assert opened.input_shape == ()
    assert analyse(opened).problems
    mended = opened.with_input_shape((3, 8, 8))
    assert not analyse(mended).problems
    assert loads(dumps(mended)).input_shape == (3, 8, 8)


def test_what_is_no_slot_travels_as_the_text_it_is() -> None:
    kept = slot_from_json({"nome": "conv2"})
    twice, path = network(("conv1", CONV), kept).insert(kept.block, ("#1",))
    assert path == ("#2",)
    moved, _ = twice.move(("#2",), None)
    for edited in (twice, moved):
        assert loads(dumps(edited)) == edited
    assert Slot("name", kept.block, enabled=False, note="why") == kept


REFUSED: dict[str, Callable[[], object]] = {
    "no such block": lambda: PLAIN.remove([("conv9",)]),
    "no such place": lambda: PLAIN.slot(("#7",)),
    "not a place": lambda: PLAIN.slot(("#x.1",)),
    "inside a composite": lambda: NESTED.replace(("block", "conv1"), RELU),
    "the network itself": lambda: PLAIN.replace((), RELU),
    "a name that is taken": lambda: PLAIN.rename(("conv1",), "conv2"),
    "a name in the scope around": lambda: NESTED.rename(("conv1",), "left"),
    "a name torch has": lambda: PLAIN.rename(("conv1",), "forward"),
    "a name with a dot": lambda: PLAIN.insert(RELU, name="a.b"),
    "a layer without a name": lambda: PLAIN.insert(RELU, name=""),
    "a structure whose names are taken": lambda: PLAIN.insert(Chain(("conv1", CONV)), name=""),
    "replaced by one whose names are taken": lambda: NESTED.replace(("#1",), Chain(("conv1", CONV))),
    "moved where its names are taken": lambda: NESTED.append(Chain(("conv1", CONV)), ("tail",), name=""),
    "into itself": lambda: NESTED.move(("tail",), ("tail", "conv1")),
    "into a structure without a name in itself": lambda: NESTED.move(("#1",), ("left",)),
    "into a layer": lambda: PLAIN.append(RELU, ("conv1",)),
    "another block into a repeat": lambda: NESTED.append(RELU, ("tail", "#1")),
    "another block behind a copy": lambda: NESTED.insert(RELU, ("tail", "1")),
    "one copy switched off": lambda: NESTED.enable(("tail", "1"), False),
    "a remark on one copy": lambda: NESTED.annotate(("tail", "1"), "why"),
    "nothing to wrap": lambda: PLAIN.wrap_residual([]),
    "no neighbours": lambda: PLAIN.wrap_residual([("conv1",), ("conv2",)]),
    "copies wrapped": lambda: NESTED.wrap_residual([("tail", "0"), ("tail", "1")]),
    "fold one": lambda: PLAIN.fold([("conv1",)]),
    "fold different ones": lambda: PLAIN.fold([("conv1",), ("relu1",)]),
    "fold taps": lambda: network(("a", Tap("x")), ("b", Tap("x"))).fold([("a",), ("b",)]),
    "unpack a layer": lambda: PLAIN.unpack(("conv1",)),
    "unpack a named chain": lambda: NESTED.unpack(("tail",)),
    "unpack a branch": lambda: NESTED.unpack(("#1.0",)),
    "unpack what no shape reaches": lambda: network(("a", Conv2d(0)), ("b", BasicBlock(3))).unpack(("b",)),
    "unpack what cannot take its shape": lambda: network(("flat", Flatten()), ("b", BasicBlock(3))).unpack(("b",)),
    "freeze what is not there": lambda: PLAIN.freeze(("conv9",)),
    "rename what is no slot": lambda: KEPT.rename(("#0",), "conv1"),
    "switch off what is no slot": lambda: KEPT.enable(("#0",), False),
    "a remark on what is no slot": lambda: KEPT.annotate(("#0",), "why"),
    "a slot that holds no block": lambda: Chain(("a", "conv")),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=list(REFUSED))
def test_refusals_are_sentences(refused: Callable[[], object]) -> None:
    with pytest.raises(EditError) as caught:
        refused()
    check_sentence(caught.value)


def test_an_output_body_is_edited_like_a_chain() -> None:
    heads = network(("conv", CONV), ("aux", Output("extra", Chain(("a", CONV), ("b", CONV)))), ("relu", RELU))
    wrapped = heads.wrap_residual([("aux", "a"), ("aux", "b")])
    assert keys(analyse(wrapped)) == keys(analyse(heads))
    folded = heads.fold([("aux", "a"), ("aux", "b")])
    assert folded.block(("aux", "#0")) == Repeat(("a", "b"), CONV)
    assert folded.unpack(("aux", "#0")) == heads
