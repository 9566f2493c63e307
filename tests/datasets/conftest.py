"""What the tests of data sets share: no way to the internet, no data of this machine, and a small file server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from explorer.datasets import locations


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


@dataclass
class FileServer:
    """Serves files over HTTP on this machine, as well or as badly as a test wants.

    Attributes:
        files: Their content by path.
        ranges: Whether a download can be continued.
        cut_after: After how many bytes of a response the connection breaks, once.
        requests: What was asked for: the path and the Range header.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cut_after: int | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A file server on a free port of this machine."""
    served = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            served.requests.append((self.path, wanted))
            content = served.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and served.ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            cut, served.cut_after = served.cut_after, None
            self.wfile.write(content[start : None if cut is None else start + cut])

        def log_message(self, *_: object) -> None:
            """Says nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        served.address = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        running.shutdown()
        thread.join()


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
