from __future__ import annotations

import pytest

from tests.cli.commands import Terminal


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)
