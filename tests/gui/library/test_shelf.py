"""Favourites, and what was used last: in the library, in searches, and after the next start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTreeView

import explorer
from explorer.core.block import BLOCKS
from explorer.core.user_block import UserBlock
from explorer.gui.library.model import SECTION, STAR, THING, LibrarySearch
from explorer.gui.library.shelf import MOST_RECENT, Shelf
from explorer.gui.main_window import MainWindow
from explorer.gui.session import Session
from explorer.gui.settings import Settings
from explorer.zoo.base import ZOO
from tests.core.user_blocks import MINE


def sections(model: LibrarySearch) -> dict[str, list[str]]:
    """The lines directly below each section, by its heading."""
    found = {}
    for row in range(model.rowCount()):
        section = model.index(row, 0)
        assert section.data(SECTION)
        found[section.data()] = [model.index(line, 0, section).data() for line in range(model.rowCount(section))]
    return found


def test_empty_sections_are_not_there(session: Session) -> None:
    assert list(sections(LibrarySearch(session))) == ["Networks", "My blocks", "Blocks", "Layers", "Structures"]


def test_favourites_stand_on_top_and_are_remembered(session: Session, settings: Settings) -> None:
    model = LibrarySearch(session)
    session.library.save(MINE)
    for thing in (BLOCKS["ReLU"], ZOO["lenet5"], MINE):
        assert session.shelf.toggle(thing)
    assert next(iter(sections(model).items())) == ("Favourites", ["ReLU", "LeNet-5", "My Block"])
    assert Shelf(settings).favourites == ("block:ReLU", "network:lenet5", "mine:My Block")
    assert not session.shelf.toggle(BLOCKS["ReLU"])
    assert sections(model)["Favourites"] == ["LeNet-5", "My Block"]
    session.shelf.toggle(ZOO["lenet5"])
    session.shelf.toggle(MINE)
    assert "Favourites" not in sections(model)


def test_what_was_used_last_stands_first(session: Session, settings: Settings) -> None:
    model = LibrarySearch(session)
    kinds = [cls for cls in BLOCKS.values() if cls.group == "layer"][: MOST_RECENT + 2]
    for kind in kinds:
        session.shelf.use(kind)
    expected = [kind.type_name() for kind in reversed(kinds)][:MOST_RECENT]
    assert sections(model)["Recently used"] == expected
    session.shelf.use(kinds[-3])
    assert sections(model)["Recently used"][0] == kinds[-3].type_name()
    assert len(Shelf(settings).recent) == MOST_RECENT


def test_settings_that_name_what_is_not_there(session: Session, settings: Settings) -> None:
    settings.set("library/favourites", ["block:Nothing", "nonsense", "network:lenet5", "mine:Gone"])
    settings.set("library/recent", ["block:", "block:Conv2d"])
    other = Session(explorer.network("lenet5"), settings)
    assert sections(LibrarySearch(other, other))["Favourites"] == ["LeNet-5"]
    assert sections(LibrarySearch(other, other))["Recently used"] == ["Conv2d"]
    other.deleteLater()


def test_a_search_finds_favourites_and_leaves_out_what_was_used(session: Session) -> None:
    model = LibrarySearch(session)
    session.shelf.toggle(BLOCKS["BatchNorm2d"])
    session.shelf.use(BLOCKS["BatchNorm2d"])
    model.search("bnrm2")
    assert sections(model) == {
        "Favourites": ["BatchNorm2d"],
        "Layers": ["BatchNorm2d"],
    }
    assert model.best().data(STAR)


@pytest.fixture
def search(window: MainWindow) -> QLineEdit:
    found = window.findChild(QLineEdit, "library_search")
    assert found is not None
    return found


@pytest.fixture
def lines(window: MainWindow) -> QTreeView:
    found = window.findChild(QTreeView, "library_list")
    assert found is not None
    return found


def test_a_star_by_keyboard_from_the_search_box(session: Session, search: QLineEdit) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    search.setFocus()
    QTest.keyClicks(search, "lenet")
    QTest.keyClick(search, Qt.Key.Key_B, keys)
    assert list(session.shelf.favourites) == ["network:lenet5"]
    QTest.keyClick(search, Qt.Key.Key_B, keys)
    assert not session.shelf.favourites


def test_inserting_and_opening_is_noted(session: Session, window: MainWindow, search: QLineEdit) -> None:
    QTest.keyClicks(search, "dropout2d")
    QTest.keyClick(search, Qt.Key.Key_Return)
    search.setText("lenet")
    QTest.keyClick(search, Qt.Key.Key_Return)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert session.shelf.recent == ("block:BasicBlock", "network:lenet5", "block:Dropout2d")


def line(lines: QTreeView, heading: str, text: str) -> QModelIndex:
    model = lines.model()
    for row in range(model.rowCount()):
        section = model.index(row, 0)
        if section.data() == heading:
            found = [model.index(place, 0, section) for place in range(model.rowCount(section))]
            return next(index for index in found if index.data() == text)
    raise AssertionError(heading)


def test_a_double_click_twice_inserts_twice_though_lines_come_above(session: Session, lines: QTreeView) -> None:
    session.shelf.use(BLOCKS["ReLU"])
    index = line(lines, "Blocks", "Bottleneck")
    lines.scrollTo(index)
    place = lines.visualRect(index).center()
    for _ in range(2):
        QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    inserted = [slot.block.type_name() for slot in session.network.body.slots]
    assert inserted.count("Bottleneck") == 2
    assert session.shelf.recent == ("block:Bottleneck", "block:ReLU")
    assert lines.currentIndex().data() == "Bottleneck"


def test_a_section_stays_folded(session: Session, lines: QTreeView) -> None:
    lines.collapse(lines.model().index(0, 0))
    session.shelf.toggle(BLOCKS["ReLU"])
    assert [lines.isExpanded(lines.model().index(row, 0)) for row in range(2)] == [True, False]


def test_a_favourite_follows_its_block_to_another_name(session: Session, window: MainWindow) -> None:
    session.library.save(MINE)
    session.shelf.toggle(MINE)
    (file,) = session.library.kinds
    session.library.rename(file, "Pair")
    session.shelf.rename("My Block", "Pair")
    lines = window.findChild(QTreeView, "library_list")
    assert lines is not None
    found = line(lines, "Favourites", "Pair").data(THING).block
    assert issubclass(found, UserBlock)
    assert found.definition.body == MINE.definition.body
