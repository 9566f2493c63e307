"""Frozen blocks. Assembly takes their parameters out of training; their batch norms must keep their statistics too."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn
from torch.nn.modules.batchnorm import _NormBase


def train_mode(module: nn.Module, frozen: Iterable[tuple[str, ...]]) -> None:
    """Puts a module in training mode, but for the norms in frozen blocks.

    Args:
        module: An assembled network, whose parts are named by their paths.
        frozen: The paths of the frozen blocks.
    """
    module.train()
    prefixes = tuple(".".join(path) for path in frozen)
    for name, part in module.named_modules():
        if isinstance(part, _NormBase) and _is_frozen(part, name, prefixes):
            part.eval()


def _is_frozen(norm: nn.Module, name: str, prefixes: tuple[str, ...]) -> bool:
    """By its parameters, as assembly left them; by its name where it has none."""
    parameters = list(norm.parameters())
    if parameters:
        return not any(parameter.requires_grad for parameter in parameters)
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)
