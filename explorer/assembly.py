"""Assembly: from a network as a value to a torch module, the one place where the two meet.

Every named slot becomes a child module of that name, so the keys of the ``state_dict`` are the paths of the network.
Structures without a name add no module: the module of their scope runs them.
"""

from __future__ import annotations

import functools
import importlib
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from explorer.core.analysis import analyse
from explorer.core.block import Block, Layer, ModuleCall
from explorer.core.compose import MAIN_OUTPUT, Add, Concat, Multiply, Output, Path, Recall, Tap, is_unnamed_structure
from explorer.core.counted import Counted, join, slot_path
from explorer.core.network import Input, Network
from explorer.core.network_problems import layers_with_more
from explorer.errors import NetworkError


@dataclass(slots=True)
class Flow:
    """What travels beside the tensor on its way through a network.

    Attributes:
        taps: The taps in scope by name.
        outputs: Further outputs by name, filled on the way.
        given: What the caller gave beside the first input, by name.
        training: Whether the network as a whole is in training mode; frozen parts of it may not be.
    """

    taps: dict[str, Tensor] = field(default_factory=dict)
    outputs: dict[str, Tensor] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    training: bool = True

    def branch(self) -> Flow:
        """The same outputs with taps of its own: a tap is not seen outside its chain."""
        return Flow(dict(self.taps), self.outputs, self.given, self.training)

    def apart(self) -> Flow:
        """What it is now, with taps and outputs of its own: nobody sees what is done to them."""
        return Flow(dict(self.taps), dict(self.outputs), self.given, self.training)


# A step looks its children up in the scope it is given, never keeps them: a deep copy runs its own.
Step = Callable[[nn.Module, Tensor, Flow], Tensor]


