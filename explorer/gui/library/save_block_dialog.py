"""Save as Block: a name, a line, a colour, and the fields inside that can be set from outside."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.core.definition import CATEGORIES, LONGEST_NAME, LONGEST_SUMMARY, Definition
from explorer.core.user_block import block_class
from explorer.core.wording import amount
from explorer.errors import EditError, ExplorerError
from explorer.gui.library.block_draft import Source, define, differing
from explorer.gui.library.exposed_fields import ExposedFields
from explorer.gui.session import Session
from explorer.gui.widgets.form import form_grid, heading, set_look, words
from explorer.gui.widgets.painting import mark_icon

_SIZE = (560, 620)
_HINT = "Check a field to set it from outside. Fields that carry the same parameter name become one."


def ask_to_save_block(session: Session, parent: QWidget) -> None:
    """Opens the dialog for the selected blocks, or says why they cannot be one block."""
    try:
        source = Source.of(session.network, session.selection)
    except EditError as error:
        session.message.emit(str(error))
        return
    SaveBlockDialog(session, source, parent).open()


class SaveBlockDialog(QDialog):
    """What a person says about a new block; it is saved once nothing is wrong with it.

    Args:
        session: Whose library takes it, and whose document it may go into.
        source: The blocks it is made of.
        parent: The window.
    """

    def __init__(self, session: Session, source: Source, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_save_block")
        self.setWindowTitle("Save as Block")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._session, self._source, self._document = session, source, session.document
        self._name, self._summary, self._category = QLineEdit(), QLineEdit(), QComboBox()
        self._fields = ExposedFields(source)
        self._replaces = QCheckBox("Put it in the &place of the selection")
        self._why_not, self._says = words("block_replaces_problem", "muted"), words("block_says")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._set_up()
        self._arrange()
        self._look_whether_it_fits()
        self._check()

    def _set_up(self) -> None:
        self._name.setObjectName("block_name")
        self._name.setAccessibleName("Name of the block")
        self._name.setMaxLength(LONGEST_NAME)
        self._summary.setObjectName("block_summary")
        self._summary.setAccessibleName("What it is, in one line")
        self._summary.setPlaceholderText("What it is, in one line")
        self._summary.setMaxLength(LONGEST_SUMMARY)
        self._category.setObjectName("block_category")
        self._category.setAccessibleName("Category, which gives the colour")
        for category in CATEGORIES:
            self._category.addItem(mark_icon(category), category.capitalize(), category)
        self._category.setCurrentIndex(CATEGORIES.index(self._source.category))
        self._replaces.setObjectName("block_replaces")
        self._replaces.setToolTip(
            "One step of the history; the numbers stay, and the keys get the block's name in front."
        )
        for name, role in (("block_save", "Save"), ("block_cancel", "Cancel")):
            self._buttons.button(QDialogButtonBox.StandardButton[role]).setObjectName(name)
        self._name.textChanged.connect(self._check)
        self._summary.textChanged.connect(self._check)
        self._category.currentIndexChanged.connect(self._check)
        self._fields.edited.connect(self._check)
        self._buttons.accepted.connect(self._save)
        self._buttons.rejected.connect(self.reject)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        rows = QWidget()
        grid = form_grid(rows)
        for row, (text, editor) in enumerate(
            (("&Name", self._name), ("&Description", self._summary), ("C&olour", self._category))
        ):
            label = QLabel(text)
            label.setBuddy(editor)
            grid.addWidget(label, row, 0)
            grid.addWidget(editor, row, 1)
        hint = words("block_hint", "muted")
        hint.setText(_HINT)
        for part in (rows, heading("Parameters"), hint):
            column.addWidget(part)
        column.addWidget(self._fields, 1)
        for part in (self._replaces, self._why_not, self._says, self._buttons):
            column.addWidget(part)

    def _look_whether_it_fits(self) -> None:
        try:
            self._source.packed(Definition("probe", self._source.body))
        except EditError as error:
            self._replaces.setEnabled(False)
            self._why_not.setText(str(error))
        self._replaces.setChecked(self._replaces.isEnabled())
        self._why_not.setVisible(not self._replaces.isEnabled())

    def _definition(self) -> Definition:
        name, summary = self._name.text().strip(), self._summary.text().strip()
        return define(name, summary, self._category.currentData(), self._source.body, self._fields.exposed())

    def _check(self) -> None:
        definition = self._definition()
        problem = definition.problem() or self._session.library.name_problem(definition.name)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(problem is None)
        set_look(self._says, "role", "problem" if problem and definition.name else "muted")
        self._says.setText(problem or self._preview(definition))

    def _preview(self, definition: Definition) -> str:
        number = len(self._source.body.slots)
        names = ", ".join(parameter.name for parameter in definition.parameters) or "none"
        said = f"{amount(number, 'block')} inside. Parameters: {names}."
        levelled = differing(self._fields.exposed())
        return f"{said} All fields of {', '.join(levelled)} get the first one's value." if levelled else said

    def _save(self) -> None:
        kind = block_class(self._definition())
        try:
            file = self._session.library.save(kind)
            if self._replaces.isChecked():
                self._replace(kind.definition)
        except ExplorerError as error:
            set_look(self._says, "role", "problem")
            self._says.setText(str(error))
            return
        self._session.message.emit(f"Saved {kind.type_name()} in {file}.")
        self.accept()

    def _replace(self, definition: Definition) -> None:
        if self._document.network is not self._source.network:
            raise EditError("The document has changed meanwhile; the block is in the library, the document as it was.")
        network, path = self._source.packed(definition)
        self._document.edit(f"save as block {definition.name}", network, select=(path,))
