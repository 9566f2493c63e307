"""The copies that were left behind, as a list: restore or discard some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.gui.recovery import words
from explorer.gui.recovery.store import Found
from explorer.gui.widgets.painting import RowDelegate

if TYPE_CHECKING:
    from explorer.gui.recovery.offer import RecoveryOffer

_COPY = Qt.ItemDataRole.UserRole
_SIZE = (760, 320)


class RecoveryDialog(QDialog):
    """The list; it closes with the last copy.

    Args:
        window: Where it opens.
        offer: What there is to recover.
    """

    def __init__(self, window: QWidget, offer: RecoveryOffer) -> None:
        super().__init__(window)
        self.setObjectName("dialog_recover")
        self.setWindowTitle("Recover documents")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._offer = offer
        self._list, self._buttons = self._make_list(), QDialogButtonBox()
        column = QVBoxLayout(self)
        column.addWidget(QLabel("Networks with unsaved changes that were left behind. They are kept until you decide."))
        column.addWidget(self._list, 1)
        column.addWidget(self._buttons)
        self._add_buttons()
        offer.changed.connect(self._show)
        self._show()

    def _make_list(self) -> QTreeWidget:
        rows = QTreeWidget()
        rows.setObjectName("recover_list")
        rows.setAccessibleName("Networks to recover")
        rows.setRootIsDecorated(False)
        rows.setItemDelegate(RowDelegate(rows))
        rows.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        rows.setHeaderLabels(["Network", "Changed", "File", "Remark"])
        rows.header().setStretchLastSection(True)
        for column in range(3):
            rows.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        rows.itemSelectionChanged.connect(self._update)
        rows.itemActivated.connect(lambda: self._restore())  # noqa: PLW0108 - the item is selected anyway
        return rows

    def _add_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self._restore_button = self._buttons.addButton("&Restore", role.ActionRole)
        self._discard_button = self._buttons.addButton("&Discard…", role.ActionRole)
        close = self._buttons.addButton("&Later", role.RejectRole)
        for name, button in (("restore", self._restore_button), ("discard", self._discard_button), ("later", close)):
            button.setObjectName(f"recover_{name}")
        self._restore_button.setDefault(True)
        self._restore_button.clicked.connect(self._restore)
        self._discard_button.clicked.connect(lambda: self._offer.ask_discard(self._chosen()))
        self._buttons.rejected.connect(self.reject)

    def _show(self) -> None:
        self._list.clear()
        self._list.addTopLevelItems([_item(copy) for copy in reversed(self._offer.found)])
        self._list.selectAll()
        self._update()
        if not self._offer.found:
            self.accept()

    def _chosen(self) -> list[Found]:
        chosen = {item.data(0, _COPY).path for item in self._list.selectedItems()}
        return [copy for copy in self._offer.found if copy.path in chosen]

    def _update(self) -> None:
        chosen = self._chosen()
        self._restore_button.setEnabled(any(copy.snapshot is not None for copy in chosen))
        self._discard_button.setEnabled(bool(chosen))

    def _restore(self) -> None:
        self._offer.restore(self._chosen())


def _item(copy: Found) -> QTreeWidgetItem:
    taken = copy.snapshot.taken.astimezone() if copy.snapshot else None
    file = copy.snapshot.file if copy.snapshot else None
    cells = [words.title(copy), f"{taken:%d %b, %H:%M}" if taken else "", file.name if file else "", words.remark(copy)]
    item = QTreeWidgetItem(cells)
    item.setData(0, _COPY, copy)
    item.setToolTip(0, str(copy.path))
    item.setToolTip(2, str(file or ""))
    item.setToolTip(3, words.remark(copy))
    return item
