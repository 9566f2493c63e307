"""Exporting and printing the diagram: what, in which scheme, how large, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QLabel, QMenu, QVBoxLayout, QWidget

from explorer.core.wording import amount
from explorer.errors import ExplorerError
from explorer.gui import style
from explorer.gui.canvas.formats import FORMATS, SCALES, print_diagram, write_diagram
from explorer.gui.canvas.picture import DiagramPicture, picture_of
from explorer.gui.menus import add
from explorer.gui.session import Session
from explorer.gui.widgets.dialogs import ask_file
from explorer.gui.widgets.form import form_grid

_WORDS = {".svg": "SVG, for the web and for editing", ".pdf": "PDF, for papers", ".png": "PNG, for slides"}
_button = QDialogButtonBox.StandardButton


class DiagramCommands:
    """What the File menu does with the diagram.

    Args:
        session: Whose network.
        window: Where dialogs open.
        menu: The File menu.
    """

    def __init__(self, session: Session, window: QWidget, menu: QMenu) -> None:
        self._session, self._window = session, window
        line = "Write the diagram as SVG, PDF or PNG"
        add(menu, "export_diagram", "Export Dia&gram…", "Ctrl+Shift+E", line, self.ask_export)
        add(menu, "print", "&Print Diagram…", "Ctrl+P", "Print the diagram as it is folded now", self.ask_print)

    def ask_export(self) -> None:
        """Asks how, then where to."""
        DiagramDialog(self._session, self._window).open()

    def ask_print(self) -> None:
        """Asks for a printer and prints, in the light scheme."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._session.document.title)
        dialog = QPrintDialog(printer, self._window)
        dialog.setObjectName("dialog_print")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._print(printer))
        QDialog.open(dialog)  # QPrintDialog hides it behind one that wants a slot

    def _print(self, printer: QPrinter) -> None:
        pages = print_diagram(picture_of(self._session, dark=False), printer)
        self._session.message.emit(f"Printed on {amount(pages, 'page')}.")


class DiagramDialog(QDialog):
    """How the diagram is written.

    Args:
        session: Whose network.
        window: Where it opens.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.setObjectName("dialog_diagram")
        self.setWindowTitle("Export the diagram")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._format, self._scheme, self._scale = QComboBox(), QComboBox(), QComboBox()
        self._selection = QCheckBox("Only what is selected")
        self._size = QLabel()
        self._fill()
        self._arrange()
        for box in (self._format, self._scheme, self._scale):
            box.currentIndexChanged.connect(self._show_size)
        self._selection.toggled.connect(self._show_size)
        self._show_size()

    def _fill(self) -> None:
        for suffix in FORMATS:
            self._format.addItem(_WORDS[suffix], suffix)
        for word, dark in (("light", False), ("dark", True)):
            self._scheme.addItem(word, dark)
        self._scheme.setCurrentIndex(int(style.current().dark))
        for scale in SCALES:
            self._scale.addItem(f"{scale} ×", scale)
        self._scale.setCurrentIndex(1)
        self._selection.setEnabled(bool(self._session.selection))

    def _arrange(self) -> None:
        column, form = QVBoxLayout(self), QWidget()
        grid = form_grid(form)
        rows = (
            ("diagram_format", "Format", self._format),
            ("diagram_scheme", "Colours", self._scheme),
            ("diagram_scale", "Scale", self._scale),
            ("diagram_selection", "", self._selection),
            ("diagram_size", "Size", self._size),
        )
        for place, (name, text, control) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(control)
            control.setObjectName(name)
            control.setAccessibleName(text or self._selection.text())
            grid.addWidget(label, place, 0)
            grid.addWidget(control, place, 1)
        buttons = QDialogButtonBox(_button.Save | _button.Cancel)
        buttons.button(_button.Save).setText("&Export…")
        buttons.button(_button.Save).setObjectName("diagram_export")
        buttons.button(_button.Cancel).setObjectName("diagram_cancel")
        buttons.accepted.connect(self._ask_file)
        buttons.rejected.connect(self.reject)
        column.addWidget(form)
        column.addWidget(buttons)

    @property
    def _suffix(self) -> str:
        return str(self._format.currentData())

    def _picture(self) -> DiagramPicture:
        dark, selection = bool(self._scheme.currentData()), self._selection.isChecked()
        return picture_of(self._session, dark=dark, selection=selection)

    def _show_size(self) -> None:
        is_image = self._suffix == ".png"
        self._scale.setEnabled(is_image)
        size = self._picture().size * (float(self._scale.currentData()) if is_image else 1.0)
        unit = "pixels" if is_image else "px at 100 %"
        self._size.setText(f"{size.width():,.0f} × {size.height():,.0f} {unit}")

    def _ask_file(self) -> None:
        suffix, picture, scale = self._suffix, self._picture(), float(self._scale.currentData())
        session = self._session

        def write(file: Path) -> None:
            try:
                write_diagram(picture, file, scale)
            except ExplorerError as error:
                session.message.emit(str(error))
            else:
                session.message.emit(f"Wrote the diagram to {file}.")

        name = f"{session.document.title}{suffix}"
        filters = f"{suffix[1:].upper()} (*{suffix})"
        ask_file(self._window, "dialog_diagram_file", "Export the diagram", filters, write, saves=name, suffix=suffix)
        self.accept()