class Sequence:
    """Steps one after the other, within which taps are seen.

    Args:
        steps: The steps, of the enabled slots in their order; who wants some of them done otherwise may change them.
    """

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps

    def __call__(self, scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        flow = flow.branch()
        for step in self.steps:
            x = step(scope, x, flow)
        return x


class Scope(nn.Module):
    """The module of one scope: its children are the named slots, its program runs them."""

    def __init__(self, counted: Counted) -> None:
        super().__init__()
        self._program = _program(self, counted)

    def forward(self, x: Tensor, flow: Flow | None = None) -> Tensor:
        return self._program(self, x, Flow(training=self.training) if flow is None else flow)


@functools.cache
def _scope_class(type_name: str) -> type[Scope]:
    """A class by the name of the block, so that ``print(model)`` and torchinfo show it."""
    return type(type_name, (Scope,), {"__module__": __name__})


class Model(nn.Module):
    """The module of a whole network."""

    def __init__(self, network: Network, counted: Counted) -> None:
        super().__init__()
        self._inputs = network.inputs[1:]
        self._optional = frozenset(layer.optional_input for _, layer in layers_with_more(counted))
        self._program = _program(self, counted)

    def forward(self, x: Tensor, /, **inputs: Any) -> Any:
        """Runs the network.

        Args:
            x: A batch ``(N, C, H, W)`` of the main input.
            **inputs: The further inputs by name; an optional one that is left out is all zeros. Also what layers take
                beside what arrives: with an ``RoIPool`` in the network ``regions=boxes``, as torchvision's own takes
                them; without, it pools each image as a whole.

        Returns:
            The main output, or a dictionary of all active outputs by name, the main one as ``output``, where there
            are several.
        """
        flow = Flow(_further_inputs(self._inputs, self._optional, inputs, x), {}, inputs, self.training)
        main = self._program(self, x, flow)
        return {MAIN_OUTPUT: main, **flow.outputs} if flow.outputs else main


def _further_inputs(
    expected: tuple[Input, ...], optional: frozenset[str], given: Mapping[str, Tensor], x: Tensor
) -> dict[str, Tensor]:
    known = {entry.name: None for entry in expected} | dict.fromkeys(sorted(optional))
    strange = given.keys() - known
    missing = [entry.name for entry in expected if entry.name not in given and not entry.optional]
    if strange or missing:
        named = ", ".join(map(repr, known)) or "none"
        what = f"has no input {min(strange)!r}" if strange else f"needs the input {missing[0]!r}"
        raise NetworkError(f"The network {what}. Beside the first, its inputs are: {named}.")
    return {
        entry.name: given[entry.name] if entry.name in given else x.new_zeros(len(x), *entry.shape)
        for entry in expected
    }


def program_of(module: Scope | Model) -> Step:
    """What runs a module: a `Sequence` unless its block is a merge or an output.

    No public attribute, which could be the name of a block.
    """
    return module._program


def assemble(network: Network) -> nn.Module:
    """Makes the torch module of a network, in training mode, on torch's default device, with torch's initialisation.

    The keys of its ``state_dict`` are the network's paths joined by dots. No module works in place.

    Raises:
        NetworkError: If the network has problems; the sentence names the first.
    """
    analysis = analyse(network)
    if analysis.problems or analysis.counted is None:
        raise NetworkError(f"{network.name} cannot be assembled. {analysis.problems[0]}")
    model = Model(network, analysis.counted)
    _freeze(model, analysis.counted, (), network.frozen)
    return model


def refreeze(module: nn.Module, network: Network) -> None:
    """Has an assembled module train what is not frozen in the network now, as if it had been assembled from that.

    Args:
        module: The module of the network.
        network: The same blocks, perhaps with others of them frozen.
    """
    module.requires_grad_(True)
    _freeze(module, network.count(), (), network.frozen)


def make_module(call: ModuleCall) -> nn.Module:
    """Calls a torch constructor that a layer stated as data."""
    home, _, name = call.name.rpartition(".")
    module: nn.Module = getattr(importlib.import_module(home), name)(*call.arguments, **dict(call.keywords))
    return module


def _freeze(module: nn.Module, counted: Counted, path: Path, frozen: frozenset[Path], inside: bool = False) -> None:
    """Takes the parameters at and below the frozen paths out of training."""
    inside = inside or path in frozen
    if inside and isinstance(counted.block, Layer):
        module.requires_grad_(False)
    for index, (slot, child, _) in enumerate(counted.children):
        if slot.enabled and not isinstance(child.block, Tap | Recall):
            part = module if is_unnamed_structure(slot) else _child(module, slot.name)
            _freeze(part, child, join(path, slot_path(slot, index)), frozen, inside)


def _child(scope: nn.Module, name: str) -> nn.Module:
    """The child of that name; not by getattr, where a method of the same name would come first."""
    module = scope._modules[name]
    if module is None:
        raise NetworkError(f"The part {name!r} has been taken out of the assembled network.")
    return module


def _module(counted: Counted) -> nn.Module:
    block = counted.block
    if isinstance(block, Layer):
        return make_module(block.module(counted.input_shape or ()))
    return _scope_class(block.type_name())(counted)


def _program(scope: nn.Module, counted: Counted) -> Step:
    """The step that runs a block inside ``scope``, whose named children it adds on the way."""
    block = counted.block
    if isinstance(block, Tap):
        return _tap_step(block.name)
    if isinstance(block, Recall):
        return _recall_step(block)
    steps = list(_steps(scope, counted))
    if isinstance(block, Add | Concat | Multiply):
        return _merge_step(block, steps)
    if isinstance(block, Output):
        return _output_step(block, steps)
    return Sequence(steps)


def _steps(scope: nn.Module, counted: Counted) -> Iterator[Step]:
    for slot, child, _ in counted.children:
        if not slot.enabled:
            continue
        if is_unnamed_structure(slot) or isinstance(child.block, Tap | Recall):
            yield _program(scope, child)
        else:
            # not add_module: it would refuse a name that a later torch uses for a method
            scope._modules[slot.name] = _module(child)
            yield _child_step(slot.name, child.block)


def _child_step(name: str, block: Block) -> Step:
    further = block.optional_input if isinstance(block, Layer) else ""

    def run_layer(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:  # noqa: ARG001 - one signature for all steps
        return _child(scope, name)(x)  # type: ignore[no-any-return]

    def run_layer_with_more(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        return _child(scope, name)(x, flow.given.get(further))  # type: ignore[no-any-return]

    def run_scope(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        return _child(scope, name)(x, flow)  # type: ignore[no-any-return]

    if not isinstance(block, Layer):
        return run_scope
    return run_layer_with_more if further else run_layer


def _merge_step(block: Add | Concat | Multiply, branches: list[Step]) -> Step:
    def run(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        values = [branch(scope, x, flow.branch()) for branch in branches]
        if isinstance(block, Concat):
            return torch.cat(values, block.dim)
        return functools.reduce(operator.add if isinstance(block, Add) else operator.mul, values)

    return run


def _tap_step(name: str) -> Step:
    def run(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:  # noqa: ARG001 - one signature for all steps
        flow.taps[name] = x
        return x

    return run


def _recall_step(recall: Recall) -> Step:
    def run(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:  # noqa: ARG001 - one signature for all steps
        tapped = flow.taps[recall.name]
        if recall.merge == "replace":
            return tapped
        if recall.merge == "concat":
            return torch.cat([x, tapped], 1)
        return x + tapped if recall.merge == "add" else x * tapped

    return run


def _output_step(output: Output, steps: list[Step]) -> Step:
    body = Sequence(steps)

    def run(scope: nn.Module, x: Tensor, flow: Flow) -> Tensor:
        if flow.training or not output.training_only:
            flow.outputs[output.name] = body(scope, x, flow)
        return x

    return run
