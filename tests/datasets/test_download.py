"""Downloads against a file server on this machine: whole, broken, continued, cancelled, wrong."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import socket
import threading
import time
from collections import namedtuple
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from explorer.datasets.download import TIMEOUT, Digest, download
from explorer.errors import Cancelled, DataError

if TYPE_CHECKING:
    from tests.file_server import FileServer

CONTENT = bytes(range(256)) * 2000  # several chunks
DIGEST = Digest("md5", hashlib.md5(CONTENT, usedforsecurity=False).hexdigest())


@pytest.fixture
def address(server: FileServer) -> str:
    server.files["/set.gz"] = CONTENT
    return f"{server.address}/set.gz"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "set.gz"


def left_over(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name("set.gz.part").write_bytes(content)


def test_brings_the_file_and_tells_how_far(address: str, target: Path) -> None:
    told: list[tuple[str, int, int]] = []
    download([address], target, digest=DIGEST, progress=lambda *step: told.append(step))
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == ["set.gz"]
    assert {(what, total) for what, _, total in told} == {("Downloading set.gz", len(CONTENT))}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == len(CONTENT)


def test_a_sound_file_is_not_fetched_again(address: str, target: Path, server: FileServer) -> None:
    download([address], target, digest=DIGEST)
    download([address], target, digest=DIGEST)
    assert len(server.requests) == 1


def test_a_damaged_file_is_replaced(address: str, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT[:-1])
    download([address], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT


def test_the_next_mirror_helps(address: str, target: Path, server: FileServer) -> None:
    server.files["/wrong.gz"] = b"<html>Sign in to the network</html>"
    broken = [f"{server.address}/nowhere.gz", f"{server.address}/wrong.gz"]
    download([*broken, address], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT


def test_all_mirrors_failing_gives_the_reasons_and_the_remedy(target: Path, server: FileServer) -> None:
    server.files["/wrong.gz"] = b"something else"
    with pytest.raises(DataError) as caught:
        download([f"{server.address}/nowhere.gz", f"{server.address}/wrong.gz"], target, digest=DIGEST)
    sentence = str(caught.value)
    assert sentence.startswith("set.gz could not be downloaded (127.0.0.1: 404 Not Found; 127.0.0.1: what arrives is")
    assert "--data-dir" in sentence
    assert "bundled sample" in sentence
    assert not list(target.parent.iterdir())


def test_offline(target: Path) -> None:
    with pytest.raises(
        DataError, match=r"mirror\.invalid: .*a test asked for mirror\.invalid.*Connect to the internet"
    ):
        download(["http://mirror.invalid/set.gz"], target, digest=DIGEST)


def test_nobody_answers(target: Path, unused_port: int) -> None:
    with pytest.raises(DataError, match=r"127\.0\.0\.1: Connection refused"):
        download([f"http://127.0.0.1:{unused_port}/set.gz"], target, digest=DIGEST)


def test_a_broken_connection_is_continued(address: str, target: Path, server: FileServer) -> None:
    server.cut_after = 100_000
    with pytest.raises(DataError, match="the connection broke after 100,000 of 512,000 bytes"):
        download([address], target, digest=DIGEST)
    assert not target.exists()
    told: list[int] = []
    download([address], target, digest=DIGEST, progress=lambda _, done, __: told.append(done))
    assert target.read_bytes() == CONTENT
    assert [wanted for _, wanted in server.requests] == ["", "bytes=100000-"]
    assert min(told) > 100_000


def test_the_second_mirror_continues_what_the_first_began(address: str, target: Path, server: FileServer) -> None:
    server.cut_after = 100_000
    download([address, address], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT
    assert server.requests[1][1] == "bytes=100000-"


def test_a_server_that_cannot_continue_starts_anew(address: str, target: Path, server: FileServer) -> None:
    left_over(target, CONTENT[:1000])
    server.ranges = False
    download([address], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 1


@pytest.mark.parametrize("leftover", [b"rubbish", b"rubbish" + CONTENT, CONTENT, b""])
def test_any_leftover_ends_well(address: str, target: Path, leftover: bytes) -> None:
    left_over(target, leftover)
    download([address], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == ["set.gz"]


def test_a_complete_leftover_needs_no_network(target: Path) -> None:
    left_over(target, CONTENT)
    download(["http://mirror.invalid/set.gz"], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT


def test_cancel_keeps_what_has_arrived(address: str, target: Path, server: FileServer) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Cancelled, match=r"The download of set\.gz was cancelled"):
        download([address], target, digest=DIGEST, cancelled=lambda: next(asked, True))
    part = target.with_name("set.gz.part")
    assert 0 < part.stat().st_size < len(CONTENT)
    assert not target.exists()
    download([address], target, digest=DIGEST)
    assert server.requests[1][1].startswith("bytes=")
    assert target.read_bytes() == CONTENT


def test_cancel_need_not_wait_for_a_server_that_is_silent(address: str, target: Path, server: FileServer) -> None:
    server.halt_after = 100_000
    stop = threading.Event()
    ended: list[str] = []

    def load() -> None:
        with pytest.raises(Cancelled) as caught:
            download([address], target, digest=DIGEST, cancelled=stop.is_set)
        ended.append(str(caught.value))

    part = target.with_name("set.gz.part")
    thread = threading.Thread(target=load)
    thread.start()
    while not part.is_file() or part.stat().st_size < 100_000:
        time.sleep(0.005)
    stop.set()
    thread.join(TIMEOUT / 2)
    assert not thread.is_alive()
    assert ended == ["The download of set.gz was cancelled."]
    assert server.requests == [("/set.gz", "")]
    assert part.stat().st_size == 100_000


def cancel_soon(url: str, target: Path) -> float:
    """Cancels a download from a thread a little after it has begun; the seconds from there to its end."""
    stop, asked_at = threading.Event(), []

    def ask() -> None:
        time.sleep(0.1)
        asked_at.append(time.monotonic())
        stop.set()

    asking = threading.Thread(target=ask)
    asking.start()
    with pytest.raises(Cancelled, match=r"The download of set\.gz was cancelled"):
        download([url], target, digest=DIGEST, cancelled=stop.is_set)
    asking.join()
    return time.monotonic() - asked_at[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cancel_need_not_wait_for_the_first_answer(scheme: str, target: Path, silent_port: int) -> None:
    assert cancel_soon(f"{scheme}://127.0.0.1:{silent_port}/set.gz", target) < TIMEOUT / 4


def test_cancel_need_not_wait_for_a_connection(target: Path, full_port: int) -> None:
    assert cancel_soon(f"http://127.0.0.1:{full_port}/set.gz", target) < TIMEOUT / 4


def test_cancel_need_not_wait_for_the_look_up_of_a_name(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        answered.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        assert cancel_soon("http://mirror.invalid/set.gz", target) < TIMEOUT / 4
    finally:
        answered.set()


def test_a_connection_that_never_comes_is_given_up(
    target: Path, full_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.datasets.download.TIMEOUT", 0.1)
    with pytest.raises(DataError, match=r"127\.0\.0\.1: timed out"):
        download([f"http://127.0.0.1:{full_port}/set.gz"], target, digest=DIGEST)


def test_a_redirection_is_followed_and_can_be_cancelled_too(
    address: str, target: Path, server: FileServer, silent_port: int
) -> None:
    server.moved["/old.gz"] = address
    download([f"{server.address}/old.gz"], target, digest=DIGEST)
    assert target.read_bytes() == CONTENT
    server.moved["/lost.gz"] = f"http://127.0.0.1:{silent_port}/set.gz"
    target.unlink()
    assert cancel_soon(f"{server.address}/lost.gz", target) < TIMEOUT / 4


def test_two_at_once_do_not_spoil_each_others_file(address: str, target: Path, server: FileServer) -> None:
    server.halt_after = 100_000
    begun = threading.Event()
    first = threading.Thread(
        target=download,
        args=([address], target),
        kwargs={"digest": DIGEST, "progress": lambda *_: begun.set()},
    )
    first.start()
    begun.wait()
    with pytest.raises(DataError, match=r"Another program is downloading set\.gz already; try again when it has ended"):
        download([address], target, digest=DIGEST)
    server.go_on.set()
    first.join()
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == ["set.gz"]


def test_a_folder_where_the_file_should_be(address: str, target: Path) -> None:
    (target / "inside").mkdir(parents=True)
    with pytest.raises(DataError, match=r"set\.gz cannot be written \(.*\); choose another folder"):
        download([address], target, digest=DIGEST)


def test_no_room(address: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1000))
    with pytest.raises(DataError, match=r"set\.gz needs 1 MB in .*down, where 0 MB are free; make room"):
        download([address], target, digest=DIGEST)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_the_disk_fills_up(address: str, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.with_name("set.gz.part").symlink_to("/dev/full")
    with pytest.raises(DataError, match=rf"part cannot be written \({os.strerror(errno.ENOSPC)}\); choose another"):
        download([address], target, digest=DIGEST)


def test_a_file_where_a_folder_should_be(address: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"file cannot be written \(.*\); choose another folder"):
        download([address], tmp_path / "file" / "set.gz", digest=DIGEST)


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch, target: Path, silent_port: int) -> None:
    monkeypatch.setattr("explorer.datasets.download.TIMEOUT", 0.1)
    with pytest.raises(DataError, match=r"127\.0\.0\.1: timed out"):
        download([f"http://127.0.0.1:{silent_port}/set.gz"], target, digest=DIGEST)
