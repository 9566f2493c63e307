"""What every test shares: no screen, deterministic examples, golden files, and no thread left behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from weakref import WeakSet

# Before anything creates a QApplication. A window on the screen would depend on its scale and steal the focus; whoever
# wants to watch sets QT_QPA_PLATFORM.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Many tests ask for bits that the CPU alone gives. Those of a GPU (-m gpu) need the variable set: 0 is the first one.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
# One thread for the sums of each worker: where all ask for every core, OpenMP's barriers wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import hypothesis
import pytest

GOLDEN = Path(__file__).parent / "golden"
SECONDS_FOR_A_THREAD_TO_END = 3.0

# No deadline: the first example of a test may import torch. On CI the same examples each time, so that a change is what
# fails; elsewhere new ones, so that bugs are found.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --overwrite."""
    parser.addoption("--overwrite", action="store_true", help="write what the golden tests get into tests/golden")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the file of that name in tests/golden, or writes it there with --overwrite."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--overwrite"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"tests/golden/{name} is missing; look at the output and run pytest --overwrite"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def _qt_threads() -> Iterator[Callable[[], set[object]]]:
    """Gives those of Qt's threads that run; noted as they start, since to look for them among all objects is slow."""
    import shiboken6
    from PySide6.QtCore import QThread

    started: WeakSet[QThread] = WeakSet()
    start = QThread.start

    def noted_start(thread: QThread, *priority: QThread.Priority) -> None:
        started.add(thread)
        start(thread, *priority)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QThread, "start", noted_start)
        yield lambda: {thread for thread in started if shiboken6.isValid(thread) and thread.isRunning()}


@pytest.fixture(autouse=True)
def _no_leaked_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test after which a thread runs that did not run before: at exit it would hang or abort the process."""
    of_qt = request.getfixturevalue("_qt_threads") if "qapp" in request.fixturenames else set
    before = _threads() | of_qt()
    yield
    deadline = time.monotonic() + SECONDS_FOR_A_THREAD_TO_END
    while (left := (_threads() | of_qt()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    if left:
        pytest.fail(f"left running: {', '.join(sorted(map(str, left)))}", pytrace=False)


def _threads() -> set[object]:
    # A thread that Qt started is a dummy to Python, listed from its first call of current_thread() and for ever after;
    # only Qt knows whether it runs.
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}
