"""Opens an address so that a person can give it up at any moment: the look-up, the connection, the wait for an answer.

`urllib.request.urlopen` blocks in each of them for as long as the system lets it.
"""

from __future__ import annotations

import errno
import functools
import os
import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from explorer.datasets.hang_up import HangUp
from explorer.datasets.progress import ASK_EVERY

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse
    from urllib.request import Request

_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY}
_Place: TypeAlias = tuple[Any, ...]  # what `socket.getaddrinfo` says of an address
_Connect: TypeAlias = Callable[..., socket.socket]
_Check: TypeAlias = Callable[[], None]  # raises `Cancelled` once the person has asked to stop


def open_url(request: Request, timeout: float, stop_if_asked: _Check, hang_up: HangUp) -> HTTPResponse:
    """The response to a request, as `urllib.request.urlopen` gives it.

    Args:
        request: What to ask for.
        timeout: Seconds without a byte after which the server is given up.
        stop_if_asked: Called while there is no connection yet; raises `Cancelled` once the person has asked to stop.
        hang_up: Ends the connection once there is one.

    Raises:
        OSError: If the address cannot be reached or refuses, or `hang_up` has ended the connection.
        Cancelled: If the person asked for it before there was a connection.
    """
    from http.client import HTTPConnection, HTTPSConnection
    from urllib.request import HTTPHandler, HTTPSHandler, build_opener

    connect = functools.partial(_connect, stop_if_asked=stop_if_asked, hang_up=hang_up)

    class Http(HTTPHandler):
        def http_open(self, req: Request) -> HTTPResponse:
            return self.do_open(_made_by(HTTPConnection, connect), req)

    class Https(HTTPSHandler):
        def https_open(self, req: Request) -> HTTPResponse:
            return self.do_open(_made_by(HTTPSConnection, connect), req)

    response: HTTPResponse = build_opener(Http, Https).open(request, timeout=timeout)
    return response


def _made_by(kind: type[HTTPConnection], connect: _Connect) -> Any:
    def make(host: str, **how: Any) -> HTTPConnection:
        made = kind(host, **how)
        made._create_connection = connect  # type: ignore[attr-defined] # the seam that http.client has for this
        return made

    return make


def _connect(
    address: tuple[str, int],
    timeout: float,
    source: tuple[str, int] | None = None,
    *,
    stop_if_asked: _Check,
    hang_up: HangUp,
) -> socket.socket:
    """Like `socket.create_connection`, but asks again and again whether to stop."""
    failed: OSError = OSError(errno.EADDRNOTAVAIL, f"{address[0]} has no address")
    for place in _look_up(address, timeout, stop_if_asked):
        try:
            connected = _connect_to(place, source, timeout, stop_if_asked)
        except OSError as error:
            failed = error
        else:
            hang_up.hold(connected)
            return connected
    raise failed


def _look_up(address: tuple[str, int], timeout: float, stop_if_asked: _Check) -> list[_Place]:
    """The places that a name stands for; nothing but its own patience ends the system's look-up, so it is left alone.

    Raises:
        OSError: If there are none, or the system does not answer.
        Cancelled: If the person asked for it.
    """
    found: queue.SimpleQueue[list[_Place] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(list(socket.getaddrinfo(*address, type=socket.SOCK_STREAM)))
        except OSError as error:
            found.put(error)

    threading.Thread(target=ask, name="look-up", daemon=True).start()  # at exit nobody waits for it
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            places = found.get(timeout=ASK_EVERY)
        except queue.Empty:
            stop_if_asked()
            continue
        if isinstance(places, OSError):
            raise places
        return places
    raise TimeoutError("timed out")


def _connect_to(place: _Place, source: tuple[str, int] | None, timeout: float, stop_if_asked: _Check) -> socket.socket:
    family, kind, protocol, _, address = place
    connecting = socket.socket(family, kind, protocol)
    try:
        if source is not None:
            connecting.bind(source)
        connecting.setblocking(False)
        code = connecting.connect_ex(address)
        if code in _UNDER_WAY:
            _wait(connecting, timeout, stop_if_asked)
            code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        connecting.settimeout(timeout)
    except BaseException:
        connecting.close()
        raise
    return connecting


def _wait(connecting: socket.socket, timeout: float, stop_if_asked: _Check) -> None:
    """Waits until a connection is there or has failed."""
    deadline = time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        selector.register(connecting, selectors.EVENT_WRITE)
        while time.monotonic() < deadline:
            if selector.select(ASK_EVERY):
                return
            stop_if_asked()
    raise TimeoutError("timed out")
