"""The list of problems: one row each, with the buttons of its remedies once somebody can see it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QMenu, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem, QWidget

from explorer.core.counted import Problem
from explorer.gui.problems.buttons import RemedyButtons, add_remedies
from explorer.gui.problems.fixing import FIX_DELAY, labels_of
from explorer.gui.session import Session
from explorer.gui.widgets.painting import Index, RowDelegate

_PROBLEM = Qt.ItemDataRole.UserRole
_REMEDY = 2  # the column
_PADDING = 14  # pixels beside the text of a cell
_HIGHEST = 400  # pixels of a text that wraps
_SLICE = 0.012  # seconds of searching for remedies before the window may paint


class ProblemRows(QTreeWidget):
    """Rows of problems. Enter goes to the block, Alt+Enter takes the first remedy, the context menu has all.

    Args:
        session: Whose document the problems are of.
        parent: Its owner.
    """

    visited = Signal(object)  # a Problem whose block is to be looked at
    mended = Signal(object, str)  # a Problem and the label of its remedy

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._offered: set[int] = set()  # rows whose remedies have been looked for
        self._timer = QTimer(self, singleShot=True, interval=FIX_DELAY)
        self._timer.timeout.connect(self._offer)
        self.setObjectName("problems_list")
        self.setAccessibleName("Problems")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setWordWrap(True)
        self.setItemDelegate(_WrappingDelegate(self))
        self.setHeaderLabels(["Where", "What is wrong", "What to do"])
        self._set_up_header(self.header())
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.verticalScrollBar().valueChanged.connect(self._offer_soon)
        self.itemClicked.connect(self._visit)
        self.itemActivated.connect(self._visit)

    def _set_up_header(self, header: QHeaderView) -> None:
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_REMEDY, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self.scheduleDelayedItemsLayout)  # wrapped text takes another height

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Lists problems; the row that was current stays so, and with its problem gone that is the next problem."""
        current = self.currentIndex().row()
        self.clear()
        self._offered.clear()
        self.addTopLevelItems([_item(problem) for problem in problems])
        if problems and current >= 0:
            self.setCurrentIndex(self.model().index(min(current, len(problems) - 1), 0))
        self._timer.start()

    def _offer_soon(self) -> None:
        self._timer.start()  # not connected to itself: it would take the place of the scroll bar for its interval

    def look_again(self) -> None:
        """Looks for remedies once more: the problems are the same ones, but the network around them is another."""
        self._offered.clear()
        self._timer.start()

    # Remedies

    def _offer(self) -> None:
        """Gives the rows in sight their buttons, a few at a time so that the window can paint between."""
        end = time.monotonic() + _SLICE
        for item in self._waiting():
            self._offered.add(id(item))
            self._show_remedies(item, labels_of(self._session, item.data(0, _PROBLEM)))
            if time.monotonic() > end:
                self._timer.start()
                break

    def _waiting(self) -> Iterator[QTreeWidgetItem]:
        """The rows in sight whose remedies nobody has looked for."""
        index = self.indexAt(QPoint(0, 0)) if self.isVisible() else QModelIndex()
        while index.isValid() and self.visualRect(index).top() < self.viewport().height():
            item = self.itemFromIndex(index)
            if id(item) not in self._offered:
                yield item
            index = self.indexBelow(index)

    def _show_remedies(self, item: QTreeWidgetItem, labels: Sequence[str]) -> None:
        """The buttons, or the sentence where there are none."""
        item.setText(_REMEDY, "" if labels else item.data(0, _PROBLEM).remedy)
        buttons = self.itemWidget(item, _REMEDY)
        if isinstance(buttons, RemedyButtons):
            buttons.show_labels(labels)
        elif labels:
            name = f"remedy_{self.indexOfTopLevelItem(item)}"
            buttons = RemedyButtons(name, self.viewport(), stacked=False)  # without it, a window of its own flashes up
            buttons.show_labels(labels)
            buttons.chosen.connect(lambda label: self._mend(item, label))
            self.setItemWidget(item, _REMEDY, buttons)

    def _mend(self, item: QTreeWidgetItem, label: str) -> None:
        self.setCurrentItem(item)
        self.setFocus()  # the button goes with its row
        self.mended.emit(item.data(0, _PROBLEM), label)

    def _show_menu(self, place: QPoint) -> None:
        item = self.itemAt(place) or self.currentItem()
        if item is None:
            return
        self.setCurrentItem(item)
        menu = QMenu(self)
        menu.setObjectName("menu_problem")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        visit = menu.addAction("Go to the Block\tEnter", lambda: self._visit(item))
        visit.setObjectName("action_problem_visit")
        visit.setStatusTip("Select the block that has the problem")
        menu.addSeparator()
        labels = labels_of(self._session, item.data(0, _PROBLEM))
        add_remedies(menu, labels, lambda label: self._mend(item, label), first_key="Alt+Enter")
        menu.popup(self.viewport().mapToGlobal(place))

    def _visit(self, item: QTreeWidgetItem) -> None:
        self.visited.emit(item.data(0, _PROBLEM))

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and item is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            for label in labels_of(self._session, item.data(0, _PROBLEM))[:1]:
                self._mend(item, label)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._timer.start()


class _WrappingDelegate(RowDelegate):
    """Rows as high as their wrapped text, which Qt takes for a little narrower than the style sheet leaves it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size, view = super().sizeHint(option, index), option.widget
        if not isinstance(view, QTreeWidget) or not view.wordWrap():
            return size
        room = QRect(0, 0, view.columnWidth(index.column()) - _PADDING, _HIGHEST)
        text = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, str(index.data() or ""))
        return QSize(size.width(), max(size.height(), text.height() + 8))


def _item(problem: Problem) -> QTreeWidgetItem:
    where = problem.where or ("training" if problem.kind == "misfit" else "network")
    item = QTreeWidgetItem([where, problem.message, problem.remedy])
    item.setData(0, _PROBLEM, problem)
    for column, text in enumerate((where, problem.message, problem.remedy)):
        item.setToolTip(column, text)
    return item
