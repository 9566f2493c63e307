"""The processes of a run, and what they say to each other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import torch
import torch.distributed as dist

# DistributedDataParallel imports this, and its functions have the group that exists then as a default. Were that the
# processes' own, nothing could end it, and its threads would abort the process where they outlive the interpreter.
import torch.distributed.nn.functional
from torch import Tensor
from torch.distributed.distributed_c10d import Store, _get_default_store

from explorer.errors import ExplorerError, TrainingError

T = TypeVar("T")

_LAST_WORDS = "architecture-explorer/last-words"
# What gloo and NCCL say when a process at the other end is gone; gloo raises a plain RuntimeError
_LOST = ("gloo/", "Connection closed by peer", "Connection reset by peer", "NCCL")


class LostWorkerError(TrainingError):
    """Another process of the run is gone.

    Args:
        reason: What it said before it went; empty if it was killed.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        killed = "it was killed or lost its connection. Continue the run from its last checkpoint."
        super().__init__(f"Another process of the run ended: {reason or killed}")


class Team:
    """The processes of a run.

    Attributes:
        rank: The number of this one; 0 writes the run.
        size: How many there are.
        local: The number of this one on its machine.
    """

    def __init__(self) -> None:
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()
        self.local = int(os.environ.get("LOCAL_RANK", "0"))

    @property
    def writes(self) -> bool:
        """Whether this process writes the run."""
        return self.rank == 0

    def add(self, tensor: Tensor) -> Tensor:
        """The sum over all processes, which takes the place of the tensor."""
        with self.talking():
            dist.all_reduce(tensor)
        return tensor

    def most(self, numbers: list[int]) -> list[int]:
        """The largest of each number in any process."""
        tensor = torch.tensor(numbers, dtype=torch.int64)
        with self.talking():
            dist.all_reduce(tensor, dist.ReduceOp.MAX)
        found: list[int] = tensor.tolist()
        return found

    def spread(self, tensor: Tensor) -> None:
        """Gives all processes the tensor of process 0."""
        plain = tensor.contiguous()
        with self.talking():
            dist.broadcast(plain, src=0)
        if plain is not tensor:
            tensor.copy_(plain)

    def of_first(self, value: T) -> T:
        """What process 0 gives, in all of them."""
        values = [value]
        with self.talking():
            dist.broadcast_object_list(values, src=0, device=torch.device("cpu"))
        return values[0]

    def together(self, action: Callable[[], T]) -> T:
        """Does something in all processes, of which all are done, or none goes on.

        Raises:
            ExplorerError: What the action raised in the first process in which it failed; a sentence that points there
                in the others.
        """
        error: ExplorerError | None = None
        try:
            result = action()
        except ExplorerError as raised:
            error = raised
        (first,) = self.most([0 if error is None else self.size - self.rank])
        if error is not None and first == self.size - self.rank:
            raise error
        if first:
            raise TrainingError(f"Process {self.size - first} could not start the run; its message says why.")
        return result

    @contextlib.contextmanager
    def talking(self) -> Iterator[None]:
        """Turns what the network says of a process that is gone into a sentence.

        Raises:
            LostWorkerError: If one is.
        """
        try:
            yield
        except RuntimeError as error:
            if not isinstance(error, dist.DistError) and not any(words in str(error) for words in _LOST):
                raise
            raise LostWorkerError(_last_words()) from error

    def say_last_words(self, sentence: str) -> None:
        """Leaves the others a sentence about why this process goes."""
        with contextlib.suppress(RuntimeError, ValueError):  # the store may be gone with its process
            _store().set(_LAST_WORDS, sentence)

    def leave(self, *, orderly: bool) -> None:
        """Ends the conversation.

        Args:
            orderly: Whether all processes come here, so that this one can wait until process 0 has written its end.
        """
        if orderly:
            with contextlib.suppress(LostWorkerError):
                self.most([0])
        dist.destroy_process_group()


def join() -> Team:
    """Meets the other processes of the run.

    Raises:
        TrainingError: If they cannot be reached.
    """
    gpu = torch.cuda.is_available()
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if gpu else "gloo")
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise TrainingError(f"The other processes of the run cannot be reached ({reason}); start it again.") from error
    return Team()


def _store() -> Store:
    return _get_default_store()


def _last_words() -> str:
    with contextlib.suppress(RuntimeError, ValueError):
        if _store().check([_LAST_WORDS]):
            return str(_store().get(_LAST_WORDS).decode())
    return ""
