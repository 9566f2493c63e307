"""The guards in tests/conftest.py and pyproject.toml bite: each is given a test that must fail."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LEAKED_THREAD = """
import threading

def test_it(request):
    stop = threading.Event()
    threading.Thread(target=stop.wait, args=(20,), name="the forgotten one", daemon=True).start()
"""
LEAKED_QT_THREAD = """
import threading
from PySide6.QtCore import QThread

class Forgotten(QThread):
    def run(self):
        stop.wait(20)

stop, thread = threading.Event(), Forgotten()

def test_it(qapp):
    thread.start()

def teardown_module():
    stop.set()
    thread.wait()
"""
ENDED_QT_THREAD = """
import threading
from PySide6.QtCore import QThread

class Brief(QThread):
    def run(self):
        threading.current_thread()

def test_it(qapp):
    thread = Brief()
    thread.start()
    assert thread.wait(5000)
"""
WARNING = """
import warnings

def test_it():
    warnings.warn("mind the step", stacklevel=1)
"""
QT_WARNING = """
from PySide6.QtCore import qWarning

def test_it(qapp):
    qWarning("mind the gap")
"""
GOLDEN = """
def test_it(golden):
    golden("never-written.txt", "text")
"""


GUARDED = {
    "thread": (LEAKED_THREAD, "left running: <Thread(the forgotten one"),
    "qt_thread": (LEAKED_QT_THREAD, "left running: <test_qt_thread.Forgotten"),
    "warning": (WARNING, "UserWarning: mind the step"),
    "qt_warning": (QT_WARNING, "mind the gap"),
    "golden": (GOLDEN, "never-written.txt is missing"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints for all of these tests, run under the project's own configuration."""
    folder = tmp_path_factory.mktemp("guarded")
    guards = (ROOT / "tests/conftest.py").read_text(encoding="utf-8")
    (folder / "conftest.py").write_text(guards.replace("TO_END = 3.0", "TO_END = 0.3"), encoding="utf-8")
    for name, (source, _) in GUARDED.items():
        (folder / f"test_{name}.py").write_text(source, encoding="utf-8")
    (folder / "test_ended.py").write_text(ENDED_QT_THREAD, encoding="utf-8")
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider", "-rA"]
    command = [sys.executable, "-m", "pytest", *options, str(folder)]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.parametrize("name", GUARDED)
def test_the_guard_bites(report: str, name: str) -> None:
    assert re.search(rf"^(FAILED|ERROR) test_{name}\.py::test_it", report, flags=re.MULTILINE), report
    assert GUARDED[name][1] in report


def test_a_qt_thread_that_ended_is_no_leak(report: str) -> None:
    assert "PASSED test_ended.py::test_it" in report
    assert "ERROR test_ended.py" not in report
