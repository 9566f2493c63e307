"""A run in the memory of one of several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from explorer.datasets.split import Indices
from explorer.errors import TrainingError
from explorer.insight.evaluation import Evaluation, Tally, add_batch
from explorer.runs.checkpoint import Checkpoint
from explorer.training.alternatives import Alternative
from explorer.training.block_statistics import BlockMeter
from explorer.training.config import TrainConfig
from explorer.training.distributed.block_statistics import SharedBlockMeter
from explorer.training.distributed.control import SharedControl
from explorer.training.distributed.limits import require_shareable
from explorer.training.distributed.norm import synchronise
from explorer.training.distributed.shares import Portion, reading, shares_of, without_partners
from explorer.training.distributed.step import SharedStepper
from explorer.training.distributed.team import Team
from explorer.training.feed import Feed
from explorer.training.meter import Meter
from explorer.training.session import Session, make_feed
from explorer.training.source import Batch, Source
from explorer.training.step import Stepper, loss_weights


class SharedSession(Session):
    """A run in the memory of one of several processes; weights, position and figures are the same in all.

    Args:
        team: The processes.
        control: What they agree on.
        arguments: Those of `Session`.
    """

    def __init__(self, team: Team, control: SharedControl, *arguments: Any) -> None:
        self.team = team
        self.portion = Portion()
        self._control = control
        self._shared_step: SharedStepper | None = None
        super().__init__(*arguments)
        if self.config.sync_batch_norm:
            synchronise(self.module, self.portion)

    def _make_feed(self) -> Feed:
        return make_feed(self.network, self.data, self.config, self.hardware, partial(SharedFeed, self, self._control))

    def _make_stepper(self, optimizer: torch.optim.Optimizer, criterion: nn.Module) -> Stepper:
        weights = loss_weights(self.network)
        self._shared_step = SharedStepper(
            self.module,
            optimizer,
            criterion,
            self.hardware,
            weights,
            self.team,
            self.portion,
            self.config.seed,
            self.position.step,
            clip_norm=self.config.clip_norm,
            average=self.average,
        )
        return self._shared_step

    def _make_block_meter(self) -> BlockMeter:
        return SharedBlockMeter(self.module, self.team, self.portion)

    def restore(self, checkpoint: Checkpoint) -> None:
        super().restore(checkpoint)
        if self._shared_step is not None:
            self._shared_step.step = self.position.step

    def take_back(self) -> None:
        """Undoes what a step that could not be completed has left behind."""
        if self._shared_step is not None:
            self._shared_step.take_back()

    def evaluation(self, batches: Iterator[tuple[Tensor, Tensor]], images: int) -> Iterator[int | Evaluation]:
        if not images:
            return
        for buffer in self.evaluated.buffers():  # each process has batch-norm statistics of its own; those of 0 count
            self.team.spread(buffer)
        tally = Tally(len(self.data.dataset.classes), self.hardware.device)
        module = self.evaluated.eval()
        done = 0
        for batch, labels in batches:
            if self.portion.own:
                add_batch(module, batch, labels, tally)
            done += self.portion.whole
            yield done
        yield _of_all(tally.result(), self.team)

    def take_best_weights(self) -> Literal["best", "last"]:
        tested = super().take_best_weights() if self.team.writes else "last"
        (found,) = self.team.most([tested == "best"])
        for tensor in self.evaluated.state_dict().values():
            self.team.spread(tensor)
        return "best" if found else "last"

    def _go_back_to_best(self) -> str:
        taken = super()._go_back_to_best() if self.team.writes else ""
        for module in (self.module, *(() if self.average is None else (self.average.module,))):
            for tensor in module.state_dict().values():
                self.team.spread(tensor)
        if self.average is not None:
            updates = torch.tensor(self.average.updates)
            self.team.spread(updates)
            self.average.updates = int(updates)
        return taken

    def alternatives(self) -> tuple[Alternative, ...]:
        return tuple(found for found in super().alternatives() if self._can_share(found))

    def _can_share(self, alternative: Alternative) -> bool:
        name, value = alternative
        try:
            require_shareable(TrainConfig.from_json(self.config.to_json() | {name: value}), self.team.size)
        except TrainingError:
            return False
        return True


class SharedFeed(Feed):
    """The part of each batch that falls to this process.

    Args:
        session: The run; its portion tells what counts of the batch at hand.
        control: Is asked for before each batch.
        arguments: Those of `Feed`.
    """

    def __init__(self, session: SharedSession, control: SharedControl, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._team, self._portion, self._control = session.team, session.portion, control

    def _prepared(self, source: Source, order: Indices, sizes: list[int]) -> Iterator[Batch]:
        return self._shared(partial(super()._prepared, source), order, sizes)

    def _of_epoch(self, epoch: int, order: Indices, sizes: list[int]) -> Iterator[Batch]:
        batches_of = partial(super()._of_epoch, epoch)
        return self._shared(batches_of, order, sizes, self._config.accumulation, paired=self._config.mixes)

    def _shared(
        self,
        batches_of: Callable[[Indices, list[int]], Iterator[Batch]],
        order: Indices,
        sizes: list[int],
        parts: int = 1,
        *,
        paired: bool = False,
    ) -> Iterator[Batch]:
        taken = [shares_of(self._team.rank, self._team.size, size, parts) for size in sizes]
        begins = accumulate(sizes, initial=0)
        read = [
            order[begin + reading(shares, size, paired=paired)]
            for begin, size, shares in zip(begins, sizes, taken, strict=False)
        ]
        batches = batches_of(np.concatenate(read) if read else order[:0], [len(chosen) for chosen in read])
        for whole, shares in zip(sizes, taken, strict=True):
            self._control.attend()
            images, labels = next(batches)
            self._portion.turn_to(shares, whole)
            if paired:
                kept = torch.from_numpy(without_partners(shares)).to(labels.device)
                images, labels = images[kept], labels[kept]
            yield images, labels


class SharedMeter(Meter):
    """Counts the images of all processes.

    Args:
        portion: What counts of the batch at hand.
    """

    def __init__(self, portion: Portion) -> None:
        super().__init__()
        self._portion = portion

    def add(self, loss: Tensor, correct: Tensor, bad: Tensor, images: int) -> None:
        super().add(loss, correct, bad, self._portion.whole)


def _of_all(own: Evaluation, team: Team) -> Evaluation:
    """The evaluation of the images of all processes, from that of each one's own."""
    images = own.images
    sums = torch.tensor([own.loss * images if images else 0.0, (own.top5 or 0.0) * images], dtype=torch.float64)
    confusion = team.add(torch.from_numpy(own.confusion.copy())).numpy()
    total = max(int(confusion.sum()), 1)
    loss, top5 = (team.add(sums) / total).tolist()
    (has_top5,) = team.most([own.top5 is not None])
    return Evaluation(confusion, loss, top5 if has_top5 else None)
