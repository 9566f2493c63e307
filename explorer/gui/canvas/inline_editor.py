"""What is typed where it stands in the diagram: the input size, the number of classes, the name of a block."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.core.compose import Path
from explorer.core.shape import format_shape, parse_shape
from explorer.errors import EditError, ExplorerError
from explorer.gui.canvas.figure import Pill
from explorer.gui.editing import edits
from explorer.gui.session import Session
from explorer.gui.widgets.form import set_look
from explorer.remedies.classes import classes_of, with_classes

_NARROWEST = 130  # pixels


class InlineEditor(QLineEdit):
    """A line over what is edited. Enter takes it over, Escape leaves all as it was; what is refused can be corrected.

    Args:
        session: Whose network it changes.
        parent: The viewport.
    """

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._take: Callable[[str], None] = lambda _: None
        self.setObjectName("canvas_editor")
        self.setAccessibleName("Input size")
        self.setToolTip("Enter takes it over, Escape leaves it as it was")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.returnPressed.connect(self._accept)
        self.hide()

    def edit_end(self, pill: Pill, rect: QRectF) -> None:
        """Opens over an end of the network.

        Args:
            pill: The end.
            rect: Where it stands in the viewport.
        """
        classes = classes_of(self._session.analysis)
        if pill.role == "input":
            self._open("Input size", format_shape(self._session.network.input_shape), rect, self._resize)
        elif classes is not None:
            self._open("Number of classes", str(classes), rect, self._set_classes)
        else:
            self._session.message.emit("The output is no vector of classes; end the network with Flatten and Linear.")

    def edit_name(self, path: Path, rect: QRectF) -> None:
        """Opens over a block, with its name."""
        name = self._session.network.slot(path).name
        self._open("Name of the block", name, rect, lambda text: self._rename(path, text.strip()))

    def _open(self, title: str, text: str, rect: QRectF, take: Callable[[str], None]) -> None:
        self._take = take
        set_look(self, "problem", False)
        self.setText(text)
        self.setAccessibleName(title)
        width, height = max(min(rect.width(), 2 * _NARROWEST), _NARROWEST), self.sizeHint().height()
        middle = rect.center()
        self.setGeometry(QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height).toRect())
        self.show()
        self.setFocus()
        self.selectAll()

    def close_editor(self) -> None:
        """Closes; what was typed and not taken over is forgotten."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _accept(self) -> None:
        try:
            self._take(self.text())
        except ExplorerError as error:
            self._session.message.emit(str(error))
            set_look(self, "problem", True)
            self.selectAll()
        else:
            self.close_editor()

    def _rename(self, path: Path, name: str) -> None:
        self._session.network.rename(path, name)  # refuses it here, where it can be corrected
        edits.rename(self._session, path, name)

    def _resize(self, text: str) -> None:
        try:
            shape = parse_shape(text)
        except ValueError as error:
            raise EditError(str(error)) from error
        self._session.edit("change the input", self._session.network.with_input_shape(shape))

    def _set_classes(self, text: str) -> None:
        number = text.split(maxsplit=1)[0] if text.split() else ""
        if not number.isdecimal() or len(number) > 9:
            raise EditError(f"{text!r} is no number of classes; type one such as 10.")
        self._session.edit("change the classes", with_classes(self._session.network, int(number)))

    # Qt's overrides

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.close_editor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_editor()
            return
        super().keyPressEvent(event)
        event.accept()  # what a line leaves over, such as Enter, would mean something to the canvas below
