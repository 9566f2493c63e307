"""Keeps a run's random state and way to compute its own, although its generator shares a thread with other work.

Whoever drives a run may draw random numbers between two events, show a preview or evaluate an image. The run must not
change by a bit, and neither must the work around it: on each entry the run's state is put in place, on each exit that
of the caller.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor

from explorer.training import host_memory

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class RandomState:
    """Where the random numbers of a run stand.

    Attributes:
        cpu: The CPU's generator, which draws weights and dropout.
        device: The generator of the training device; None on the CPU.
        python: That of :mod:`random`, for modules that use it.
    """

    cpu: Tensor
    device: Tensor | None
    python: tuple[Any, ...]

    @classmethod
    def capture(cls, device: torch.device) -> RandomState:
        """The state now."""
        return cls(torch.get_rng_state(), _device_state(device), random.getstate())

    def restore(self, device: torch.device) -> None:
        """Puts the state back."""
        torch.set_rng_state(self.cpu)
        random.setstate(self.python)
        if self.device is not None and device.type != "cpu":
            torch.get_device_module(device).set_rng_state(self.device)

    def to_checkpoint(self) -> dict[str, Any]:
        """The state as tensors and numbers, which is all that ``weights_only`` reads."""
        return {"cpu": self.cpu, "device": self.device, "python": list(self.python[1]), "gauss": self.python[2]}

    @classmethod
    def from_checkpoint(cls, saved: dict[str, Any]) -> RandomState:
        """The state that was saved."""
        return cls(saved["cpu"], saved["device"], (random.getstate()[0], tuple(saved["python"]), saved["gauss"]))


class Isolation:
    """The state of one run, put in place for the length of a ``with`` block.

    Within it cuDNN takes ways that give the same bits each time.

    Args:
        device: The training device.
        threads: The run's threads on the CPU.
    """

    def __init__(self, device: torch.device, threads: int) -> None:
        host_memory.keep_freed()
        self._device = device
        self._threads = threads
        self._own = RandomState.capture(device)
        self._caller = self._own
        self._caller_threads = threads
        self._caller_deterministic = False

    def __enter__(self) -> None:
        self._caller = RandomState.capture(self._device)
        self._caller_threads = torch.get_num_threads()
        self._own.restore(self._device)
        if self._threads != self._caller_threads:
            torch.set_num_threads(self._threads)
        self._caller_deterministic = torch.backends.cudnn.deterministic
        torch.backends.cudnn.deterministic = True  # a run that goes on is exact then; on an H100 at most 6 % slower

    def __exit__(self, *_: object) -> None:
        self._own = RandomState.capture(self._device)
        self._caller.restore(self._device)
        if torch.get_num_threads() != self._caller_threads:
            torch.set_num_threads(self._caller_threads)
        torch.backends.cudnn.deterministic = self._caller_deterministic


@contextmanager
def aside() -> Iterator[torch.Generator]:
    """Work between two steps of a run that leaves random numbers and threads as it found them, for whoever comes next.

    Yields:
        A generator of its own, for work that draws.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    state, threads = RandomState.capture(device), torch.get_num_threads()
    try:
        yield torch.Generator()
    finally:
        state.restore(device)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


def isolated(events: Generator[T, None, None], isolation: Isolation) -> Iterator[T]:
    """The same events; the generator runs inside the isolation, whoever takes them outside."""
    try:
        while True:
            with isolation:
                event = next(events, None)
            if event is None:
                return
            yield event
    finally:
        with isolation:
            events.close()
        host_memory.give_back()


def _device_state(device: torch.device) -> Tensor | None:
    if device.type == "cpu":
        return None
    state = torch.get_device_module(device).get_rng_state()
    return state if isinstance(state, Tensor) else None
