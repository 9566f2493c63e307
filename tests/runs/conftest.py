"""What the tests of runs share: a file server, and folders of weights that are the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.file_server import FileServer, serving


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A file server on a free port of this machine."""
    with serving() as served:
        yield served
