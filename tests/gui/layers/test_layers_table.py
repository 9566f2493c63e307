"""The layer table: what its cells say, what it makes when, and that it follows edits without forgetting."""

from __future__ import annotations

import cProfile
import csv
import io
import pstats
import random
from collections.abc import Callable
from pathlib import Path as FilePath

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTreeView
from pytestqt.qtbot import QtBot

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import BasicBlock
from explorer.core.analysis import Row
from explorer.core.compose import Chain, Output, Path
from explorer.core.fields import IntField
from explorer.examples import EXAMPLES
from explorer.gui import style
from explorer.gui.app import make
from explorer.gui.editing import edits, insertion, moving
from explorer.gui.editing.placing import is_editable
from explorer.gui.layers import totals
from explorer.gui.layers.columns import COLUMNS, MACS, MEMORY, NAME, TRAINABLE
from explorer.gui.layers.model import LayersModel
from explorer.gui.layers.rows import write_table
from explorer.gui.layers.view import LayersView
from explorer.gui.layers.widths import WIDTH_DELAY
from explorer.gui.main_window import MainWindow
from explorer.gui.panels.layers import LayersPanel
from explorer.gui.search.reading import read
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.gui.settings import Settings
from explorer.training.config import TrainConfig
from explorer.training.estimate import training_memory

KEYS = [column.key for column in COLUMNS]


CHECKED = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def model(session: Session) -> LayersModel:
    made = LayersModel(session, session)
    made.fetchMore(QModelIndex())
    return made


@pytest.fixture
def tested_model(model: LayersModel) -> LayersModel:
    """Under Qt's own test of models; it must not look into rows itself, which it does within a change and complains."""
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    tester.setUseFetchMore(False)
    return model


@pytest.fixture
def table(session: Session, qtbot: QtBot) -> QTreeView:
    panel = LayersPanel(session)
    qtbot.addWidget(panel)
    panel.resize(900, 500)
    panel.show()
    qtbot.waitExposed(panel)
    found = panel.findChild(QTreeView, "layers_table")
    assert found is not None
    return found


def cells(model: LayersModel, path: Path) -> dict[str, str]:
    index = model.index_of(path)
    return {key: index.siblingAtColumn(column).data() for column, key in enumerate(KEYS)}


def assert_shows(model: LayersModel, rows: tuple[Row, ...], parent: QModelIndex) -> None:
    """The looked-at part of the tree is that of the analysis."""
    assert [model.index(place, 0, parent).data() for place in range(model.rowCount(parent))] == [r.name for r in rows]
    for place, row in enumerate(rows):
        index = model.index(place, 0, parent)
        assert model.path(index) == row.path
        assert model.parent(index) == parent
        if model.rowCount(index):
            assert_shows(model, row.children, index)


def test_the_cells_say_what_the_analysis_says(session: Session, model: LayersModel, qtbot: QtBot) -> None:
    qtbot.wait(2 * MEMORY_DELAY)
    assert cells(model, ("conv1",)) == {
        "name": "conv1",
        "type": "Conv2d",
        "output": "64 × 14 × 14",
        "kernel": "7 × 7 / 2",
        "parameters": "3,136",  # 7 · 7 · 1 · 64
        "share": "0.03 %",
        "macs": "615 k",  # 3,136 at 14 × 14 places
        "memory": "3.14 kB",  # the image: 28 × 28 × 4 bytes
        "field": "7",
        "trainable": "",
    }
    assert cells(model, ("fc",))["field"] == "image"
    assert cells(model, ("layer4",))["share"] == "75 %"


def test_macs_or_flops(session: Session, model: LayersModel) -> None:
    assert cells(model, ("conv1",))["macs"] == "615 k"
    session.show_flops(True)
    assert cells(model, ("conv1",))["macs"] == "1.23 M"
    assert model.headerData(MACS, Qt.Orientation.Horizontal) == "FLOPs"


def test_rows_are_made_when_somebody_looks(session: Session, model: LayersModel) -> None:
    session.open_network(explorer.network("resnet152"))
    model.fetchMore(QModelIndex())
    assert len(model._tree.nodes) == 12, "the network and its 11 blocks, not the 500 inside"
    model.fetchMore(model.index_of(("layer3",)))
    assert len(model._tree.nodes) == 12 + 36


