"""A workspace: the panels of one task, with docks that can be moved, closed and restored."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QSplitter, QTabBar, QTabWidget, QWidget

from explorer.gui.panel import Area, Panel, Workspace, panels_of
from explorer.gui.panel_focus import step_focus
from explorer.gui.session import Session

_SIDES: dict[Area, Qt.DockWidgetArea] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_ORDER: tuple[Area, ...] = ("left", "center", "bottom", "right")  # of the keyboard
_SIZES: dict[Area, int] = {"left": 204, "right": 262, "bottom": 232}  # pixels, across the side
_LEAST: dict[Area, int] = {"left": 180, "right": 250}  # below this words would be cut off
_TITLE_BUTTON = 20  # pixels
_SETTLING = 300  # milliseconds in which a window comes to its size: a maximised one is shown smaller at first


class WorkspacePage(QMainWindow):
    """A page of the window, made from the panels that name its workspace.

    Args:
        workspace: Which one.
        session: What its panels show.
    """

    def __init__(self, workspace: Workspace, session: Session) -> None:
        super().__init__()
        self.setObjectName(f"page_{workspace}")
        self.setWindowFlags(Qt.WindowType.Widget)
        self._workspace = workspace
        self._session = session
        self._docks: dict[str, QDockWidget] = {}
        self._no_titles: dict[str, QWidget] = {}  # what stands in the place of the title of a dock under tabs
        self._title_timer = QTimer(self, singleShot=True, interval=0)  # Qt tells of a move before its end
        self._title_timer.timeout.connect(self._show_titles)
        self._panels: list[QWidget] = []
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        for corner, side in (
            (Qt.Corner.BottomLeftCorner, _SIDES["left"]),
            (Qt.Corner.BottomRightCorner, _SIDES["right"]),
        ):
            self.setCorner(corner, side)
        self.setTabPosition(_SIDES["bottom"], QTabWidget.TabPosition.North)
        for area in _ORDER:  # in which the Tab key goes through them too
            if area == "center":
                self.setCentralWidget(self._make_centre())
            else:
                for panel in panels_of(workspace, area):
                    self.addDockWidget(_SIDES[area], self._make_dock(panel))
        for panel in panels_of(workspace, "bottom"):
            _hide_behind_tabs(self._docks[panel.key])
        self._stack_bottom()
        self._first_state = self.saveState()
        self._remembered = session.settings.layout(self._key)
        self._is_settled = self._was_shown = False
        self._share_out()

    @property
    def _key(self) -> str:
        return f"layout/{self._workspace}"

    def _make_centre(self) -> QSplitter:
        centre = QSplitter(Qt.Orientation.Vertical)
        centre.setObjectName(f"center_{self._workspace}")
        centre.setChildrenCollapsible(False)
        for place, panel in enumerate(panels_of(self._workspace, "center")):
            centre.addWidget(self._make_widget(panel))
            centre.setStretchFactor(place, panel.stretch)
        return centre

    def _make_widget(self, panel: Panel) -> QWidget:
        widget = panel.make(self._session)
        self._panels.append(widget)
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # a plain QWidget would let the ground through
        return widget

    def _make_dock(self, panel: Panel) -> QDockWidget:
        dock = QDockWidget(panel.title)
        dock.setObjectName(f"dock_{panel.key}")
        widget = self._make_widget(panel)
        least = _LEAST.get(panel.area, 0)
        if widget.minimumSizeHint().width() < least:  # one that asks for more goes on asking as its content changes
            widget.setMinimumWidth(least)
        dock.setWidget(widget)
        shows = dock.toggleViewAction()
        shows.setObjectName(f"action_dock_{panel.key}")
        shows.setStatusTip(f"Shows or hides the panel {panel.title}")
        retitled = getattr(widget, "title_changed", None)
        if retitled is not None:
            retitled.connect(functools.partial(self._retitle, dock, panel))
            self._retitle(dock, panel, getattr(widget, "title", panel.title))
        for button in dock.findChildren(QAbstractButton, options=Qt.FindChildOption.FindDirectChildrenOnly):
            button.setMinimumSize(_TITLE_BUTTON, _TITLE_BUTTON)  # Qt's own are as large as their icons: 10 pixels
        self._docks[panel.key], self._no_titles[panel.key] = dock, QWidget()
        for moved in (dock.visibilityChanged, dock.topLevelChanged, dock.dockLocationChanged):
            moved.connect(self._title_timer.start)
        return dock

    @staticmethod
    def _retitle(dock: QDockWidget, panel: Panel, title: str) -> None:
        dock.setWindowTitle(title)
        dock.toggleViewAction().setText(panel.title)  # a menu names the panel, not what is in it just now

    def _stack_bottom(self) -> None:
        """Puts the docks at the bottom one over the other."""
        docks = [self._docks[panel.key] for panel in panels_of(self._workspace, "bottom")]
        for dock in docks[1:]:
            self.tabifyDockWidget(docks[0], dock)
        if docks:
            docks[0].raise_()

    def _show_titles(self) -> None:
        """Gives every dock a title, with the button that closes it, unless its tab says what the title would."""
        for key, dock in self._docks.items():
            others = self.tabifiedDockWidgets(dock)
            is_tabbed = not dock.isFloating() and any(not other.isHidden() for other in others)
            bar = self._no_titles[key] if is_tabbed else None
            if dock.titleBarWidget() is not bar:
                dock.setTitleBarWidget(bar)  # type: ignore[arg-type] # None brings Qt's own title back

    def _name_tabs(self) -> None:
        """Names the tabs that Qt has made for the docks that lie one over the other."""
        for tabs in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            tabs.setObjectName(f"tabs_{self._workspace}")
            tabs.setAccessibleName("Panels")

    def dock(self, key: str) -> QDockWidget:
        """The dock of a panel."""
        return self._docks[key]

    def step_focus(self, offset: int) -> None:
        """Brings the keyboard to the next panel, or to the one before."""
        step_focus(self._panels, offset)

    def dock_actions(self) -> list[QAction]:
        """Actions that show and hide the docks."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def remember(self) -> None:
        """Keeps the layout for the next start; one that nobody has seen has never had its size."""
        if self._was_shown:
            self._session.settings.set_layout(self._key, self.saveState())

    def reset(self) -> None:
        """Puts every dock back to where it was at first."""
        self._session.settings.forget(self._key)
        self._settle()
        self.restoreState(self._first_state)
        for dock in self._docks.values():
            dock.setVisible(True)
        self._stack_bottom()
        self._show_titles()
        self._give_first_sizes()

    def _share_out(self) -> None:
        """Gives every dock its remembered or first size, of the room that there is."""
        if self._remembered.isEmpty() or not self.restoreState(self._remembered):
            self._give_first_sizes()
        self._show_titles()
        layout = self.layout()
        if layout is not None:
            layout.activate()  # now, rather than in a second frame

    def _give_first_sizes(self) -> None:
        for area in _SIDES:
            docks = [self._docks[panel.key] for panel in panels_of(self._workspace, area)]
            across = Qt.Orientation.Vertical if area == "bottom" else Qt.Orientation.Horizontal
            self.resizeDocks(docks, [_SIZES[area]] * len(docks), across)

    def _settle(self) -> None:
        self._is_settled = True

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(_SETTLING, self, self._settle)
        self._name_tabs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._is_settled:  # what did not fit before may fit now
            self._share_out()


def _hide_behind_tabs(dock: QDockWidget) -> None:
    """Hides a panel while its dock lies behind another one: Qt only moves it away, and the Tab key would find it."""
    panel = dock.widget()
    policy = panel.sizePolicy()
    policy.setRetainSizeWhenHidden(True)  # the dock is as large as the panel needs
    panel.setSizePolicy(policy)
    dock.visibilityChanged.connect(panel.setVisible)
