"""Batch norm over the batch of all processes instead of each one's share, on any device.

torch's own SyncBatchNorm needs CUDA; this is the same arithmetic in collectives that gloo has as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.training.distributed.shares import Portion


def synchronise(module: nn.Module, portion: Portion) -> None:
    """Has all batch norms of a module take mean and variance over the images of all processes while they train.

    Args:
        module: The module; its parameters, buffers and their names stay.
        portion: What counts of the batch at hand.
    """
    for part in module.modules():
        if isinstance(part, _BatchNorm):
            vars(part)["forward"] = _shared(part, part.forward, portion)


def _shared(norm: _BatchNorm, alone: Callable[[Tensor], Tensor], portion: Portion) -> Callable[[Tensor], Tensor]:
    def forward(images: Tensor) -> Tensor:
        if not norm.training:
            return alone(images)
        dims = [0, *range(2, images.dim())]
        whole = images.float()
        counts = 1.0 if portion.own else 0.0  # who has no share passes over images of others
        number = torch.tensor(counts * images.numel() / images.shape[1], device=images.device)
        sums = _sum(torch.cat([whole.sum(dims) * counts, number[None]]))
        mean = sums[:-1] / sums[-1]
        centred = whole - _columns(mean, images)
        variance = _sum(centred.square().sum(dims) * counts) / sums[-1]
        _track(norm, mean.detach(), variance.detach(), sums[-1].detach())
        normal = centred * _columns((variance + norm.eps).rsqrt(), images)
        if norm.weight is not None:
            normal = normal * _columns(norm.weight, images) + _columns(norm.bias, images)
        return normal.to(images.dtype)

    return forward


def _track(norm: _BatchNorm, mean: Tensor, variance: Tensor, number: Tensor) -> None:
    """Moves the running statistics, of the variance the unbiased one, as torch does."""
    if norm.running_mean is None or norm.running_var is None or norm.num_batches_tracked is None:
        return
    norm.num_batches_tracked.add_(1)
    share = 1 / float(norm.num_batches_tracked) if norm.momentum is None else norm.momentum
    norm.running_mean.lerp_(mean, share)
    norm.running_var.lerp_(variance * number / (number - 1), share)


def _columns(values: Tensor, images: Tensor) -> Tensor:
    return values.view(1, -1, *[1] * (images.dim() - 2))


class _Sum(torch.autograd.Function):
    """The sum over all processes; so its gradient is the sum of theirs."""

    @staticmethod
    def forward(context: Any, tensor: Tensor) -> Tensor:  # noqa: ARG004 - autograd's signature
        total = tensor.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:  # noqa: ARG004 - the same
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


def _sum(tensor: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(tensor)
    return total
