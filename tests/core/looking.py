"""Ways of looking at networks that several tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explorer.core.analysis import Analysis, Row
from explorer.core.block import Block, Layer
from explorer.core.compose import Container, Path, Repeat
from explorer.core.network import Network


def summary(analysis: Analysis) -> list[Any]:
    """All that an analysis says."""
    totals = (analysis.parameters, analysis.trainable_parameters, analysis.macs, analysis.output_shape)
    more = (analysis.outputs, analysis.partial, analysis.memory(), analysis.problems)
    return [totals, more, *map(figures, analysis.rows)]


def figures(row: Row) -> tuple[Any, ...]:
    """All that a row says."""
    shapes = (row.path, row.name, row.type, row.enabled, row.input_shape, row.output_shape)
    counts = (row.parameters, row.trainable_parameters, row.macs, row.memory)
    return (*shapes, *counts, row.field, row.receptive_field, row.stride, row.leaves_aside, row.problem)


def blocks_of(network: Network) -> Iterator[Block]:
    """Every block a person can edit; the inside of a repeat once."""
    waiting: list[Block] = [network.body]
    while waiting:
        block = waiting.pop()
        yield block
        if isinstance(block, Container):
            waiting += [slot.block for slot in (block.slots[:1] if isinstance(block, Repeat) else block.slots)]


def keys(analysis: Analysis) -> dict[Path, int]:
    """The paths of all layers that take part, with their parameters; the keys of a ``state_dict`` start with them."""
    return {row.path: row.parameters or 0 for row in analysis.rows if row.enabled and isinstance(row.block, Layer)}


def frozen_keys(analysis: Analysis) -> set[Path]:
    """The layers that have parameters and are not trained."""
    return {row.path for row in analysis.rows if row.parameters and not row.trainable_parameters and not row.children}


def check_sentence(error: Exception) -> None:
    """A refusal is a sentence for a person."""
    assert not str(error)[0].islower()
    assert str(error).endswith(".")
