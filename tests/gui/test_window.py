"""The window as a whole: panels, workspaces, menus and names that stay, and a layout that is remembered."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMessageBox,
    QStackedWidget,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.gui import style
from explorer.gui.app import make
from explorer.gui.editing import edits
from explorer.gui.editing.design_commands import COMMANDS
from explorer.gui.main_window import MainWindow
from explorer.gui.panel import PANELS, WORKSPACES, Panel, Workspace
from explorer.gui.session import Session
from explorer.gui.settings import Settings
from explorer.gui.widgets.column import Column
from explorer.gui.window_place import within

DESIGN = {"canvas", "library", "layers", "inspector", "problems", "torchinfo"}

# Other programs, tests and the documentation rely on these.
LASTING_NAMES = """
main_window menu_bar header documents workspaces status_bar workspace_design workspace_train
page_design center_design dock_library dock_inspector dock_problems
panel_library panel_layers panel_inspector panel_problems
library_search library_list layers_table layers_totals layers_copy problems_list
network_inspector field_network_name field_input_channels field_input_height field_input_width field_classes
network_badge block_inspector inspector_title field_slot_name
menu_file menu_examples menu_edit menu_insert menu_network menu_compare_pairs menu_view menu_help action_compare
action_new action_open action_save action_save_as action_close action_quit action_undo action_redo action_cut
action_copy action_paste action_duplicate action_delete action_rename action_move_up action_move_down action_switch
action_wrap_residual action_unpack action_fold action_apply_remedy action_insert_residual
action_workspace_design action_workspace_train
action_save_as_block action_update_block action_keep_block
action_library_use action_library_star action_library_rename action_library_delete action_library_show_file
action_library_export action_library_import
action_reset_layout action_flops action_shortcuts action_open_log action_about
menu_recent action_new_from_template action_reopen action_recover action_save_all action_save_as_template action_revert
action_close_others action_recent_clear action_next_tab action_previous_tab action_tab_left action_tab_right
notices status_document
""".split()  # noqa: SIM905 - a list of words reads better than sixty quoted strings


def test_every_lasting_name_is_there(window: MainWindow) -> None:
    from PySide6.QtCore import QObject

    names = {found.objectName() for found in window.findChildren(QObject)} | {window.objectName()}
    assert [name for name in LASTING_NAMES if name not in names] == []


def test_no_name_is_given_twice(window: MainWindow) -> None:
    window.make_all()
    names = Counter(found.objectName() for found in window.findChildren(QAction))
    assert [name for name, number in names.items() if number > 1 and name.startswith("action_")] == []
    panels = Counter(found.objectName() for found in window.findChildren(QDockWidget))
    assert max(panels.values()) == 1


def test_no_keys_mean_two_things(window: MainWindow) -> None:
    window.make_all()
    keys = [key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()]
    assert [key for key, number in Counter(keys).items() if number > 1] == []
    assert "Ctrl+R" in keys


def test_every_command_has_a_line_that_explains_it(window: MainWindow) -> None:
    speaks_for_itself = {"action_undo", "action_redo"} | {f"action_copy_table_{n}" for n in ("text", "csv", "markdown")}
    for action in window.findChildren(QAction):
        if action.objectName().startswith("action_") and action.objectName() not in speaks_for_itself:
            assert action.statusTip(), action.objectName()


@pytest.mark.parametrize("panel", [pytest.param(panel, id=panel.key) for panel in PANELS.values()])
def test_every_panel_stands_alone(session: Session, qtbot: QtBot, panel: Panel) -> None:
    widget = panel.make(session)
    qtbot.addWidget(widget)
    widget.show()
    assert panel.title
    assert panel.workspace in dict(WORKSPACES)


def test_the_panels_of_design() -> None:
    assert {panel.key for panel in PANELS.values() if panel.workspace == "design"} == DESIGN


def test_controls_have_names_for_screen_readers(window: MainWindow, session: Session) -> None:
    session.select((("layer1", "0", "conv1"),))
    kinds = (QLineEdit, QAbstractSpinBox, QComboBox, QAbstractButton, QTreeView)
    inside_qt = ("qt_", "")
    for control in (found for kind in kinds for found in window.findChildren(kind)):
        if control.objectName().startswith(inside_qt[0]) or control.objectName() == "":
            continue
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text or control.toolTip(), control.objectName()


def in_front(window: MainWindow) -> str:
    pages = window.findChild(QStackedWidget, "workspaces")
    assert pages is not None
    page = pages.currentWidget()
    return page.objectName() if page else ""


def test_workspaces_by_keys_and_buttons(window: MainWindow) -> None:
    assert in_front(window) == "page_design"
    assert window.findChild(QWidget, "page_train") is None, "it is made when somebody looks"
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert in_front(window) == "page_train"
    button = window.findChild(QAbstractButton, "workspace_design")
    assert button is not None
    button.click()
    assert in_front(window) == "page_design"


def test_the_layout_is_remembered(make_window: Callable[[], MainWindow]) -> None:
    first = make_window()
    dock = first.page("design").dock("library")
    dock.setFloating(False)
    first.page("design").addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    first.page("design").dock("problems").close()
    first.close()
    second = make_window()
    page = second.page("design")
    assert page.dockWidgetArea(page.dock("library")) == Qt.DockWidgetArea.RightDockWidgetArea
    assert not page.dock("problems").isVisible()
    action = second.findChild(QAction, "action_reset_layout")
    assert action is not None
    action.trigger()
    assert page.dockWidgetArea(page.dock("library")) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert page.dock("problems").isVisible()


def close_button(dock: QDockWidget) -> QAbstractButton | None:
    """The button in the title of a dock, if that is in sight."""
    button = dock.findChild(QAbstractButton, "qt_dockwidget_closebutton")
    return button if button is not None and button.isVisible() and dock.titleBarWidget() is None else None


def test_a_dock_without_a_tab_has_a_title_that_closes_it(make_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    window = make_window()
    page = window.page("design")
    bottom = [page.dock(key) for key in ("layers", "problems", "torchinfo")]
    assert not any(map(close_button, bottom)), "their tabs say what they are"
    for dock in bottom[1:]:
        dock.close()
    qtbot.waitUntil(lambda: close_button(bottom[0]) is not None)
    window.close()
    window = make_window()
    page = window.page("design")
    button = close_button(page.dock("layers"))
    assert button is not None, "also after a new start"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not page.dock("layers").isVisible()
    for key in ("layers", "problems"):
        action = window.findChild(QAction, f"action_dock_{key}")
        assert action is not None
        action.trigger()
    qtbot.waitUntil(lambda: not close_button(page.dock("layers")) and not close_button(page.dock("problems")))
    assert page.dock("layers") in page.tabifiedDockWidgets(page.dock("problems"))


def test_a_dock_taken_out_of_the_tabs_gets_its_title(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page("design")
    for key in ("problems", "torchinfo"):
        page.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, page.dock(key))
    qtbot.waitUntil(lambda: all(close_button(page.dock(key)) for key in ("layers", "problems", "torchinfo")))
    page.tabifyDockWidget(page.dock("library"), page.dock("problems"))
    qtbot.waitUntil(lambda: not close_button(page.dock("library")) and not close_button(page.dock("problems")))
    page.dock("problems").setFloating(True)
    qtbot.waitUntil(lambda: close_button(page.dock("library")) is not None)
    assert page.dock("problems").titleBarWidget() is None


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)], ids=str)
def test_docks_come_back_as_wide_as_they_were(
    session: Session, qtbot: QtBot, make_window: Callable[[], MainWindow], size: tuple[int, int]
) -> None:
    def widths(window: MainWindow) -> list[int]:
        page = window.page("design")
        return [page.dock("library").width(), page.dock("inspector").width(), page.dock("layers").height()]

    def shown() -> MainWindow:
        window = MainWindow(session)
        qtbot.addWidget(window)
        window.resize(*size)  # what a window manager may do, too: the screen of a test is smaller
        window.show()
        qtbot.waitExposed(window)
        return window

    first = shown()
    page = first.page("design")
    page.resizeDocks([page.dock("library"), page.dock("inspector")], [237, 322], Qt.Orientation.Horizontal)
    page.resizeDocks([page.dock("layers")], [270], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: widths(first)[:2] == [237, 322])
    kept = widths(first)

    def are_kept(window: MainWindow) -> bool:
        return widths(window) == kept

    first.make_all()  # a page that nobody has seen keeps no layout
    first.close()
    for _ in range(2):
        again = shown()
        qtbot.waitUntil(functools.partial(are_kept, again))
        again.resize(size[0] + 40, size[1])
        qtbot.wait(20)
        assert widths(again)[:2] == kept[:2]
        again.resize(*size)
        again.close()
    assert session.settings.layout("layout/train").isEmpty()


def test_a_window_that_grows_while_it_opens_gives_every_dock_its_size(
    session: Session, qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    """As a maximised one does: it is shown in its ordinary size for an instant."""
    first = make_window()
    first.resize(1900, 1000)
    page = first.page("design")
    page.resizeDocks([page.dock("library"), page.dock("inspector")], [500, 600], Qt.Orientation.Horizontal)
    first.close()
    second = MainWindow(session)
    qtbot.addWidget(second)
    second.resize(900, 700)
    second.show()
    qtbot.waitExposed(second)
    second.resize(1900, 1000)
    page = second.page("design")
    qtbot.waitUntil(lambda: (page.dock("library").width(), page.dock("inspector").width()) == (500, 600))


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        (QRect(100, 50, 640, 400), QRect(100, 50, 640, 400)),
        (QRect(0, 0, 1280, 800), QRect(1, 20, 1278, 775)),
        (QRect(-30, 700, 640, 400), QRect(1, 395, 640, 400)),
        (QRect(900, -5, 640, 900), QRect(639, 20, 640, 775)),
    ],
)
def test_a_window_keeps_within_the_screen(place: QRect, kept: QRect) -> None:
    assert within(place, QRect(1, 20, 1278, 775)) == kept


def test_the_first_window_is_no_larger_than_the_screen_with_its_frame(session: Session, qtbot: QtBot) -> None:
    window = MainWindow(session)
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    assert window.geometry().top() > room.top(), "its title bar has room"
    with qtbot.waitSignal(window.painted, timeout=5000):
        window.show()
    assert window.frameGeometry().bottom() <= room.bottom()


def fits(column: Column) -> bool:
    """Whether nothing of a column is cut off at the right."""
    content, room = column.widget(), column.viewport().width()
    return content is not None and max(content.width(), content.minimumSizeHint().width()) <= room


@pytest.mark.parametrize("workspace", ["design", "train"])
def test_no_dock_is_narrower_than_what_is_in_it(
    qapp: QApplication, qtbot: QtBot, settings: Settings, workspace: Workspace
) -> None:
    application = make(["test"], settings)
    session, window = application.session, application.window
    try:
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        window.show_workspace(workspace)
        page = window.page(workspace)
        columns = page.findChildren(Column)
        assert columns
        for selection in ((), (("conv1",),), (("layer1", "0", "conv1"),)):
            session.select(selection)
            qtbot.wait(60)
            assert all(fits(column) for column in columns if column.isVisible())
            docks = page.findChildren(QDockWidget)
            page.resizeDocks(docks, [1] * len(docks), Qt.Orientation.Horizontal)
            qtbot.wait(20)
            assert all(fits(column) for column in columns if column.isVisible())
    finally:
        application.close()


def test_the_menu_of_panels_names_them(session: Session, window: MainWindow) -> None:
    page = window.page("design")
    titles = [action.text() for action in page.dock_actions()]
    assert {"Inspector", "Layers", "Library", "Problems"} <= set(titles)
    assert page.dock("problems").windowTitle() == "Problems 0"
    edits.set_field(session, (("conv1",),), "out_channels", 0)
    assert page.dock("problems").windowTitle() == "Problems 1"
    assert [action.text() for action in page.dock_actions()] == titles


def test_the_window_tells_when_it_is_painted(session: Session, qtbot: QtBot) -> None:
    window = MainWindow(session)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.painted, timeout=5000):
        window.show()


def test_the_keys_of_the_clipboard_work_in_the_table(session: Session, window: MainWindow) -> None:
    table = window.findChild(QTreeView, "layers_table")
    assert table is not None
    table.setFocus()
    session.select((("bn1",), ("relu",)))
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(table, Qt.Key.Key_X, control)
    assert '"architecture-explorer/blocks"' in QGuiApplication.clipboard().text()
    session.select((("maxpool",),))
    QTest.keyClick(table, Qt.Key.Key_V, control)
    assert [slot.name for slot in session.network.body.slots][:4] == ["conv1", "maxpool", "bn1", "relu"]
    QTest.keyClick(table, Qt.Key.Key_Delete)
    QTest.keyClick(table, Qt.Key.Key_Z, control)
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [slot.name for slot in session.network.body.slots][:4] == ["conv1", "bn1", "relu", "maxpool"]


def test_a_name_is_typed_after_f2(session: Session, window: MainWindow, qtbot: QtBot) -> None:
    table = window.findChild(QTreeView, "layers_table")
    assert table is not None
    table.setFocus()
    session.select((("layer1",),))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("first")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.selection == (("first",),))  # the table takes it over in the event loop


def test_commands_are_off_where_nothing_can_be_done(session: Session, window: MainWindow) -> None:
    action = window.findChild(QAction, "action_delete")
    assert action is not None
    assert not action.isEnabled()
    session.select((("bn1",),))
    assert action.isEnabled()
    session.select((("layer1", "0", "conv1"),))
    assert not action.isEnabled(), "what is inside a composite is not deleted"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
def test_no_command_fails_on_any_selection(session: Session, window: MainWindow, command: object) -> None:
    QGuiApplication.clipboard().setText("nothing of ours")
    selections = [(), (("conv1",),), (("layer1",), ("layer2",)), (("layer1", "0", "conv1"),), (("fc",),)]
    for selection in selections:
        session.select(selection)
        action = window.findChild(QAction, f"action_{command.key}")  # type: ignore[attr-defined]
        assert action is not None
        action.trigger()
        while session.undo_stack.canUndo():
            session.undo_stack.undo()


def test_the_keyboard_shortcuts_are_listed(window: MainWindow) -> None:
    action = window.findChild(QAction, "action_shortcuts")
    assert action is not None
    action.trigger()
    box = window.findChild(QMessageBox, "dialog_shortcuts")
    assert box is not None
    for words in ("Ctrl+L", "Ctrl+R", "Undo", "Ctrl+Z"):
        assert words in box.text()
    box.close()


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)], ids=str)
def test_no_label_is_cut_off(
    session: Session,
    window: MainWindow,
    qapp: QApplication,
    qtbot: QtBot,
    palette: style.Palette,
    size: tuple[int, int],
) -> None:
    style.use(qapp, palette)
    window.resize(*size)
    for selection in ((), (("layer2",),), (("layer2", "0", "conv1"),)):
        session.select(selection)
        qtbot.wait(60)
        for label in window.findChildren(QLabel):
            if label.isVisible() and label.text() and not label.wordWrap() and "<" not in label.text():
                needed = label.fontMetrics().horizontalAdvance(label.text())
                assert needed <= label.width() + 1, (label.objectName(), label.text(), needed, label.width())
    style.use(qapp, style.LIGHT)
