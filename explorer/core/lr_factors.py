"""By how much the learning rate of a block differs from that of the run: factors at paths, which follow the blocks.

Of the factors on the way down to a block the innermost counts, so a block can be told apart from what is around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from explorer.core.compose import Path
from explorer.core.fields import FloatField
from explorer.core.freezing import Frozen

LrFactors: TypeAlias = frozenset[tuple[Path, float]]

USUAL = 1.0
FACTOR = FloatField(
    label="rate factor",
    help="times the learning rate of the run; 1 is the run's own",
    minimum=1e-6,
    maximum=1000.0,
)


def followed(factors: LrFactors, change: Callable[[Frozen], Frozen]) -> LrFactors:
    """With each factor where its block has gone.

    Args:
        factors: The factors before an edit.
        change: Takes paths to where their blocks are after it, one by one.
    """
    return frozenset((path, factor) for old, factor in factors for path in change(frozenset({old})))


def factor_at(factors: LrFactors, path: Path) -> float:
    """The factor of the block at ``path``."""
    if not factors:
        return USUAL
    by_path = dict(factors)
    on_the_way = (path[:length] for length in range(len(path), -1, -1))
    return next((by_path[part] for part in on_the_way if part in by_path), USUAL)


def with_factor(factors: LrFactors, paths: frozenset[Path], factor: float) -> LrFactors:
    """With that factor for the blocks at ``paths`` and all that is inside them."""
    around = frozenset(entry for entry in factors if not any(entry[0][: len(path)] == path for path in paths))
    return around | {(path, factor) for path in paths if factor_at(around, path) != factor}
