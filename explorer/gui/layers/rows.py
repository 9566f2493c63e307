"""The layer table as text, for a file and for the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from explorer.core.analysis import Row
from explorer.core.atomic import replacing
from explorer.gui import figures
from explorer.gui.layers.arrangement import address
from explorer.gui.layers.columns import COLUMNS, Column
from explorer.gui.session import Session
from explorer.gui.table_text import FORMATS

NamedRow: TypeAlias = tuple[str, Row]
Answer: TypeAlias = Callable[[Session, Row], object]

SUFFIXES = {".txt": "text", ".csv": "CSV", ".md": "Markdown"}
FILTERS = "CSV (*.csv);;Markdown (*.md);;Text (*.txt)"
_WRITTEN = [column for column in COLUMNS if column.key != "trainable"]

# What programs read: whole numbers without separators and units.
_NUMBERS: Mapping[str, Answer] = {
    "parameters": lambda _, row: row.parameters,
    "share": lambda session, row: f"{(row.parameters or 0) / max(1, session.analysis.parameters):.6f}",
    "macs": lambda session, row: figures.operations(row.macs, flops=session.flops),
    "memory": lambda _, row: None if row.memory is None else row.memory.per_image,
}


def header(session: Session) -> list[str]:
    """The headings."""
    return ["FLOPs" if column.key == "macs" and session.flops else column.title for column in _WRITTEN]


def cells(session: Session, rows: Iterable[NamedRow], form: str) -> list[list[str]]:
    """What rows say: in CSV, which programs read, counts are plain numbers.

    Args:
        session: Whose document in front.
        rows: The rows, each with the name it goes by there.
        form: A key of :data:`explorer.gui.table_text.FORMATS`.
    """
    plain = _NUMBERS if form == "CSV" else {}
    return [[name, *(_cell(session, row, column, plain) for column in _WRITTEN[1:])] for name, row in rows]


def _cell(session: Session, row: Row, column: Column, plain: Mapping[str, Answer]) -> str:
    value = plain.get(column.key, column.text)(session, row)
    return "" if value is None else str(value)


def text_of(session: Session, rows: Iterable[NamedRow], form: str) -> str:
    """Rows as text; see :func:`cells`."""
    return FORMATS[form](header(session), cells(session, rows, form))


def all_rows(session: Session) -> list[NamedRow]:
    """Every row by its address, in the order and with the filter of the table."""
    root = session.analysis.root
    return [] if root is None else [(address(row), row) for row in _rows(session, root)]


def _rows(session: Session, above: Row) -> Iterator[Row]:
    for row in session.listing.arrangement.inside(above):
        yield row
        yield from _rows(session, row)


def write_table(session: Session, file: Path) -> int:
    """Writes every row, unfolded or not; what the file's name ends in says in which form, CSV where that is not known.

    Args:
        session: Whose document in front.
        file: Where to.

    Returns:
        The number of rows.

    Raises:
        explorer.errors.FileError: If the file cannot be written; an older one is untouched.
    """
    form = SUFFIXES.get(file.suffix.lower(), "CSV")
    rows = all_rows(session)
    with replacing(file) as temporary:
        temporary.write_text(text_of(session, rows, form), encoding="utf-8", newline="")
    return len(rows)
