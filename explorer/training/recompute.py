"""Activation checkpointing: blocks keep only what enters them and compute the rest again on the way back.

Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016. The results are the same to the bit: the random
numbers of dropout are put back for the second pass, and batch norms take in their statistics once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint


def recompute_blocks(module: nn.Module) -> None:
    """Has the blocks directly in a module compute twice; single layers would keep as much as before.

    Args:
        module: The module, changed in place; copy it before, since a copy would run these blocks.
    """
    for block in module.children():
        if any(True for _ in block.children()):
            block.forward = functools.partial(_forward, block, block.forward)


def _forward(block: nn.Module, plain: Callable[..., Any], *inputs: Any) -> Any:
    if not block.training:
        return plain(*inputs)

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), _statistics_aside(block)

    return checkpoint(plain, *inputs, use_reentrant=False, context_fn=contexts)


@contextmanager
def _statistics_aside(block: nn.Module) -> Iterator[None]:
    """Lets the second pass write into copies of the buffers."""
    kept = [(part, name, buffer) for part in block.modules() for name, buffer in part.named_buffers(recurse=False)]
    try:
        for part, name, buffer in kept:
            part._buffers[name] = buffer.clone()
        yield
    finally:
        for part, name, buffer in kept:
            part._buffers[name] = buffer
