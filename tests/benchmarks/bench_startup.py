"""How long the window takes from the start of the process to its first paint, without torch having been imported.

Run it as a script for the figures, or with ``pytest -m benchmark -s``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

import explorer

ROOT = Path(explorer.__file__).parents[1]
SECONDS = 1.0  # from the start of the process to the window on the screen
TRIES = 5

_CHILD = """
import sys, time
from explorer.gui import app

def painted(application):
    print(time.time(), "torch" in sys.modules, "pyqtgraph" in sys.modules, flush=True)
    application.window.close()

app._go_on = painted
sys.exit(app.run(["window"]))
"""


def measure(folder: Path) -> tuple[float, bool, bool]:
    """Seconds from the start of a process to the first paint, and whether torch and pyqtgraph had been imported."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": str(ROOT)}
    environment |= {"XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    begun = time.time()
    result = subprocess.run(
        [sys.executable, "-c", _CHILD], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    moment, torch, pyqtgraph = result.stdout.split()
    return float(moment) - begun, torch == "True", pyqtgraph == "True"


@pytest.mark.benchmark
def test_the_window_is_on_the_screen_within_a_second(tmp_path: Path) -> None:
    measure(tmp_path)  # the first start compiles
    found = [measure(tmp_path) for _ in range(TRIES)]
    seconds = [time for time, _, _ in found]
    listed = ", ".join(f"{second:.2f}" for second in sorted(seconds))
    sys.stdout.write(f"\nstart to first paint: median {statistics.median(seconds):.2f} s, of {listed}\n")
    assert not any(torch or pyqtgraph for _, torch, pyqtgraph in found)
    assert statistics.median(seconds) < SECONDS


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-m", "benchmark", "-s", "-q"]))
