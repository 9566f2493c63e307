"""Memory: what autograd keeps for the backward pass in training mode, block by block.

It depends on the neighbours (a convolution behind a ReLU keeps nothing more, since the ReLU has kept its output) and
on what is frozen. So it is a second, linear walk behind counting, following each storage in the order of execution.
Counted are the storages that autograd saves in float32 training, indices and masks included, parameters and buffers
aside, each once and for the block that saves it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from explorer.core.block import FLOAT, Backward, Block, Layer
from explorer.core.compose import Add, Concat, Multiply, Output, Path, Recall, Tap
from explorer.core.counted import Counted, join, slot_path
from explorer.core.merging import broadcast_shapes
from explorer.core.shape import Shape, elements


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes kept for the backward pass: ``per_batch + per_image * batch_size``."""

    per_image: int = 0
    per_batch: int = 0

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.per_image + other.per_image, self.per_batch + other.per_batch)

    def of_batch(self, batch_size: int) -> int:
        """Bytes for a batch of that size."""
        return self.per_batch + self.per_image * batch_size


NO_MEMORY = Memory()


@dataclass(frozen=True, slots=True, eq=False)
class _Tensor:
    """A value in flight: its identity is its storage."""

    size: int  # bytes an image
    needs_grad: bool


_Taps: TypeAlias = Mapping[str, tuple[_Tensor, Shape]]


def _kind(merge: Block) -> str:
    return merge.type_name().lower()


def _shape_of(counted: Counted) -> Shape:
    return counted.output_shape or ()


class _Walk:
    def __init__(self, frozen: frozenset[Path], device: str) -> None:
        self._frozen = frozen
        self._device = device
        self._saved: set[int] = set()
        self._kept: list[_Tensor] = []  # keeps the identities in _saved unique
        self.by_path: dict[Path, Memory] = {}

    def run(self, counted: Counted, path: Path, flow: _Tensor, taps: _Taps, trained: bool) -> tuple[_Tensor, Memory]:
        """Runs one block and records what it keeps; returns what leaves and what was kept."""
        trained = trained and path not in self._frozen
        if counted.output_shape is None and not counted.children:
            return flow, NO_MEMORY
        if isinstance(counted.block, Layer):
            flow, kept = self._layer(counted.block, counted, flow, trained)
        elif isinstance(counted.block, Add | Concat | Multiply):
            flow, kept, own = self._merge(counted, path, flow, taps, trained)
            # the branches of a merge without a name stand beside it, with rows of their own
            self.by_path[path] = own if path and path[-1].startswith("#") else kept
            return flow, kept
        elif isinstance(counted.block, Recall):
            flow, kept = self._recall(counted.block, counted, flow, taps)
        else:
            entered = flow
            flow, kept = self._sequence(counted, path, flow, taps, trained)
            flow = entered if isinstance(counted.block, Output) else flow
        self.by_path[path] = kept
        return flow, kept

    def _sequence(
        self, counted: Counted, path: Path, flow: _Tensor, taps: _Taps, trained: bool
    ) -> tuple[_Tensor, Memory]:
        kept = NO_MEMORY
        for index, (slot, child, _) in enumerate(counted.children):
            if not slot.enabled:
                continue
            at = join(path, slot_path(slot, index))
            flow, inside = self.run(child, at, flow, taps, trained)
            kept += inside
            if isinstance(child.block, Tap) and child.output_shape is not None:
                taps = {**taps, child.block.name: (flow, child.output_shape)}
        return flow, kept

    def _merge(
        self, counted: Counted, path: Path, flow: _Tensor, taps: _Taps, trained: bool
    ) -> tuple[_Tensor, Memory, Memory]:
        branches, active, kept = [], [], NO_MEMORY
        for index, (slot, child, _) in enumerate(counted.children):
            if slot.enabled:
                at = join(path, slot_path(slot, index))
                branch, inside = self.run(child, at, flow, taps, trained)
                branches.append(branch)
                active.append(child)
                kept += inside
        if not branches or counted.output_shape is None:
            return flow, kept, NO_MEMORY
        merged, own = self._join(_kind(counted.block), branches, [_shape_of(child) for child in active])
        return merged, kept + own, own

    def _join(self, kind: str, values: list[_Tensor], shapes: list[Shape]) -> tuple[_Tensor, Memory]:
        """Joins branches as torch does, two by two, or all at once where it concatenates."""
        if kind == "concat":
            return _Tensor(sum(value.size for value in values), any(value.needs_grad for value in values)), NO_MEMORY
        result, shape, kept = values[0], shapes[0], 0
        for value, other in zip(values[1:], shapes[1:], strict=True):
            if kind == "multiply":
                # the gradient of one factor is the other
                kept += self._keep(result) if value.needs_grad else 0
                kept += self._keep(value) if result.needs_grad else 0
                shape = broadcast_shapes([shape, other])
            result = _Tensor(elements(shape) * FLOAT, result.needs_grad or value.needs_grad)
        return result, Memory(kept)

    def _recall(self, recall: Recall, counted: Counted, flow: _Tensor, taps: _Taps) -> tuple[_Tensor, Memory]:
        tapped = taps.get(recall.name)
        if tapped is None or counted.output_shape is None:
            return flow, NO_MEMORY
        if recall.merge == "replace":
            return tapped[0], NO_MEMORY
        return self._join(recall.merge, [flow, tapped[0]], [counted.input_shape or (), tapped[1]])

    def _layer(self, layer: Layer, counted: Counted, flow: _Tensor, trained: bool) -> tuple[_Tensor, Memory]:
        shape, output = counted.input_shape, counted.output_shape
        if shape is None or output is None:
            return flow, NO_MEMORY
        if layer.shares_storage():
            return flow, NO_MEMORY
        if not (flow.needs_grad or (trained and counted.parameters > 0)):
            return _Tensor(elements(output) * FLOAT, needs_grad=False), NO_MEMORY
        result = _Tensor(elements(output) * FLOAT, needs_grad=True)
        saved = layer.saved(shape, output, Backward(flow.needs_grad, trained, self._device))
        per_image = saved.per_image
        per_image += self._keep(flow) if saved.input else 0
        per_image += self._keep(result) if saved.output else 0
        return result, Memory(per_image, saved.per_batch)

    def _keep(self, value: _Tensor) -> int:
        """Bytes an image that keeping this storage costs: nothing if it is kept already."""
        if id(value) in self._saved:
            return 0
        self._saved.add(id(value))
        self._kept.append(value)
        return value.size


def training_memory(
    counted: Counted, frozen: frozenset[Path], inputs: Mapping[str, Shape], device: str = "cpu"
) -> dict[Path, Memory]:
    """What each block keeps for the backward pass.

    Args:
        counted: The counted chain of the network.
        frozen: Paths whose parameters are not trained.
        inputs: The shape of each further input, by name.
        device: Where the training runs.

    Returns:
        Memory by path, structures without a name under their place; the empty path has the total. Blocks behind a
        problem are missing.
    """
    walk = _Walk(frozen, device)
    flow = _Tensor(elements(counted.input_shape or ()) * FLOAT, needs_grad=False)
    taps = {name: (_Tensor(elements(shape) * FLOAT, needs_grad=False), shape) for name, shape in inputs.items()}
    walk.run(counted, (), flow, taps, trained=True)
    return walk.by_path
