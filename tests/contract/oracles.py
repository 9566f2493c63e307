"""What torch itself says of a network: shapes, parameters, MACs, and the storages that autograd keeps."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.assembly import assemble
from explorer.core.analysis import Analysis, Row
from explorer.core.block import Layer
from explorer.core.compose import Recall, Tap
from explorer.core.memory import Memory
from explorer.core.network import Network
from explorer.core.shape import Shape

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
