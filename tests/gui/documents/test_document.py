"""A document: its history, what merges, what is saved, and what is selected."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import explorer
from explorer.core.network import Network
from explorer.errors import FileError
from explorer.gui.documents.templates import empty_network
from explorer.gui.session import Session


def named(session: Session, name: str) -> Network:
    return dataclasses.replace(session.network, name=name)


def test_an_edit_is_undone_and_redone_by_its_name(session: Session) -> None:
    first = session.network
    second = first.remove([("relu",)])
    session.edit("delete", second)
    assert session.network is second
    assert session.undo_stack.undoText() == "delete"
    session.undo_stack.undo()
    assert session.network is first
    session.undo_stack.redo()
    assert session.network is second


def test_what_is_typed_in_one_go_is_one_step_until_it_settles(session: Session) -> None:
    for name in ("R", "Re", "Res"):
        session.edit("rename the network", named(session, name), merge="network name")
    assert session.undo_stack.count() == 1
    session.settle()
    session.edit("rename the network", named(session, "Ress"), merge="network name")
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert session.network.name == "Res"
    session.undo_stack.undo()
    assert session.network.name == "ResNet-18"


def test_two_fields_do_not_merge(session: Session) -> None:
    session.edit("a", named(session, "A"), merge="a")
    session.edit("b", named(session, "B"), merge="b")
    assert session.undo_stack.count() == 2


def test_typing_back_to_where_it_was_leaves_no_step(session: Session) -> None:
    name = session.network.name
    session.edit("rename", named(session, "other"), merge="name")
    session.edit("rename", named(session, name), merge="name")
    assert session.undo_stack.count() == 0
    assert not session.document.modified


def test_undo_brings_the_selection_back(session: Session) -> None:
    session.select((("relu",),))
    session.edit("delete", session.network.remove([("relu",)]), select=(("maxpool",),))
    assert session.selection == (("maxpool",),)
    session.undo_stack.undo()
    assert session.selection == (("relu",),)


def test_what_is_gone_is_not_selected(session: Session) -> None:
    session.select((("relu",), ("bn1",), ("no such block",)))
    assert len(session.selection) == 2
    session.edit("delete", session.network.remove([("relu",)]))
    assert [".".join(path) for path in session.selection] == ["bn1"]


def test_a_block_inside_a_composite_can_be_selected(session: Session) -> None:
    session.select((("layer1", "0", "conv1"),))
    assert session.selection == (("layer1", "0", "conv1"),)


def test_saving_makes_the_history_clean_and_undo_dirty_again(session: Session, tmp_path: Path) -> None:
    session.edit("rename", named(session, "mine"), merge="name")
    assert session.document.modified
    file = tmp_path / "mine.network.json"
    session.save(session.document, file)
    assert not session.document.modified
    assert session.file == file
    assert explorer.read(file) == session.network
    session.edit("rename", named(session, "mine too"), merge="name")
    assert session.undo_stack.count() == 2, "an edit must not merge into a step that is saved"
    session.undo_stack.undo()
    assert not session.document.modified


def test_a_new_network_goes_by_the_name_of_its_file(session: Session, tmp_path: Path) -> None:
    document = session.open_network(empty_network())
    assert document.title == "Untitled"
    session.save(document, tmp_path / "mine.network.json")
    assert document.title == "mine"
    session.edit("rename", dataclasses.replace(session.network, name="My net"))
    assert document.title == "My net"


def test_a_network_opens_beside_unsaved_work(session: Session) -> None:
    session.edit("rename", named(session, "mine"))
    first = session.document
    second = session.open_network(explorer.network("lenet5"))
    assert session.documents == (first, second)
    assert session.network.name == "LeNet-5"
    assert first.network.name == "mine"
    assert first.modified
    assert not second.modified
    session.activate(first)
    assert session.network.name == "mine"
    session.undo_stack.undo()
    assert session.network.name == "ResNet-18"


def test_signals_speak_of_the_document_in_front_only(session: Session) -> None:
    first = session.document
    session.open_network(explorer.network("lenet5"))
    heard: list[str] = []
    session.changed.connect(lambda: heard.append(session.network.name))
    first.edit("delete", first.network.remove([("relu",)]))
    assert heard == []
    session.activate(first)
    assert heard == ["ResNet-18"]


def test_the_last_document_closes_into_another_one(session: Session) -> None:
    session.close(session.document, explorer.network("lenet5"))
    assert [document.network.name for document in session.documents] == ["LeNet-5"]
    assert session.undo_group.activeStack() is session.undo_stack


def test_a_file_that_is_open_is_brought_to_the_front(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "a.network.json"
    explorer.write(explorer.network("lenet5"), file)
    opened = session.open_file(file)
    session.activate(session.documents[0])
    assert session.open_file(file) is opened
    assert len(session.documents) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 10_000_000, b'{"format": "something else"}', b"\xff\xfe", b'{"a": 1, "a": 2}', b"[NaN]"],
    ids=["empty", "half", "nested", "stranger", "no text", "key twice", "NaN"],
)
def test_a_bad_file_leaves_the_document_untouched(session: Session, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.network.json"
    file.write_bytes(content)
    session.edit("rename", named(session, "mine"))
    network = session.network
    with pytest.raises(FileError):
        session.open_file(file)
    assert session.network is network
    assert len(session.documents) == 1
    assert session.document.modified


def test_flops_are_remembered(session: Session) -> None:
    heard: list[bool] = []
    session.changed.connect(lambda: heard.append(session.flops))
    session.show_flops(True)
    assert heard == [True]
    assert session.settings.get("view/flops", False)