def test_every_edit_passes_qts_own_test_of_models(session: Session, tested_model: LayersModel) -> None:
    model = tested_model
    model.fetchMore(model.index_of(("layer1",)))
    insertion.insert(session, BasicBlock())
    session.select((("layer1",),))
    edits.unpack(session)
    session.select((("layer1", "0"),))
    insertion.duplicate(session)
    insertion.insert(session, Conv2d())
    moving.move(session, -1)
    session.select((("conv1",), ("bn1",)))
    edits.wrap_residual(session)
    moving.remove(session)
    assert_shows(model, session.analysis.root.children, QModelIndex())  # type: ignore[union-attr]
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert_shows(model, session.analysis.root.children, QModelIndex())  # type: ignore[union-attr]
    while session.undo_stack.canRedo():
        session.undo_stack.redo()
    assert_shows(model, session.analysis.root.children, QModelIndex())  # type: ignore[union-attr]
    session.open_network(explorer.network("lenet5"))
    model.fetchMore(QModelIndex())
    assert_shows(model, session.analysis.root.children, QModelIndex())  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(2))
def test_any_run_of_edits_ends_in_the_right_tree(session: Session, tested_model: LayersModel, seed: int) -> None:
    chance, model = random.Random(seed), tested_model
    commands = [moving.remove, insertion.duplicate, edits.switch, edits.wrap_residual, edits.unpack, edits.fold]
    for _ in range(20):
        rows = session.analysis.rows
        first = chance.randrange(len(rows)) if rows else 0
        session.select(tuple(row.path for row in rows[first : first + chance.randint(1, 3)]))
        index = model.index_of(session.selection[0]) if session.selection else QModelIndex()
        if model.canFetchMore(index):
            model.fetchMore(index)
        action = chance.choice([*commands, lambda s: moving.move(s, chance.choice((-1, 1))), _insert, _undo])
        action(session)
        assert_shows(model, session.analysis.root.children, QModelIndex())  # type: ignore[union-attr]


def _insert(session: Session) -> None:
    insertion.insert(session, BasicBlock())


def _undo(session: Session) -> None:
    session.undo_stack.undo()


def test_a_place_in_the_table_survives_a_move(session: Session, model: LayersModel) -> None:
    model.fetchMore(model.index_of(("layer2",)))
    inside = QPersistentModelIndex(model.index_of(("layer2", "1")))
    session.select((("layer2",),))
    moving.move(session, 1)
    assert inside.isValid()
    assert model.path(inside) == ("layer2", "1")
    assert inside.parent().row() == 6


def test_a_stale_index_finds_nothing(session: Session, model: LayersModel) -> None:
    index = model.index_of(("relu",))
    session.edit("delete", session.network.remove([("relu",)]))
    assert model.node(index) is None
    assert model.data(index) is None


def test_unfolded_rows_and_the_selection_stay_over_edits(session: Session, table: QTreeView) -> None:
    model = table.model()
    assert isinstance(model, LayersModel)
    table.expand(model.index_of(("layer2",)))
    session.select((("layer2", "1"),))
    session.edit("delete", session.network.remove([("bn1",)]))
    assert table.isExpanded(model.index_of(("layer2",)))
    assert session.selection == (("layer2", "1"),)
    assert [model.path(row) for row in table.selectionModel().selectedRows()] == [("layer2", "1")]


def flags_asked(act: Callable[[], object]) -> int:
    """How often Qt asks for the flags of a row: twice for each one that it lays out."""
    with cProfile.Profile() as profile:
        act()
        QApplication.processEvents()
    found = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    return sum(
        figures[1]
        for (file, _, name), figures in found
        if (name, FilePath(file).parts[-2:]) == ("flags", ("layers", "model.py"))
    )


def test_an_edit_lays_the_rows_out_once(session: Session, table: QTreeView) -> None:
    session.open_network(explorer.network("resnet152"))
    table.expandAll()
    session.select((("layer3",),))
    QApplication.processEvents()
    once = flags_asked(table.doItemsLayout)
    assert once > 500
    assert flags_asked(lambda: insertion.insert(session, BasicBlock())) < 1.5 * once
    assert flags_asked(lambda: moving.remove(session)) < 1.5 * once
    assert flags_asked(session.undo_stack.undo) < 1.5 * once


