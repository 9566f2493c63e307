"""How each block learns, by what all processes saw; gradients, weights and moves are the same in each of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.training.block_statistics import BlockMeter
from explorer.training.distributed.shares import Portion
from explorer.training.distributed.team import Team


class SharedBlockMeter(BlockMeter):
    """Measures the blocks of a module over one step that several processes take; a unit is dead if it is so in all.

    Args:
        module: What is trained.
        team: The processes, all of which measure the same step.
        portion: What counts of the batch at hand.
    """

    def __init__(self, module: nn.Module, team: Team, portion: Portion) -> None:
        super().__init__(module)
        self._team, self._portion = team, portion

    def _silent_in(self, output: Tensor) -> Tensor:
        silent = super()._silent_in(output)
        return silent if self._portion.own else torch.ones_like(silent)  # the images are those of others

    def _dead(self) -> dict[str, float]:
        for rectifier, silent in self._silent.items():
            self._silent[rectifier] = self._team.add((~silent).int()) == 0
        return super()._dead()
