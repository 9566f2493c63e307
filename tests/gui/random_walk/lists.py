"""What a person does in the layer table and in the library."""

from __future__ import annotations

from random import Random

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeView

from explorer.gui.editing import insertion
from explorer.gui.layers.columns import COLUMNS, NAME, TRAINABLE
from explorer.gui.library.lines import THING, Listed
from tests.gui.random_walk.deed import CTRL, LEFT, NONE, NOTHING, SHIFT, deed
from tests.gui.random_walk.fields import some_text, type_into
from tests.gui.random_walk.world import World

_Key = Qt.Key
LARGE = {"resnet1202", "resnet110", "resnet152", "resnet101", "densenet201"}  # one of them takes as long as ten others
TABLE_KEYS = (
    _Key.Key_Up, _Key.Key_Down, _Key.Key_Left, _Key.Key_Right, _Key.Key_Home, _Key.Key_End, _Key.Key_Space, _Key.Key_E,
    _Key.Key_Escape, _Key.Key_Delete, _Key.Key_Asterisk,
)  # fmt: skip
LIBRARY_KEYS = (_Key.Key_Up, _Key.Key_Down, _Key.Key_PageDown, _Key.Key_Left, _Key.Key_Right, _Key.Key_Home)


def rows_of(view: QTreeView) -> list[QModelIndex]:
    """The rows that can be seen once the view is scrolled."""
    rows, index = [], view.model().index(0, 0)
    while index.isValid():
        rows.append(index)
        index = view.indexBelow(index)
    return rows


def some_row(view: QTreeView, rng: Random) -> QModelIndex:
    """One of them."""
    rows = rows_of(view)
    return rng.choice(rows) if rows else QModelIndex()


def click_row(view: QTreeView, index: QModelIndex, keys: Qt.KeyboardModifier = NONE) -> None:
    """Clicks a row."""
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, keys, view.visualRect(index).center())


# The layer table


@deed(8)
def table_click(world: World, rng: Random) -> str:
    view, index = world.table, some_row(world.table, rng)
    if not view.isVisible() or not index.isValid():
        return NOTHING
    path = world.layers.path(index)
    click_row(view, index, rng.choice((NONE, NONE, CTRL, SHIFT)))
    return f"{path}, now {world.session.selection}"


@deed(6)
def table_keys(world: World, rng: Random) -> str:
    world.table.setFocus()
    keys = [rng.choice(TABLE_KEYS) for _ in range(rng.randint(1, 5))]
    for key in keys:
        QTest.keyClick(world.table, key, rng.choice((NONE, NONE, SHIFT)))
    return " ".join(key.name for key in keys)


@deed(3)
def unfold_row(world: World, rng: Random) -> str:
    view, index = world.table, some_row(world.table, rng)
    if rng.random() < 0.1:
        view.open_all()
        return "all"
    path = world.layers.path(index)
    view.setExpanded(index, not view.isExpanded(index))
    return str(path)


@deed(5)
def rename(world: World, rng: Random) -> str:
    """Types another name into the table."""
    world.table.setFocus()  # a name that is being typed is taken over, as by a click
    world.settle()
    view, index = world.table, some_row(world.table, rng)
    if not index.isValid() or not view.isVisible():
        return NOTHING
    path = world.layers.path(index)
    view.setCurrentIndex(index.siblingAtColumn(NAME))
    QTest.keyClick(view, _Key.Key_F2)
    editor = view.viewport().findChild(QLineEdit)
    if editor is None:
        return f"{path} cannot be renamed"
    text = some_text(rng)
    type_into(editor, text)
    QTest.keyClick(editor, rng.choice((_Key.Key_Return, _Key.Key_Return, _Key.Key_Escape)))
    return f"{path} to {text[:30]!r}"


@deed(4)
def freeze(world: World, rng: Random) -> str:
    """Takes the mark of what is trained away, or puts it there."""
    view = world.table
    cells = [index.siblingAtColumn(TRAINABLE) for index in rows_of(view)]
    cells = [cell for cell in cells if cell.flags() & Qt.ItemFlag.ItemIsUserCheckable]
    if not cells:
        return NOTHING
    index = rng.choice(cells)
    path, checked = world.layers.path(index), index.data(Qt.ItemDataRole.CheckStateRole)
    other = Qt.CheckState.Unchecked if checked == Qt.CheckState.Checked else Qt.CheckState.Checked
    view.model().setData(index, other.value, Qt.ItemDataRole.CheckStateRole)
    return f"{path}: {other.name}"


