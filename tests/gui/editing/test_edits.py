"""What a person does to blocks: each is one step of the history, and a refusal is a sentence that changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.residual import BasicBlock, Bottleneck, ResidualStage
from explorer.core.compose import Add, Chain, Concat, Repeat
from explorer.core.network import Network
from explorer.gui.editing import edits, freezing, insertion, moving
from explorer.gui.session import Session


def names(session: Session) -> list[str]:
    root = session.analysis.root
    return [row.name for row in root.children] if root else []


FIRST = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "flatten", "fc"]


def test_residual_blocks_stack_behind_what_works_on_images(session: Session) -> None:
    before = session.analysis.parameters
    insertion.insert(session, BasicBlock())
    insertion.insert(session, BasicBlock())
    assert names(session) == [*FIRST[:8], "block1", "block2", *FIRST[8:]]
    assert session.selection == (("block2",),)
    # two 3 × 3 convolutions on 512 channels and their batch norms; the shortcut is the identity
    assert session.analysis.parameters == before + 2 * (2 * 512 * 512 * 9 + 4 * 512)
    assert not session.analysis.problems
    assert session.undo_stack.count() == 2


def test_a_bottleneck_keeps_the_channels_too(session: Session) -> None:
    session.select((("layer2",),))
    insertion.insert(session, Bottleneck())
    block = session.network.block(("block1",))
    assert isinstance(block, Bottleneck)
    assert (block.out_channels, block.width) == (128, 32)


def test_a_block_goes_behind_the_selection(session: Session) -> None:
    session.select((("conv1",),))
    insertion.insert(session, Conv2d(8, 3, padding=1))
    assert names(session)[:3] == ["conv1", "conv2", "bn1"]


def test_a_block_goes_behind_the_composite_whose_inside_is_selected(session: Session) -> None:
    session.select((("layer1", "0", "conv1"),))
    insertion.insert(session, BasicBlock())
    assert names(session)[4:6] == ["layer1", "block1"]


def test_a_linear_layer_goes_to_the_end(session: Session) -> None:
    insertion.insert(session, Linear(7))
    assert session.analysis.output_shape == (7,)


def test_a_block_goes_into_an_empty_network(session: Session) -> None:
    session.open_network(Network.of("empty", (3, 32, 32), Chain()))
    insertion.insert(session, BasicBlock())
    insertion.insert(session, BasicBlock())
    assert names(session) == ["block1", "block2"]
    assert session.analysis.output_shape == (64, 32, 32)


@pytest.mark.parametrize("key", ["Add", "Concat", "Multiply"])
def test_a_merge_comes_with_branches(session: Session, key: str) -> None:
    from explorer.core.block import BLOCKS

    session.select((("layer1",),))
    insertion.insert(session, BLOCKS[key]())
    assert not session.analysis.problems
    assert session.analysis.output_shape == (10,)


def test_delete_selects_what_comes_into_the_place(session: Session) -> None:
    session.select((("bn1",), ("relu",)))
    moving.remove(session)
    assert names(session)[:2] == ["conv1", "maxpool"]
    assert session.selection == (("maxpool",),)
    session.select((("fc",),))
    moving.remove(session)
    assert session.selection == (("flatten",),)


def test_neighbours_move_together(session: Session) -> None:
    session.select((("bn1",), ("relu",)))
    moving.move(session, 1)
    assert names(session)[:4] == ["conv1", "maxpool", "bn1", "relu"]
    assert session.selection == (("bn1",), ("relu",))
    moving.move(session, -1)
    assert names(session) == FIRST


@pytest.mark.parametrize(("path", "offset"), [("conv1", -1), ("fc", 1)])
def test_the_ends_hold(session: Session, messages: list[str], path: str, offset: int) -> None:
    session.select(((path,),))
    moving.move(session, offset)
    assert names(session) == FIRST
    assert len(messages) == 1
    assert "already" in messages[0]


def test_duplicates_get_names_of_their_own_and_weights_of_their_own(session: Session) -> None:
    session.select((("layer1",),))
    insertion.duplicate(session)
    assert names(session)[4:6] == ["layer1", "stage1"]
    assert session.network.block(("stage1",)) == session.network.block(("layer1",))


def test_cut_and_paste_keep_names_notes_and_switches(session: Session) -> None:
    network = session.network.annotate(("bn1",), "why?").enable(("bn1",), False)
    session.edit("prepare", network)
    session.select((("bn1",), ("relu",)))
    text = insertion.copied(session)
    assert text is not None
    moving.remove(session, "cut")
    session.select((("maxpool",),))
    insertion.paste(session, text)
    assert names(session)[:4] == ["conv1", "maxpool", "bn1", "relu"]
    slot = session.network.slot(("bn1",))
    assert (slot.note, slot.enabled) == ("why?", False)


def test_blocks_travel_between_documents_as_text(session: Session) -> None:
    session.select((("layer4",),))
    text = insertion.copied(session)
    assert text is not None
    session.open_network(explorer.network("lenet5"))
    session.select((session.analysis.rows[0].path,))
    insertion.paste(session, text)
    assert session.network.block(("layer4",)) == session.documents[0].network.block(("layer4",))


NO_BLOCKS = "The clipboard holds no blocks; copy some first."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *((text, NO_BLOCKS) for text in ("", "hello", "{}", "[1, 2", '{"a": NaN}', "[" * 1000)),
        (
            '{"format": "architecture-explorer/blocks", "version": 9}',
            "The blocks in the clipboard come from another version of the application.",
        ),
    ],
)
def test_a_strange_clipboard_is_refused(session: Session, messages: list[str], text: str, sentence: str) -> None:
    insertion.paste(session, text)
    assert session.undo_stack.count() == 0
    assert messages == [sentence]


def test_what_is_inside_a_composite_is_not_copied(session: Session) -> None:
    session.select((("layer1", "0"),))
    assert insertion.copied(session) is None


def test_switching_off_and_on(session: Session) -> None:
    session.select((("bn1",), ("relu",)))
    before = session.analysis.parameters
    edits.switch(session)
    assert session.analysis.parameters == before - 128
    edits.switch(session)
    assert session.analysis.parameters == before


def test_a_repeat_that_is_switched_off_can_be_switched_on_again(session: Session) -> None:
    insertion.insert(session, BasicBlock())
    insertion.duplicate(session)
    session.select((("block1",), ("block2",)))
    edits.fold(session)
    folded = session.network
    edits.switch(session)
    assert session.network != folded
    edits.switch(session)
    assert session.network == folded


def test_renaming_follows_with_the_selection(session: Session, messages: list[str]) -> None:
    session.select((("layer1",), ("layer1", "0")))
    edits.rename(session, ("layer1",), "first")
    assert session.selection == (("first",), ("first", "0"))
    edits.rename(session, ("first",), "fc")
    assert "taken" in messages[-1]
    assert names(session)[4] == "first"


def test_wrapping_keeps_every_key(session: Session) -> None:
    insertion.insert(session, BasicBlock())
    insertion.insert(session, BasicBlock())
    keys = {row.path for row in session.analysis.rows}
    session.select((("block1",), ("block2",)))
    edits.wrap_residual(session)
    assert {row.path for row in session.analysis.rows} - keys == {("#8",)}
    assert isinstance(session.network.block(("#8",)), Add)
    assert not session.analysis.problems


def bodies(session: Session, *path: str) -> list[list[str]]:
    """The names in the branches of a merge."""
    merge = session.network.block(path)
    assert isinstance(merge, Concat)
    return [
        [inner.name for inner in slot.block.slots] if isinstance(slot.block, Chain) else [slot.name]
        for slot in merge.slots
    ]


def test_blocks_go_from_branch_to_branch(session: Session, messages: list[str]) -> None:
    conv = Conv2d(8, 1)
    merge = Concat(Chain(("a", conv), ("b", conv)), ("c", conv), Chain())
    session.open_network(Network.of("branches", (8, 9, 9), Chain(("in", conv), merge)))
    keys = {row.path for row in session.analysis.rows}
    session.select((("b",),))
    moving.move_across(session, 1)  # behind what was a branch all by itself
    assert bodies(session, "#1") == [["a"], ["c", "b"], []]
    assert session.selection == (("b",),)
    moving.move_across(session, 1)  # onto the identity
    assert bodies(session, "#1") == [["a"], ["c"], ["b"]]
    assert {row.path for row in session.analysis.rows} == keys
    assert session.undo_stack.undoText() == "move to another branch"
    moving.move_across(session, 1)
    assert messages.pop() == "There is no branch behind this one; add one first."
    session.select((("a",), ("c",)))
    moving.move_across(session, 1)
    session.select((("in",),))
    moving.move_across(session, 1)
    assert messages == ["Select blocks of one branch, to move them to the one beside it."] * 2


def test_a_branch_of_one_block_leaves_its_place_as_it_goes(session: Session) -> None:
    session.open_network(Network.of("branches", (8, 9, 9), Chain(Concat(("a", Conv2d(8, 1)), ("b", Conv2d(8, 1))))))
    session.select((("a",),))
    moving.move_across(session, 1)
    assert bodies(session, "#0") == [["b", "a"]]


def test_fold_and_unpack_are_each_others_way_back(session: Session) -> None:
    insertion.insert(session, BasicBlock())
    insertion.insert(session, BasicBlock())
    unfolded = session.network
    session.select((("block1",), ("block2",)))
    edits.fold(session)
    assert any(isinstance(slot.block, Repeat) for slot in session.network.body.slots)
    assert session.selection == (("block1",), ("block2",))
    edits.unpack(session)
    assert session.network == unfolded


def test_a_block_goes_behind_a_repeat_whose_copy_is_selected(session: Session) -> None:
    insertion.insert(session, BasicBlock())
    insertion.insert(session, BasicBlock())
    session.select((("block1",), ("block2",)))
    edits.fold(session)
    session.select((("block1",),))
    insertion.insert(session, Conv2d(4, 1))
    assert names(session)[8:11] == ["block1", "block2", "conv2"]


def test_unpacking_a_composite_makes_its_inside_editable(session: Session) -> None:
    before = session.analysis.parameters
    session.select((("layer2",),))
    edits.unpack(session)
    session.select((("layer2", "0"),))
    insertion.insert(session, BasicBlock())
    assert [row.name for row in session.analysis.row(("layer2",)).children] == ["0", "block1", "1"]  # type: ignore[union-attr]
    assert session.analysis.parameters > before


def test_a_copy_of_a_repeat_unpacks_with_it(session: Session) -> None:
    keys, parameters = {row.path for row in session.analysis.rows}, session.analysis.parameters
    session.select((("layer2",),))
    edits.unpack(session)
    session.select((("layer2", "1"),))  # the only copy in its repeat: unpacking that alone would look like nothing
    edits.unpack(session)
    assert session.selection == (("layer2", "1"),)
    assert isinstance(session.network.block(("layer2", "1")), Chain)
    assert session.undo_stack.count() == 2
    assert keys <= {row.path for row in session.analysis.rows}
    assert session.analysis.parameters == parameters


def test_of_several_copies_the_selected_one_unpacks(session: Session) -> None:
    stage = Network.of("three", (8, 9, 9), Chain(("layer", ResidualStage(blocks=3, out_channels=8))))
    session.open_network(stage.unpack(("layer",)))
    session.select((("layer", "1"),))
    edits.unpack(session)
    kinds = [type(session.network.block(("layer", name))) for name in "012"]
    assert kinds == [BasicBlock, Chain, BasicBlock]


def test_freezing(session: Session) -> None:
    freezing.freeze(session, [("layer4",)], True)
    row = session.analysis.row(("layer4",))
    assert row is not None
    assert row.trainable_parameters == 0
    freezing.freeze(session, [("layer4",)], False)
    assert session.analysis.trainable_parameters == session.analysis.parameters


def test_a_field_of_several_blocks_is_one_step(session: Session) -> None:
    edits.set_field(session, (("layer1",), ("layer2",)), "activation", "pre")
    assert session.undo_stack.count() == 1
    assert [session.network.block((name,)).activation for name in ("layer1", "layer2")] == ["pre", "pre"]  # type: ignore[attr-defined]


NEEDS_A_SELECTION = [moving.remove, insertion.duplicate, edits.switch, edits.wrap_residual, edits.fold, edits.unpack]


@pytest.mark.parametrize("edit", NEEDS_A_SELECTION)
@pytest.mark.parametrize("selection", [(), (("layer1", "0", "conv1"),)], ids=["nothing", "inside"])
def test_refusals_are_sentences(
    session: Session, messages: list[str], edit: Callable[[Session], None], selection: tuple[tuple[str, ...], ...]
) -> None:
    session.select(selection)
    network = session.network
    edit(session)
    assert session.network is network
    assert len(messages) == 1
    assert messages[0].endswith(".")
