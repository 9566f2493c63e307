"""A picture of one's own and what the run makes of it by now, with bars for the most likely classes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.gui.figures import percent
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.dialogs import ask_file
from explorer.gui.widgets.form import Figures, words

_SIDE = 56  # pixels of the picture
_SHOWN = 3  # classes
_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm")
_FOLDER = "training/image_folder"


class OneImage(QWidget):
    """Where an image is dropped or chosen.

    Args:
        session: What is remembered between two starts.
        training: Whose run is asked.
    """

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("one_image")
        self.setAcceptDrops(True)
        self._session, self._trial = session, training.trial
        self._picture, self._button = QLabel(), QPushButton("Choose an image…")
        self._words = words("one_image_words", "muted")
        self._figures = Figures("guess", tuple((str(place), "") for place in range(_SHOWN)))
        self._shown: Path | None = None
        self._set_up()
        self._trial.changed.connect(self._show)
        self._show()

    def _set_up(self) -> None:
        self._picture.setObjectName("one_image_picture")
        self._picture.setAccessibleName("The image")
        self._picture.setFixedSize(_SIDE, _SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button.setObjectName("button_choose_image")
        self._button.setToolTip("Asks the latest weights of the run about an image, while it goes on too")
        self._button.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._figures, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._words)
        column.addWidget(self._button)

    def _show(self) -> None:
        trial = self._trial
        if trial.image != self._shown:
            self._shown = trial.image
            self._picture.setPixmap(_thumbnail(trial.image, self.devicePixelRatioF()))
        for part in (self._picture, self._figures):
            part.setVisible(trial.image is not None)
        guess = trial.guess
        for place in range(_SHOWN):
            name, share = guess.classes[place] if guess is not None and place < len(guess.classes) else ("", 0.0)
            self._figures.show_figure(str(place), percent(share) if name else "", label=name)
        self._words.setText(self._sentence())

    def _sentence(self) -> str:
        trial = self._trial
        if trial.image is None:
            return "Drop an image here to see what the run makes of it, while it learns too."
        if trial.problem:
            return trial.problem
        if trial.guess is None:
            return "The answer comes with the first checkpoint of a run."
        return f"{trial.image.name}, by the weights of step {trial.guess.step:,}"

    def _choose(self) -> None:
        ask_file(
            self,
            "dialog_choose_image",
            "An image to try",
            f"Images ({' '.join(f'*{suffix}' for suffix in _SUFFIXES)})",
            self._take,
            folder=self._session.settings.get(_FOLDER, str(Path.home())),
        )

    def _take(self, image: Path) -> None:
        self._session.settings.set(_FOLDER, str(image.parent))
        self._trial.choose(image)

    # Qt's overrides

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _image_in(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        image = _image_in(event.mimeData())
        if image is not None:
            event.acceptProposedAction()
            self._take(image)


def _image_in(data: QMimeData) -> Path | None:
    files = (Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    return next((file for file in files if file.suffix.lower() in _SUFFIXES), None)


def _thumbnail(image: Path | None, ratio: float) -> QPixmap:
    """The picture for a small square; an empty one where Qt cannot read it."""
    pixmap = QPixmap() if image is None else QPixmap(str(image))
    if pixmap.isNull():
        return pixmap
    side = round(_SIDE * ratio)
    scaled = pixmap.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    return scaled