@pytest.mark.parametrize(
    ("gone", "inside", "current"),
    [("bn1", False, "conv1"), ("conv1", False, "bn1"), ("layer1", False, "maxpool"), ("layer1", True, "maxpool")],
)
def test_the_current_row_goes_to_a_neighbour_of_what_goes(
    session: Session, table: QTreeView, gone: str, inside: bool, current: str
) -> None:
    model = shown_model(table)
    index = model.index_of((gone,))
    table.expand(index)
    table.setCurrentIndex(model.index(0, 0, index) if inside else index)
    session.edit("remove", session.network.remove(((gone,),)), select=())
    assert table.currentIndex().data() == current


def test_scrolling_leaves_every_delay_as_it_is(session: Session, table: QTreeView) -> None:
    table.expandAll()
    QApplication.processEvents()
    delays = [timer.interval() for timer in table.findChildren(QTimer)]
    assert WIDTH_DELAY in delays
    table.verticalScrollBar().setValue(3)
    assert [timer.interval() for timer in table.findChildren(QTimer)] == delays


def test_headings_are_told_of_only_when_they_change(session: Session, model: LayersModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.headerDataChanged):
        _insert(session)
    with qtbot.waitSignal(model.headerDataChanged):
        session.show_flops(True)
    assert model.headerData(MACS, Qt.Orientation.Horizontal) == "FLOPs"


def test_what_has_nothing_inside_says_so(session: Session, model: LayersModel) -> None:
    never = Qt.ItemFlag.ItemNeverHasChildren
    assert model.flags(model.index_of(("conv1",))) & never
    assert not model.flags(model.index_of(("layer1",))) & never


def test_every_document_keeps_what_is_unfolded(session: Session, table: QTreeView) -> None:
    model, first = table.model(), session.document
    assert isinstance(model, LayersModel)
    table.expand(model.index_of(("layer2",)))
    session.open_network(explorer.network("resnet34"))
    assert not table.isExpanded(model.index_of(("layer2",)))
    session.activate(first)
    assert table.isExpanded(model.index_of(("layer2",)))


def test_selecting_rows_selects_blocks_in_their_order(session: Session, table: QTreeView) -> None:
    model = table.model()
    assert isinstance(model, LayersModel)
    flags = table.selectionModel().SelectionFlag
    for name in ("relu", "conv1"):
        table.selectionModel().select(model.index_of((name,)), flags.Select | flags.Rows)
    assert session.selection == (("conv1",), ("relu",))


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_E])
def test_space_and_e_switch_blocks_off(session: Session, table: QTreeView, key: Qt.Key) -> None:
    session.select((("bn1",),))
    table.setFocus()
    QTest.keyClick(table, key)
    assert not session.network.slot(("bn1",)).enabled


def test_a_name_is_typed_in_the_table(session: Session, model: LayersModel) -> None:
    index = model.index_of(("layer1",))
    assert model.setData(index, "first")
    assert session.network.slot(("first",)).name == "first"
    assert not model.flags(model.index_of(("first", "0"))) & Qt.ItemFlag.ItemIsEditable, "it lies in a composite"


def test_the_box_in_a_row_freezes_its_parameters(session: Session, model: LayersModel) -> None:
    index = model.index_of(("conv1",)).siblingAtColumn(TRAINABLE)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert session.network.frozen == frozenset({("conv1",)})
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    relu = model.index_of(("relu",)).siblingAtColumn(TRAINABLE)
    assert relu.data(Qt.ItemDataRole.CheckStateRole) is None


def drop(model: LayersModel, paths: list[Path], row: int, parent: Path = ()) -> None:
    data = model.mimeData([model.index_of(path) for path in paths])
    where = model.index_of(parent)
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, row, 0, where)
    model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, where)


def names(session: Session) -> list[str]:
    root = session.analysis.root
    return [row.name for row in root.children] if root else []


