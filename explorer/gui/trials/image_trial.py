"""One image that a run is asked about, between two of its steps: what it is, and what the run makes of it by now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.gui.engine.engine_thread import EngineThread

if TYPE_CHECKING:
    from explorer.gui.training.training_session import TrainingSession
    from explorer.insight.one_image import Guess, Guesser


class ImageTrial(QObject):
    """Asks the latest weights of the run in front about an image, and again with every new checkpoint.

    Args:
        engine: The thread that computes; it does so between two steps, in slices that take few of them.
        training: Whose run it is.

    Attributes:
        image: The file; None before the first.
        guess: What the run makes of it; None as long as that is not known.
        problem: A sentence: why it cannot be known; empty otherwise.
    """

    changed = Signal()

    def __init__(self, engine: EngineThread, training: TrainingSession) -> None:
        super().__init__(training)
        self._engine, self._training = engine, training
        self._guesser: Guesser | None = None
        self._asked: tuple[Path | None, Path | None, int] = (None, None, -1)  # run, image, step of its checkpoint
        self.image: Path | None = None
        self.guess: Guess | None = None
        self.problem = ""
        training.metrics_changed.connect(self._ask)
        training.state_changed.connect(self._ask)

    def choose(self, image: Path) -> None:
        """Takes another image."""
        self.image, self.guess, self.problem = image, None, ""
        self._asked = (None, None, -1)
        self.changed.emit()
        self._ask()

    def _ask(self) -> None:
        record = self._training.record
        folder, image, checkpoint = record.folder, self.image, record.checkpoint
        wish = (folder, image, -1 if checkpoint is None else checkpoint.step)
        if folder is None or image is None or checkpoint is None or wish == self._asked:
            return
        self._asked = wish

        def guess(_: object) -> None:
            self._engine.submit(lambda: self._guess(image), lambda found: self._tell(wish, found), fail)

        def fail(sentence: str) -> None:
            self._tell(wish, None, sentence)

        self._engine.submit(lambda: self._prepare(folder), guess, fail)

    def _tell(self, wish: tuple[Path | None, Path | None, int], guess: Guess | None, problem: str = "") -> None:
        if wish[:2] == self._asked[:2]:
            self.guess, self.problem = guess, problem
            self.changed.emit()

    # On the engine's thread, in two slices

    def _prepare(self, folder: Path) -> None:
        from explorer.insight.one_image import Guesser
        from explorer.training.isolation import aside

        with aside():
            self._guesser = self._guesser or Guesser()
            self._guesser.prepare(folder)

    def _guess(self, image: Path) -> Guess:
        from explorer.insight.one_image import Guesser
        from explorer.training.isolation import aside

        with aside():
            return (self._guesser or Guesser()).guess(image)
