"""A table as text for the clipboard: aligned columns, CSV or Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

Cells = Sequence[Sequence[str]]


def as_text(header: Sequence[str], rows: Cells) -> str:
    """Columns aligned by spaces."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded) + "\n"


def as_csv(header: Sequence[str], rows: Cells) -> str:
    """Comma-separated values, quoted where a value has a comma."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()


def as_markdown(header: Sequence[str], rows: Cells) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


FORMATS: Mapping[str, Callable[[Sequence[str], Cells], str]] = {
    "text": as_text,
    "CSV": as_csv,
    "Markdown": as_markdown,
}