def test_rows_are_dragged_to_another_place(session: Session, model: LayersModel) -> None:
    drop(model, [("relu",)], 1)
    assert names(session)[:3] == ["conv1", "relu", "bn1"]
    assert session.selection == (("relu",),)
    drop(model, [("relu",)], 0)
    assert names(session)[:3] == ["relu", "conv1", "bn1"]
    drop(model, [("relu",), ("conv1",)], len(names(session)))
    assert names(session)[-2:] == ["relu", "conv1"]


def test_a_row_dropped_where_it_stands_changes_nothing(session: Session, model: LayersModel) -> None:
    drop(model, [("bn1",)], 2)
    assert session.undo_stack.count() == 0


def test_rows_are_dragged_to_the_front_of_a_chain(session: Session, model: LayersModel) -> None:
    session.select((("layer2",),))
    edits.unpack(session)
    model.fetchMore(model.index_of(("layer2",)))
    drop(model, [("maxpool",)], 0, ("layer2",))
    assert [row.name for row in session.analysis.row(("layer2",)).children] == ["maxpool", "0", "1"]  # type: ignore[union-attr]
    assert session.undo_stack.count() == 2


def test_nothing_is_dropped_into_a_composite(session: Session, model: LayersModel) -> None:
    model.fetchMore(model.index_of(("layer2",)))
    data = model.mimeData([model.index_of(("relu",))])
    assert not model.canDropMimeData(data, Qt.DropAction.MoveAction, 1, 0, model.index_of(("layer2",)))


def test_other_things_are_not_dropped(session: Session, model: LayersModel) -> None:
    data = model.mimeData([model.index_of(("relu",))])
    data.clear()
    data.setText("just words")
    assert not model.canDropMimeData(data, Qt.DropAction.CopyAction, 1, 0, QModelIndex())


def test_memory_comes_behind_the_paint(session: Session, model: LayersModel, qtbot: QtBot) -> None:
    index = model.index_of(("conv1",)).siblingAtColumn(MEMORY)
    qtbot.wait(2 * MEMORY_DELAY)
    assert index.data() == "3.14 kB"
    session.edit("resize", session.network.with_input_shape((1, 56, 56)))
    assert index.data() == "3.14 kB", "the walk over the network waits"
    qtbot.waitUntil(lambda: index.data() == "12.5 kB", timeout=2000)


@pytest.mark.parametrize(("name", "starts"), [("text", "Name "), ("CSV", "Name,"), ("Markdown", "| Name |")])
def test_the_table_is_copied(session: Session, table: QTreeView, name: str, starts: str) -> None:
    panel = table.parentWidget()
    assert isinstance(panel, LayersPanel)
    panel.copy_table(name)
    text = QGuiApplication.clipboard().text()
    assert text.startswith(starts)
    assert ("8,393,728" in text) == (name != "CSV"), "people read separators, programs do not"


