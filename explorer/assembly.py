"""Assembly: from a network as a value to a torch module, the one place where the two meet.

Every named slot becomes a child module of that name, so the keys of the ``state_dict`` are the paths of the network.
Structures without a name add no module: the module of their scope runs them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from explorer.core.analysis import analyse
from explorer.core.block import Layer, ModuleCall
from explorer.core.compose import Add, Concat, Multiply, Output, Recall, Tap, is_unnamed_structure
from explorer.core.counting import Counted
from explorer.core.network import Network
from explorer.errors import NetworkError


@dataclass(slots=True)
class _Flow:
    """What travels beside the tensor: taps by name, further outputs by name."""

    taps: dict[str, Tensor] = field(default_factory=dict)
    outputs: dict[str, Tensor] = field(default_factory=dict)

    def branch(self) -> _Flow:
        """The same outputs with taps of its own: a tap is not seen outside its chain."""
        return _Flow(dict(self.taps), self.outputs)

    def closed(self) -> _Flow:
        """The same outputs and no taps: a composite does not see those around it."""
        return _Flow({}, self.outputs)


Step = Callable[["Scope", Tensor, _Flow], Tensor]


class Scope(nn.Module):
    """The module of one scope: its children are the named slots, its steps run them."""

    def __init__(self, counted: Counted) -> None:
        super().__init__()
        self.type = counted.block.type_name()
        self._step = _program(self, counted)

    def forward(self, x: Tensor, flow: _Flow | None = None) -> Tensor:
        return self._step(self, x, flow if flow is not None else _Flow())

    def extra_repr(self) -> str:
        return self.type


class Model(Scope):
    """The module of a whole network.

    ``forward`` takes a batch ``(N, C, H, W)``, further inputs by name, and gives the main output, or a dictionary of
    all active outputs by name, the main one as ``output``, where there are several.
    """

    def forward(self, x: Tensor, flow: _Flow | None = None, **inputs: Tensor) -> Any:
        flow = flow or _Flow(dict(inputs))
        main = self._step(self, x, flow)
        return {"output": main, **flow.outputs} if flow.outputs else main


def assemble(network: Network) -> nn.Module:
    """Makes the torch module of a network, in training mode, on torch's default device, with torch's initialisation.

    The keys of its ``state_dict`` are the network's paths joined by dots. No module works in place.

    Raises:
        NetworkError: If the network has problems; the sentence names the first.
    """
    analysis = analyse(network)
    if analysis.problems or analysis.counted is None:
        raise NetworkError(f"{network.name} cannot be assembled. {analysis.problems[0]}")
    model = Model(analysis.counted)
    for path in network.frozen:
        for parameter in model.get_submodule(".".join(path)).parameters():
            parameter.requires_grad_(False)
    return model


def make_module(call: ModuleCall) -> nn.Module:
    """Calls a torch constructor that a layer stated as data."""
    home, _, name = call.name.rpartition(".")
    return getattr(importlib.import_module(home), name)(*call.arguments, **dict(call.keywords))  # type: ignore[no-any-return]


def _module(counted: Counted) -> nn.Module:
    block = counted.block
    if isinstance(block, Layer):
        return make_module(block.module(counted.input_shape or ()))
    return Scope(counted)


def _program(scope: nn.Module, counted: Counted) -> Step:
    """The step that runs a block inside ``scope``, whose named children it adds on the way."""
    block = counted.block
    if isinstance(block, Add | Concat | Multiply):
        return _merge_step(block, list(_steps(scope, counted)))
    if isinstance(block, Tap):
        return _tap_step(block.name)
    if isinstance(block, Recall):
        return _recall_step(block)
    steps = list(_steps(scope, counted))
    if isinstance(block, Output):
        return _output_step(block, steps)
    return _sequence_step(steps)


def _steps(scope: nn.Module, counted: Counted) -> Iterator[Step]:
    for slot, child, _ in counted.children:
        if not slot.enabled:
            continue
        if is_unnamed_structure(slot) or isinstance(child.block, Tap | Recall):
            yield _program(scope, child)
        else:
            # not add_module: it refuses names of nn.Module's methods, which are fine as keys
            scope._modules[slot.name] = _module(child)
            yield _child_step(slot.name, child)


def _child_step(name: str, counted: Counted) -> Step:
    if isinstance(counted.block, Layer):
        return lambda scope, x, flow: scope._modules[name](x)  # type: ignore[misc]
    inherits = not hasattr(counted.block, "body") or isinstance(counted.block, Output)
    return lambda scope, x, flow: scope._modules[name](x, flow.branch() if inherits else flow.closed())  # type: ignore[misc]


def _sequence_step(steps: list[Step]) -> Step:
    def run(scope: Scope, x: Tensor, flow: _Flow) -> Tensor:
        flow = flow.branch()
        for step in steps:
            x = step(scope, x, flow)
        return x

    return run


def _merge_step(block: Add | Concat | Multiply, branches: list[Step]) -> Step:
    def run(scope: Scope, x: Tensor, flow: _Flow) -> Tensor:
        values = [branch(scope, x, flow) for branch in branches]
        if isinstance(block, Concat):
            return torch.cat(values, block.dim)
        result = values[0]
        for value in values[1:]:
            result = result + value if isinstance(block, Add) else result * value
        return result

    return run


def _tap_step(name: str) -> Step:
    def run(scope: Scope, x: Tensor, flow: _Flow) -> Tensor:  # noqa: ARG001 - one signature for all steps
        flow.taps[name] = x
        return x

    return run


def _recall_step(recall: Recall) -> Step:
    def run(scope: Scope, x: Tensor, flow: _Flow) -> Tensor:  # noqa: ARG001 - one signature for all steps
        tapped = flow.taps[recall.name]
        if recall.merge == "replace":
            return tapped
        if recall.merge == "concat":
            return torch.cat([x, tapped], 1)
        return x + tapped if recall.merge == "add" else x * tapped

    return run


def _output_step(output: Output, steps: list[Step]) -> Step:
    body = _sequence_step(steps)

    def run(scope: Scope, x: Tensor, flow: _Flow) -> Tensor:
        if scope.training or not output.training_only:
            flow.outputs[output.name] = body(scope, x, flow)
        return x

    return run
