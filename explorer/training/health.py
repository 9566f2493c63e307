"""What can go wrong while a run computes, and the sentence a person gets for it."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import TypeVar

import torch

from explorer.errors import ExplorerError, TrainingError
from explorer.training import host_memory
from explorer.training.events import StopReason

T = TypeVar("T")

# What the CPU's allocator, cuDNN and Metal say, each as a plain RuntimeError
_OUT_OF_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "CUDNN_STATUS_NOT_SUPPORTED",
    "MPS backend out of memory",
)
_READER = "DataLoader worker"  # begins what the loader raises, wherever the run is, when one of its processes is gone


class DivergenceError(TrainingError):
    """A loss or a gradient that is not finite.

    Args:
        step: The step at which it happened.
        epoch: Its epoch.
        lr: The learning rate of that step.
        layer: Where it began; empty where that is not known.
    """

    def __init__(self, step: int, epoch: int, lr: float, layer: str = "") -> None:
        self.step, self.layer = step, layer
        where = f", first in the layer {layer}" if layer else ""
        super().__init__(
            f"The loss or a gradient stopped being a finite number at step {step} in epoch {epoch}{where}. "
            f"The last checkpoint is from before; try a learning rate of {lr / 10:g}."
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that a device has no memory left."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _OUT_OF_MEMORY)


def explain(error: Exception) -> tuple[StopReason, str] | None:
    """Why a run ended, for the errors that are nobody's mistake in the program; None for all others."""
    if isinstance(error, DivergenceError):
        return "diverged", str(error)
    if is_out_of_memory(error):
        return "out_of_memory", out_of_memory_sentence()
    if isinstance(error, torch.AcceleratorError):
        reason = str(error).splitlines()[0]
        return "lost_device", f"The training device failed ({reason}); continue the run once it works again."
    if isinstance(error, RuntimeError) and _READER in str(error):
        return "failed", "A process that reads images was killed, perhaps for want of memory; use fewer workers."
    return ("failed", str(error)) if isinstance(error, ExplorerError) else None


def unless_out_of_memory(work: Callable[[], T]) -> T | None:
    """What some work gives; None, with the memory given back, if it ran out of that."""
    try:
        return work()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    release_memory()
    return None


def in_memory(events: Iterator[T]) -> Iterator[T]:
    """The same events; running out of memory between two of them becomes a sentence, with the memory given back.

    Raises:
        TrainingError: If memory ran out.
    """
    try:
        yield from events
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    else:
        return
    release_memory()
    raise TrainingError(out_of_memory_sentence())


def out_of_memory_sentence() -> str:
    """What to do when memory ran out."""
    return (
        "The memory is not enough for this run; use a smaller batch, smaller images, a batch accumulated in parts or a "
        "lower precision."
    )


def release_memory() -> None:
    """Gives back what nobody refers to any more; to be called outside the ``except`` block, whose traceback refers."""
    gc.collect()
    host_memory.give_back()
    with contextlib.suppress(torch.AcceleratorError):  # a device that is lost answers everything with its error
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
