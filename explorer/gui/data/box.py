"""The data set of the next run: which one, what it looks like, how large it is and under which licence."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.network import Network
from explorer.datasets.base import DATASETS, DEFAULT
from explorer.gui.data.facts import facts_of, in_order
from explorer.gui.data.look_line import LookLine
from explorer.gui.data.unreadable_box import UnreadableBox
from explorer.gui.plots.class_histogram import ClassHistogram
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.dialogs import ask_folder
from explorer.gui.widgets.form import words
from explorer.gui.widgets.picture_strip import PictureStrip


class DataBox(QWidget):
    """Chooses the data set and shows it.

    Args:
        training: Whose data set it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self._training = training
        self._box, self._folder = QComboBox(), QPushButton("Choose folder…")
        self._pictures, self._histogram = PictureStrip(), ClassHistogram()
        self._facts, self._problem = words("data_facts", "muted"), words("problem_dataset", "problem")
        self._looking, self._unreadable = LookLine(training), UnreadableBox(training.data)
        self._prepare()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        parts: tuple[QWidget, ...] = (
            self._box, self._folder, self._problem, self._looking, self._unreadable, self._pictures, self._facts,
            self._histogram,
        )  # fmt: skip
        for part in parts:
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
        self.show_facts(network)
        counts = None if preview is None else preview.counts
        self._histogram.show_counts(*((), ()) if counts is None else (dataset.classes, counts.train.tolist()))
        self._unreadable.show_files()
        self._facts.setToolTip(f"{dataset.licence}\n{dataset.source}")
        self._problem.setText(training.data.problem)
        self._problem.setVisible(bool(training.data.problem))

    def show_facts(self, network: Network) -> None:
        """Says what is known of the data set; how many images validate is a setting."""
        training, preview = self._training, self._training.data.preview
        counts = None if preview is None else preview.counts
        to_download = preview is not None and not preview.classes
        self._facts.setText(facts_of(training.data.dataset, network, training.config, counts, to_download=to_download))

    def _choose(self) -> None:
        key = self._box.currentData()
        if key != self._training.data.key:
            self._training.data.choose(key)

    def _ask_for_folder(self) -> None:
        key, start = self._training.data.key, self._training.data.root or Path.home()
        title, choose = f"Folder of {DATASETS[key].title}", functools.partial(self._training.data.choose, key)
        ask_folder(self, "dialog_data_folder", title, choose, folder=start)
