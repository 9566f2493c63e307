"""An exponential moving average of the weights, which often validates better than the weights themselves."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

_WARM_UP = 10  # updates after which about half of the average is younger than they


class WeightAverage:
    """A copy of a module whose weights and statistics follow those of the module.

    The first updates count for more, as in TensorFlow's average with ``num_updates``: the decay is at most
    (1 + n) / (10 + n) after n of them. Otherwise a short run would validate what it was initialised with.

    Args:
        source: The module that is trained.
        decay: The share of the average that an update leaves.

    Attributes:
        module: The copy.
        updates: How many there have been.
    """

    def __init__(self, source: nn.Module, decay: float) -> None:
        self._source = source
        self._decay = decay
        self.module = copy.deepcopy(source).requires_grad_(False)
        self.updates = 0

    @torch.no_grad()
    def update(self) -> None:
        """Takes in the weights as they are now."""
        pairs = list(zip(_tensors(self.module), _tensors(self._source), strict=True))
        floats = [pair for pair in pairs if pair[0].is_floating_point()]
        decay = min(self._decay, (1 + self.updates) / (_WARM_UP + self.updates))
        averages, weights = [pair[0] for pair in floats], [pair[1] for pair in floats]
        get_ema_multi_avg_fn(decay)(  # type: ignore[no-untyped-call]
            averages, weights, self.updates
        )
        for average, weight in pairs:
            if not average.is_floating_point():
                average.copy_(weight)
        self.updates += 1


def _tensors(module: nn.Module) -> list[Tensor]:
    return list(module.state_dict().values())
