"""The image files that cannot be read, and whether to train without them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from explorer.gui.data.selection import DataSelection
from explorer.gui.widgets.form import words

_LISTED = 1_000  # files; whoever has more does not read them here
_ROWS = 4


class UnreadableBox(QWidget):
    """A list of the files, each with its reason, and the check that leaves them out.

    Args:
        data: Whose files.
    """

    def __init__(self, data: DataSelection) -> None:
        super().__init__()
        self.setObjectName("unreadable_box")
        self._data = data
        self._title, self._list, self._check = words("unreadable_title", "problem"), QListWidget(), QCheckBox()
        self._list.setObjectName("unreadable_files")
        self._list.setAccessibleName("Image files that cannot be read")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._check.setObjectName("check_leave_out")
        self._check.setToolTip("Trains without these files; the run records which they were")
        self._check.clicked.connect(lambda: data.agree(leave_out=self._check.isChecked()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._title, self._list, self._check):
            column.addWidget(part)
        self._shown: object = None
        self.hide()

    def show_files(self) -> None:
        """Shows the files as they are; without any it takes no room."""
        files = self._data.unreadable
        if files is not self._shown:
            self._shown = files
            self._list.clear()
            for file in files[:_LISTED]:
                item = QListWidgetItem(f"{file.path.parent.name}/{file.path.name}")
                item.setToolTip(file.reason)
                self._list.addItem(item)
            self._list.setFixedHeight(min(len(files), _ROWS) * (self.fontMetrics().height() + 4) + 4)
            few = len(files) == 1
            self._title.setText(f"{len(files):,} image file{'' if few else 's'} cannot be read:")
            self._check.setText(f"Leave {'this file' if few else f'these {len(files):,} files'} out")
        self._check.setChecked(self._data.leave_out)
        self.setVisible(bool(files))
