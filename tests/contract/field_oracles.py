"""What torch itself says of receptive fields: which input rows and columns every module depends on."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.modules.pointwise_linear import PointwiseLinear


class _Gradients(TorchFunctionMode):
    """Leaves gates of one pixel out of the gradient."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in ("mul", "__mul__") and all(
            getattr(value, "ndim", 0) == 4 for value in args
        ):
            pixels = [tuple(value.shape[2:]) == (1, 1) for value in args]
            if any(pixels) and not all(pixels):
                args = [value.detach() if pixel else value for value, pixel in zip(args, pixels, strict=True)]
        return func(*args, **(kwargs or {}))


IDENTITIES = {
    f"torch.nn.modules.{family}" for family in ("activation", "batchnorm", "dropout", "instancenorm", "normalization")
} | {
    f"explorer.modules.{name}"
    for name in ("complement", "l2_norm2d", "layer_norm2d", "pointwise_gelu", "stochastic_depth")  # x + (1 - x) is one
}


def _window_sums(pool: nn.MaxPool2d, x: Tensor, like: Tensor) -> Tensor:
    """The sum of each window of a max pooling, whose positions are those of ``like``."""
    channels = x.shape[1]
    kernel, stride, padding, dilation = (
        size if isinstance(size, tuple) else (size, size)
        for size in (pool.kernel_size, pool.stride, pool.padding, pool.dilation)
    )
    # a last window of ceil_mode may start in the border and reach beyond it
    rows, columns = (border + step * (size - 1) for border, step, size in zip(padding, dilation, kernel, strict=True))
    padded = nn.functional.pad(x, (padding[1], columns, padding[0], rows))
    ones = torch.ones(channels, 1, *kernel, dtype=x.dtype)
    sums = nn.functional.conv2d(padded, ones, stride=stride, dilation=dilation, groups=channels)
    return sums[:, :, : like.shape[2], : like.shape[3]]


