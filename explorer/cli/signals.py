"""How a run on a terminal is ended in order: by keys, or by what another process sends."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from explorer.cli.terminal import complain
from explorer.training.control import Control
from explorer.training.distributed.launch import writes

if sys.platform == "win32":
    _AFTER_EPOCH: tuple[signal.Signals, ...] = (signal.SIGBREAK,)
else:
    _AFTER_EPOCH = (signal.SIGQUIT, signal.SIGUSR1)  # Ctrl+\, and one that no terminal sends


@contextmanager
def interruptible(control: Control) -> Iterator[None]:
    r"""Has the first Ctrl+C, or a polite signal to end, stop the run in order; the second Ctrl+C leaves at once.

    Ctrl+\ (on Windows Ctrl+Break) or SIGUSR1 lets the epoch come to its end first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        signal.signal(signal.SIGINT, signal.default_int_handler)
        control.stop()
        _say("\nStopping after this step and saving a checkpoint. Press Ctrl+C again to leave at once.")

    def stop_after_epoch(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        control.stop_after_epoch()
        _say("\nStopping after this epoch. Press Ctrl+C to stop after this step instead.")

    wishes = dict.fromkeys((signal.SIGINT, signal.SIGTERM), stop) | dict.fromkeys(_AFTER_EPOCH, stop_after_epoch)
    before = {number: signal.signal(number, handler) for number, handler in wishes.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(sentence: str) -> None:
    if writes():  # the processes of a run speak with one voice
        complain(sentence)
