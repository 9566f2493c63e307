"""Starting and stopping runs again and again leaves nothing behind: no thread, process, file or memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# In a process of its own, whose memory no other test has used.
SCRIPT = """
import gc, json, os, sys, threading
from pathlib import Path
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from explorer.gui.app import make
from explorer.gui.settings import Settings
from explorer.training import feed
from tests.gui.desk import SMALL, small_network

folder, cycles, streamed = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "streamed"
if streamed:
    feed.fits = lambda split, device: False  # so that processes read the images
settings = Settings(folder / "settings.ini")
settings.set("training/dataset", "synthetic")
settings.set("training/runs", str(folder / "runs"))
settings.set("training/config", json.dumps(SMALL | {"epochs": 1000, "workers": 1}))
application = make(["test"], settings)
application.session.open_network(small_network())
application.window.resize(1280, 800)
application.window.show()
application.window.show_workspace("train")
application.engine.start()
training = application.session.training

def until(holds):
    while not holds():
        QTest.qWait(10)

def left():
    gc.collect()
    # Qt ends its threads for pictures after 30 idle seconds, so whether they are there is chance; now they are
    QImage(2048, 2048, QImage.Format.Format_RGB32).convertToFormat(QImage.Format.Format_RGBA8888)
    tasks = Path("/proc/self/task").iterdir()
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "native": len(list(Path("/proc/self/task").iterdir())),
        "processes": len(children),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "memory": pages * os.sysconf("SC_PAGE_SIZE"),
    }

until(lambda: application.engine.is_ready)
for _ in range(cycles):
    training.start(application.session.network)
    until(lambda: training.record.step > 40 or training.error)
    training.stop()
    until(lambda: not training.active)
    assert not training.error, training.error
    looks = []
    for _ in range(5):  # a look into the folder of runs has a thread for a moment; what is left stays in all of them
        QTest.qWait(200)
        looks.append(left())
    print(json.dumps(min(looks, key=lambda look: (look["native"], look["files"]))), flush=True)
application.close()
"""


def after_each(folder: Path, cycles: int, how: str) -> list[dict[str, object]]:
    """What a process holds after each cycle."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(cycles), how],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell what a process holds")
@pytest.mark.parametrize(
    ("cycles", "how"),
    [
        (3, "resident"),
        pytest.param(20, "resident", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
        pytest.param(20, "streamed", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_nothing_is_left_after_starts_and_stops(tmp_path: Path, cycles: int, how: str) -> None:
    held = after_each(tmp_path, cycles, how)
    assert len(held) == cycles
    second, last = held[1], held[-1]
    for kind in ("threads", "native", "processes", "files"):
        assert last[kind] == second[kind], (kind, held)
    before, after = second["memory"], last["memory"]
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after < 1.05 * before, [line["memory"] for line in held]