def _linear(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
    """What a module gives once maxima are means, and activations, norms and dropout the identity."""
    if isinstance(module, nn.MaxPool2d):
        return _window_sums(module, args[0], output)
    if isinstance(module, nn.AdaptiveMaxPool2d):
        return nn.functional.adaptive_avg_pool2d(args[0], module.output_size)
    return args[0] if type(module).__module__ in IDENTITIES else output


@dataclass(frozen=True)
class Supports:
    """Where the gradient of a module's output arrives, for some of its positions along one axis.

    Attributes:
        positions: How many there are along that axis.
        rows: The input rows (or columns) with a gradient, by output row (or column).
    """

    positions: int
    rows: dict[int, frozenset[int]]


def supports(network: Network, most: int = 12) -> dict[str, tuple[Supports, Supports]]:
    """The supports of the gradient of every module that gives an image, vertically and horizontally."""
    module = assemble(network).double()
    for parameter in module.parameters():
        nn.init.ones_(parameter)
    found: dict[str, Tensor] = {}
    for name, part in module.named_modules():
        if not next(part.children(), None) and name:
            part.register_forward_hook(_linear)
        part.register_forward_hook(lambda _, __, output, name=name: found.__setitem__(name, output))
    x = torch.ones(most, *network.input_shape, dtype=torch.float64, requires_grad=True)
    with _Gradients():
        module(x)
    return {
        name: (_supports(x, output, 2, most), _supports(x, output, 3, most))
        for name, output in found.items()
        if output.ndim == 4
    }


class _OpenGates(TorchFunctionMode):
    """Lets everything through gates of one pixel, whatever they depend on."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in ("mul", "__mul__") and all(isinstance(value, Tensor) for value in args):
            sizes = [value.shape[2:] == (1, 1) for value in args]
            if any(sizes) and not all(sizes):
                args = [torch.ones_like(value) if one else value for value, one in zip(args, sizes, strict=True)]
        return func(*args, **(kwargs or {}))


def reached(network: Network) -> dict[str, tuple[Supports, Supports]]:
    """Which input rows and columns every module that gives an image depends on.

    For networks too deep or too wide for `supports`, which differentiates every module for every position.
    """
    vertical, horizontal = (
        {name: _columns(seen) for name, seen in depends_on(network, axis, torch.eye(extent).bool()).items()}
        for axis, extent in zip((1, 2), network.input_shape[1:], strict=True)
    )
    return {name: (vertical[name], horizontal[name]) for name in vertical}


def _columns(seen: Tensor) -> Supports:
    rows = {place: frozenset(column.nonzero().flatten().tolist()) for place, column in enumerate(seen.T)}
    return Supports(len(rows), rows)


def depends_on(network: Network, axis: int, sets: Tensor, at_once: int | None = None) -> dict[str, Tensor]:
    """Which positions of every module that gives an image depend on any of some input rows, or columns.

    For each set there is an image that is one in its rows, and after those one that is empty. Behind every layer a
    pixel is one where it differs from that of the empty image, else zero, so that no depth overflows.

    Args:
        network: What is looked at.
        axis: 1 for rows, 2 for columns.
        sets: Whether a row is in a set. (sets, rows)
        at_once: Sets that are looked at together; None takes all.

    Returns:
        By the name of a module. (sets, positions)
    """
    module = _of_sums(network)
    parts = [_seen(module, _images(network, axis, part), axis) for part in torch.split(sets, at_once or len(sets))]
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def _of_sums(network: Network) -> nn.Module:
    with torch.device("meta"):  # drawing the first weights of a large network takes longer than all the rest
        module = assemble(network).eval().requires_grad_(False)
    module = module.to_empty(device="cpu")
    for tensor in itertools.chain(module.parameters(), module.buffers()):
        nn.init.ones_(tensor)
    for part in module.modules():
        part.training = next(part.children(), None) is not None  # heads of training run, layers stay as they are
        if type(part) in _OF_SUMS:
            part.forward = functools.partial(_OF_SUMS[type(part)], part)
    return module


def _images(network: Network, axis: int, sets: Tensor) -> Tensor:
    rows = nn.functional.pad(sets.float(), (0, 0, 0, 1))  # and the empty image
    return (rows[:, None, :, None] if axis == 1 else rows[:, None, None, :]).expand(-1, *network.input_shape)


def _seen(module: nn.Module, images: Tensor, axis: int) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}

    def mark(part: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return _differs(_linear(part, args, output)).to(output.dtype)

    def note(name: str, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4:
            found[name] = _differs(output)[:-1].any(dim=4 - axis).any(dim=1)

    hooks = []
    for name, part in module.named_modules():
        if name and not next(part.children(), None):
            hooks.append(part.register_forward_hook(mark))
        hooks.append(part.register_forward_hook(lambda _, __, output, name=name: note(name, output)))
    with _OpenGates(), torch.no_grad():
        module(images)
    for hook in hooks:
        hook.remove()
    return found


def _convolve_sums(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """What a convolution with weights of one gives: that of the sum of each group's channels, in all its outputs."""
    sums = x.reshape(len(x), conv.groups, -1, *x.shape[2:]).sum(dim=2)
    ones = torch.ones(conv.groups, 1, *conv.kernel_size)
    each = nn.functional.conv2d(sums, ones, None, conv.stride, conv.padding, conv.dilation, conv.groups)
    return each.unsqueeze(2).expand(-1, -1, conv.out_channels // conv.groups, -1, -1).flatten(1, 2)


def _add_all(linear: nn.Linear, x: Tensor) -> Tensor:
    """What a linear layer with weights of one gives."""
    return x.sum(dim=-1, keepdim=True).expand(*x.shape[:-1], linear.out_features)


def _add_channels(linear: PointwiseLinear, x: Tensor) -> Tensor:
    """What a linear layer over the channels of every pixel gives with weights of one."""
    return x.sum(dim=1, keepdim=True).expand(-1, linear.out_features, -1, -1)


_OF_SUMS: dict[type[nn.Module], Callable[..., Tensor]] = {
    nn.Conv2d: _convolve_sums,
    nn.Linear: _add_all,
    PointwiseLinear: _add_channels,
}


def _differs(output: Tensor) -> Tensor:
    return output != output[-1:]


def _supports(x: Tensor, output: Tensor, axis: int, most: int) -> Supports:
    positions = output.shape[axis]
    first = max(0, (positions - most) // 2)
    chosen = list(range(first, min(positions, first + most)))
    picked = sum(output[image].select(axis - 1, position).sum() for image, position in enumerate(chosen))
    assert isinstance(picked, Tensor)
    if not picked.requires_grad:
        return Supports(positions, dict.fromkeys(chosen, frozenset()))
    (gradient,) = torch.autograd.grad(picked, x, retain_graph=True, allow_unused=True)
    if gradient is None:
        return Supports(positions, dict.fromkeys(chosen, frozenset()))
    strength = gradient.abs().amax(dim=[1, 5 - axis])  # (image, input row)
    reached = strength > 1e-12 * strength.amax(dim=1, keepdim=True).clamp_min(1e-300)
    return Supports(positions, {p: frozenset(reached[i].nonzero().flatten().tolist()) for i, p in enumerate(chosen)})
