"""What the tests of data sets share: no way to the internet, no data of this machine, and a file server."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.datasets import locations
from tests.file_server import FileServer, serving


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Downloads go to a folder of the test; nothing is found on this machine, and nothing but it can be reached."""
    monkeypatch.setenv(locations.VARIABLE, str(tmp_path / "own"))
    monkeypatch.setattr(locations, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("no_proxy", "*")
    lookup = socket.getaddrinfo

    def here_only(host: str, *rest: Any, **named: Any) -> Any:
        if host != "127.0.0.1":
            raise socket.gaierror(socket.EAI_NONAME, f"a test asked for {host}")
        return lookup(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here_only)


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A file server on a free port of this machine."""
    with serving() as served:
        yield served


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port on which connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port on which a connection never comes to be: nobody takes those that wait, and no more may wait."""
    if sys.platform != "linux":
        pytest.skip("other systems refuse what may not wait")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening, contextlib.ExitStack() as waiting:
        for _ in range(8):  # how many a system lets wait beyond the limit differs
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield int(listening.getsockname()[1])
