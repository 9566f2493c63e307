"""What can be found out before a run, in the window: a dry run, the largest batch, the fastest way, a learning rate."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QPushButton

from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.core.wording import amount
from explorer.gui.figures import data
from explorer.gui.plots.rate_plot import RatePlot
from explorer.gui.training.run_state import State
from explorer.gui.trials.pace_words import pace_words
from explorer.gui.trials.record import TrialKind
from explorer.runs.run import Run
from explorer.training import rate_test, rehearsal
from explorer.training.device import settle
from explorer.training.feed import Feed
from explorer.training.rehearsal import rehearse
from explorer.training.source import Batch
from tests.gui.desk import Desk, small_network


def ended(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: desk.training.trials.active is None, timeout=60_000)


def words_of(desk: Desk, kind: TrialKind) -> str:
    return desk.text(f"trial_{kind}_words")


class Gate:
    """Lets the steps of a trial begin one by one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._go = threading.Semaphore(0)
        self._is_open = False
        measured, endless = rehearsal._measured, rate_test._endless

        def wait_and_measure(*arguments: Any) -> int:
            self._wait()
            return measured(*arguments)

        def wait_for_each(feed: Feed) -> Iterator[Batch]:
            for batch in endless(feed):
                self._wait()
                yield batch

        monkeypatch.setattr(rehearsal, "_measured", wait_and_measure)
        monkeypatch.setattr(rate_test, "_endless", wait_for_each)

    def _wait(self) -> None:
        if not self._is_open:
            self._go.acquire(timeout=20)

    def let(self, steps: int) -> None:
        self._go.release(steps)

    def open(self) -> None:
        self._is_open = True
        self._go.release()


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets memory run out for batches above some size, as CUDA says it."""

    def refuse(most: int) -> None:
        measured = rehearsal._measured

        def refusing(network: Network, config: Any, *arguments: Any) -> int:
            if config.batch_size // config.accumulation > most:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return measured(network, config, *arguments)

        monkeypatch.setattr(rehearsal, "_measured", refusing)

    return refuse


# The dry run


def test_a_batch_is_tried_with_its_memory_beside_the_estimate(desk: Desk) -> None:
    desk.click("button_try_dry_run")
    ended(desk)
    expected = rehearse(desk.session.network, desk.training.config, settle(desk.training.config))
    assert expected.measured is not None
    needs = f"A batch of 20 needs {data(expected.measured)} ({data(expected.estimated)} by counting) and took "
    assert words_of(desk, TrialKind.DRY_RUN).startswith(needs)
    assert desk.text("memory_notice_text") == ""


def test_a_batch_that_was_tried_says_how_long_the_run_will_take(desk: Desk) -> None:
    desk.qtbot.waitUntil(lambda: "720 to train" in desk.text("data_facts"))
    desk.click("button_try_dry_run")
    ended(desk)
    pace = desk.training.trials.record(TrialKind.DRY_RUN).pace
    assert pace is not None
    assert words_of(desk, TrialKind.DRY_RUN).splitlines()[1] == pace_words(pace, (720, 80), 3)
    desk.training.change("epochs", 4)
    assert words_of(desk, TrialKind.DRY_RUN).endswith("The network or the settings have changed since.")


def test_a_run_tells_its_own_dry_run(desk: Desk) -> None:
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    assert words_of(desk, TrialKind.DRY_RUN).startswith("Of the last run: A batch of 20 needs ")


def test_what_was_found_of_another_network_or_batch_says_so(desk: Desk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_F9)
    ended(desk)
    old = "The network or the settings have changed since."
    assert old not in words_of(desk, TrialKind.DRY_RUN)
    desk.training.change("lr", 0.5)  # which needs no memory
    assert old not in words_of(desk, TrialKind.DRY_RUN)
    desk.training.change("batch_size", 40)
    assert old in words_of(desk, TrialKind.DRY_RUN)
    desk.training.change("batch_size", 20)
    assert old not in words_of(desk, TrialKind.DRY_RUN)
    desk.session.open_network(small_network())
    assert old in words_of(desk, TrialKind.DRY_RUN)


def test_a_network_that_does_not_fit_is_not_tried(desk: Desk) -> None:
    desk.session.open_network(small_network(7))
    desk.click("button_try_dry_run")
    assert "7 classes" in desk.window.statusBar().currentMessage()
    assert desk.training.trials.active is None


# Memory that is not enough


def test_a_run_that_does_not_fit_offers_what_would_and_goes_on_with_it(
    desk: Desk, refused: Callable[[int], None]
) -> None:
    refused(10)
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    assert desk.text("memory_notice_text").endswith("A batch of 20 does not fit into memory (88.3 kB by counting).")
    shown = {
        button.objectName(): button.text()
        for button in desk.find("memory_notice").findChildren(QPushButton)
        if button.isVisible()
    }
    assert shown == {
        "remedy_accumulation": "Accumulate in 2 parts",
        "remedy_activation_checkpointing": "Recompute activations",
        "remedy_batch_size": "Batch of 10",
        "remedy_precision": "Precision bf16",
    }
    assert desk.buttons() == ["start"]  # nothing was kept from which it could go on
    assert desk.text("now_kept") == "This run ended before its first step; it has no checkpoint."
    desk.click("remedy_batch_size")
    assert desk.text("memory_notice_text") == "The batch size is 10 now; press Start (F5) to try again."
    assert desk.training.config.batch_size == 10
    assert desk.text("change_lines") == "batch size: 20 → 10"
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    assert desk.training.record.finished is not None
    assert desk.training.record.finished.reason == "finished"
    assert desk.text("memory_notice_text") == ""
    assert desk.buttons() == ["start", "further"]


@pytest.mark.parametrize(
    ("remedy", "setting", "value"),
    [
        ("accumulation", "accumulation", 2),
        ("activation_checkpointing", "activation_checkpointing", True),
        ("precision", "precision", "bf16"),
    ],
)
def test_each_remedy_changes_its_setting_and_can_be_taken_back(
    desk: Desk, refused: Callable[[int], None], remedy: str, setting: str, value: object
) -> None:
    refused(10)
    before = desk.training.config
    desk.click("button_try_dry_run")
    ended(desk)
    button = desk.find(f"remedy_{remedy}")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert getattr(desk.training.config, setting) == value
    assert desk.text("memory_notice_text").endswith(" now; press Start (F5) to try again.")
    desk.click("button_as_before")
    assert desk.text("memory_notice_text") == ""
    assert desk.training.config == before
    assert not desk.find("change_note").isVisible()


def test_smaller_images_are_a_step_of_the_networks_history_where_it_works_on_them(
    desk: Desk, refused: Callable[[int], None]
) -> None:
    refused(10)
    body = Chain(("conv", Conv2d(4, 3)), ("pool", AdaptiveAvgPool2d(4)), ("flatten", Flatten()), ("fc", Linear(4)))
    desk.session.open_network(Network.of("Wide", (1, 64, 64), body))
    desk.click("button_try_dry_run")
    ended(desk)
    assert desk.find("remedy_image_size").isVisible()
    desk.click("remedy_image_size")
    assert desk.session.network.input_shape == (1, 32, 32)
    assert desk.session.undo_stack.undoText() == "set the input to 1 × 32 × 32"
    assert desk.text("memory_notice_text") == "The network takes images of 32 × 32 now; press Start (F5) to try again."
    bound = Chain(("conv", Conv2d(4, 40)), ("pool", AdaptiveAvgPool2d(4)), ("flatten", Flatten()), ("fc", Linear(4)))
    desk.session.open_network(Network.of("Bound", (1, 64, 64), bound))
    desk.click("button_try_dry_run")
    ended(desk)
    assert desk.window.findChild(QPushButton, "remedy_image_size") is None


# The largest batch


def test_the_largest_batch_is_found_and_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "free_memory", lambda _: 1_000_000)
    desk.click("button_try_batch")
    ended(desk)
    found = desk.training.trials.record(TrialKind.BATCH).batch
    assert found is not None
    assert found.batch_size >= 32
    said = words_of(desk, TrialKind.BATCH)
    assert said.startswith(f"The largest batch that fits is {found.batch_size}: ")
    assert said.endswith("of 1.00 MB that were free.")
    desk.click("button_use_batch")
    assert desk.training.config.batch_size == found.batch_size
    assert not desk.find("button_use_batch").isVisible()


def test_the_search_shows_how_far_it_is_and_is_cancelled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    desk.click("button_try_batch")
    gate.let(3)
    desk.qtbot.waitUntil(lambda: "Tried so far: A batch of 8 needs" in words_of(desk, TrialKind.BATCH))
    assert desk.find("progress_batch").isVisible()
    assert not desk.find("button_try_batch").isVisible()
    assert not desk.find("button_try_dry_run").isEnabled()
    desk.click("button_cancel_batch")
    assert not desk.find("button_cancel_batch").isEnabled()
    gate.open()
    ended(desk)
    assert "Ended early; the largest batch tried so far is 16" in words_of(desk, TrialKind.BATCH)
    assert desk.find("button_try_batch").isVisible()


def test_where_not_even_two_images_fit_there_are_remedies(desk: Desk, refused: Callable[[int], None]) -> None:
    refused(1)
    desk.click("button_try_batch")
    ended(desk)
    assert words_of(desk, TrialKind.BATCH) == "Not even a batch of two images fits into memory."
    assert not desk.find("button_use_batch").isVisible()
    desk.click("remedy_precision")
    assert desk.training.config.precision == "bf16"


def test_a_run_that_is_started_meanwhile_comes_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    desk.click("button_try_batch")
    gate.let(1)
    desk.click("button_train_start")
    gate.open()
    desk.until(State.FINISHED)
    assert desk.training.trials.active is None
    assert desk.training.record.finished is not None
    assert desk.training.record.finished.reason == "finished"


def test_nothing_is_tried_while_a_run_goes_on(desk: Desk) -> None:
    desk.training.change("epochs", 5000)
    desk.click("button_train_start")
    desk.until(State.RUNNING)
    for kind in TrialKind:
        action = desk.window.findChild(QAction, f"action_try_{kind}")
        assert action is not None
        assert not action.isEnabled()
    desk.training.trials.start(TrialKind.BATCH, desk.session.network)
    assert "A run goes on" in desk.window.statusBar().currentMessage()
    desk.training.stop()
    desk.until(State.FINISHED)


def test_the_window_closes_in_the_middle_of_a_trial(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    desk.click("button_try_batch")
    gate.open()  # the fixture closes the window and waits for the thread


# What is fastest


def test_what_is_fastest_is_shown_used_and_recorded_with_the_run(desk: Desk) -> None:
    desk.click("button_try_way")
    ended(desk)
    record = desk.training.trials.record(TrialKind.WAY)
    assert record.way is not None
    lines = words_of(desk, TrialKind.WAY).splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == [
        "float32, contiguous",
        "float32, channels last",
        "bf16, contiguous",
        "bf16, channels last",
    ]
    assert lines[-1].startswith(f"Fastest: {record.way.precision}, ")
    desk.training.change("threads", record.way.threads + 1)
    desk.click("button_use_way")
    config = desk.training.config
    assert (config.precision, config.memory_format, config.threads) == (
        record.way.precision, record.way.memory_format, record.way.threads,
    )  # fmt: skip
    desk.training.change("precision", "float32")  # and it can be overridden
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    folder = desk.training.record.folder
    assert folder is not None
    recorded = Run.open(folder).config
    assert (recorded["precision"], recorded["threads"]) == ("float32", record.way.threads)
    layout = record.way.memory_format.replace("_", " ")
    assert desk.text("now_run").endswith(f"CPU, {amount(record.way.threads, 'thread')} · float32, {layout}")


# The learning rate


def test_a_rate_is_found_in_a_window_of_its_own(desk: Desk) -> None:
    desk.training.change("optimizer", "sgd")
    QTest.keyClick(desk.window, Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier)
    ended(desk)
    record, plot = desk.training.trials.record(TrialKind.RATE), desk.find("rate_plot")
    assert record.rate is not None
    assert record.rate.lr is not None
    assert isinstance(plot, RatePlot)
    assert len(plot.places) >= 40
    assert f"suggested {record.rate.lr:.2g}" in plot.accessibleName()
    desk.click("button_use_rate")
    assert desk.training.config.lr == float(f"{record.rate.lr:.2g}")
    assert desk.text("change_lines") == f"learning rate: 0.01 → {record.rate.lr:.2g}"
    desk.click("button_rate_close")


def test_closing_the_window_ends_the_test(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    desk.click("button_find_rate")
    desk.click("button_try_rate")
    gate.let(5)
    desk.qtbot.waitUntil(lambda: words_of(desk, TrialKind.RATE) == "Tried 5 rates.")
    desk.click("button_rate_close")
    gate.open()
    ended(desk)
    assert len(desk.training.trials.record(TrialKind.RATE).rates) in {5, 6}
    assert desk.training.trials.record(TrialKind.RATE).rate is None


def test_a_test_can_be_cancelled_and_begun_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    desk.click("button_find_rate")
    desk.click("button_try_rate")
    gate.let(5)
    desk.qtbot.waitUntil(lambda: words_of(desk, TrialKind.RATE) == "Tried 5 rates.")
    bar = desk.find("progress_rate")
    assert isinstance(bar, QProgressBar)
    assert (bar.value(), bar.maximum()) == (5, 100)
    cancel = desk.window.findChild(QAction, "action_cancel_trial")
    assert cancel is not None
    cancel.trigger()
    gate.open()
    ended(desk)
    assert not desk.find("button_use_rate").isVisible()
    desk.click("button_try_rate")
    ended(desk)
    assert desk.training.trials.record(TrialKind.RATE).rate is not None
    desk.click("button_rate_close")


def test_a_setting_that_is_wrong_is_a_sentence(desk: Desk) -> None:
    desk.click("button_find_rate")
    desk.training.change("device", "cuda" if not torch.cuda.is_available() else "mps")
    desk.click("button_try_rate")
    ended(desk)
    assert "This computer has no device" in desk.text("trial_rate_problem")
    assert "This computer has no device" in desk.window.statusBar().currentMessage()
    desk.click("button_rate_close")
