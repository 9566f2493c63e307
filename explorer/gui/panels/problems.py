"""The problems of the network, one row each with its remedy; a click goes to the block that has it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHeaderView, QLabel, QStackedLayout, QTreeWidget, QTreeWidgetItem

from explorer.core.counting import Problem
from explorer.gui.painting import RowDelegate
from explorer.gui.panel import Panel, register
from explorer.gui.session import Session

_PROBLEM = Qt.ItemDataRole.UserRole


class ProblemsPanel(QFrame):
    """The problems as rows; without any, a sentence.

    Args:
        session: Whose document it shows.
    """

    title_changed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_problems")
        self._session = session
        self._shown: tuple[Problem, ...] | None = None
        self._list = self._make_list()
        self._none = QLabel("No problems.")
        self._none.setObjectName("problems_none")
        self._none.setProperty("role", "muted")
        self._none.setContentsMargins(12, 8, 12, 8)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._list)
        session.changed.connect(self._show)
        self._show()

    def _make_list(self) -> QTreeWidget:
        rows = QTreeWidget()
        rows.setObjectName("problems_list")
        rows.setAccessibleName("Problems")
        rows.setFrameShape(QFrame.Shape.NoFrame)
        rows.setRootIsDecorated(False)
        rows.setWordWrap(True)
        rows.setItemDelegate(RowDelegate(rows))
        rows.setHeaderLabels(["Where", "What is wrong", "What to do"])
        header = rows.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(rows.scheduleDelayedItemsLayout)  # wrapped text takes another height
        rows.itemClicked.connect(self._go)
        rows.itemActivated.connect(self._go)
        return rows

    @property
    def title(self) -> str:
        """The title with the number of problems."""
        return f"Problems {len(self._session.analysis.problems)}"

    def _show(self) -> None:
        problems = self._session.analysis.problems
        if problems == self._shown:
            return
        self._shown = problems
        self._list.clear()
        self._list.addTopLevelItems([_item(problem) for problem in problems])
        self._stack.setCurrentIndex(1 if problems else 0)
        self.title_changed.emit(self.title)

    def _go(self, item: QTreeWidgetItem) -> None:
        problem = item.data(0, _PROBLEM)
        self._session.reveal(problem.path, problem.field)


def _item(problem: Problem) -> QTreeWidgetItem:
    where = ".".join(problem.path) or "network"
    item = QTreeWidgetItem([where, problem.message, problem.remedy])
    item.setData(0, _PROBLEM, problem)
    for column, text in enumerate((where, problem.message, problem.remedy)):
        item.setToolTip(column, text)
    return item


register(Panel("problems", "Problems", "design", "bottom", ProblemsPanel, order=1))
