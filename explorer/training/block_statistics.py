"""How each block of a network learns: gradient, weights, how far a step moves them, and units that are dead.

Measured on one step an epoch, its last, so that it costs next to nothing; nothing of the training is changed by it. A
block is what stands at the top of the network: the statistics of all that is inside it are taken together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor, nn

from explorer.training.events import BlockStatistics, finite

_RECTIFIERS = (nn.ReLU, nn.ReLU6)  # whose zeros let no gradient through


class BlockMeter:
    """Measures the blocks of a module over one step.

    Args:
        module: What is trained; its parameters have their names from the paths of the network.
    """

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        self._trained = [(_block(name), value) for name, value in module.named_parameters() if value.requires_grad]
        self._rectifiers = [(_block(name), part) for name, part in module.named_modules()
                            if isinstance(part, _RECTIFIERS)]  # fmt: skip
        self._before: list[Tensor] = []
        self._silent: dict[nn.Module, Tensor] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watches the one step that is taken inside the ``with`` block."""
        self._silent = {}
        self._before = [value.detach().clone() for _, value in self._trained]
        hooks = [part.register_forward_hook(self._note_silent) for _, part in self._rectifiers]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _note_silent(self, rectifier: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if output.dim() >= 2:
            silent = self._silent_in(output.detach())
            before = self._silent.get(rectifier)  # of another part of the batch, where it is computed in parts
            self._silent[rectifier] = silent if before is None else before & silent

    def _silent_in(self, output: Tensor) -> Tensor:
        """Which units of a rectifier, its channels, are zero everywhere for every image at hand."""
        return (output.movedim(1, 0).flatten(1) <= 0).all(dim=1)

    def _dead(self) -> dict[str, float]:
        """The share of the units of each block with rectifiers that are silent."""
        silent: dict[str, list[Tensor]] = defaultdict(list)
        for block, rectifier in self._rectifiers:
            if rectifier in self._silent:
                silent[block].append(self._silent[rectifier])
        return {block: int(torch.cat(found).sum()) / sum(map(len, found)) for block, found in silent.items()}

    def read(self, epoch: int, step: int) -> BlockStatistics:
        """What the step did; this waits for the device.

        Gradients of a scaled loss need no care: the fused optimisers have scaled them back.

        Args:
            epoch: The epoch of the step.
            step: The step.
        """
        gradients = self._norms(value.grad for _, value in self._trained)
        weights = self._norms(value.detach() for _, value in self._trained)
        moves = self._norms(
            value.detach() - before for (_, value), before in zip(self._trained, self._before, strict=True)
        )
        self._before = []
        dead = self._dead()
        blocks = list(dict.fromkeys([block for block, _ in self._trained] + list(dead)))
        return BlockStatistics(
            step=step,
            epoch=epoch,
            blocks=tuple(blocks),
            gradient=tuple(finite(gradients.get(block)) for block in blocks),
            weight=tuple(finite(weights.get(block)) for block in blocks),
            update=tuple(finite(_ratio(moves.get(block), weights.get(block))) for block in blocks),
            dead=tuple(dead.get(block) for block in blocks),
        )

    def _norms(self, tensors: Iterable[Tensor | None]) -> dict[str, float]:
        """The norm of all tensors of a block together."""
        squares: dict[str, list[Tensor]] = defaultdict(list)
        for (block, _), tensor in zip(self._trained, tensors, strict=True):
            if tensor is not None:
                squares[block].append(torch.linalg.vector_norm(tensor, dtype=torch.float32))
        return {block: float(torch.linalg.vector_norm(torch.stack(norms))) for block, norms in squares.items()}


def first_bad_layer(module: nn.Module, step: Callable[[], Tensor]) -> str:
    """Where a number stops being finite, when a step that went wrong is taken once more.

    Args:
        module: What is trained.
        step: Gives the loss of the step; nothing is updated.

    Returns:
        The path of the first layer with an output that is not finite, or else of the first one on the way back with
        such a gradient; empty where all is finite this time.
    """
    outputs: list[tuple[str, Tensor]] = []
    leaves = [(name, part) for name, part in module.named_modules() if not any(True for _ in part.children())]

    def note(name: str, _: nn.Module, __: tuple[Tensor, ...], output: Tensor) -> None:
        if output.requires_grad:
            output.retain_grad()
        outputs.append((name, output))

    hooks = [part.register_forward_hook(partial(note, name)) for name, part in leaves]
    try:
        loss = step()
    finally:
        for hook in hooks:
            hook.remove()
    forward = next((name for name, output in outputs if not _is_finite(output)), "")
    if forward or not loss.requires_grad:
        return forward
    module.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    parts = dict(leaves)
    backward = (name for name, output in reversed(outputs) if not _has_sound_gradients(output, parts[name]))
    found = next(backward, "")
    module.zero_grad(set_to_none=True)
    return found


def _has_sound_gradients(output: Tensor, part: nn.Module) -> bool:
    gradients = [output.grad if output.requires_grad else None, *(value.grad for value in part.parameters())]
    # a norm may overflow where no number does, and the norm is what stops a run
    return all(gradient is None or _is_finite(torch.linalg.vector_norm(gradient)) for gradient in gradients)


def _is_finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())


def _block(name: str) -> str:
    """The block at the top of the network to which a parameter or a module belongs."""
    return name.partition(".")[0]


def _ratio(move: float | None, weight: float | None) -> float | None:
    return None if move is None or not weight else move / weight
