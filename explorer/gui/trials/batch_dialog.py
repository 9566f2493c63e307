"""A window with a batch of training images and their labels, as the network will see them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.gui.session import Session
from explorer.gui.trials.sample_draws import Drawn, SampleDraws
from explorer.gui.widgets.form import words
from explorer.gui.widgets.sample_grid import SampleGrid

_SIZE = (760, 560)  # pixels
_SIDE = 76  # pixels


class BatchDialog(QDialog):
    """Shows a batch once it has been drawn.

    Args:
        parent: The window.
        draws: What draws it.
    """

    def __init__(self, parent: QWidget, draws: SampleDraws) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_batch")
        self.setWindowTitle("A batch with its labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(*_SIZE)
        self._title = words("batch_title")
        self._title.setText("Reading the images…")
        self._grid, self._scroll = SampleGrid("batch_samples", _SIDE), QScrollArea()
        self._arrange()
        draws.batch_drawn.connect(self._show)
        draws.failed.connect(self._title.setText)

    def _arrange(self) -> None:
        self._scroll.setObjectName("batch_scroll")
        self._scroll.setAccessibleName("The images of the batch")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addWidget(self._grid)
        inside.addStretch()
        self._scroll.setWidget(holder)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("button_batch_close")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._scroll, 1)
        column.addWidget(buttons)

    def _show(self, drawn: Drawn) -> None:
        self._title.setText(drawn.title)
        self._grid.show_samples(drawn.images, drawn.labels)


def show_batch(session: Session, draws: SampleDraws, window: QWidget) -> None:
    """Opens the window with the next batch, or shows another one in the window that is open."""
    open_one = window.findChild(BatchDialog, "dialog_batch")
    dialog = open_one if isinstance(open_one, BatchDialog) else BatchDialog(window, draws)
    dialog.show()
    dialog.raise_()
    draws.ask_batch(session.network)
