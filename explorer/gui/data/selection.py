"""The data set that is chosen for the next run, and a look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from explorer.core.network import Network
from explorer.datasets.base import DATASETS, DEFAULT, Dataset
from explorer.datasets.image_check import UnreadableFile
from explorer.gui.data.shelf import DataChoice, DataPreview, DataShelf
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.record.events import Loading
from explorer.gui.settings import Settings


class DataSelection(QObject):
    """Which images the next run will see.

    Args:
        engine: The thread that reads them.
        settings: What is remembered between two starts.
        parent: Its owner.

    Attributes:
        shelf: Keeps the images that were read last; for the engine's thread alone.
        preview: A look at the data set, once it is there.
        problem: A sentence: why there is no look at it.
        progress: How far the look is that goes on.
    """

    changed = Signal()  # another data set or folder, or the look at it has come or was given up
    look_changed = Signal()  # a look has begun

    def __init__(self, engine: EngineThread, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._looking_at: DataChoice | None = None
        self._given_up: DataChoice | None = None
        self._is_looking = False
        self.shelf = DataShelf()
        self.preview: DataPreview | None = None
        self.problem = ""
        self.progress: Loading | None = None  # of the look, set by the thread that looks
        self._agreed: frozenset[Path] = frozenset()

    @property
    def key(self) -> str:
        """The chosen data set."""
        key = self._settings.get("training/dataset", DEFAULT)
        return key if key in DATASETS else DEFAULT

    @property
    def root(self) -> Path | None:
        """The folder the person pointed at for it, if any."""
        folder = self._settings.get(f"training/root/{self.key}", "")
        return Path(folder) if folder else None

    @property
    def dataset(self) -> Dataset:
        """Its facts, as far as they are known."""
        return DATASETS[self.key] if self.preview is None else self.preview.dataset

    @property
    def unreadable(self) -> tuple[UnreadableFile, ...]:
        """Its image files that cannot be read."""
        return self.dataset.unreadable_files

    @property
    def leave_out(self) -> bool:
        """Whether the person agreed to leave out those files, and no others came since."""
        return bool(self.unreadable) and {file.path for file in self.unreadable} <= self._agreed

    def agree(self, leave_out: bool) -> None:
        """Leaves the files out that cannot be read, or takes that back."""
        self._agreed = frozenset(file.path for file in self.unreadable) if leave_out else frozenset()
        self.changed.emit()

    def choose(self, key: str, root: Path | None = None) -> None:
        """Chooses a data set and, where it needs one, its folder."""
        if root is not None:
            self._settings.set(f"training/root/{key}", str(root))
        self._settings.set("training/dataset", key)
        self.preview, self.problem, self._looking_at, self._given_up = None, "", None, None
        self._is_looking = False
        self.changed.emit()

    def choice_for(self, network: Network) -> DataChoice:
        """The images for a network: files are read in its size and channels, fixed sets as they are."""
        if not DATASETS[self.key].needs_folder or len(network.input_shape) != 3:
            return DataChoice(self.key, self.root)
        channels, height, width = network.input_shape
        return DataChoice(self.key, self.root, (height, width), 1 if channels == 1 else 3, self.leave_out)

    def look(self, network: Network) -> None:
        """Asks for a look at the data set, unless that has been done; it comes once no run goes on."""
        choice = self.choice_for(network)
        if choice in (self._looking_at, self._given_up) or (choice.root is None and DATASETS[choice.key].needs_folder):
            return
        self._looking_at = choice

        self.progress, self._is_looking = None, True

        def show(preview: DataPreview | None, problem: str = "") -> None:
            if self._looking_at == choice:
                self.preview, self.problem, self._is_looking = preview, problem, False
                self.changed.emit()

        def tell(*facts: Any) -> None:
            self.progress = Loading(*facts)

        self._engine.submit(
            lambda: self.shelf.preview(choice, lambda: self._engine.closing or self._looking_at != choice, tell),
            show,
            lambda sentence: show(None, sentence),
            between_steps=False,
        )
        self.look_changed.emit()

    @property
    def is_looking(self) -> bool:
        """Whether the data set is being looked at, or will be once the run has ended."""
        return self._is_looking

    def cancel_look(self) -> None:
        """Gives up the look; `look_again` begins anew."""
        self._given_up, self._looking_at, self._is_looking = self._looking_at, None, False
        self.problem = ""  # it was found in a look before
        self.changed.emit()

    def look_again(self) -> None:
        """Has the images looked at anew: a look was given up, or what it found wrong may be mended."""
        self._given_up = self._looking_at = None
        self.problem = ""
        self.changed.emit()

    def divided(self, fraction: float) -> tuple[int, int]:
        """How many images train and how many validate; as many as the facts say, until they have been looked at.

        Args:
            fraction: The share that is held back where the data set has no images of its own to validate on.
        """
        if self.preview is not None and self.preview.counts is not None:
            return self.preview.counts.divided(fraction)
        images = self.dataset.train_images
        return images - round(images * fraction), round(images * fraction)

    @property
    def was_given_up(self) -> bool:
        """Whether the look was cancelled."""
        return self._given_up is not None
