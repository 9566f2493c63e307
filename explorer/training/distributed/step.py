"""An optimiser step that several processes take together."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from explorer.training.average import WeightAverage
from explorer.training.device import Hardware
from explorer.training.distributed.shares import Portion
from explorer.training.distributed.team import Team
from explorer.training.isolation import RandomState
from explorer.training.step import Stepper


class SharedStepper(Stepper):
    """Takes the same step in all processes, by the mean gradient over the whole batch.

    Args:
        module: What is trained.
        optimizer: A fused optimiser over its parameters.
        criterion: Logits and labels to a mean loss.
        hardware: What this process computes with.
        weights: How much the loss of each further output counts.
        team: The processes.
        portion: What counts of the batch at hand.
        seed: The seed of the run.
        step: Steps done.
        clip_norm: The length that the gradient of all parameters together is cut to; 0 leaves it.
        average: Follows the weights of the module.

    Attributes:
        step: Steps done.
    """

    def __init__(
        self,
        module: nn.Module,
        optimizer: torch.optim.Optimizer,
        criterion: nn.Module,
        hardware: Hardware,
        weights: Mapping[str, float],
        team: Team,
        portion: Portion,
        seed: int,
        step: int,
        *,
        clip_norm: float = 0.0,
        average: WeightAverage | None = None,
    ) -> None:
        with team.talking():
            parallel = _parallel(module, unused=not all(weights.values()))
        device, autocast = hardware.device, hardware.autocast
        super().__init__(
            parallel, optimizer, criterion, device, autocast, weights, clip_norm=clip_norm, average=average
        )
        self.step = step
        self._parallel = parallel
        self._team, self._portion, self._seed = team, portion, seed
        self._buffers = list(module.buffers())
        self._before: tuple[RandomState, list[Tensor]] | None = None

    def __call__(self, images: Tensor, labels: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
        if self._team.writes:
            self._before = (RandomState.capture(self._device), [buffer.clone() for buffer in self._buffers])
        else:
            _seed(self._seed, self._team.rank, self.step)
        with self._team.talking():
            figures = super().__call__(images, labels, lr)
        self._before = None
        self.step += 1
        return figures

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """The loss of what this process has of a batch, without a word to the others, also on the way back."""
        return self._forward(self._parallel.module, images, labels)[1]

    def take_back(self) -> None:
        """Undoes what the forward pass of a step that could not be completed has left behind."""
        if self._before is None:
            return
        state, buffers = self._before
        state.restore(self._device)
        for buffer, saved in zip(self._buffers, buffers, strict=True):
            buffer.copy_(saved)
        self._before = None

    def _in_parts(self, images: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor, float]]:
        """The shares of this process in the parts of a batch, whose gradients are averaged once, with the last."""
        taken = self._portion.shares
        sizes = [share.read for share in taken]
        parts = zip(images.split(sizes), labels.split(sizes), taken, strict=True)  # type: ignore[no-untyped-call]
        for number, (part, targets, share) in enumerate(parts, 1):
            self._portion.own = share.own
            with nullcontext() if number == len(taken) else self._parallel.no_sync():
                yield part, targets, share.own / self._portion.whole

    def _weighed(self, loss: Tensor, right: Tensor, share: float) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        figures = torch.zeros(2, dtype=torch.float64, device=loss.device)
        if share:
            figures = torch.stack([loss.detach().double() * share, right.double()])
        mean, correct = self._team.add(figures)
        zero = (mean - mean).to(loss.dtype)
        # DistributedDataParallel takes the plain mean over processes, so each counts by its images; and where one loss
        # is not finite, none is, so that all processes leave the step out
        return loss * (share * self._team.size) + zero, (mean, correct)


def _parallel(module: nn.Module, *, unused: bool) -> DistributedDataParallel:
    """The module with gradients that are averaged over processes while they are computed."""
    # No process needs the statistics of another before the next evaluation, which fetches them. The option has another
    # name since torch 2.14, which warns of the old one.
    known = inspect.signature(DistributedDataParallel).parameters
    option = "forward_sync_buffers" if "forward_sync_buffers" in known else "broadcast_buffers"
    arguments: dict[str, Any] = {option: False}
    return DistributedDataParallel(module, find_unused_parameters=unused, **arguments)


def _seed(seed: int, rank: int, step: int) -> None:
    """Gives a process that writes no checkpoint random numbers that need none."""
    number = int(np.random.SeedSequence((seed, rank, step)).generate_state(1, np.uint64)[0]) >> 1
    torch.manual_seed(number)
    random.seed(number)
