"""Text on a terminal: lines, tables and a progress bar."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from explorer.errors import FileError

_BAR = 24  # characters


def accept_any_text() -> None:
    """Has the streams escape what they cannot write, such as a name that is not UTF-8, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """Writes a line for whoever reads the results.

    Raises:
        FileError: If it cannot be written.
        BrokenPipeError: If the reader, such as ``head``, has seen enough.
    """
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_output()
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"The results cannot be written ({reason}); make room or write them elsewhere.") from error


def give_up_output() -> None:
    """Leads what is left to be written nowhere: Python would try again at the end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say_json(value: Any) -> None:
    """Writes a value as one line of JSON, in ASCII, which no stream has to escape in a way of its own."""
    say(json.dumps(value, allow_nan=False))


def complain(text: str) -> None:
    """Writes a sentence about what is wrong."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """Columns under their heads.

    Args:
        head: The heads.
        rows: The cells.
        numbers: The columns to align on the right.
    """
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def text(line: list[str]) -> str:
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    return "\n".join([text(lines[0]), "-" * len(text(["-" * width for width in widths])), *map(text, lines[1:])])


class Bar:
    """A line that is written over again and again, on a terminal only."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._length = 0

    def show(self, share: float, text: str) -> None:
        """Draws the bar.

        Args:
            share: How much is done, between 0 and 1.
            text: What stands behind it.
        """
        if not self._shown:
            return
        full = round(_BAR * min(max(share, 0.0), 1.0))
        line = f"[{'#' * full}{'.' * (_BAR - full)}] {text}"[: shutil.get_terminal_size().columns - 1]
        sys.stderr.write(f"\r{line.ljust(self._length)}")
        sys.stderr.flush()
        self._length = len(line)

    def clear(self) -> None:
        """Takes the bar away."""
        if self._length:
            sys.stderr.write(f"\r{' ' * self._length}\r")
            sys.stderr.flush()
            self._length = 0


def duration(seconds: float) -> str:
    """A time as a person reads it: ``0.7 s``, ``42 s``, ``3:07``, ``2:03:07``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def percent(share: float | None) -> str:
    """A share as a percentage; an em dash where it is not known."""
    return "—" if share is None else f"{share:.2%}"
