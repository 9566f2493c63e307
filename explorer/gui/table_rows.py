"""The layer table as cells for a file: every row there is, whatever of it is unfolded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from explorer.core.analysis import Row
from explorer.core.atomic import replacing
from explorer.gui import figures
from explorer.gui.arrangement import address
from explorer.gui.layer_columns import COLUMNS
from explorer.gui.session import Session
from explorer.gui.table_text import FORMATS

SUFFIXES = {".txt": "text", ".csv": "CSV", ".md": "Markdown"}
FILTERS = "CSV (*.csv);;Markdown (*.md);;Text (*.txt)"
_WRITTEN = [column for column in COLUMNS if column.key != "trainable"]

# What programs read: whole numbers without separators and units.
_NUMBERS: Mapping[str, Callable[[Session, Row], object]] = {
    "parameters": lambda _, row: row.parameters,
    "share": lambda session, row: f"{(row.parameters or 0) / max(1, session.analysis.parameters):.6f}",
    "macs": lambda session, row: figures.operations(row.macs, flops=session.flops),
    "memory": lambda _, row: None if row.memory is None else row.memory.per_image,
}


def header(session: Session) -> list[str]:
    """The headings."""
    return ["FLOPs" if column.key == "macs" and session.flops else column.title for column in _WRITTEN]


def cells(session: Session, *, numbers: bool = False) -> list[list[str]]:
    """Every row, in the order and with the filter of the table.

    Args:
        session: Whose document in front.
        numbers: Whether counts are written as programs read them, rather than as people do.
    """
    root = session.analysis.root
    return [] if root is None else [_cells(session, row, numbers) for row in _rows(session, root)]


def _rows(session: Session, above: Row) -> Iterator[Row]:
    for row in session.listing.arrangement.inside(above):
        yield row
        yield from _rows(session, row)


def _cells(session: Session, row: Row, numbers: bool) -> list[str]:
    line = [address(row)]
    for column in _WRITTEN[1:]:
        plain = _NUMBERS.get(column.key) if numbers else None
        value = column.text(session, row) if plain is None else plain(session, row)
        line.append("" if value is None else str(value))
    return line


def write_table(session: Session, file: Path) -> int:
    """Writes the table; what the file's name ends in says in which form, CSV where it ends in nothing known.

    Args:
        session: Whose document in front.
        file: Where to.

    Returns:
        The number of rows.

    Raises:
        explorer.errors.FileError: If the file cannot be written; an older one is untouched.
    """
    form = SUFFIXES.get(file.suffix.lower(), "CSV")
    rows = cells(session, numbers=form == "CSV")
    with replacing(file) as temporary:
        temporary.write_text(FORMATS[form](header(session), rows), encoding="utf-8", newline="")
    return len(rows)
