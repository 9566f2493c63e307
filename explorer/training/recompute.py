"""Activation checkpointing: parts of a network keep only what enters them and compute the rest again on the way back.

Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016. The results are the same to the bit: the random
numbers of dropout are put back for the second pass, and batch norms take in their statistics once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from explorer.assembly import Flow, Model, Scope, Sequence, Step, program_of
from explorer.core.analysis import analyse
from explorer.core.block import Layer
from explorer.core.compose import Add, Concat, Multiply, Path, Slot
from explorer.core.counted import Counted, join, slot_path
from explorer.core.network import Network

_PARTS = 8  # about as many as make what enters them and what one of them keeps take the least together


def recompute_parts(module: nn.Module, network: Network) -> None:
    """Has parts of a network compute twice, each of which keeps about an eighth of what the whole one keeps.

    A block that keeps more is divided itself; a layer alone is computed once, as it would keep as much again.

    Args:
        module: The module of the network, or one around it; changed in place.
        network: The network.
    """
    analysis = analyse(replace(network, frozen=frozenset()))  # another stage may train what is frozen now
    kept = {path: memory.per_image for path, memory in analysis.memory_by_path().items()}
    for part in module.modules():
        if isinstance(part, Model) and analysis.counted is not None:
            _Division(kept).divide(program_of(part), analysis.counted, (), part, ())


@dataclass(frozen=True, slots=True)
class _Division:
    """Makes parts of programs.

    Attributes:
        kept: The bytes that each block keeps for an image, by path.
    """

    kept: Mapping[Path, int]

    def divide(self, program: Step, counted: Counted, path: Path, scope: nn.Module, home: Path) -> bool:
        """Makes parts of the steps of a program; whether it has steps.

        Args:
            program: Runs a block.
            counted: The block.
            path: Where it stands.
            scope: The module that the program runs in.
            home: Where that module stands.
        """
        if not isinstance(program, Sequence):
            return False
        steps: list[Step] = []
        waiting = _Part()
        for step, (child, at, slot) in zip(program.steps, _enabled(counted, path), strict=True):
            kept = self._of(child, at, slot)
            if waiting.kept + kept > self.most:
                steps += waiting.program(scope)
                waiting = _Part()
            inside = scope._modules.get(slot.name) if slot.name else None
            inner = (
                (program_of(inside), child, at, inside, at)
                if isinstance(inside, Scope)
                else (step, child, at, scope, home)
            )
            if kept > self.most and self.divide(*inner):
                steps.append(step)
            else:
                waiting.add(step, kept, [leaf[len(home) :] for leaf in _leaves(child, at)])
        program.steps = steps + waiting.program(scope)
        return True

    def _of(self, counted: Counted, path: Path, slot: Slot) -> int:
        """What a block keeps; of a merge without a name the branches stand beside it."""
        own = self.kept.get(path, 0)
        if slot.name or not isinstance(counted.block, Add | Concat | Multiply):
            return own
        return own + sum(self._of(*branch) for branch in _enabled(counted, path))

    @property
    def most(self) -> float:
        """What a part may keep, if it can be divided."""
        return self.kept.get((), 0) / _PARTS


@dataclass(slots=True)
class _Part:
    """Steps one after the other.

    Attributes:
        steps: The steps.
        layers: The layers in them, as seen from their scope.
        kept: The bytes that they keep for an image.
    """

    steps: list[Step] = field(default_factory=list)
    layers: list[Path] = field(default_factory=list)
    kept: int = 0

    def add(self, step: Step, kept: int, layers: list[Path]) -> None:
        """Adds one."""
        self.steps.append(step)
        self.layers += layers
        self.kept += kept

    def program(self, scope: nn.Module) -> list[Step]:
        """The steps as one that is taken again, where that is worth it."""
        if len(self.layers) <= 1 or not self.kept:
            return self.steps
        names = [".".join(layer) for layer in self.layers]
        return [_Again(self.steps, [name for name in names if scope.get_submodule(name)._buffers])]


def _enabled(counted: Counted, path: Path) -> Iterator[tuple[Counted, Path, Slot]]:
    for index, (slot, child, _) in enumerate(counted.children):
        if slot.enabled:
            yield child, join(path, slot_path(slot, index)), slot


def _leaves(counted: Counted, path: Path) -> Iterator[Path]:
    """The layers in a block."""
    if isinstance(counted.block, Layer):
        yield path
    for child, at, _ in _enabled(counted, path):
        yield from _leaves(child, at)


class _Again:
    """Steps that are taken once more on the way back.

    Args:
        steps: The steps.
        names: The layers among them that have buffers, as seen from their scope.
    """

    def __init__(self, steps: list[Step], names: list[str]) -> None:
        self._steps, self._names = steps, names

    def __call__(self, scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        if not (flow.training and torch.is_grad_enabled()):
            return self._run(scope, x, flow)
        flows = iter([flow])
        before = flow.apart()

        def run(x: Tensor) -> Tensor:
            return self._run(scope, x, next(flows, None) or before.apart())

        def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
            return nullcontext(), _statistics_aside([scope.get_submodule(name) for name in self._names])

        result: Tensor = checkpoint(run, x, use_reentrant=False, context_fn=contexts)
        return result

    def _run(self, scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        for step in self._steps:
            x = step(scope, x, flow)
        return x


@contextmanager
def _statistics_aside(layers: list[nn.Module]) -> Iterator[None]:
    """Lets the second pass write into copies of the buffers."""
    kept = [(layer, name, buffer) for layer in layers for name, buffer in layer.named_buffers(recurse=False)]
    try:
        for layer, name, buffer in kept:
            layer._buffers[name] = buffer.clone()
        yield
    finally:
        for layer, name, buffer in kept:
            layer._buffers[name] = buffer