def test_csv_is_numbers_on_the_clipboard_as_in_a_file(session: Session, table: QTreeView, tmp_path: FilePath) -> None:
    panel = table.parentWidget()
    assert isinstance(panel, LayersPanel)
    session.show_flops(True)
    table.expandAll()
    panel.copy_table("CSV")
    copied = QGuiApplication.clipboard().text()
    write_table(session, tmp_path / "layers.csv")
    assert copied == (tmp_path / "layers.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(copied)))
    layers = [row for row in rows if row["Type"] in ("Conv2d", "BatchNorm2d", "Linear")]
    assert sum(int(row["Parameters"]) for row in layers) == 11_175_370
    assert sum(int(row["FLOPs"]) for row in layers) == 2 * session.analysis.macs


def test_only_what_is_unfolded_is_copied(session: Session, table: QTreeView) -> None:
    panel = table.parentWidget()
    assert isinstance(panel, LayersPanel)
    assert isinstance(table, LayersView)
    table.open_all(0)
    panel.copy_table("text")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 1 + 11 + 8, "the heading, the network's blocks, two residual blocks in each of four stages"
    assert lines[6].startswith("  0 "), "names stand below those around them"


def place_of_scrolling(table: LayersView) -> Path:
    return table._model.path(table.indexAt(QPoint(0, 0)))


def test_each_document_keeps_its_place_of_scrolling(session: Session, table: QTreeView, qtbot: QtBot) -> None:
    assert isinstance(table, LayersView)
    first = session.document
    table.expandAll()
    table.scrollTo(table._model.index_of(("layer3", "1", "conv1")), QTreeView.ScrollHint.PositionAtTop)
    assert place_of_scrolling(table) == ("layer3", "1", "conv1")
    session.open_network(explorer.network("resnet152"))
    table.expandAll()
    qtbot.wait(2 * WIDTH_DELAY)
    assert place_of_scrolling(table) == ("conv1",), "a new one is shown from its first block"
    table.scrollTo(table._model.index_of(("layer3", "20", "bn2")), QTreeView.ScrollHint.PositionAtTop)
    second = session.document
    for document, path in ((first, ("layer3", "1", "conv1")), (second, ("layer3", "20", "bn2"))):
        session.activate(document)
        qtbot.wait(2 * WIDTH_DELAY)
        assert place_of_scrolling(table) == path


def name_cell(table: LayersView, path: Path) -> QImage:
    """The name of a block in a column too narrow for it, as it is painted, without its mark."""
    table.setColumnWidth(NAME, 84)
    index = table._model.index_of(path)
    table.scrollTo(index)
    cell = table.visualRect(index)
    return table.viewport().grab(cell.adjusted(30, 0, 0, 0)).toImage()


def test_names_in_a_list_are_cut_short_at_their_beginning(session: Session, table: QTreeView) -> None:
    assert isinstance(table, LayersView)
    session.listing.show_flat(True)
    first, second, other = (("layer1", "0", "conv1"), ("layer1", "0", "conv2"), ("layer2", "0", "conv1"))
    assert len({table._model.index_of(path).data() for path in (first, second, other)}) == 3
    pictures = [name_cell(table, path) for path in (first, second, other)]
    assert pictures[0] != pictures[1], "the end is in sight"
    assert pictures[0] != pictures[2], "and as much before it as there is room for"
    session.listing.show_flat(False)
    table.expandAll()
    assert table.itemDelegateForIndex(table._model.index_of(first)) is table.itemDelegate(), "the quick one"


def test_the_footer_says_totals_and_what_is_partial(session: Session, table: QTreeView) -> None:
    footer = table.window().findChild(QLabel, "layers_totals")
    assert footer is not None
    assert footer.text() == "11,175,370 parameters · 33.0 M MACs"
    edits.set_field(session, (("layer4",),), "stride", 64)
    assert footer.text() == "2,776,512 parameters · 24.6 M MACs · partial: up to the first problem"


@pytest.mark.parametrize("key", ["resnet18", "resnet50", "vgg16", "googlenet_paper", "alexnet"])
def test_in_the_first_window_no_column_is_out_of_sight(
    session: Session, window: MainWindow, qtbot: QtBot, key: str
) -> None:
    table = window.findChild(QTreeView, "layers_table")
    assert isinstance(table, LayersView)
    session.open_network(explorer.network(key))
    table.open_all(0)
    qtbot.wait(4 * WIDTH_DELAY)
    assert table.horizontalScrollBar().maximum() == 0


def test_columns_follow_the_edge_of_the_dock_while_it_is_dragged(
    session: Session, table: QTreeView, qtbot: QtBot
) -> None:
    panel = table.window()
    QTest.mousePress(panel, Qt.MouseButton.LeftButton)
    panel.resize(1200, 500)
    panel.resize(820, 500)
    QTest.mouseRelease(panel, Qt.MouseButton.LeftButton)
    qtbot.wait(4 * WIDTH_DELAY)
    assert table.horizontalScrollBar().maximum() == 0


def test_columns_grow_at_once_and_shrink_when_the_typing_ends(session: Session, table: QTreeView, qtbot: QtBot) -> None:
    def needed() -> list[int]:
        qtbot.wait(4 * WIDTH_DELAY)
        assert isinstance(table, LayersView)
        return list(table._widths._needed)

    before = needed()
    edits.set_field(session, (("conv1",),), "out_channels", 60_000)
    wide = needed()
    assert wide[KEYS.index("output")] > before[KEYS.index("output")]
    edits.set_field(session, (("conv1",),), "out_channels", 6)
    assert needed() == wide, "it is being typed"
    session.settle()
    assert needed()[KEYS.index("output")] <= before[KEYS.index("output")]
    edits.set_field(session, (("conv1",),), "out_channels", 60_000)
    assert needed() == wide
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert needed() == before, "undone is undone"


def test_a_row_with_a_problem_is_marked_also_where_it_is_selected(session: Session, table: QTreeView) -> None:
    model = table.model()
    assert isinstance(model, LayersModel)

    def red_pixels() -> int:
        image = table.viewport().grab(table.visualRect(model.index_of(("conv1",)))).toImage()
        bad = QColor(style.current().bad).rgb()
        return sum(image.pixel(x, y) == bad for x in range(image.width()) for y in range(image.height()))

    session.select((("conv1",),))
    assert red_pixels() == 0
    edits.set_field(session, (("conv1",),), "out_channels", 0)
    assert red_pixels() > 30


def test_the_footer_says_what_memory_is_not_known(qapp: QApplication, qtbot: QtBot, tmp_path: FilePath) -> None:
    application = make(["test"], Settings(tmp_path / "window.ini"))
    try:
        session, window = application.session, application.window
        footer = window.findChild(QLabel, "layers_memory")
        assert footer is not None
        qtbot.waitUntil(lambda: " to train at batch 128" in footer.toolTip())  # also where the footer is too short
        assert not footer.toolTip().startswith("at least ")
        edits.set_field(session, (("layer4",),), "stride", 64)
        qtbot.waitUntil(lambda: footer.toolTip().startswith("at least "))
        edits.set_field(session, (("conv1",),), "out_channels", 0)
        qtbot.waitUntil(lambda: footer.toolTip().startswith("memory to train not known yet"))
    finally:
        application.close()


# Sorting, filtering and lists


def listed(model: LayersModel, parent: QModelIndex | None = None) -> list[str]:
    above = parent or QModelIndex()
    return [model.index(row, 0, above).data() for row in range(model.rowCount(above))]


def shown_model(table: QTreeView) -> LayersModel:
    model = table.model()
    assert isinstance(model, LayersModel)
    return model


def click_heading(table: QTreeView, key: str) -> None:
    header = table.header()
    place = header.sectionViewportPosition(KEYS.index(key)) + header.sectionSize(KEYS.index(key)) // 2
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, header.height() // 2))


def test_a_heading_sorts_turns_round_and_ends(session: Session, table: QTreeView) -> None:
    model, session_order = shown_model(table), [row.name for row in session.analysis.root.children]  # type: ignore[union-attr]
    click_heading(table, "parameters")
    assert listed(model)[:3] == ["layer4", "layer3", "layer2"]
    assert table.header().isSortIndicatorShown()
    click_heading(table, "parameters")
    assert listed(model)[-1] == "layer4"
    click_heading(table, "parameters")
    assert listed(model) == session_order
    assert not table.header().isSortIndicatorShown()


def test_sorting_keeps_what_is_unfolded_and_selected(session: Session, table: QTreeView) -> None:
    model = shown_model(table)
    table.expand(model.index_of(("layer2",)))
    session.select((("layer2", "1"),))
    session.listing.sort_by("macs")
    assert table.isExpanded(model.index_of(("layer2",)))
    assert [model.path(index) for index in table.selectionModel().selectedRows()] == [("layer2", "1")]
    assert session.selection == (("layer2", "1"),)


def test_a_sorted_table_follows_edits(session: Session, tested_model: LayersModel) -> None:
    session.listing.sort_by("parameters")
    tested_model.fetchMore(QModelIndex())
    assert listed(tested_model)[0] == "layer4"
    edits.set_field(session, (("layer4",),), "blocks", 1)
    edits.set_field(session, (("layer3",),), "blocks", 30)
    assert listed(tested_model)[:2] == ["layer3", "layer4"]
    session.select((("layer3",),))
    moving.remove(session)
    assert listed(tested_model)[0] == "layer4"
    session.undo_stack.undo()
    assert listed(tested_model)[0] == "layer3"


def test_a_list_names_the_whole_address(session: Session, table: QTreeView) -> None:
    model = shown_model(table)
    session.listing.show_flat(True)
    assert "layer2.0.downsample.0" in listed(model)
    index = model.index_of(("layer2", "0", "conv1"))
    assert index.data() == "layer2.0.conv1"
    assert index.data(Qt.ItemDataRole.EditRole) == "conv1"
    assert not model.flags(index) & Qt.ItemFlag.ItemIsEditable, "it lies inside a composite"
    assert model.flags(model.index_of(("conv1",))) & Qt.ItemFlag.ItemIsEditable
    session.select((("layer2", "0", "conv1"),))
    assert [model.path(row) for row in table.selectionModel().selectedRows()] == [("layer2", "0", "conv1")]


def test_a_list_follows_edits(session: Session, table: QTreeView) -> None:
    model = shown_model(table)
    session.select((("maxpool",),))
    session.listing.filter(read("type=Conv2d"))
    before = listed(model)
    insertion.insert(session, Conv2d())
    assert len(listed(model)) == len(before) + 1
    edits.set_field(session, session.selection, "out_channels", 8)
    assert model.index_of(session.selection[0]).siblingAtColumn(2).data().startswith("8 ×")
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert listed(model) == before


def test_in_a_list_the_same_can_be_edited(session: Session, model: LayersModel) -> None:
    for name in ("layer1", "layer2"):
        session.select(((name,),))
        edits.unpack(session)
    session.select((("layer1", "0"),))
    edits.unpack(session)
    session.listing.filter(read("params>0"))
    model.fetchMore(QModelIndex())
    assert model.rowCount() > 50
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        can_edit = bool(model.flags(index) & Qt.ItemFlag.ItemIsEditable)
        assert can_edit == is_editable(session.network, model.path(index)), index.data()


def test_nothing_is_dropped_between_sorted_rows(session: Session, model: LayersModel) -> None:
    session.listing.sort_by("macs")
    model.fetchMore(QModelIndex())
    data = model.mimeData([model.index_of(("relu",))])
    assert not model.canDropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
    session.listing.sort_by("")
    model.fetchMore(QModelIndex())
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, 1, 0, QModelIndex())


