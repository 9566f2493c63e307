"""Choosing a template for a new network, and keeping a network as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.core.wording import amount
from explorer.errors import ExplorerError
from explorer.gui.documents.templates import BUILT_IN, Template, TemplateFolder
from explorer.gui.session import Session
from explorer.gui.widgets.painting import RowDelegate

_TEMPLATE = Qt.ItemDataRole.UserRole
_SIZE = (740, 340)
_button = QDialogButtonBox.StandardButton


def default_folder() -> Path:
    """Where a person's own templates lie."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(data or Path.home()) / "architecture-explorer" / "templates"


class TemplateCommands:
    """What the File menu does with templates.

    Args:
        session: Where new networks open.
        window: Where dialogs open.
        folder: The person's own templates.
    """

    def __init__(self, session: Session, window: QWidget, folder: TemplateFolder | None = None) -> None:
        self._session, self._window = session, window
        self._folder = folder or TemplateFolder(default_folder())

    def ask_new(self) -> None:
        """Asks for a template and opens it as a new network."""
        NewFromTemplate(self._window, self._folder, self._new).open()

    def ask_save(self) -> None:
        """Asks for a name and a line, and keeps the network in front as a template."""
        SaveAsTemplate(self._window, self._session.document.title, self._folder, self._save).open()

    def _new(self, template: Template) -> None:
        try:
            self._session.open_network(template.make())
        except ExplorerError as error:
            self._session.message.emit(str(error))
        else:
            self._session.drawing.focus_asked.emit()

    def _save(self, name: str, summary: str) -> bool:
        try:
            file = self._folder.save(self._session.network, name, summary)
        except ExplorerError as error:
            self._session.message.emit(str(error))
            return False
        self._session.message.emit(f"Kept as the template {name} ({file}).")
        return True


class NewFromTemplate(QDialog):
    """The templates as a list.

    Args:
        window: Where it opens.
        folder: The person's own.
        take: Takes the chosen template.
    """

    def __init__(self, window: QWidget, folder: TemplateFolder, take: Callable[[Template], None]) -> None:
        super().__init__(window)
        self.setObjectName("dialog_template")
        self.setWindowTitle("New from template")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._take = take
        self._list, buttons = self._make_list(), QDialogButtonBox(_button.Ok | _button.Cancel)
        buttons.button(_button.Ok).setText("&Open")
        buttons.button(_button.Ok).setObjectName("template_open")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        hint = QLabel(f"Your own are in {folder.folder}; File → Save as Template… adds one.")
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        for part in (self._list, hint, buttons):
            column.addWidget(part)
        items = [_item(template) for template in (*BUILT_IN, *folder.list())]
        self._list.addTopLevelItems(items)
        self._list.setCurrentItem(items[0])

    def _make_list(self) -> QTreeWidget:
        rows = QTreeWidget()
        rows.setObjectName("template_list")
        rows.setAccessibleName("Templates")
        rows.setRootIsDecorated(False)
        rows.setItemDelegate(RowDelegate(rows))
        rows.setHeaderLabels(["Template", "What it is", "Parameters"])
        header = rows.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        rows.headerItem().setTextAlignment(2, right)
        rows.itemActivated.connect(self.accept)
        return rows

    def accept(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._take(item.data(0, _TEMPLATE))
        super().accept()


class SaveAsTemplate(QDialog):
    """A name and a line for a template.

    Args:
        window: Where it opens.
        name: What is proposed.
        folder: Where it goes.
        save: Keeps it; whether that was possible.
    """

    def __init__(self, window: QWidget, name: str, folder: TemplateFolder, save: Callable[[str, str], bool]) -> None:
        super().__init__(window)
        self.setObjectName("dialog_save_template")
        self.setWindowTitle("Save as template")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder, self._save = folder, save
        self._name, self._line, self._note = QLineEdit(name), QLineEdit(), QLabel()
        self._buttons = QDialogButtonBox(_button.Save | _button.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._arrange()
        self._name.textChanged.connect(self._update)
        self._update()

    def _arrange(self) -> None:
        self.setMinimumWidth(460)
        self._name.setObjectName("template_name")
        self._name.setAccessibleName("Name of the template")
        self._line.setObjectName("template_line")
        self._line.setAccessibleName("What it is, in one line")
        self._line.setPlaceholderText("What it is, in one line")
        self._note.setObjectName("template_note")
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        self._buttons.button(_button.Save).setObjectName("template_save")
        form = QFormLayout(self)
        form.addRow("&Name", self._name)
        form.addRow("&Description", self._line)
        form.addRow(self._note)
        form.addRow(self._buttons)

    def _update(self) -> None:
        name = self._name.text().strip()
        file = self._folder.path(name)
        exists = bool(name) and "\0" not in name and file.is_file()
        self._note.setText(f"{file} exists; it is replaced." if exists else f"It is kept as {file}.")
        self._buttons.button(_button.Save).setText("Re&place" if exists else "&Save")
        self._buttons.button(_button.Save).setEnabled(bool(name))

    def accept(self) -> None:
        if self._save(self._name.text().strip(), self._line.text().strip()):
            super().accept()


def _item(template: Template) -> QTreeWidgetItem:
    parameters, summary = _figures(template)
    item = QTreeWidgetItem([template.name, template.summary or summary, parameters])
    item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setData(0, _TEMPLATE, template)
    item.setToolTip(0, str(template.file or "Comes with the application"))
    item.setToolTip(1, item.text(1))
    return item


def _figures(template: Template) -> tuple[str, str]:
    """The number of parameters, and a line for a template that has none; of a file that cannot be read, why."""
    try:
        network = template.make()
    except ExplorerError as error:
        return "", str(error)
    return f"{analyse(network).parameters:,}", _outline(network)


def _outline(network: Network) -> str:
    shape = " × ".join(map(str, network.input_shape))
    return f"{amount(len(network.body.slots), 'block')} for an input of {shape}"
