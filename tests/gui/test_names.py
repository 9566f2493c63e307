"""Names of all that can be seen, typed or chosen: programs and screen readers know the window by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from explorer.gui.app import Application, make
from explorer.gui.panel import PANELS
from explorer.gui.settings import Settings
from explorer.gui.workspace import WorkspacePage

FIELDS = (
    QLineEdit,
    QAbstractSpinBox,
    QComboBox,
    QAbstractButton,
    QPlainTextEdit,
    QAbstractItemView,
    QGraphicsView,
)
SELECTIONS = ((), (("conv1",),), (("bn1",),), (("layer2",),), (("conv1",), ("maxpool",)))


@pytest.fixture
def application(qapp: QApplication, tmp_path: Path) -> Iterator[Application]:
    """The real window with all its pages; torch is not loaded, which brings actions of its own."""
    made = make(["test"], Settings(tmp_path / "window.ini"))
    made.window.resize(1280, 800)
    made.window.show()
    made.window.make_all()
    yield made
    made.close()


def is_qts_own(thing: QObject) -> bool:
    """Whether it is a part of a widget of Qt or pyqtgraph, such as the line in a spin box."""
    parent = thing.parent()
    composed = isinstance(parent, QAbstractSpinBox | QComboBox | QLineEdit | QTabBar | QHeaderView)
    popup = parent is not None and isinstance(parent.parent(), QComboBox)
    plotted = type(parent).__module__.startswith("pyqtgraph")
    return composed or popup or plotted or isinstance(thing, QHeaderView) or thing.objectName().startswith("qt_")


def fields(application: Application) -> list[QWidget]:
    found = [thing for thing in application.window.findChildren(QWidget) if isinstance(thing, FIELDS)]
    return [thing for thing in found if not is_qts_own(thing)]


def actions(application: Application) -> list[QAction]:
    found = application.window.findChildren(QAction)
    menus = {menu.menuAction() for menu in application.window.findChildren(QMenu)}
    waiting = ("PyTorch is loading…", "No files yet")  # lines in the place of others, until there are some
    return [
        a for a in found if not a.isSeparator() and a not in menus and not is_qts_own(a) and a.text() not in waiting
    ]


def names(application: Application) -> list[str]:
    """Every name with what it is, in the order of the alphabet."""
    window = application.window
    kinds: list[tuple[str, list[QObject]]] = [
        ("page", list(window.findChildren(WorkspacePage))),
        ("dock", list(window.findChildren(QDockWidget))),
        ("panel", [thing for thing in window.findChildren(QWidget) if thing.objectName().startswith("panel_")]),
        ("menu", [menu for menu in window.findChildren(QMenu) if menu.objectName() or menu.title()]),
        ("action", list(actions(application))),
        ("field", list(fields(application))),
    ]
    return sorted(f"{kind} {thing.objectName()}" for kind, things in kinds for thing in things)


def test_the_names_are_those_that_were_agreed(application: Application, golden: Callable[[str, str], None]) -> None:
    application.session.select((("conv1",),))
    QApplication.processEvents()
    golden("object_names.txt", "".join(f"{line}\n" for line in names(application)))


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_nothing_is_unnamed_and_no_two_share_a_name(application: Application, selection: object) -> None:
    application.session.select(selection)  # type: ignore[arg-type]
    QApplication.sendPostedEvents(None, 52)  # forms of earlier selections go
    found = Counter(line.partition(" ")[2] for line in names(application))
    assert [name for name, number in found.items() if number > 1 or not name] == []


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_everything_says_what_it_is(application: Application, selection: object) -> None:
    application.session.select(selection)  # type: ignore[arg-type]
    silent = []
    for field in fields(application):
        words = field.text() if isinstance(field, QAbstractButton) else ""
        waits = isinstance(field, QAbstractButton) and not field.isVisibleTo(field.window())
        if not (field.accessibleName() or words or waits):  # a remedy has its words when there is one
            silent.append(field.objectName())
    silent += [action.objectName() for action in actions(application) if not action.text()]
    assert silent == []


def test_every_panel_has_its_name(application: Application) -> None:
    lines = names(application)
    assert {line for line in lines if line.startswith("panel ")} == {f"panel panel_{p.key}" for p in PANELS.values()}
    docks = {panel.key for panel in PANELS.values() if panel.area != "center"}
    assert {line for line in lines if line.startswith("dock ")} == {f"dock dock_{key}" for key in docks}