def test_a_filter_is_typed(session: Session, table: QTreeView, qtbot: QtBot) -> None:
    panel = table.window()
    session.listing.filter_asked.emit()
    line = panel.findChild(QLineEdit, "layers_filter")
    count = panel.findChild(QLabel, "layers_filter_count")
    assert line is not None
    assert count is not None
    assert line.hasFocus()
    QTest.keyClicks(line, "residualstage")
    qtbot.waitUntil(lambda: listed(shown_model(table)) == ["layer1", "layer2", "layer3", "layer4"], timeout=2000)
    assert count.text() == "4 of 84 blocks"
    line.selectAll()
    QTest.keyClicks(line, "kernl=1")
    qtbot.waitUntil(lambda: "Did you mean kernel_size?" in count.text(), timeout=2000)
    assert listed(shown_model(table)) == []
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert len(listed(shown_model(table))) == 11
    assert table.hasFocus()


def test_the_footer_says_the_totals_of_several_blocks(session: Session, table: QTreeView, qtbot: QtBot) -> None:
    footer = table.window().findChild(QLabel, "layers_totals")
    assert footer is not None
    session.select((("conv1",), ("layer2",), ("layer2", "0")))  # what lies in another one counts once
    words = "3 blocks selected · 528,704 parameters, 4.7 % · 9.00 M MACs"
    qtbot.waitUntil(lambda: footer.text() == words, timeout=2000)
    session.select((("conv1",),))
    qtbot.waitUntil(lambda: footer.text().startswith("11,175,370 parameters"), timeout=2000)


