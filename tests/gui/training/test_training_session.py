"""The training in the window: its states, and that what a person does meanwhile changes nothing of a run."""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.errors import DataError
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.settings import Settings
from explorer.gui.training.run_state import ACTIVE, State
from explorer.gui.training.training_session import TrainingSession
from explorer.runs.checkpoint import load
from explorer.runs.rotation import LAST
from explorer.runs.run import INTERRUPTED, Run
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Event, Finished, Step
from explorer.training.step import Stepper
from explorer.training.trainer import train

CONFIG = {"epochs": 3, "batch_size": 20, "lr": 0.01, "threads": 1, "memory_format": "contiguous", "seed": 3}


def small_network(classes: int = 4) -> Network:
    body = Chain(
        ("conv", Conv2d(8, 3, stride=2)),
        ("relu", ReLU()),
        ("pool", AdaptiveAvgPool2d(4)),
        ("flatten", Flatten()),
        ("fc", Linear(classes)),
    )
    return Network.of("Small", (1, 28, 28), body)


@dataclass
class Window:
    """A training without a window, and what it went through."""

    training: TrainingSession
    engine: EngineThread
    states: list[State]
    said: list[str]
    folder: Path

    def until(self, qtbot: QtBot, *states: State, timeout: int = 60_000) -> None:
        qtbot.waitUntil(lambda: self.training.state in states, timeout=timeout)

    def run(self, qtbot: QtBot, network: Network | None = None) -> None:
        self.training.start(network or small_network())
        qtbot.waitUntil(lambda: not self.training.active, timeout=60_000)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    engine = EngineThread(warm_up=())
    training = TrainingSession(engine, Settings(tmp_path / "settings.ini"))
    training.data.choose("synthetic")
    training.set_runs_folder(tmp_path / "runs")
    for name, value in CONFIG.items():
        training.change(name, value)
    made = Window(training, engine, [], [], tmp_path)
    training.state_changed.connect(lambda: made.states.append(training.state))
    training.message.connect(made.said.append)
    yield made
    engine.shutdown()


class Watched(deque[Event]):
    """What has come of a training; does something at a step, on the training's own thread, however late the window is.

    Args:
        training: What it is the inbox of.
        step: The step, or the first one told after it.
        act: What is done with the training's control.
    """

    def __init__(self, training: TrainingSession, step: int, act: Callable[[Control], None]) -> None:
        super().__init__()
        self._training, self._step, self._act = training, step, act

    def append(self, event: Event) -> None:
        super().append(event)
        if isinstance(event, Step) and event.step >= self._step:
            self._step = sys.maxsize
            self._act(self._training._drive._control)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(str(checkpoints.pointed(LAST)))).model)