@deed(5)
def table_drag(world: World, rng: Random) -> str:
    """Drops the selected rows somewhere, as the view does it."""
    model, view = world.table.model(), world.table
    rows = view.selectionModel().selectedRows()
    if not rows:
        return NOTHING
    data = model.mimeData([row for row in rows if row.flags() & Qt.ItemFlag.ItemIsDragEnabled])
    target = rng.choice((some_row(view, rng), QModelIndex()))
    place = rng.choice((-1, rng.randint(0, max(0, model.rowCount(target)))))
    action = rng.choice((Qt.DropAction.MoveAction, Qt.DropAction.CopyAction))
    into = world.layers.path(target)
    if data is None or not model.canDropMimeData(data, action, place, 0, target):
        return f"refused at {place} of {into}"
    model.dropMimeData(data, action, place, 0, target)
    return f"{action.name} to {place} of {into}"


@deed(1)
def table_menu(world: World, rng: Random) -> str:
    world.table.customContextMenuRequested.emit(world.table.visualRect(some_row(world.table, rng)).center())
    return "opened"


@deed(1)
def read_table(world: World, rng: Random) -> str:
    """Looks at every cell that is made, in every role that a view asks for."""
    view, roles = world.table, [role for role in Qt.ItemDataRole if role.value < 20]
    for index in rows_of(view):
        for column in range(len(COLUMNS)):
            for role in roles:
                index.siblingAtColumn(column).data(role)
    return "all cells"


# The library


@deed(12)
def insert_from_library(world: World, rng: Random) -> str:
    """Uses a line of the library: inserts a block, opens a network."""
    view, index = world.library, some_row(world.library, rng)
    listed = index.data(THING)
    if not isinstance(listed, Listed) or not view.isVisible():
        return NOTHING
    if listed.entry is not None and (listed.entry.key in LARGE or rng.random() < 0.7):
        return NOTHING
    said = str(index.data())
    view.setCurrentIndex(index)
    view.setFocus()
    if rng.random() < 0.5:
        QTest.keyClick(view, _Key.Key_Return)
    else:
        view.scrollTo(index)
        QTest.mouseDClick(view.viewport(), LEFT, NONE, view.visualRect(index).center())
    return said


@deed(3)
def search_library(world: World, rng: Random) -> str:
    search = world.find(QLineEdit, "library_search")
    if not search.isVisible():
        return NOTHING
    text = rng.choice(("conv", "res", "add", "pool", "Mine", "zzz", "", "lin", "rec", some_text(rng)))
    search.setFocus()
    type_into(search, text)
    for _ in range(rng.randint(0, 3)):
        QTest.keyClick(search, _Key.Key_Down)
    listed = world.library.currentIndex().data(THING)
    if isinstance(listed, Listed) and listed.entry is None and rng.random() < 0.7:
        QTest.keyClick(search, _Key.Key_Return)
    type_into(search, "")
    return f"{text[:30]!r}, {world.library.currentIndex().data()}"


@deed(3)
def library_keys(world: World, rng: Random) -> str:
    view = world.library
    if not view.isVisible():
        return NOTHING
    view.setFocus()
    keys = [rng.choice(LIBRARY_KEYS) for _ in range(rng.randint(1, 4))]
    for key in keys:
        QTest.keyClick(view, key)
    if rng.random() < 0.3:
        QTest.keySequence(view, "Ctrl+Shift+B")
    return " ".join(key.name for key in keys)


@deed(3)
def own_block(world: World, rng: Random) -> str:
    """Renames, deletes, shares or stars a line of the library: its menu opens, and is answered."""
    view = world.library
    view.setFocus()  # a name that is being typed is taken over, as by a click
    world.settle()
    mine = [row for row in rows_of(view) if isinstance(row.data(THING), Listed) and row.data(THING).file is not None]
    index = rng.choice(mine) if mine and rng.random() < 0.8 else some_row(view, rng)
    view.setCurrentIndex(index)
    said = index.data()
    if rng.random() < 0.3:
        QTest.keyClick(view, _Key.Key_F2)
        editor = view.viewport().findChild(QLineEdit)
        if editor is not None:
            type_into(editor, rng.choice((some_text(rng), f"Mine{rng.randint(0, 9)}")))
            QTest.keyClick(editor, _Key.Key_Return)
            return f"renamed {said}"
    view.customContextMenuRequested.emit(view.visualRect(index).center())
    return f"menu of {said}"


@deed(5)
def clipboard(world: World, rng: Random) -> str:
    """Puts something else on the clipboard, and pastes it."""
    board = QApplication.clipboard()
    good = insertion.copied(world.session)
    garbage = (some_text(rng), "[]", '{"format": "architecture-explorer/blocks", "version": 1, "slots": [{}]}')
    text = good if good is not None and rng.random() < 0.6 else rng.choice(garbage)
    if good is not None and rng.random() < 0.2:  # a text that was cut off or changed on its way
        at = rng.randrange(len(good))
        text = good[:at] + rng.choice(("", "9", "}", '"', "null")) + good[at + rng.randint(0, 3) :]
    board.setText(text)
    QTest.keySequence(world.canvas, "Ctrl+V")
    return f"{text[:40]!r}"
