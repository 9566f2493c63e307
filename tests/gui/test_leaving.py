"""Closing the window during a run whose step takes long: "Leave now" ends the process and keeps what was saved."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch

from explorer.datasets.base import DATASETS
from explorer.runs.checkpoint import load
from explorer.runs.rotation import LAST
from explorer.runs.run import INTERRUPTED, Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.trainer import resume, train
from tests.gui.desk import SMALL, small_network

ROOT = Path(__file__).parents[2]

# Step 50, in the second epoch, takes a minute; a person closes the window in the middle of it.
SCRIPT = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton
from explorer.gui.training import run_closing
from explorer.gui.app import make
from explorer.gui.settings import Settings
from explorer.training.step import Stepper
from tests.gui.desk import SMALL, small_network

folder = Path(sys.argv[1])
run_closing.PATIENCE = 300
in_long_step = []
steps, whole = [], Stepper.__call__

def step(self, images, labels, lr):
    steps.append(lr)
    if len(steps) == 51:  # the dry run took one
        in_long_step.append(True)
        time.sleep(60)
    return whole(self, images, labels, lr)

Stepper.__call__ = step
settings = Settings(folder / "settings.ini")
settings.set("training/dataset", "synthetic")
settings.set("training/runs", str(folder / "runs"))
settings.set("training/config", json.dumps(SMALL))
application = make(["test"], settings)
window = application.window
application.session.open_network(small_network())
window.show()
application.engine.start()
begun = []

def press(name):
    button = window.findChild(QPushButton, name)
    if button is not None and button.isVisible():
        button.click()
        return True
    return False

def look():
    if not begun and application.engine.is_ready:
        begun.append(True)
        application.session.training.start(application.session.network)
    elif in_long_step and not press("button_leave_now") and window.isVisible():
        if not press("button_stop_and_close") and len(in_long_step) == 1:
            in_long_step.append(True)
            window.close()

timer = QTimer(interval=20)
timer.timeout.connect(look)
timer.start()
application.qt.exec()
print("closing", flush=True)
application.close()
print("too late: it waited for the step", flush=True)
"""


def test_leaving_in_a_long_step_keeps_the_last_checkpoint(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["closing"], done.stderr
    [folder] = (tmp_path / "runs").iterdir()
    run = Run.open(folder)
    assert run.state == INTERRUPTED
    assert load(run.checkpoints.path(str(run.checkpoints.pointed(LAST)))).meta.epoch == 1
    data = TrainingData.load(DATASETS["synthetic"])
    list(resume(folder, data=data))
    list(train(small_network(), data, TrainConfig(**SMALL), tmp_path / "at-a-stretch"))  # type: ignore[arg-type]
    expected, found = _weights(tmp_path / "at-a-stretch"), _weights(folder)
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(str(checkpoints.pointed(LAST)))).model)
