"""The files of a person's own blocks: shared, renamed, taken out, broken; nothing is ever lost."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.core import definition_file
from explorer.core.definition_file import SUFFIX
from explorer.core.user_block import block_class
from explorer.errors import FileError
from explorer.gui.library.folder import BIN, LibraryFolder
from explorer.gui.library.user_library import VARIABLE, UserLibrary, blocks_folder
from explorer.gui.session import Session
from tests.core.looking import check_sentence
from tests.core.user_blocks import MINE, OUTER, TWICE

OTHER = block_class(dataclasses.replace(TWICE, summary="Another version."))


@pytest.fixture
def library(session: Session) -> UserLibrary:
    return session.library


def test_the_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "here"))
    assert blocks_folder() == tmp_path / "here"
    monkeypatch.delenv(VARIABLE)
    assert blocks_folder().parts[-2:] == ("architecture-explorer", "blocks")


def test_a_missing_folder_is_an_empty_library(library: UserLibrary) -> None:
    assert library.kinds == {}
    assert library.broken == ()
    assert not library.folder.exists()


def test_one_file_a_block(library: UserLibrary) -> None:
    file = library.save(MINE)
    library.save(OUTER)
    assert file == library.folder / f"My Block{SUFFIX}"
    assert list(library.kinds.values()) == [MINE, OUTER]
    assert library.named("Outer") is OUTER
    assert library.file_of(MINE) == file
    assert library.file_of(OTHER) is None
    assert LibraryFolder(library.folder).read()[0] == library.kinds, "another window finds the same"


def test_another_version_takes_the_file_and_the_old_one_goes_to_the_bin(library: UserLibrary) -> None:
    file = library.save(MINE)
    assert library.save(OTHER) == file
    assert list(library.kinds.values()) == [OTHER]
    assert definition_file.read(library.folder / BIN / file.name) is MINE


def test_two_windows_do_not_keep_two_blocks_of_one_name(library: UserLibrary) -> None:
    other = UserLibrary(LibraryFolder(library.folder))
    assert other.kinds == {}
    file = library.save(MINE)
    assert other.save(OTHER) == file
    assert definition_file.read(library.folder / BIN / file.name) is MINE
    library.look()
    assert list(library.kinds.values()) == [OTHER]


def test_a_look_at_what_is_as_it_was_tells_nobody(library: UserLibrary, qtbot: QtBot) -> None:
    library.save(MINE)
    assert library.named("My Block") is MINE
    with qtbot.assertNotEmitted(library.changed):
        library.look()


def test_what_is_taken_out_can_come_back(library: UserLibrary) -> None:
    bins = [library.remove(library.save(MINE)), library.remove(library.save(MINE))]
    assert library.kinds == {}
    assert len(set(bins)) == 2
    assert library.adopt(bins[0]) is MINE
    assert list(library.kinds.values()) == [MINE]


def test_a_shared_file_keeps_its_name_where_that_is_free(library: UserLibrary, tmp_path: Path) -> None:
    shared = tmp_path / "shared.block.json"
    definition_file.write(OTHER, shared)
    assert library.adopt(shared) is OTHER
    assert library.adopt(shared) is OTHER, "twice is once"
    definition_file.write(MINE, shared)
    assert library.adopt(shared).type_name() == "My Block 2"
    definition_file.write(block_class(dataclasses.replace(TWICE, name="ReLU")), shared)
    assert library.adopt(shared).type_name() == "ReLU 2"
    assert [kind.type_name() for kind in library.kinds.values()] == ["My Block", "My Block 2", "ReLU 2"]


def test_renaming(library: UserLibrary) -> None:
    file = library.save(MINE)
    library.save(OUTER)
    library.rename(file, "Pair")
    (renamed,) = [found for found, kind in library.kinds.items() if kind.type_name() == "Pair"]
    assert not file.exists()
    assert renamed.name == f"Pair{SUFFIX}"
    for name in ("outer", "Conv2d", "", "a@b"):
        with pytest.raises(FileError) as refused:
            library.rename(renamed, name)
        check_sentence(refused.value)
    assert renamed.exists()


def test_broken_files_are_listed_with_the_reason(library: UserLibrary) -> None:
    library.save(MINE)
    contents = {"empty": b"", "words": b"hello", "network": b'{"format": "x"}', "bytes": b"\xff\xfe"}
    for name, content in contents.items():
        (library.folder / f"{name}{SUFFIX}").write_bytes(content)
    (library.folder / f"folder{SUFFIX}").mkdir()
    (library.folder / "notes.txt").write_text("mine")
    library.reload()
    assert list(library.kinds.values()) == [MINE]
    assert {broken.file.name.removesuffix(SUFFIX) for broken in library.broken} == set(contents)
    assert all(broken.reason.endswith(".") for broken in library.broken)
    library.remove(library.broken[0].file)
    assert len(library.broken) == 3


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="modes are of Unix, and root may do all")
def test_a_folder_that_cannot_be_written_is_a_sentence(library: UserLibrary) -> None:
    library.folder.parent.chmod(0o500)
    with pytest.raises(FileError) as refused:
        library.save(MINE)
    library.folder.parent.chmod(0o700)
    check_sentence(refused.value)


def test_a_file_in_the_way_of_the_folder_is_a_sentence(library: UserLibrary) -> None:
    library.folder.write_text("in the way")
    assert library.kinds == {}
    with pytest.raises(FileError, match="cannot be written"):
        library.save(MINE)


@pytest.mark.parametrize("name", ["a/b", "..", "CON", "a" * 60, "Ünï", "*?"])
def test_any_name_has_a_file(library: UserLibrary, name: str) -> None:
    kind = block_class(dataclasses.replace(TWICE, name=name))
    file = library.save(kind)
    assert file.parent == library.folder
    assert library.kinds == {file: kind}