def test_the_largest_batch_fills_four_fifths(session: Session) -> None:
    analysis = session.analysis
    free = 8_000_000_000
    largest = totals.largest_batch(analysis, "sgd", 0.9, free)
    assert training_memory(analysis, largest, "sgd", 0.9) <= 0.8 * free
    assert training_memory(analysis, largest + 1, "sgd", 0.9) > 0.8 * free
    assert totals.largest_batch(analysis, "sgd", 0.9, 1000) == 0
    limits = TrainConfig.fields()["batch_size"]
    assert isinstance(limits, IntField)
    assert totals.largest_batch(analysis, "sgd", 0.9, 10**16) == totals.MAX_BATCH == limits.maximum


def test_what_connects_distant_places_says_by_which_name(session: Session, model: LayersModel) -> None:
    session.open_network(EXAMPLES["auxiliary_head"].read())
    model.fetchMore(QModelIndex())
    assert [cells(model, (name,))["type"] for name in ("tap1", "recall1", "early", "fc")] == [
        "Tap shortcut",
        "Recall shortcut",
        "Output early",
        "Linear",
    ]
    output = model.index_of(("early",)).siblingAtColumn(KEYS.index("output"))
    assert output.data() == "16 × 14 × 14"
    assert output.data(Qt.ItemDataRole.ToolTipRole) == (
        "Passes its input on, and sends out early: 10, loss × 0.3, only while training."
    )
    name = model.index_of(("early",))
    assert "early, weight 0.3, while training" in name.data(Qt.ItemDataRole.ToolTipRole)


