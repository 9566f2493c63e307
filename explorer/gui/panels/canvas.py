"""The centre of Design: the network as a diagram, and above it, when it is asked for, the line that searches it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui.canvas.canvas import NetworkCanvas
from explorer.gui.editing.find_bar import FindBar
from explorer.gui.panel import Panel, register
from explorer.gui.session import Session


class CanvasPanel(QWidget):
    """The canvas below its find bar, so that the bar hides no find.

    Args:
        session: Whose document it shows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_canvas")
        canvas = NetworkCanvas(session, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(FindBar(session, canvas))
        column.addWidget(canvas, 1)


register(Panel("canvas", "Diagram", "design", "center", CanvasPanel, stretch=3))