def headless(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of the same run without a window, driven to its end at once."""
    data = TrainingData.load(DATASETS["synthetic"])
    list(train(small_network(), data, TrainConfig.from_json(CONFIG), folder))
    return weights(folder)


def assert_same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> None:
    assert left.keys() == right.keys()
    for name, tensor in left.items():
        assert torch.equal(tensor, right[name]), name


def test_a_run_from_start_to_end(qtbot: QtBot, window: Window) -> None:
    training = window.training
    window.run(qtbot)
    assert window.states == [State.PREPARING, State.RUNNING, State.FINISHED]
    record = training.record
    assert record.finished is not None
    assert record.finished.reason == "finished"
    assert record.step == record.total_steps == 3 * 36
    assert record.validation_accuracy.x.tolist() == [1, 2, 3]
    assert np.isfinite(record.loss.y).all()
    assert record.folder is not None
    assert record.folder.parent == window.folder / "runs"
    told = [line for line in Run.open(record.folder).metrics() if line["event"] == "epoch"]
    assert record.validation_accuracy.y.tolist() == [100 * line["validation_accuracy"] for line in told]
    assert window.said[-1] == "Trained for all 3 epochs."


def test_pausing_looking_and_exporting_change_no_bit_of_a_run(qtbot: QtBot, window: Window) -> None:
    training = window.training
    training._drive._inbox = Watched(training, 1, Control.pause)
    training.start(small_network())
    window.until(qtbot, State.PAUSED)
    step = training.record.step
    qtbot.wait(300)
    assert training.record.step == step
    drawn: list[object] = []
    window.engine.submit(lambda: torch.rand(3).tolist(), drawn.append, pytest.fail)
    with qtbot.waitSignal(training.exported):
        training.export("safetensors", window.folder / "half.safetensors", "last")
    training.resume()
    window.until(qtbot, State.FINISHED)
    assert drawn
    passing = {State.RUNNING, State.PAUSING}
    assert [state for state in window.states if state not in passing] == [
        State.PREPARING, State.PAUSED, State.FINISHED,
    ]  # fmt: skip
    assert training.record.folder is not None
    assert_same(weights(training.record.folder), headless(window.folder / "headless"))


def test_a_stopped_run_goes_on_exactly_and_its_curve_repeats_nothing(qtbot: QtBot, window: Window) -> None:
    training = window.training
    training._drive._inbox = Watched(training, 20, Control.stop)
    training.start(small_network())
    window.until(qtbot, State.FINISHED)
    finished, folder = training.record.finished, training.record.folder
    assert finished is not None
    assert finished.reason == "stopped"
    assert folder is not None
    assert 20 <= finished.step < 108
    continue_to_the_end(qtbot, training)
    assert (np.diff(training.record.loss.x) > 0).all()
    assert_same(weights(folder), headless(window.folder / "headless"))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "lost_device"),
        (torch.OutOfMemoryError("CUDA out of memory."), "out_of_memory"),
        (DataError("cat.png is not there any more."), "failed"),
    ],
    ids=["lost device", "out of memory", "an image that is gone"],
)
def test_a_run_that_something_ended_goes_on_once_that_is_mended(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    training, steps, step = window.training, itertools.count(1), Stepper.__call__

    def fail(stepper: Stepper, *batch: Any) -> Any:
        if next(steps) == 50:  # in the second epoch, which has 36 steps as the first
            raise error
        return step(stepper, *batch)

    monkeypatch.setattr(Stepper, "__call__", fail)
    window.run(qtbot)
    finished, folder = training.record.finished, training.record.folder
    assert finished is not None
    assert (finished.reason, finished.epoch) == (reason, 1)
    assert folder is not None
    continue_to_the_end(qtbot, training)
    assert_same(weights(folder), headless(window.folder / "headless"))


def continue_to_the_end(qtbot: QtBot, training: TrainingSession) -> None:
    """Continues a run that had ended early."""
    assert training.can_continue
    training.continue_run()
    qtbot.waitUntil(lambda: not training.active, timeout=30_000)
    assert training.record.finished is not None
    assert training.record.finished.reason == "finished"
    assert not training.can_continue


def cut_off(folder: Path, steps: int = 50) -> Path:
    """A run that ended without a word in the middle of its second epoch, as a killed process leaves it."""
    events = train(small_network(), TrainingData.load(DATASETS["synthetic"]), TrainConfig.from_json(CONFIG), folder)
    for event in events:
        if isinstance(event, Step) and event.step >= steps:
            break
    events.close()  # type: ignore[attr-defined]
    assert Run.open(folder).state == INTERRUPTED
    return folder


def test_a_run_that_was_cut_off_is_found_and_goes_on_exactly(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = window.training
    monkeypatch.setattr("explorer.training.meter.INTERVAL", 0.0)
    monkeypatch.setattr("explorer.training.loop.INTERVAL", 0.0)
    folder = cut_off(window.folder / "runs" / "2026-11-26-1-small")
    training.runs.look()
    qtbot.waitUntil(lambda: training.interrupted == folder)
    training.data.choose("fashion-mnist-sample")  # what the next run would see is another matter
    training.take_up(folder)
    assert training.interrupted is None
    window.until(qtbot, State.FINISHED)
    record = training.record
    assert record.finished is not None
    assert record.finished.reason == "finished"
    assert training.network == small_network()
    assert record.validation_accuracy.x.tolist() == [1, 2, 3], "the first epoch was trained before"
    assert record.loss.x[0] < 0.1
    assert (np.diff(record.loss.x) > 0).all()
    assert_same(weights(folder), headless(window.folder / "headless"))
    with qtbot.waitSignal(training.runs.looked):
        training.runs.look()
    assert training.runs.interrupted is None


def test_a_folder_that_is_no_run_is_not_taken_up(qtbot: QtBot, window: Window) -> None:
    window.run(qtbot)
    record = window.training.record
    window.training.take_up(window.folder)
    assert window.training.state is State.FAILED
    assert "not the folder of a run" in window.training.error
    assert window.training.record is record
    assert record.folder is not None
    window.training.take_up(record.folder)
    window.until(qtbot, State.FAILED)
    assert "has done its 3 epochs" in window.training.error
    assert window.training.record is record, "it stays in sight"


def test_stopping_before_the_first_step_is_no_error(qtbot: QtBot, window: Window) -> None:
    window.engine.submit(lambda: time.sleep(0.3), lambda _: None, pytest.fail)  # as if torch were still loading
    window.training.start(small_network())
    assert window.training.state is State.PREPARING
    window.training.stop()
    window.until(qtbot, State.IDLE)
    assert window.states == [State.PREPARING, State.STOPPING, State.IDLE]
    assert "cancelled" in window.said[-1]
    assert not (window.folder / "runs").exists()


def test_a_run_has_its_own_network_and_settings(qtbot: QtBot, window: Window) -> None:
    network, training = small_network(), window.training
    training.start(network)
    training.change("epochs", 50)
    training.change("lr", 0.5)
    window.until(qtbot, State.FINISHED)
    assert training.record.folder is not None
    run = Run.open(training.record.folder)
    assert run.network == network
    assert (run.config["epochs"], run.config["lr"]) == (3, 0.01)
    assert training.config.epochs == 50


def test_a_network_that_does_not_fit_is_a_sentence_with_a_remedy(window: Window) -> None:
    training = window.training
    training.start(small_network(classes=7))
    assert training.state is State.FAILED
    assert "7 classes" in training.error
    problem = training.problem(small_network(classes=7))
    assert problem is not None
    assert problem.fix is not None
    assert problem.fix.label == "Set 4 classes"
    assert training.problem(problem.fix.network) is None


def test_what_cannot_be_written_or_read_is_a_sentence(qtbot: QtBot, window: Window) -> None:
    training = window.training
    blocked = window.folder / "blocked"
    blocked.write_text("a file where the folder should be")
    training.set_runs_folder(blocked)
    window.run(qtbot)
    assert training.state is State.FAILED
    assert "blocked" in training.error
    assert "Traceback" not in training.error
    training.data.choose("image-folder", window.folder / "nowhere")
    window.run(qtbot)
    assert training.state is State.FAILED
    assert "nowhere" in training.error


def test_a_start_that_fails_leaves_the_run_before_in_sight(qtbot: QtBot, window: Window) -> None:
    training = window.training
    window.run(qtbot)
    record, network = training.record, training.network
    blocked = window.folder / "blocked"
    blocked.write_text("a file where the folder should be")
    training.set_runs_folder(blocked)
    window.run(qtbot)
    assert training.state is State.FAILED
    assert training.record is record
    assert training.network is network
    with qtbot.waitSignal(training.exported):
        training.export("pt", window.folder / "still.pt")


def test_a_run_that_diverges_ends_with_what_to_change(qtbot: QtBot, window: Window) -> None:
    for name, value in (("optimizer", "sgd"), ("lr", 1000.0)):
        window.training.change(name, value)
    window.run(qtbot)
    finished = window.training.record.finished
    assert finished is not None
    assert finished.reason == "diverged"
    assert "learning rate of 100" in finished.message


def test_one_run_at_a_time(qtbot: QtBot, window: Window) -> None:
    training = window.training
    training.start(small_network())
    record = training.record
    training.start(small_network())
    assert training.record is record
    window.until(qtbot, State.FINISHED)
    assert len(list((window.folder / "runs").iterdir())) == 1


def test_the_window_hears_of_metrics_five_times_a_second_at_most(qtbot: QtBot, window: Window) -> None:
    training, heard, looks = window.training, list[int](), list[int]()
    training.change("epochs", 12)
    training.metrics_changed.connect(lambda: heard.append(1))
    training._drive._timer.timeout.connect(lambda: looks.append(1))
    window.run(qtbot)
    assert training._drive._timer.interval() == 200
    assert 1 <= len(heard) <= len(looks) + 1, "once a look, and once at the end"


def test_leaving_while_it_trains_stops_within_a_step_and_keeps_it(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    training, asked = window.training, list[int]()
    training.change("epochs", 10_000)
    training.start(small_network())
    qtbot.waitUntil(lambda: training.record.step >= 5, timeout=30_000)
    stop = training._drive._control.stop

    def ask() -> None:
        asked.append(len(training._drive._inbox))
        stop()

    monkeypatch.setattr(training._drive._control, "stop", ask)
    window.engine.shutdown()
    behind = list(training._drive._inbox)[asked[0] :]
    assert sum(isinstance(event, Step) for event in behind) <= 2, "more came than the steps that were under way"
    assert isinstance(behind[-1], Finished)
    assert training.record.folder is not None
    run = Run.open(training.record.folder)
    last = run.last_record()
    assert last is not None
    assert (last["event"], last["reason"]) == ("finished", "stopped")
    checkpoint = load(run.checkpoints.path(str(run.checkpoints.pointed(LAST))))
    assert checkpoint.meta.step == last["step"]


def test_exported_weights_are_those_of_the_checkpoint(qtbot: QtBot, window: Window) -> None:
    training = window.training
    training.export("pt", window.folder / "no.pt")
    assert window.said == ["There is nothing to export yet; train the network first."]
    window.run(qtbot)
    folder = training.record.folder
    assert folder is not None
    for key, name in (("safetensors", "a.safetensors"), ("pt", "a.pt")):
        with qtbot.waitSignal(training.exported) as told:
            training.export(key, window.folder / name, "last")
        assert told.args == [str(window.folder / name)]
    assert_same(load_file(window.folder / "a.safetensors"), weights(folder))
    assert_same(torch.load(window.folder / "a.pt", weights_only=True), weights(folder))
    explorer.assemble(small_network()).load_state_dict(load_file(window.folder / "a.safetensors"), strict=True)


def test_an_export_that_fails_is_a_sentence(qtbot: QtBot, window: Window) -> None:
    window.run(qtbot)
    with qtbot.waitSignal(window.training.message) as told:
        window.training.export("safetensors", window.folder / "missing" / "a.safetensors")
    assert told.args is not None
    assert "missing" in told.args[0]


def test_settings_are_remembered_and_wrong_ones_are_not(qtbot: QtBot, window: Window) -> None:
    training = window.training
    training.change("lr", 0.25)
    training.settle()
    training.change("lr", 25.0)  # typed on the way
    training.change("lr", -1.0)
    assert training.draft.problems == {"lr": "Learning rate is -1; it must be a number from 0 to 1000."}
    assert training.problem(small_network()) is not None
    again = TrainingSession(window.engine, Settings(window.folder / "settings.ini"))
    assert again.config.lr == 0.25
    assert again.data.key == "synthetic"
    assert again.runs_folder == window.folder / "runs"


def test_the_settings_of_a_run_come_without_what_was_measured_for_it(qtbot: QtBot, window: Window) -> None:
    training = window.training
    window.run(qtbot)
    folder = training.record.folder
    assert folder is not None
    training.set_config(TrainConfig(lr=0.5))
    training.take_over(Run.open(folder))
    wish = {name: getattr(TrainConfig(), name) for name in ("memory_format", "threads")}
    assert training.config == TrainConfig.from_json(CONFIG | wish)


@pytest.mark.parametrize("text", ["{", "[]", '{"epochs": -3}', '{"from_the_future": 1}', json.dumps({"lr": "fast"})])
def test_settings_of_another_version_give_the_defaults(qtbot: QtBot, window: Window, text: str) -> None:
    settings = Settings(window.folder / "settings.ini")
    settings.set("training/config", text)
    assert TrainingSession(window.engine, settings).config == TrainConfig()


def test_two_settings_that_do_not_go_together_are_a_problem_of_the_one_that_was_changed(window: Window) -> None:
    window.training.change("momentum", 0.0)
    window.training.change("nesterov", True)
    assert list(window.training.draft.problems) == ["nesterov"]
    window.training.change("nesterov", False)
    assert window.training.draft.problems == {}


def test_a_look_at_the_data_waits_for_a_run_to_end(qtbot: QtBot, window: Window) -> None:
    training, seen = window.training, list[bool]()
    training.data.changed.connect(lambda: seen.append(training.active))
    training.start(small_network())
    training.data.look(small_network())
    window.until(qtbot, State.FINISHED)
    qtbot.waitUntil(lambda: training.data.preview is not None)
    assert seen == [False]
    assert training.data.preview is not None
    assert training.data.preview.dataset.key == "synthetic"


def test_states_of_a_run_that_goes_on_are_active(window: Window) -> None:
    assert {State.IDLE, State.FOLLOWING, State.FINISHED, State.FAILED}.isdisjoint(ACTIVE)
    assert len(ACTIVE) == len(State) - 4
