"""The metrics of a run: one JSON object a line, in the order in which things happened.

A killed process may leave half a line, a full disk too; readers skip what is no object. When a run goes on from a
checkpoint, the file is cut back to its length at that checkpoint, so that no step is ever listed twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from explorer.core.atomic import cannot_write
from explorer.core.text_file import encoded
from explorer.errors import FileError

NAME = "metrics.jsonl"


class MetricsLog:
    """Appends to the metrics of a run.

    Args:
        folder: The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._torn: bool | None = None  # whether the last write may have left half a line; None before the first

    @property
    def size(self) -> int:
        """Bytes written so far."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, record: Mapping[str, Any]) -> None:
        """Writes one line, and hands it to the system at once.

        Raises:
            FileError: If the system refuses; the next line starts afresh then.
        """
        line = encoded(json.dumps(record, allow_nan=False, ensure_ascii=False) + "\n")
        if self._torn is None:
            self._torn = _is_torn(self._path)
        try:
            with self._path.open("ab") as file:
                torn, self._torn = self._torn, True
                file.write(b"\n" + line if torn else line)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        self._torn = False

    def cut(self, size: int) -> None:
        """Drops what was written after the file had that many bytes.

        Raises:
            FileError: If the system refuses.
        """
        if self.size <= size:
            return
        try:
            with self._path.open("r+b") as file:
                file.truncate(size)
        except OSError as error:
            raise cannot_write(self._path, error) from error


class MetricsTail:
    """Reads the metrics of a run that another thread or process may be writing, each record once.

    Args:
        folder: The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._end = 0  # bytes read
        self._last = b""  # the last line of them, which tells whether the file is the one that was read

    def take(self) -> tuple[list[dict[str, Any]], bool]:
        """What has come since the last time.

        Returns:
            The new records, and whether they begin anew: the run went on from a checkpoint, and what was recorded
            behind it is gone.

        Raises:
            FileError: If the file is there but cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                anew = not self._is_as_it_was(file)
                if anew:
                    self._end, self._last = 0, b""
                file.seek(self._end)
                content = file.read()
        except FileNotFoundError:
            anew, content = self._end > 0, b""
            self._end, self._last = 0, b""
        except OSError as error:
            raise FileError(f"{self._path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
        return self._records(content), anew

    def _is_as_it_was(self, file: IO[bytes]) -> bool:
        file.seek(self._end - len(self._last))
        return file.read(len(self._last)) == self._last

    def _records(self, content: bytes) -> list[dict[str, Any]]:
        lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)  # the last one may be half written
        if lines:
            self._end += sum(map(len, lines))
            self._last = lines[-1]
        found = (_parse(line.decode(errors="replace")) for line in lines)
        return [record for record in found if record is not None]


def read_metrics(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a run, oldest first; torn and foreign lines are left out.

    Raises:
        FileError: If the file is there but cannot be read.
    """
    path = folder / NAME
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                record = _parse(line)
                if record is not None:
                    yield record
    except FileNotFoundError:
        return
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error


def _is_torn(path: Path) -> bool:
    """Whether a process that was killed left half a line at the end."""
    try:
        with path.open("rb") as file:
            if not file.seek(0, os.SEEK_END):
                return False
            file.seek(-1, os.SEEK_END)
            return file.read() != b"\n"
    except OSError:  # not there yet; one that cannot be read will say so when it is written
        return False


def _parse(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