def test_an_output_whose_name_is_taken_shows_its_problem(session: Session, model: LayersModel) -> None:
    network = EXAMPLES["auxiliary_head"].read()
    session.open_network(network.insert(Output("early", Chain()), ("early",))[0])
    model.fetchMore(QModelIndex())
    index = model.index_of(("output1",))
    assert "Another output is called 'early' already." in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(Qt.ItemDataRole.ForegroundRole) is not None
    assert model.index_of(("early",)).data(Qt.ItemDataRole.ForegroundRole) is None


def test_an_edit_in_a_list_ends_the_typing_of_a_name(session: Session, table: LayersView) -> None:
    session.listing.show_flat(True)
    session.select((("bn1",),))
    session.renaming_asked.emit(("bn1",))
    assert table.state() == QTreeView.State.EditingState
    insertion.insert(session, ReLU())  # a warning of Qt fails the test
    assert table.state() == QTreeView.State.NoState


def test_the_table_freezes_what_is_inside_a_composite_in_one_step(session: Session, table: QTreeView) -> None:
    model = shown_model(table)
    inner = ("layer1", "0", "conv1")
    index = model.index_of(inner).siblingAtColumn(TRAINABLE)
    assert model.flags(index) & Qt.ItemFlag.ItemIsUserCheckable
    assert not model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    table.scrollTo(index)
    place = table.visualRect(index)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.left() + 12, place.center().y()))
    assert session.network.frozen == {inner}
    assert session.document.undo_stack.count() == 1
    assert model.index_of(inner[:1]).siblingAtColumn(TRAINABLE).data(CHECKED) == Qt.CheckState.PartiallyChecked
    assert model.index_of(inner).siblingAtColumn(TRAINABLE).data(CHECKED) == Qt.CheckState.Unchecked
    module = explorer.assemble(session.network)
    trained = {name for name, parameter in module.named_parameters() if parameter.requires_grad}
    assert {name for name, _ in module.named_parameters()} - trained == {"layer1.0.conv1.weight"}
    session.document.undo_stack.undo()
    assert session.network.frozen == frozenset()


def test_the_table_sets_the_rate_of_what_is_inside_a_composite(session: Session) -> None:
    model = LayersModel(session)
    inner = ("layer1", "0", "bn2")
    index = model.index_of(inner).siblingAtColumn(TRAINABLE)
    assert model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert model.setData(index, "0.5")
    assert session.network.lr_factors == {(inner, 0.5)}
    assert session.document.undo_stack.count() == 1
    assert model.index_of(inner).siblingAtColumn(TRAINABLE).data() == "× 0.5"
    assert model.index_of(("layer1", "0", "bn1")).siblingAtColumn(TRAINABLE).data() == ""
    session.listing.show_flat(True)
    assert model.setData(model.index_of(inner).siblingAtColumn(TRAINABLE), Qt.CheckState.Unchecked, CHECKED)
    assert session.network.frozen == {inner}
    relu = model.index_of(("layer1", "0", "relu")).siblingAtColumn(TRAINABLE)
    assert not model.setData(relu, Qt.CheckState.Unchecked, CHECKED), "it has no parameters"
    name = model.index_of(inner)
    assert not model.setData(name, "other"), "a name inside a composite is the composite's"
    model.deleteLater()
