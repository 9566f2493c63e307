"""The input size and the number of classes, typed where they stand in the diagram."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.core.shape import format_shape, parse_shape
from explorer.errors import ExplorerError
from explorer.gui.canvas.figure import Pill
from explorer.gui.session import Session
from explorer.remedies.classes import classes_of, with_classes

_NARROWEST = 130  # pixels


class PillEditor(QLineEdit):
    """A line over the pill that is edited. Enter takes it over, Escape leaves all as it was.

    Args:
        session: Whose network it changes.
        parent: The viewport.
    """

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._role = "input"
        self.setObjectName("canvas_end")
        self.setToolTip("Enter takes it over, Escape leaves it as it was")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.returnPressed.connect(self._accept)
        self.editingFinished.connect(self.close_editor)
        self.hide()

    def open_editor(self, pill: Pill, rect: QRectF) -> None:
        """Opens over a pill, with what it says.

        Args:
            pill: An end of the network.
            rect: Where it stands in the viewport.
        """
        classes = classes_of(self._session.analysis)
        if pill.role == "output" and classes is None:
            self._session.message.emit("The output is no vector of classes; end the network with Flatten and Linear.")
            return
        self._role = pill.role
        shape = format_shape(self._session.network.input_shape)
        self.setText(shape if pill.role == "input" else str(classes))
        self.setAccessibleName("Input size" if pill.role == "input" else "Number of classes")
        width, height = max(rect.width(), _NARROWEST), self.sizeHint().height()
        self.setGeometry(QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height).toRect())
        self.show()
        self.setFocus()
        self.selectAll()

    def close_editor(self) -> None:
        """Closes; what was typed and not taken over is forgotten."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _accept(self) -> None:
        session, text = self._session, self.text()
        try:
            if self._role == "input":
                session.edit("change the input", session.network.with_input_shape(parse_shape(text)))
            else:
                session.edit("change the classes", with_classes(session.network, int(text.split()[0])))
        except ExplorerError as error:
            session.message.emit(str(error))
        except (ValueError, IndexError) as error:
            wanted = str(error) if self._role == "input" else f"{text!r} is no number of classes."
            session.message.emit(wanted)

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_editor()
            return
        super().keyPressEvent(event)
        event.accept()  # what a line leaves over, such as Enter, would mean something to the canvas below
