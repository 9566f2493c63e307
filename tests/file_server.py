"""A small file server for tests of downloads, as good or as bad as a test wants."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """Serves files over HTTP on this machine, as well or as badly as a test wants.

    Attributes:
        address: How its paths begin.
        files: Their content by path.
        moved: Paths whose files are elsewhere, and their addresses.
        ranges: Whether a download can be continued.
        cut_after: After how many bytes of a response the connection breaks, once.
        halt_after: After how many bytes of a response nothing more comes until `go_on` is set.
        go_on: Ends a halt.
        requests: What was asked for: the path and the Range header.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    cut_after: int | None = None
    halt_after: int | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, str]] = field(default_factory=list)


@contextlib.contextmanager
def serving() -> Iterator[FileServer]:
    """A file server on a free port of this machine."""
    served = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            served.requests.append((self.path, wanted))
            if self.path in served.moved:
                self.send_response(302)
                self.send_header("Location", served.moved[self.path])
                self.end_headers()
                return
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
            self._send(content[start:])

        def _send(self, content: bytes) -> None:
            halt, served.halt_after = served.halt_after, None
            cut, served.cut_after = served.cut_after, None
            with contextlib.suppress(ConnectionError):  # who has cancelled hangs up
                if halt is not None:
                    self.wfile.write(content[:halt])
                    served.go_on.wait(60)
                self.wfile.write(content[halt or 0 : cut])

        def log_message(self, *_: object) -> None:
            """Says nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        served.address = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            served.go_on.set()
            running.shutdown()
            thread.join()
