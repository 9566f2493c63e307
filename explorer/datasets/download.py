"""Downloads one file: mirrors in turn, progress, cancel, resume, checksum, and never a half file under the real name.

torchvision knows where its data sets and weights lie and what their checksums are, but its own download has neither a
progress callback nor a way to stop; so only the addresses come from there.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.errors import DataError

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from io import RawIOBase

TIMEOUT = 20.0  # seconds without a byte; also the longest a cancel can wait
_CHUNK = 1 << 16  # bytes
_REPORT_EVERY = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file hashes to; it tells damage, not malice.

    Attributes:
        algorithm: Its name in hashlib.
        start: The first digits in hexadecimal, as many as are published.
    """

    algorithm: str
    start: str

    def fits(self, path: Path) -> bool:
        """Whether a file hashes to it."""
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.new(self.algorithm, usedforsecurity=False)).hexdigest()
        return found.startswith(self.start)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person can do where a download fails.

    Attributes:
        unreachable: Sentences for a file that no address delivers.
        folder: How to choose another folder, as part of a sentence.
    """

    unreachable: str
    folder: str


FOR_DATA_SETS = Advice(
    "Connect to the internet and try again, point at a folder that holds the files (--data-dir), "
    "or use the bundled sample (fashion-mnist-sample).",
    "choose another folder (--data-dir)",
)


def download(
    urls: Sequence[str],
    target: Path,
    *,
    digest: Digest,
    advice: Advice = FOR_DATA_SETS,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> None:
    """Brings a file to its place, unless it is already there and sound.

    What has arrived waits in ``<name>.part``; after a cancel or a broken connection the next call goes on from there.

    Args:
        urls: Addresses of the same file, tried in turn.
        target: Where the file goes; missing folders are made.
        digest: What it must hash to.
        advice: What a person can do where this fails.
        progress: Told the bytes that have arrived and the bytes there are.
        cancelled: Asked before each chunk.

    Raises:
        DataError: If no address delivers the file, or it cannot be stored.
        Cancelled: If the person asked for it.
    """
    from http.client import HTTPException  # HTTP and TLS take 50 ms that only a download should cost

    if target.is_file() and digest.fits(target):
        return
    fetch = _Fetch(target.with_name(f"{target.name}.part"), digest, advice, progress, cancelled)
    fetch.make_folder()
    reasons = []
    for url in urls:
        try:
            fetch.complete(url)
        except (OSError, HTTPException) as error:  # URLError, HTTPError and timeouts are OSErrors
            reasons.append(f"{urlsplit(url).hostname}: {_reason(error)}")
        else:
            fetch.part.replace(target)
            return
    raise DataError(f"{target.name} could not be downloaded ({'; '.join(reasons)}). {advice.unreachable}")


@dataclass(frozen=True, slots=True)
class _Fetch:
    """The way of one file to this computer, from whichever address."""

    part: Path
    digest: Digest
    advice: Advice
    progress: Progress | None
    cancelled: CancelCheck | None

    def make_folder(self) -> None:
        folder = self.part.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_stored(folder, error) from error

    def complete(self, url: str) -> None:
        """Completes the part file and checks it; a leftover that turns out to be of no use is fetched anew, once."""
        resumed = True
        while resumed:
            resumed = self.part.is_file()
            if not (resumed and self.digest.fits(self.part)):
                self._append(url)
            if self.digest.fits(self.part):
                return
            self.part.unlink()
        raise ConnectionError("what arrives is another file or a damaged one, its checksum is wrong")

    def _append(self, url: str) -> None:
        """Appends what is missing of the part file, or starts it anew where the server cannot go on."""
        response, done = _open(url, self.part.stat().st_size if self.part.is_file() else 0)
        with response:
            length = response.headers.get("Content-Length", "")
            total = done + int(length) if length.isdecimal() else 0
            self._check_space(total - done)
            with self._open_part(append=done > 0) as file:
                done = self._copy(response, file, done, total)
        self._tell(done, total)
        if done < total:
            raise ConnectionError(f"the connection broke after {done:,} of {total:,} bytes")

    def _copy(self, response: HTTPResponse, file: RawIOBase, done: int, total: int) -> int:
        reported = 0.0
        # read1 hands over what has arrived; read would wait for a full chunk and keep a cancel waiting too
        while chunk := response.read1(_CHUNK):
            try:
                file.write(chunk)
            except OSError as error:
                raise self._not_stored(self.part, error) from error
            done += len(chunk)
            stop_if(self.cancelled, f"The download of {self.part.stem}")
            if time.monotonic() - reported >= _REPORT_EVERY:
                reported = time.monotonic()
                self._tell(done, total)
        return done

    def _tell(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(f"Downloading {self.part.stem}", done, total)

    def _open_part(self, *, append: bool) -> RawIOBase:
        try:
            return self.part.open("ab" if append else "wb", buffering=0)
        except OSError as error:
            raise self._not_stored(self.part, error) from error

    def _check_space(self, needed: int) -> None:
        folder = self.part.parent
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise DataError(
                f"{self.part.stem} needs {needed / 1e6:,.0f} MB in {folder}, where {free / 1e6:,.0f} MB are free; "
                f"make room or {self.advice.folder}."
            )

    def _not_stored(self, path: Path, error: OSError) -> DataError:
        """A fault of the disk, not of the network: no other address helps."""
        return DataError(f"{path} cannot be written ({error.strerror}); {self.advice.folder} or make room.")


def _open(url: str, offset: int) -> tuple[HTTPResponse, int]:
    """The response and the byte it starts from: 0 where the server ignores or refuses the offset."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    headers = {"User-Agent": "architecture-explorer"} | ({"Range": f"bytes={offset}-"} if offset else {})
    try:
        response = urlopen(Request(url, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        error.close()
        if offset and error.code == 416:  # the leftover is longer than the file
            return _open(url, 0)
        raise
    return response, offset if response.status == 206 else 0


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error  # URLError wraps the socket's error, HTTPError has its phrase
    code = getattr(error, "code", None)
    text = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    return f"{code} {text}" if code else text
