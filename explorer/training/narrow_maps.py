"""Convolutions on maps so narrow that some taps only ever see padding, which oneDNN gets wrong in bf16.

On a map of one pixel, eight of the nine taps of a 3x3 filter with a padding of 1 are idle. With oneDNN 3.12, which
torch 2.14 brings, the bf16 kernels of a CPU (AVX-512) use memory there that nobody has written, if a tap is idle in
width: weight gradients differ from call to call and reach infinity, at times those of other taps too. So do the outputs
of grouped convolutions with one position in width and a stride (pytorch#169688).

So idle taps are cut off, a stride that is never taken becomes 1, and the padding that is left is added before: the
results are what they ought to be, the gradient of an idle tap is zero, and there is less to compute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.training.device import Hardware


def mend_narrow(module: nn.Module, hardware: Hardware) -> None:
    """Has the convolutions of a module do without idle taps where they compute in a mixed number format on the CPU.

    Args:
        module: The module; changed in place, its ``state_dict`` stays as it is.
        hardware: With what it computes.
    """
    if hardware.device.type != "cpu" or hardware.autocast is None:
        return
    for part in module.modules():
        # the class, not its forward: a deep copy must compute with its own weights
        if type(part) is nn.Conv2d:
            part.__class__ = _Conv2d
        elif type(part) is nn.ConvTranspose2d:
            part.__class__ = _ConvTranspose2d


@dataclass(frozen=True, slots=True)
class Axis:
    """Height or width of a convolution: position i and tap t meet at place ``stride * i - padding + dilation * t``.

    Attributes:
        places: How many there are, padding aside: the input's extent, the output's where it is transposed.
        positions: How many there are: the other map's extent.
        kernel: How many taps there are.
        stride: Places from one position to the next.
        padding: Places of padding on either side.
        dilation: Places from one tap to the next.
    """

    places: int
    positions: int
    kernel: int
    stride: int
    padding: int
    dilation: int

    @property
    def is_narrow(self) -> bool:
        """Whether a tap is idle, or the stride one that is never taken."""
        return len(self.working) < self.kernel or self.step < self.stride

    @property
    def working(self) -> list[int]:
        """The taps that some position brings to a place."""
        return [tap for tap in range(self.kernel) if self._works(tap)]

    @property
    def kept(self) -> slice:
        """The taps from the first to the last that works; all, if none does."""
        working = self.working or range(self.kernel)
        return slice(working[0], working[-1] + 1)

    @property
    def step(self) -> int:
        """The stride, or 1 where there is one position."""
        return self.stride if self.positions > 1 else 1

    @property
    def margins(self) -> tuple[int, int]:
        """The padding before and after that the kept taps need; what is negative is not needed of the places."""
        before = self.padding - self.dilation * self.kept.start
        taps = self.kept.stop - self.kept.start
        needed = self.stride * (self.positions - 1) + self.dilation * (taps - 1) + 1
        return before, needed - self.places - before

    def _works(self, tap: int) -> bool:
        start = self.dilation * tap - self.padding
        first = max(0, -(start // self.stride))  # position that brings it to no place before the first
        return first < self.positions and start + self.stride * first < self.places


class _Conv2d(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        axes = _axes(self, x.shape[-2:]) if _is_mixed(x) else []
        if not any(axis.is_narrow for axis in axes):
            return super().forward(x)
        rows, columns = axes
        weight = self.weight[..., rows.kept, columns.kept]
        padded = F.pad(x, columns.margins + rows.margins)
        return F.conv2d(padded, weight, self.bias, (rows.step, columns.step), 0, self.dilation, self.groups)


class _ConvTranspose2d(nn.ConvTranspose2d):
    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        axes = _axes(self, x.shape[-2:]) if _is_mixed(x) else []
        if output_size is not None or not any(axis.is_narrow for axis in axes):
            return super().forward(x, output_size)
        rows, columns = axes
        weight = self.weight[..., rows.kept, columns.kept]
        full = F.conv_transpose2d(x, weight, None, (rows.step, columns.step), 0, 0, self.groups, self.dilation)
        output = F.pad(full, [-margin for margin in columns.margins + rows.margins])
        return output if self.bias is None else output + self.bias.to(output.dtype)[:, None, None]


def _is_mixed(x: Tensor) -> bool:
    return x.device.type == "cpu" and torch.is_autocast_enabled("cpu")


def _axes(layer: nn.Conv2d | nn.ConvTranspose2d, extents: Iterable[int]) -> list[Axis]:
    """Height and width of a layer on a map of these extents; none, if it is padded with something else than zeros."""
    if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
        return []
    axes = []
    sizes = (extents, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.output_padding)
    for extent, kernel, stride, padding, dilation, further in zip(*sizes, strict=True):
        reach = dilation * (kernel - 1) + 1
        if isinstance(layer, nn.ConvTranspose2d):
            places, positions = stride * (extent - 1) - 2 * padding + reach + further, extent
        else:
            places, positions = extent, (extent + 2 * padding - reach) // stride + 1
        axes.append(Axis(places, positions, kernel, stride, padding, dilation))
    return axes
