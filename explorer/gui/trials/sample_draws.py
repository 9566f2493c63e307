"""Augmented training images for the window, drawn on the engine's thread by the engine's own code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.core.network import Network
from explorer.datasets.images import Pixels
from explorer.errors import DataError
from explorer.gui.data.shelf import DataChoice, DataShelf, one_of_each
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.widgets.sample_grid import labels_of
from explorer.runs.run import Run
from explorer.training.config import TrainConfig

if TYPE_CHECKING:
    from explorer.gui.training.training_session import TrainingSession

PREVIEWED = 6  # images of the preview
SHOWN = 256  # images of a batch, at most
_SHOWN_BETWEEN_STEPS = 32  # of the run that goes on, which waits for them


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Images as a run sees them.

    Attributes:
        images: The images. (n, C, H, W)
        labels: The words for each.
        title: What they are, in a sentence.
    """

    images: Pixels
    labels: tuple[str, ...]
    title: str = ""


class SampleDraws(QObject):
    """Draws the images of the preview, and batches.

    Args:
        training: Whose settings and images.
        engine: The thread that draws.
    """

    drawn = Signal(object)  # the `Drawn` of the preview
    batch_drawn = Signal(object)  # that of a batch
    failed = Signal(str)  # a sentence

    def __init__(self, training: TrainingSession, engine: EngineThread) -> None:
        super().__init__(training)
        self._training, self._engine = training, engine
        self._draw = 0
        self._is_drawing = self._is_stale = False
        self._shown: tuple[DataChoice, TrainConfig, int] | None = None

    def look(self, network: Network) -> None:
        """Draws the preview, unless the same has been drawn; its images stay the same whatever the settings.

        Args:
            network: Decides in which size image files are read.
        """
        wish = (self._training.data.choice_for(network), self._training.config, self._draw)
        if wish == self._shown or self._training.data.preview is None or not self._training.torch_ready:
            return
        if self._is_drawing:
            self._is_stale = True
            return
        self._shown, self._is_drawing, self._is_stale = wish, True, False
        shelf = self._training.data.shelf

        def done(found: Drawn | None) -> None:
            self._is_drawing = False
            if found is not None:
                self.drawn.emit(found)
            if self._is_stale:
                self.look(network)

        def fail(sentence: str) -> None:
            done(None)
            self.failed.emit(sentence)

        self._engine.submit(lambda: _preview(shelf, *wish), done, fail)

    def draw_again(self, network: Network) -> None:
        """Draws the same images once more, as another epoch would."""
        self._draw += 1
        self.look(network)

    def ask_batch(self, network: Network) -> None:
        """Draws the first batch of the next epoch: of the run that goes on, or else of the next run.

        Args:
            network: What the next run trains.
        """
        training, shelf = self._training, self._training.data.shelf
        preview = training.data.preview
        if not training.active and (preview is None or preview.counts is None):
            self.failed.emit("The images are not here to look at yet; choose their folder, or let Start fetch them.")
            return
        folder = training.record.folder if training.active else None
        choice = training.data.choice_for(network) if folder is None else training.own_data
        config, epoch = training.config, 0 if folder is None else training.record.epoch
        trained = network if folder is None or training.network is None else training.network
        size = trained.input_shape[1:]
        self._engine.submit(
            lambda: _batch(shelf, choice, config, epoch, (size[0], size[1]), folder),
            self.batch_drawn.emit,
            self.failed.emit,
            between_steps=folder is not None,
        )


def _preview(shelf: DataShelf, choice: DataChoice, config: TrainConfig, draw: int) -> Drawn | None:
    from explorer.training.samples import drawn

    data = shelf.held(choice)
    if data is None:
        return None
    chosen = np.array(one_of_each(data.images.train, PREVIEWED))
    samples = drawn(data, config, chosen, draw)
    return Drawn(samples.images, tuple(labels_of(samples.shares, data.dataset.classes)))


def _batch(
    shelf: DataShelf, choice: DataChoice, config: TrainConfig, epoch: int, size: tuple[int, int], folder: Path | None
) -> Drawn:
    from explorer.training.samples import augmented_samples, in_size

    data = shelf.held(choice) if folder is not None else shelf.take(choice)
    if data is None:
        raise DataError("The images of the run that goes on are not at hand; look at a batch once it has ended.")
    if folder is not None:
        config = TrainConfig.from_json(Run.open(folder).config)
    count = SHOWN if folder is None else _SHOWN_BETWEEN_STEPS
    samples = augmented_samples(data, config, count, epoch)
    images = in_size(samples.images, size)
    whose = "the next run" if folder is None else folder.name
    shown = f", {len(images):,} of them shown" if len(images) == count < config.batch_size else ""
    title = (
        f"The first batch of epoch {epoch + 1:,} of {whose}, as its network sees it: batch size {config.batch_size:,}"
    )
    return Drawn(images, tuple(labels_of(samples.shares, data.dataset.classes)), f"{title}{shown}.")
