"""The start: the window without torch, a sentence where there is no display, and failures that end in the log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.gui import preflight

ROOT = Path(explorer.__file__).parents[1]

START = """
import sys
from explorer.gui import app

def painted(application):
    window, session = application.window, application.session
    print(session.network.name, session.network.input_shape, session.analysis.output_shape)
    print(sorted({"torch", "torchvision", "pyqtgraph"} & set(sys.modules)))
    window.close()

app._go_on = painted
sys.exit(app.run(["window"]))
"""

OPEN = """
import sys
from explorer import __main__
from explorer.gui import app

def painted(application):
    window, session = application.window, application.session
    print([document.title for document in session.documents], session.network.name)
    print(window.statusBar().currentMessage())
    window.close()

app._go_on = painted
sys.exit(__main__.main())
"""

FAIL = """
import sys
from PySide6.QtCore import QTimer
from explorer.gui import app, log

def painted(application):
    QTimer.singleShot(0, lambda: 1 / 0)
    QTimer.singleShot(50, lambda: print(application.window.statusBar().currentMessage()))
    QTimer.singleShot(60, application.window.close)

app._go_on = painted
code = app.run(["window"])
print("ZeroDivisionError: division by zero" in log.log_file().read_text())
sys.exit(code)
"""


def run(arguments: list[str], folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)} | changes
    environment = {name: value for name, value in environment.items() if value}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, check=False, capture_output=True, text=True, timeout=120
    )


def test_the_window_opens_without_torch_on_a_network_that_can_be_trained(tmp_path: Path) -> None:
    result = run(["-c", START], tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["ResNet-18 (1, 28, 28) (10,)", "[]"]


def test_files_behind_the_command_are_opened_in_the_window(tmp_path: Path) -> None:
    explorer.write(explorer.network("lenet5"), tmp_path / "mine.network.json")
    result = run(["-c", OPEN, str(tmp_path / "mine.network.json"), str(tmp_path / "gone.JSON")], tmp_path)
    assert result.returncode == 0, result.stderr
    opened, said = result.stdout.splitlines()
    assert opened == "['ResNet-18', 'LeNet-5'] LeNet-5"
    assert said.startswith(f"{tmp_path / 'gone.JSON'} cannot be read")


def test_a_failure_is_a_sentence_in_the_window_and_a_traceback_in_the_log(tmp_path: Path) -> None:
    result = run(["-c", FAIL], tmp_path)
    assert result.returncode == 0, result.stderr
    sentence, logged = result.stdout.splitlines()
    assert sentence.startswith("Something went wrong (ZeroDivisionError)")
    assert logged == "True"
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_one_sentence_names_the_command_line(tmp_path: Path) -> None:
    result = run(["-m", "explorer"], tmp_path, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "display" in result.stderr
    assert "command line" in result.stderr


def test_arguments_go_to_the_command_line(tmp_path: Path) -> None:
    result = run(["-m", "explorer", "networks"], tmp_path, DISPLAY="", QT_QPA_PLATFORM="")
    assert result.returncode == 0, result.stderr
    assert "resnet18" in result.stdout


def test_preflight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    assert preflight.problem({}, "darwin") is None
    assert preflight.problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") is None
    assert "no display" in (preflight.problem({}, "linux") or "")
    assert "libxcb-cursor0" in (preflight.problem({"DISPLAY": ":0"}, "linux") or "")
    assert preflight.problem({"WAYLAND_DISPLAY": "wayland-0"}, "linux") is None
    monkeypatch.setattr("ctypes.util.find_library", lambda _: "libxcb-cursor.so.0")
    assert preflight.problem({"DISPLAY": ":0"}, "linux") is None
