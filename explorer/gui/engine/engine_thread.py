"""The engine in the window: answers arrive in the GUI thread, and torch is imported behind the window.

The wrapper is thin on purpose; what the thread does is in :mod:`explorer.gui.engine.engine`, without Qt.
"""

from __future__ import annotations

import functools
import gc
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from explorer.errors import TrainingError
from explorer.gui.engine.engine import Engine, Failed, Stoppable

T = TypeVar("T")

# While torch computes, its thread asks for the interpreter hundreds of times a second; each time it waits at most this
# long for the GUI thread, which has it while it paints. The default is 5 ms.
SWITCH_INTERVAL = 0.001  # seconds


def _import_torch() -> None:
    try:
        importlib.import_module("torch")
    except (ImportError, OSError) as error:
        raise TrainingError(f"PyTorch cannot be loaded ({error}); install the application again.") from error


def _import_training() -> None:
    for name in ("torchvision", "explorer.training.trainer", "explorer.export.from_run"):
        importlib.import_module(name)


def _take_first_step() -> None:
    """Makes the first optimiser, which imports two seconds' worth of compiler."""
    import torch

    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([weight])
    (weight * weight).sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _settle_garbage() -> None:
    """Spares the collector what was imported: a full collection would hold everything up for a quarter of a second."""
    gc.collect()
    gc.freeze()


WARM_UP: tuple[Callable[[], object], ...] = (_import_torch, _import_training, _take_first_step, _settle_garbage)


class EngineThread(QObject):
    """The engine with answers in the GUI thread.

    Args:
        parent: Its owner.
        warm_up: What is done first, behind the window.
    """

    ready = Signal()  # torch is loaded
    failed = Signal(str)  # a sentence: torch cannot be loaded
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None, *, warm_up: Sequence[Callable[[], object]] = WARM_UP) -> None:
        super().__init__(parent)
        self._engine = Engine()
        self._warm_up = tuple(warm_up)
        self._is_ready = False
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @property
    def is_ready(self) -> bool:
        """Whether torch is loaded; jobs may be submitted before."""
        return self._is_ready

    @property
    def closing(self) -> bool:
        """Whether the engine has been asked to end; a long job looks at it and gives up. From any thread."""
        return self._engine.closing

    def start(self) -> None:
        """Begins to import torch; to be called once the window is on the screen."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._engine.warm_up(self._warm_up, lambda: self._post(self._set_ready), self._in_gui(self.failed.emit))

    def submit(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Failed, *, between_steps: bool = True
    ) -> None:
        """Runs a job on the engine's thread and gives its result, or a sentence, in the GUI thread.

        Args:
            job: The work; it touches no widget.
            done: Takes its result, which is no tensor.
            failed: Takes a sentence, if the job raised.
            between_steps: Whether it is short (under 100 ms) and may come between two steps of a training; a longer
                one waits until none goes on.
        """
        take, tell = self._while_open(done), self._while_open(failed)
        self._engine.submit(job, self._in_gui(take), self._in_gui(tell), between_steps=between_steps)

    def drive(
        self,
        events: Iterator[T],
        control: Stoppable,
        take: Callable[[T], None],
        ended: Callable[[str | None], None],
    ) -> None:
        """Drives a training; see `Engine.drive`.

        A signal an event would cost a fifth of the steps, so ``take`` puts it where a timer of the window finds it: it
        is called on the engine's thread, and only ``ended`` in the GUI thread.
        """
        self._engine.drive(events, control, take, self._in_gui(ended))

    def shutdown(self) -> None:
        """Ends a training behind its current step, with its checkpoint, and then the thread; waits for both."""
        self._engine.shutdown()

    @property
    def abandoned(self) -> bool:
        """Whether a training was left behind in its step; see `Engine.abandon`."""
        return self._engine.abandoned

    def abandon(self) -> None:
        """Leaves a training behind in its step; see `Engine.abandon`."""
        self._engine.abandon()

    def _set_ready(self) -> None:
        self._is_ready = True
        self.ready.emit()

    def _while_open(self, call: Callable[[T], object]) -> Callable[[T], object]:
        """The same call, unless the engine has been asked to end: an answer on its way then finds nobody any more."""
        return lambda value: None if self.closing else call(value)

    def _in_gui(self, call: Callable[[T], object]) -> Callable[[T], None]:
        return lambda value: self._post(functools.partial(call, value))

    def _post(self, call: Callable[[], object]) -> None:
        self._posted.emit(call)

    def _call(self, call: Callable[[], object]) -> None:
        if not self.closing:  # else who waits for the answer may be gone
            call()
