"""The page shows a run live that another process writes, and writes nothing itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from explorer.core import storage
from explorer.gui.figures import UNKNOWN
from explorer.gui.runs import run_follower
from explorer.gui.training.run_state import State
from explorer.runs.run import Run
from tests.cli.test_torchrun import started
from tests.gui.desk import SMALL, Desk, small_network

ROOT = Path(__file__).parents[3]

# A process of its own, as the command line or a machine of a torchrun would be, that takes its time for each step.
SCRIPT = """
import json, sys, time
from pathlib import Path
from explorer.core import storage
from explorer.datasets.base import DATASETS
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Step
from explorer.training.trainer import train

folder, network, config = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
control = Control()
data = TrainingData.load(DATASETS["synthetic"])
for event in train(storage.read(network), data, TrainConfig.from_json(config), folder, control):
    if isinstance(event, Step):
        print("step", flush=True)
        if sys.stdin.readline() == "stop\\n":
            control.stop()
"""


class Other:
    """Another process that trains a run, a few steps each time it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def step(self, word: str = "go") -> None:
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        assert self._process.stdout.readline() == "step\n"
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "far-away"


@pytest.fixture
def other(folder: Path, tmp_path: Path) -> Iterator[Other]:
    network = tmp_path / "network.json"
    storage.write(small_network(), network)
    command = [sys.executable, "-c", SCRIPT, str(folder), str(network), json.dumps(SMALL | {"epochs": 500})]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Other(process)
        process.kill()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_follower, "INTERVAL", 30)


def follow(desk: Desk, folder: Path) -> None:
    """By the menu, as for a run in any folder."""
    QTest.keyClick(desk.window, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = desk.find("dialog_follow_run")
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder.parent))
    dialog.selectFile(folder.name)
    dialog.accept()
    desk.until(State.FOLLOWING)


def test_it_grows_while_another_process_trains_and_ends_with_it(desk: Desk, other: Other, folder: Path) -> None:
    other.step()
    follow(desk, folder)
    desk.qtbot.waitUntil(lambda: "Another process is training far-away." in desk.text("offer_text"), timeout=20_000)
    seen = desk.training.record.step
    for _ in range(3):
        other.step()
    desk.qtbot.waitUntil(lambda: desk.training.record.step > seen, timeout=20_000)
    assert desk.text("progress_line").startswith("watching · epoch ")
    assert desk.buttons() == ["start"], "it is not ours to pause or stop"
    assert desk.find("run_plots").isVisible()
    assert desk.training.network == small_network()
    other.step("stop")
    desk.until(State.FINISHED)
    assert desk.text("now_ending") == "Stopped; the run can be continued."
    assert desk.text("offer_text") == ""
    told = [line["step"] for line in Run.open(folder).metrics() if line["event"] == "step"]
    assert desk.training.record.steps.y.tolist() == told


def test_a_killed_run_is_no_longer_followed_and_goes_on_here(
    desk: Desk, other: Other, folder: Path, tmp_path: Path
) -> None:
    other.step()
    follow(desk, folder)
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=20_000)
    desk.training.take_up(folder)
    desk.until(State.FAILED)
    assert "is writing the run" in desk.training.error
    desk.training.follow(folder)
    desk.training.take_up(tmp_path)
    assert "is not the folder of a run" in desk.training.error
    follower = desk.training.findChild(run_follower.RunFollower)
    assert follower is not None
    assert not follower.follows, "nobody sees what it would find"
    desk.training.follow(folder)
    other.kill()
    desk.until(State.IDLE)
    assert desk.text("offer_text") == "far-away was cut off before its end. It can go on from its last checkpoint."
    assert " left" not in desk.text("progress_line")
    assert desk.text("pace_left") == UNKNOWN
    desk.click("offer_remedy")
    desk.until(State.RUNNING)
    desk.click("button_train_stop")
    desk.until(State.FINISHED)
    assert desk.training.record.folder == folder


@pytest.mark.slow
def test_one_stops_watching_and_the_run_goes_on(desk: Desk, other: Other, folder: Path) -> None:
    other.step()
    follow(desk, folder)
    desk.qtbot.waitUntil(lambda: desk.text("offer_text") != "", timeout=20_000)
    desk.click("offer_remedy")
    assert desk.training.state is State.IDLE
    assert Run.open(folder).state == "running"
    assert desk.text("offer_text") == ""


@pytest.mark.slow
def test_a_folder_that_nobody_may_write_is_followed_all_the_same(
    desk: Desk, other: Other, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For root no mode is read-only, so the refusal is the test's."""
    opened: list[str] = []
    whole = Path.open

    def refusing(self: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if self.is_relative_to(folder):
            opened.append(mode)
            if set(mode) & set("wax+"):
                raise PermissionError(13, "Permission denied", str(self))
        return whole(self, mode, *arguments, **options)

    other.step()
    monkeypatch.setattr(Path, "open", refusing)
    follow(desk, folder)
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=20_000)
    assert desk.training.state is State.FOLLOWING, "the lock can be asked without writing"
    other.step("stop")
    desk.until(State.FINISHED)
    assert "rb" in opened


@pytest.mark.slow
def test_a_folder_that_goes_away_is_a_sentence(desk: Desk, other: Other, folder: Path) -> None:
    other.step()
    follow(desk, folder)
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=20_000)
    folder.rename(folder.with_name("moved"))
    desk.until(State.FAILED)
    assert "is not there any more" in desk.training.error


def test_starting_a_run_of_ones_own_ends_the_watching(desk: Desk, other: Other, folder: Path) -> None:
    other.step()
    follow(desk, folder)
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    assert desk.training.record.folder != folder
    assert Run.open(folder).state == "running"


@pytest.mark.slow
def test_a_run_of_two_processes_is_followed_to_its_end(desk: Desk, folder: Path) -> None:
    """One that ``torchrun`` started, which a signal to any of its processes ends."""
    with started(folder, "--epochs", "1000", "--batch-size", "100") as torchrun:
        desk.qtbot.waitUntil((folder / "checkpoints" / "best.json").exists, timeout=90_000)
        follow(desk, folder)
        desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=20_000)
        seen = desk.training.record.validation_loss.x.size
        desk.qtbot.waitUntil(lambda: desk.training.record.validation_loss.x.size > seen, timeout=60_000)
        assert desk.training.state is State.FOLLOWING
        assert "Another process is training far-away." in desk.text("offer_text")
        os.kill(int((folder / "run.lock").read_text()), signal.SIGINT)
        desk.until(State.FINISHED)
        torchrun.communicate(timeout=60)
    assert desk.text("now_ending") == "Stopped; the run can be continued."
    assert desk.training.record.steps_per_epoch == 8, "of the batches of both together"
    told = {kind: [line for line in Run.open(folder).metrics() if line["event"] == kind] for kind in ("step", "epoch")}
    assert desk.training.record.steps.y.tolist() == [line["step"] for line in told["step"]]
    expected = [line["validation_loss"] for line in told["epoch"]]
    assert desk.training.record.validation_loss.y.tolist() == pytest.approx(expected)
