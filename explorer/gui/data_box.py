"""The data set of the next run: which one, what it looks like, how large it is and under which licence."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.network import Network
from explorer.core.shape import format_shape
from explorer.datasets.base import DATASETS, DEFAULT, Dataset
from explorer.gui.dialogs import ask_folder
from explorer.gui.picture_strip import PictureStrip
from explorer.gui.training_session import TrainingSession


class DataBox(QWidget):
    """Chooses the data set and shows it.

    Args:
        training: Whose data set it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self._training = training
        self._box, self._folder = QComboBox(), QPushButton("Choose folder…")
        self._pictures = PictureStrip()
        self._facts, self._problem = QLabel(), QLabel()
        self._prepare()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._box, self._folder, self._pictures, self._facts, self._problem):
            column.addWidget(part)
        self._box.activated.connect(self._choose)
        self._folder.clicked.connect(self._ask_for_folder)

    def _prepare(self) -> None:
        self._box.setObjectName("field_dataset")
        self._box.setAccessibleName("data set")
        self._box.setToolTip("The images to train on; validation images are held back from them")
        self._box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for dataset in in_order():
            self._box.addItem(dataset.title, dataset.key)
        self._folder.setObjectName("button_data_folder")
        self._folder.setToolTip("The folder with the data set, or with one subfolder of images for each class")
        for label, role in ((self._facts, "muted"), (self._problem, "problem")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        self._facts.setObjectName("data_facts")
        self._problem.setObjectName("problem_dataset")

    def show_data(self, network: Network) -> None:
        """Shows the data set as it is chosen, for a network that will be trained on it."""
        training = self._training
        dataset, preview = training.data.dataset, training.data.preview
        self._box.setCurrentIndex(self._box.findData(training.data.key))
        self._folder.setVisible(training.data.key not in {DEFAULT, "synthetic"})
        root = training.data.root
        self._folder.setText(f"Folder: {root.name}" if root is not None else "Choose folder…")
        if preview is not None:
            self._pictures.show_pictures(preview.pictures, preview.classes)
        self._pictures.setVisible(self._pictures.count > 0 and preview is not None)
        self._facts.setText(facts_of(dataset, network, to_download=preview is not None and not preview.classes))
        self._facts.setToolTip(f"{dataset.licence}\n{dataset.source}")
        self._problem.setText(training.data.problem)
        self._problem.setVisible(bool(training.data.problem))

    def _choose(self) -> None:
        key = self._box.currentData()
        if key != self._training.data.key:
            self._training.data.choose(key)

    def _ask_for_folder(self) -> None:
        key, start = self._training.data.key, self._training.data.root or Path.home()
        title, choose = f"Folder of {DATASETS[key].title}", functools.partial(self._training.data.choose, key)
        ask_folder(self, "dialog_data_folder", title, choose, folder=start)


def in_order() -> list[Dataset]:
    """All data sets: the bundled one first, one's own images and generated ones last."""
    last = {"image-folder": 1, "synthetic": 2}
    return sorted(DATASETS.values(), key=lambda dataset: (dataset.key != DEFAULT, last.get(dataset.key, 0)))


def facts_of(dataset: Dataset, network: Network, *, to_download: bool) -> str:
    """Size, classes, image size and licence of a data set in a few lines.

    Args:
        dataset: The data set.
        network: Its input says what images are resized to.
        to_download: Whether the images are yet to be fetched.
    """
    if not dataset.classes:
        return "One subfolder of images for each class; the folder's name is the class."
    images = f"{dataset.train_images + dataset.test_images:,} images · {len(dataset.classes):,} classes"
    shape = f"{format_shape(dataset.shape)} · {dataset.test_images:,} for the test"
    lines = [images, shape, dataset.licence.partition(";")[0].rstrip("."), *dataset.remarks]
    if len(network.input_shape) == 3 and network.input_shape[1:] != dataset.shape[1:]:
        lines.insert(2, f"resized to {format_shape(network.input_shape[1:])}")
    if to_download:
        lines.append(f"Not on this computer yet: Start downloads {dataset.download_bytes / 1e6:,.0f} MB.")
    return "\n".join(lines)
