"""A window with the weights that are published for a network, and a way to start the next run from some of them."""

from __future__ import annotations

from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.core.shape import format_shape
from explorer.gui.figures import data as bytes_of
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.training.weights_download import far_words
from explorer.gui.weights.use import start_from
from explorer.gui.widgets.form import words
from explorer.gui.widgets.row_table import RowTable
from explorer.runs.published_weights import PublishedWeights, find, published_weights
from explorer.zoo.base import Entry

_SIZE = (620, 330)  # pixels
_BAR = 8  # pixels
_EVERY = 100  # milliseconds between two looks at how far a download is
_HEADS = ("Weights", "Top-1 on ImageNet", "Images", "Size", "On this computer")
_NUMBERS = (1, 3)
_HINT = (
    "Trained on the 1,000 classes of ImageNet. The next run starts from them; for other classes its last layer is new. "
    "torchvision states their accuracy, and the name of each file its checksum."
)
Published = tuple[PublishedWeights, Path | None]


class WeightsDialog(QDialog):
    """Lists the weights of one network; closing it gives up a download.

    Args:
        parent: The window.
        session: Where the network is opened.
        training: Whose next run starts from them.
        entry: The network.
    """

    def __init__(self, parent: QWidget, session: Session, training: TrainingSession, entry: Entry) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_weights")
        self.setWindowTitle(f"Published weights of {entry.title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(*_SIZE)
        self._session, self._training, self._download = session, training, training.weights
        self._sets: tuple[Published, ...] = ()
        self._table = RowTable("weights_table", "Published weights", _HEADS, _NUMBERS)
        self._bar = QProgressBar()
        self._hint, self._words = words("weights_hint", "muted"), words("weights_words")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._use, self._stop = QPushButton("Start from these"), QPushButton("Cancel download")
        self._timer = QTimer(self, interval=_EVERY)
        self._set_up()
        self._arrange()
        self._connect()
        self._words.setText("Asking torchvision what there is…")
        self._list(entry)
        self._show()

    # Making

    def _set_up(self) -> None:
        self._hint.setText(_HINT)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._bar.setObjectName("weights_progress")
        self._bar.setAccessibleName("Progress of the download")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        for button, key, tip in (
            (self._use, "use", "Downloads the weights if they are not here, and has the next run start from them"),
            (self._stop, "stop", "Gives the download up; what has arrived is kept"),
        ):
            button.setObjectName(f"button_weights_{key}")
            button.setToolTip(tip)
            self._buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("button_weights_close")
        for button in (self._use, self._stop, close):
            button.setAutoDefault(False)  # Enter belongs to the table
        for part in (self._hint, self._table, self._words, self._bar, self._buttons):
            column.addWidget(part, 1 if part is self._table else 0)

    def _connect(self) -> None:
        self._use.clicked.connect(self._start)
        self._table.cellActivated.connect(self._start)
        self._stop.clicked.connect(self._give_up)
        self._buttons.rejected.connect(self.reject)
        self._download.changed.connect(self._show)
        self._download.arrived.connect(self._take)
        self._download.failed.connect(self._words.setText)
        self._timer.timeout.connect(self._tell)
        self.finished.connect(self._download.cancel)

    def _list(self, entry: Entry) -> None:
        engine = self._session.engine
        if engine is None:
            return

        def look() -> tuple[Published, ...]:
            return tuple((one, find(one)) for one in published_weights(entry.key))

        def show(sets: tuple[Published, ...]) -> None:
            if shiboken6.isValid(self):  # else it was closed before torchvision answered
                self._fill(sets)

        def tell(sentence: str) -> None:
            if shiboken6.isValid(self):
                self._words.setText(sentence)

        engine.submit(look, show, tell)

    # Showing

    def _fill(self, sets: tuple[Published, ...]) -> None:
        self._sets = sets
        self._table.setRowCount(len(sets))
        for row, (weights, path) in enumerate(sets):
            self._table.put(row, cells(weights, path), (tooltip(weights, path),) * len(_HEADS))
        self._table.selectRow(0)
        self._table.setFocus()
        self._words.clear()
        self._show()

    def _show(self) -> None:
        is_busy = self._download.weights is not None
        self._use.setEnabled(bool(self._sets) and not is_busy)
        self._table.setEnabled(not is_busy)
        self._stop.setVisible(is_busy)
        self._bar.setVisible(is_busy)
        if is_busy:
            self._timer.start()
            self._tell()
        else:
            self._timer.stop()

    def _tell(self) -> None:
        far = self._download.progress
        self._words.setText(far_words(far, self._download.silence))
        self._bar.setRange(0, 1000 if far is not None and far.total else 0)
        self._bar.setValue(int(1000 * far.done / far.total) if far is not None and far.total else 0)

    # Doing

    def _start(self) -> None:
        if 0 <= self._table.currentRow() < len(self._sets) and self._download.weights is None:
            self._download.start(self._sets[self._table.currentRow()][0])

    def _give_up(self) -> None:
        self._download.cancel()
        self._words.setText("The download was cancelled; the next one goes on with what has arrived.")
        self._table.setFocus()

    def _take(self, weights: PublishedWeights, path: Path) -> None:
        start_from(self._session, self._training.start_from, weights, path)
        self.accept()


def cells(weights: PublishedWeights, path: Path | None) -> tuple[str, ...]:
    """A row of the table."""
    name = f"{weights.name} (recommended)" if weights.is_default else weights.name
    images = format_shape((weights.image, weights.image))
    return name, f"{weights.accuracy:.2f} %", images, bytes_of(weights.about_bytes), "yes" if path else "no"


def tooltip(weights: PublishedWeights, path: Path | None) -> str:
    """What else there is to know of them."""
    lines = [weights.file, f"SHA-256 begins with {weights.digest.start}."]
    lines += [f"They need {name.replace('_', ' ')} switched on." for name in weights.options]
    lines += [f"Licence: {weights.licence}"] if weights.licence else []
    return "\n".join([*lines, *([f"In {path.parent}."] if path else [])])


def show_weights(session: Session, training: TrainingSession, entry: Entry, window: QWidget) -> None:
    """Opens the window for a network, in the place of one for another network.

    Args:
        session: Where the network is opened.
        training: Whose next run starts from them.
        entry: The network.
        window: Where it opens.
    """
    open_one = window.findChild(WeightsDialog, "dialog_weights")
    if isinstance(open_one, WeightsDialog):
        open_one.reject()
    dialog = WeightsDialog(window, session, training, entry)
    dialog.show()
    dialog.raise_()
