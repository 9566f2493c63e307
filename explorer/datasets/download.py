"""Downloads one file: mirrors in turn, progress, cancel, resume, checksum, and never a half file under the real name.

torchvision knows where its data sets lie and what their checksums are, but its own download has neither a progress
callback nor a way to stop; so only the addresses come from there.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explorer.datasets.progress import CancelCheck, Progress, stop_if
from explorer.errors import DataError

if TYPE_CHECKING:
    from http.client import HTTPResponse

TIMEOUT = 20.0  # seconds without a byte; also the longest a cancel can wait
_CHUNK = 1 << 16  # bytes
_REPORT_EVERY = 0.05  # seconds
_REMEDY = (
    "Connect to the internet and try again, point at a folder that holds the files (--data-dir), "
    "or use the bundled sample (fashion-mnist-sample)."
)


def download(
    urls: Sequence[str],
    target: Path,
    *,
    md5: str,
    progress: Progress | None = None,
    cancelled: CancelCheck | None = None,
) -> None:
    """Brings a file to its place, unless it is already there and sound.

    What has arrived waits in ``<name>.part``; after a cancel or a broken connection the next call goes on from there.

    Args:
        urls: Addresses of the same file, tried in turn.
        target: Where the file goes; missing folders are made.
        md5: The checksum it must have, in hexadecimal.
        progress: Told the bytes that have arrived and the bytes there are.
        cancelled: Asked before each chunk.

    Raises:
        DataError: If no address delivers the file, or it cannot be stored.
        Cancelled: If the person asked for it.
    """
    from http.client import HTTPException  # HTTP and TLS take 50 ms that only a download should cost

    if target.is_file() and checksum(target) == md5:
        return
    _make_folder(target.parent)
    part = target.with_name(f"{target.name}.part")
    reasons = []
    for url in urls:
        try:
            _fetch_sound(url, part, md5, progress, cancelled)
        except (OSError, HTTPException) as error:  # URLError, HTTPError and timeouts are OSErrors
            reasons.append(f"{urlsplit(url).hostname}: {_reason(error)}")
        else:
            part.replace(target)
            return
    raise DataError(f"{target.name} could not be downloaded ({'; '.join(reasons)}). {_REMEDY}")


def checksum(path: Path) -> str:
    """The MD5 of a file, in hexadecimal; it tells damage, not malice."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _fetch_sound(url: str, part: Path, md5: str, progress: Progress | None, cancelled: CancelCheck | None) -> None:
    """Completes the part file and checks it; a leftover that turns out to be of no use is fetched anew, once."""
    resumed = True
    while resumed:
        resumed = part.is_file()
        if not (resumed and checksum(part) == md5):
            _fetch(url, part, progress, cancelled)
        if checksum(part) == md5:
            return
        part.unlink()
    raise ConnectionError("what arrives is another file or a damaged one, its checksum is wrong")


def _fetch(url: str, part: Path, progress: Progress | None, cancelled: CancelCheck | None) -> None:
    """Appends what is missing of the part file, or starts it anew where the server cannot go on."""
    name = part.stem
    response, done = _open(url, part.stat().st_size if part.is_file() else 0)
    with response:
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else 0
        _check_space(part.parent, total - done, name)
        reported = 0.0
        with _Part(part, append=done > 0) as file:
            # read1 hands over what has arrived; read would wait for a full chunk and keep a cancel waiting too
            while chunk := response.read1(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                stop_if(cancelled, f"The download of {name}")
                if progress is not None and time.monotonic() - reported >= _REPORT_EVERY:
                    reported = time.monotonic()
                    progress(f"Downloading {name}", done, total)
    if progress is not None:
        progress(f"Downloading {name}", done, total)
    if done < total:
        raise ConnectionError(f"the connection broke after {done:,} of {total:,} bytes")


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


class _Part:
    """The file being written; what goes wrong here is the disk's fault, not the network's, and no mirror helps."""

    def __init__(self, path: Path, *, append: bool) -> None:
        self._path = path
        try:
            self._file = path.open("ab" if append else "wb", buffering=0)
        except OSError as error:
            raise _not_stored(path, error) from error

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, chunk: bytes) -> None:
        try:
            self._file.write(chunk)
        except OSError as error:
            raise _not_stored(self._path, error) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_stored(folder, error) from error


def _check_space(folder: Path, needed: int, name: str) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"{name} needs {needed / 1e6:,.0f} MB in {folder}, where {free / 1e6:,.0f} MB are free; "
            "make room or choose another folder (--data-dir)."
        )


def _not_stored(path: Path, error: OSError) -> DataError:
    return DataError(f"{path} cannot be written ({error.strerror}); choose another folder (--data-dir) or make room.")


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error  # URLError wraps the socket's error, HTTPError has its phrase
    code = getattr(error, "code", None)
    text = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    return f"{code} {text}" if code else text
