"""Downloads one file: mirrors in turn, progress, cancel, resume, checksum, and never a half file under the real name.

torchvision knows where its data sets and weights lie and what their checksums are, but its own download has neither a
progress callback nor a way to stop; so only the addresses come from there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explorer.core.file_lock import try_lock
from explorer.datasets.connecting import open_url
from explorer.datasets.hang_up import HangUp
from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.errors import DataError

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from io import FileIO

TIMEOUT = 20.0  # seconds without a byte
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
        """Whether a file can be read and hashes to it."""
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, lambda: hashlib.new(self.algorithm, usedforsecurity=False))
        except OSError:
            return False
        return found.hexdigest().startswith(self.start)


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
    Only one at a time writes it.

    Args:
        urls: Addresses of the same file, tried in turn.
        target: Where the file goes; missing folders are made.
        digest: What it must hash to.
        advice: What a person can do where this fails.
        progress: Told the bytes that have arrived and the bytes there are.
        cancelled: Asked behind each chunk, and again and again while nothing comes, from other threads too.

    Raises:
        DataError: If no address delivers the file, it cannot be stored, or another program is bringing it just now.
        Cancelled: If the person asked for it.
    """
    from http.client import HTTPException  # HTTP and TLS take 50 ms that only a download should cost

    if digest.fits(target):
        return
    fetch = _Fetch(target.with_name(f"{target.name}.part"), digest, advice, progress, cancelled)
    fetch.make_folder()
    reasons = []
    for url in urls:
        try:
            fetch.complete(url)
        except (OSError, HTTPException) as error:  # URLError, HTTPError and timeouts are OSErrors
            fetch.stop_if_asked()
            reasons.append(f"{urlsplit(url).hostname}: {_reason(error)}")
        else:
            fetch.store(target)
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
        try:
            self.part.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_stored(self.part.parent, error) from error

    def stop_if_asked(self) -> None:
        stop_if(self.cancelled, f"The download of {self.part.stem}")

    def store(self, target: Path) -> None:
        """Gives the complete part file its name."""
        try:
            self.part.replace(target)
        except OSError as error:
            if not self.digest.fits(target):  # else another program has just brought it
                raise self._not_stored(target, error) from error

    def complete(self, url: str) -> None:
        """Completes the part file and checks it; a leftover that turns out to be of no use is fetched anew, once."""
        resumed = True
        while resumed:
            resumed = self.part.is_file()
            if not (resumed and self.digest.fits(self.part)):
                self._append(url)
            if self.digest.fits(self.part):
                return
            self.part.unlink(missing_ok=True)
        raise ConnectionError("what arrives is another file or a damaged one, its checksum is wrong")

    def _append(self, url: str) -> None:
        """Appends what is missing of the part file, or starts it anew where the server cannot go on."""
        done = self.part.stat().st_size if self.part.is_file() else 0
        with HangUp(self.cancelled) as hang_up:
            response, done = self._open(url, done, hang_up)
            with response:
                length = response.headers.get("Content-Length", "")
                total = done + int(length) if length.isdecimal() else 0
                self._check_space(total - done)
                with self._open_part(done) as file:
                    done = self._copy(response, file, done, total)
        self._tell(done, total)
        if done < total:
            raise ConnectionError(f"the connection broke after {done:,} of {total:,} bytes")

    def _open(self, url: str, offset: int, hang_up: HangUp) -> tuple[HTTPResponse, int]:
        """The response and the byte it starts from: 0 where the server ignores or refuses the offset."""
        from urllib.error import HTTPError
        from urllib.request import Request

        headers = {"User-Agent": "architecture-explorer"} | ({"Range": f"bytes={offset}-"} if offset else {})
        try:
            response = open_url(Request(url, headers=headers), TIMEOUT, self.stop_if_asked, hang_up)
        except HTTPError as error:
            error.close()
            if offset and error.code == 416:  # the leftover is longer than the file
                return self._open(url, 0, hang_up)
            raise
        return response, offset if response.status == 206 else 0

    def _copy(self, response: HTTPResponse, file: FileIO, done: int, total: int) -> int:
        reported = 0.0
        # read1 hands over what has arrived; read would wait for a full chunk and keep a cancel waiting too
        while chunk := response.read1(_CHUNK):
            try:
                file.write(chunk)
            except OSError as error:
                raise self._not_stored(self.part, error) from error
            done += len(chunk)
            self.stop_if_asked()
            if time.monotonic() - reported >= _REPORT_EVERY:
                reported = time.monotonic()
                self._tell(done, total)
        return done

    def _tell(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(f"Downloading {self.part.stem}", done, total)

    def _open_part(self, begin: int) -> FileIO:
        """The part file up to a byte, locked: two that append to it would spoil it."""
        try:
            file = self.part.open("ab", buffering=0)
            try:
                self._claim(file, begin)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            raise self._not_stored(self.part, error) from error
        return file

    def _claim(self, file: FileIO, begin: int) -> None:
        size = os.fstat(file.fileno()).st_size
        if size < begin or not _is_free(file):
            raise DataError(f"Another program is downloading {self.part.stem} already; try again when it has ended.")
        if size > begin:
            file.truncate(begin)

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


def _is_free(file: FileIO) -> bool:
    try:
        return try_lock(file)
    except OSError:  # a file system without locks; should two meet there, the checksum tells
        return True


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error  # URLError wraps the socket's error, HTTPError has its phrase
    code = getattr(error, "code", None)
    text = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    return f"{code} {text}" if code else text
