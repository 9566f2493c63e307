"""What torch itself says of a network: shapes, parameters, MACs, and the storages that autograd keeps."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from explorer.assembly import assemble
from explorer.core.analysis import Analysis, Row
from explorer.core.block import Layer
from explorer.core.compose import Recall, Tap
from explorer.core.memory import Memory
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.modules.pointwise_linear import PointwiseLinear

BATCH = 2


@dataclass(frozen=True)
class Figures:
    """What torch counts on the meta device."""

    outputs: dict[str, Shape]
    parameters: int
    macs: int


def figures(network: Network) -> Figures:
    """Runs a network on the meta device."""
    with torch.device("meta"):
        module = assemble(network)
        x = torch.empty(BATCH, *network.input_shape)
        with FlopCounterMode(display=False) as counter:
            result = module(x)
    outputs = result if isinstance(result, dict) else {"output": result}
    return Figures(
        {name: tuple(value.shape[1:]) for name, value in outputs.items()},
        sum(parameter.numel() for parameter in module.parameters()),
        counter.get_total_flops() // (2 * BATCH),
    )


# Memory


@dataclass
class _Kept:
    """Which storages autograd keeps, by the module that has it keep each first."""

    own: set[int]
    running: list[str] = field(default_factory=lambda: [""])
    seen: dict[int, Tensor] = field(default_factory=dict)
    by_module: Counter[str] = field(default_factory=Counter)

    def pack(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        place = storage.data_ptr()
        if storage.nbytes() and place not in self.own and place not in self.seen:
            self.seen[place] = tensor.detach()  # alive, so that no other storage gets its address
            self.by_module[self.running[-1]] += storage.nbytes()
        return tensor.detach()  # or a layer that saves its own output would hold itself for ever


def saved_bytes(module: nn.Module, inputs: Tensor) -> Counter[str]:
    """Bytes of the storages that autograd saves, parameters and buffers aside, by the module that saves them first."""
    tensors = itertools.chain(module.parameters(), module.buffers())
    kept = _Kept({tensor.untyped_storage().data_ptr() for tensor in tensors})
    with _watched(module, kept), torch.autograd.graph.saved_tensors_hooks(kept.pack, lambda tensor: tensor):
        result = module(inputs)
    del result
    return kept.by_module


@contextmanager
def _watched(module: nn.Module, kept: _Kept) -> Iterator[None]:
    def enter(name: str) -> Any:
        return lambda *_: kept.running.append(name)

    def leave(*_: Any) -> None:
        kept.running.pop()

    handles = []
    for name, part in module.named_modules():
        if name:
            handles += [part.register_forward_pre_hook(enter(name)), part.register_forward_hook(leave)]
    yield
    for handle in handles:
        handle.remove()


def measured_memory(network: Network) -> dict[str, Memory]:
    """What each module of the assembled network keeps, by its name, measured at batches of two and three."""
    module = assemble(network)
    _keep_statistics(module, network)
    two, three = (saved_bytes(module, torch.rand(batch, *network.input_shape)) for batch in (2, 3))
    images = {name: three[name] - two[name] for name in {*two, *three}}
    found = {name: Memory(images[name], two[name] - 2 * images[name]) for name in images}
    return {name: memory for name, memory in found.items() if memory != Memory()}


def _keep_statistics(module: nn.Module, network: Network) -> None:
    """Batch norms in frozen blocks normalise by their running statistics."""
    for name, part in module.named_modules():
        path = tuple(name.split(".")) if name else ()
        if isinstance(part, nn.BatchNorm2d) and any(path[:n] in network.frozen for n in range(len(path) + 1)):
            part.eval()


def computed_memory(analysis: Analysis) -> dict[str, Memory]:
    """What the analysis says each module keeps itself, by its name; what merges keep is their scope's."""
    found: dict[str, Memory] = {}
    if analysis.root is not None:
        _collect(analysis.root, analysis.memory(), found)
    return {name: memory for name, memory in found.items() if memory != Memory()}


def _collect(row: Row, memory: Memory, found: dict[str, Memory]) -> None:
    left = memory
    for child in row.children:
        if not child.enabled:
            continue
        inside = child.memory or Memory()
        if not child.path[-1].startswith("#") and not isinstance(child.block, Tap | Recall):
            left = Memory(left.per_image - inside.per_image, left.per_batch - inside.per_batch)
            _collect(child, inside, found)
    found[".".join(row.path)] = left
    assert not isinstance(row.block, Layer) or not row.children


# Receptive fields


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
} | {f"explorer.modules.{name}" for name in ("l2_norm2d", "layer_norm2d", "pointwise_gelu", "stochastic_depth")}


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
    """Which input rows and columns every module that gives an image depends on, all of them in two forward passes.

    Image i has a one in row i alone (then in column i), the last image is empty. Behind every layer a pixel is one
    where it differs from that of the empty image, else zero, so that no depth overflows. For networks too deep or too
    wide for `supports`, which differentiates every module for every position.
    """
    with torch.device("meta"):  # drawing the first weights of a large network takes longer than all the rest
        module = assemble(network).eval().requires_grad_(False)
    module = module.to_empty(device="cpu")
    for tensor in itertools.chain(module.parameters(), module.buffers()):
        nn.init.ones_(tensor)
    for part in module.modules():
        if type(part) in _OF_SUMS:
            part.forward = functools.partial(_OF_SUMS[type(part)], part)
    vertical, horizontal = (_differences(module, network.input_shape, axis) for axis in (2, 3))
    return {name: (vertical[name], horizontal[name]) for name in vertical}


def _differences(module: nn.Module, shape: Shape, axis: int) -> dict[str, Supports]:
    found: dict[str, Supports] = {}

    def mark(part: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return _differs(_linear(part, args, output)).to(output.dtype)

    def note(name: str, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4:
            seen = _differs(output)[:-1].any(dim=5 - axis).any(dim=1)  # (input row, output row)
            rows = {place: frozenset(column.nonzero().flatten().tolist()) for place, column in enumerate(seen.T)}
            found[name] = Supports(len(rows), rows)

    hooks = []
    for name, part in module.named_modules():
        if name and not next(part.children(), None):
            hooks.append(part.register_forward_hook(mark))
        hooks.append(part.register_forward_hook(lambda _, __, output, name=name: note(name, output)))
    x = torch.zeros(shape[axis - 1] + 1, *shape)
    for place in range(shape[axis - 1]):
        x[place].select(axis - 1, place).fill_(1)
    with _OpenGates(), torch.no_grad():
        module(x)
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
