"""What the tests against tables of papers share."""

from __future__ import annotations

import explorer
from explorer.core.analysis import Analysis
from explorer.core.shape import Shape


def analysed(key: str, **options: object) -> Analysis:
    """The analysis of a network as published, or with options."""
    return explorer.analyse(explorer.network(key, **options))  # type: ignore[arg-type]


def shapes(analysis: Analysis, *paths: str) -> dict[str, Shape | None]:
    """The output shapes of some blocks by their dotted paths."""
    rows = {path: analysis.row(tuple(path.split("."))) for path in paths}
    return {path: row.output_shape if row else None for path, row in rows.items()}


def depth(analysis: Analysis) -> int:
    """Layers as papers count them: convolutions and fully connected ones, projections aside."""
    rows = (row for row in analysis.rows if "downsample" not in row.path)
    return sum(row.type in {"Conv2d", "Linear"} for row in rows)
