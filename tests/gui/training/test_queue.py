"""Runs that wait for their turn: they begin by themselves, in a person's order, and outlive the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QMessageBox

from explorer.core.network import Network
from explorer.gui.data.shelf import DataChoice
from explorer.gui.settings import Settings
from explorer.gui.training.run_queue import QueuedRun, RunQueue
from explorer.gui.training.run_state import State
from explorer.runs.run import Run, find_runs
from explorer.training.config import TrainConfig
from explorer.training.presets import preset
from tests.gui.desk import Desk, small_network


def named(name: str) -> Network:
    return Network.of(name, (1, 28, 28), small_network().body)


def enqueue(desk: Desk, name: str, **settings: object) -> None:
    """Has a network of that name wait, by the key."""
    for key, value in settings.items():
        desk.training.change(key, value)
    desk.session.open_network(named(name))
    desk.window.show_workspace("train")
    QTest.keyClick(desk.window, Qt.Key.Key_F12)


def lines(desk: Desk) -> list[str]:
    found = desk.find("queue_list")
    assert isinstance(found, QListWidget)
    return [found.item(row).text() for row in range(found.count())]


def runs(desk: Desk) -> list[Run]:
    return sorted(find_runs(desk.training.runs_folder), key=lambda run: run.folder.name)


def start_a_long_run(desk: Desk) -> None:
    desk.training.change("epochs", 5000)
    desk.click("button_train_start")
    desk.qtbot.waitUntil(lambda: desk.training.record.step > 0, timeout=30_000)


def test_the_next_one_begins_when_a_run_ends_also_when_that_failed(desk: Desk) -> None:
    desk.training.change("epochs", 2)
    desk.click("button_train_start")
    enqueue(desk, "Wild", optimizer="sgd", lr=1000.0)
    enqueue(desk, "Calm", optimizer="adam", lr=0.01, epochs=1)
    desk.training.change("lr", 0.5)  # the settings of those that wait are their own
    desk.qtbot.waitUntil(lambda: len(runs(desk)) == 3 and not desk.training.active, timeout=90_000)
    assert [(run.network.name, run.state) for run in runs(desk)] == [
        ("Small", "finished"), ("Wild", "diverged"), ("Calm", "finished"),
    ]  # fmt: skip
    assert (runs(desk)[2].config["lr"], runs(desk)[2].config["epochs"]) == (0.01, 1)
    assert desk.training.queue.runs == ()
    assert not desk.find("run_queue").isVisible()


def test_a_person_who_stops_a_run_has_the_machine_back_until_they_start_the_queue(desk: Desk) -> None:
    start_a_long_run(desk)
    enqueue(desk, "Later", epochs=1)
    assert lines(desk) == ["1. Later · 1 epoch\n    Synthetic shapes"]
    desk.click("button_train_stop")
    desk.until(State.FINISHED)
    assert desk.text("offer_text") == "A run waits in the queue."
    desk.click("offer_remedy")
    desk.qtbot.waitUntil(lambda: not desk.training.active and len(runs(desk)) == 2, timeout=60_000)
    assert runs(desk)[1].network.name == "Later"


def test_the_order_is_a_persons_by_buttons_and_by_keys(desk: Desk) -> None:
    start_a_long_run(desk)
    for name in ("A", "B", "C"):
        enqueue(desk, name, epochs=1)
    names = [line.split(" · ")[0] for line in lines(desk)]
    assert names == ["1. A", "2. B", "3. C"]
    found = desk.find("queue_list")
    assert isinstance(found, QListWidget)
    found.setCurrentRow(2)
    desk.click("button_queue_up")
    assert [run.network.name for run in desk.training.queue.runs] == ["A", "C", "B"]
    QTest.keyClick(found, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [run.network.name for run in desk.training.queue.runs] == ["C", "A", "B"]
    desk.click("button_queue_up")
    assert [run.network.name for run in desk.training.queue.runs] == ["C", "A", "B"], "it is the first already"
    desk.click("button_queue_down")
    QTest.keyClick(found, Qt.Key.Key_Delete)
    assert [run.network.name for run in desk.training.queue.runs] == ["A", "B"]
    desk.click("button_queue_remove")
    assert [run.network.name for run in desk.training.queue.runs] == ["A"]


def test_one_that_cannot_start_stays_with_the_reason_and_the_next_begins(desk: Desk, tmp_path: Path) -> None:
    start_a_long_run(desk)
    nowhere = DataChoice("image-folder", tmp_path / "nowhere", (28, 28), 1)
    desk.training.queue.add(QueuedRun(named("Lost"), nowhere, TrainConfig(epochs=1)))
    enqueue(desk, "Found", epochs=1)
    desk.click("button_train_stop")
    desk.until(State.FINISHED)
    desk.click("offer_remedy")
    desk.qtbot.waitUntil(lambda: not desk.training.active and len(runs(desk)) == 2, timeout=60_000)
    assert runs(desk)[1].network.name == "Found"
    assert lines(desk) == ["1. Lost · 1 epoch\n    could not start"]
    assert "nowhere" in desk.text("offer_text")


def test_one_that_prepares_is_remembered_until_it_has_begun(desk: Desk) -> None:
    remembered: dict[State, list[str]] = {}

    def note() -> None:  # what a start of the app would find, were this process killed now
        runs = RunQueue(desk.session.settings).runs
        remembered.setdefault(desk.training.state, [run.network.name for run in runs])

    for name in ("First", "Second"):
        desk.training.queue.add(QueuedRun(named(name), DataChoice("synthetic", None), TrainConfig(epochs=1)))
    desk.training.state_changed.connect(note)
    desk.training.queued.start()
    assert [run.network.name for run in desk.training.queue.runs] == ["Second"]
    desk.qtbot.waitUntil(lambda: not desk.training.active and len(runs(desk)) == 2, timeout=60_000)
    assert remembered[State.PREPARING] == ["First", "Second"]
    assert remembered[State.RUNNING] == ["Second"]
    assert RunQueue(desk.session.settings).runs == ()


def test_closing_asks_and_the_queue_is_there_the_next_time(desk: Desk) -> None:
    start_a_long_run(desk)
    enqueue(desk, "Later", epochs=1)
    desk.window.close()
    box = desk.find("dialog_stop_run")
    assert isinstance(box, QMessageBox)
    assert "What waits in the queue is kept for the next time." in box.informativeText()
    desk.click("button_stop_and_close")
    desk.qtbot.waitUntil(lambda: not desk.window.isVisible(), timeout=20_000)
    assert len(runs(desk)) == 1, "none begins behind a window that closes"
    again = RunQueue(desk.session.settings)
    assert again.runs == desk.training.queue.runs
    assert again.runs[0].network == named("Later")


def test_a_network_that_cannot_be_trained_is_not_let_wait(desk: Desk) -> None:
    start_a_long_run(desk)
    said: list[str] = []
    desk.training.message.connect(said.append)
    desk.session.open_network(small_network(classes=7))
    desk.window.show_workspace("train")
    desk.click("button_train_enqueue")
    assert desk.training.queue.runs == ()
    assert "7 classes" in said[-1]


def test_what_another_version_remembered_is_left_out(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    queue = RunQueue(settings)
    good = QueuedRun(small_network(), DataChoice("synthetic", None), TrainConfig(lr=0.5))
    queue.add(good)
    texts = settings.get("training/queue", list[str]())
    settings.set("training/queue", ["{", "[]", '{"network": {}}', texts[0].replace('"synthetic"', '"gone"'), *texts])
    assert RunQueue(settings).runs == (good,)


def test_weights_stages_and_consent_are_remembered(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    data = DataChoice("image-folder", tmp_path / "images", (28, 28), 1, leave_out=True)
    config = preset("fine-tune-3").config(seed=7)
    run = QueuedRun(small_network().freeze(("conv",)), data, config, tmp_path / "taught.safetensors")
    RunQueue(settings).add(run)
    [again] = RunQueue(Settings(tmp_path / "settings.ini")).runs
    assert again == run
    assert again.config.stages == config.stages
    assert again.network.frozen == {("conv",)}
    assert again.data.leave_out, "which two choices may differ in and be equal"
