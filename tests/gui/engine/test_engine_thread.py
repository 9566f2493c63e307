"""The engine's thread: jobs between the steps of a training, errors as sentences, and an end that waits for both."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.errors import DataError
from explorer.gui.engine.engine import Engine
from explorer.gui.engine.engine_thread import EngineThread

ROOT = Path(__file__).resolve().parents[3]


class Counting:
    """A training that counts: each event is a step of a hundredth of a second; it ends when it is asked to."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.stopped = threading.Event()
        self.closed = False
        self.threads: set[str] = set()

    def stop(self) -> None:
        self.stopped.set()

    def __iter__(self) -> Iterator[int]:
        for step in range(self.steps):
            if self.stopped.is_set():
                yield -1  # the checkpoint
                break
            time.sleep(0.01)
            self.threads.add(threading.current_thread().name)
            yield step
        self.closed = True


class Marked(Counting):
    """One that remembers how many events had come when it was asked to end."""

    def __init__(self, steps: int, events: list[int]) -> None:
        super().__init__(steps)
        self._events = events
        self.mark = -1

    def stop(self) -> None:
        self.mark = len(self._events)
        super().stop()


def unwanted(answer: object) -> None:
    pytest.fail(f"this came instead of a sentence: {answer}")


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.shutdown()


class Told:
    """Keeps what it is told and lets a test wait for a number of answers."""

    def __init__(self, wanted: int = 1) -> None:
        self.answers: list[Any] = []
        self._left = threading.Semaphore(0)
        self._wanted = wanted

    def __call__(self, answer: Any) -> None:
        self.answers.append(answer)
        self._left.release()

    def wait(self) -> list[Any]:
        for _ in range(self._wanted):
            assert self._left.acquire(timeout=10), "nothing came of it"
        return self.answers


def test_jobs_run_on_one_thread_in_their_order_and_never_on_the_callers(engine: Engine) -> None:
    told = Told(5)
    for number in range(5):
        engine.submit(functools.partial(lambda n: (n, here()), number), told, pytest.fail)
    seen = told.wait()
    assert [number for number, _ in seen] == [0, 1, 2, 3, 4]
    names = {name for _, name in seen}
    assert len(names) == 1
    assert here() not in names


def test_what_a_job_refuses_is_told_as_its_sentence_and_the_thread_goes_on(engine: Engine) -> None:
    def refuse() -> None:
        raise DataError("The folder is empty; choose another.")

    refused, done = Told(), Told()
    engine.submit(refuse, unwanted, refused)
    engine.submit(lambda: 1, done, pytest.fail)
    assert done.wait() == [1]
    assert refused.answers == ["The folder is empty; choose another."]


def test_a_mistake_in_the_program_becomes_a_sentence_without_a_traceback_and_is_logged(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    told = Told()
    engine.submit(lambda: 1 // 0, unwanted, told)
    sentence = told.wait()[0]
    assert "ZeroDivisionError" in sentence
    assert "Traceback" not in sentence
    assert caplog.records[0].exc_info is not None


def test_short_jobs_come_between_the_steps_of_a_training_and_long_ones_behind_it(engine: Engine) -> None:
    training, events, ended = Counting(30), list[object](), Told()

    def end(error: str | None) -> None:
        events.append(error)
        ended(error)

    def long_done(word: str) -> None:
        events.append(word)
        long(word)

    long = Told()
    engine.drive(iter(training), training, events.append, end)
    engine.submit(lambda: "short", events.append, pytest.fail)
    engine.submit(lambda: "long", long_done, pytest.fail, between_steps=False)
    ended.wait()
    long.wait()
    assert [event for event in events if isinstance(event, int)] == list(range(30))
    assert events.index("short") < 5
    assert events[-2:] == [None, "long"]


def test_the_error_of_a_training_ends_it_with_a_sentence_and_another_one_can_begin_at_once(engine: Engine) -> None:
    def broken() -> Iterator[int]:
        yield 0
        raise DataError("The disk is gone; connect it again.")

    for _ in range(20):
        ended = Told()
        engine.drive(broken(), Counting(0), lambda _: None, ended)
        assert ended.wait() == ["The disk is gone; connect it again."]


def test_only_one_training_at_a_time(engine: Engine) -> None:
    training = Counting(1000)
    engine.drive(iter(training), training, lambda _: None, lambda _: None)
    with pytest.raises(RuntimeError, match="one training at a time"):
        engine.drive(iter(training), training, lambda _: None, lambda _: None)


def test_shutdown_lets_the_training_save_and_joins_the_thread() -> None:
    engine, events = Engine(), list[int]()
    training, ended = Marked(100_000, events), Told()
    engine.drive(iter(training), training, events.append, ended)
    while len(events) < 3:
        time.sleep(0.005)
    engine.shutdown()
    assert len(events) - training.mark <= 2, "more than the step under way and the checkpoint came"
    assert ended.answers == [None]
    assert training.closed
    assert events[-1] == -1, "the training was not allowed to its checkpoint"
    assert not [thread for thread in threading.enumerate() if thread.name in training.threads]


def test_shutdown_in_a_race_with_the_next_step_never_loses_the_end() -> None:
    for _ in range(50):
        engine, training = Engine(), Counting(100_000)
        ended = Told()
        engine.drive(iter(training), training, lambda _: None, ended)
        engine.shutdown()
        assert ended.answers == [None]


def test_after_shutdown_nothing_runs(engine: Engine) -> None:
    engine.shutdown()
    engine.submit(lambda: pytest.fail("ran"), lambda _: None, lambda _: None)
    assert engine.closing


def test_first_steps_leave_room_for_jobs_between_them(engine: Engine) -> None:
    order: list[str] = []
    done = threading.Event()

    def first() -> None:
        time.sleep(0.05)
        order.append("first")

    engine.warm_up([first, lambda: order.append("second")], done.set, pytest.fail)
    engine.submit(lambda: order.append("job"), lambda _: None, pytest.fail)
    assert done.wait(10)
    assert order == ["first", "job", "second"]


def test_answers_come_in_the_gui_thread(qtbot: QtBot) -> None:
    engine, threads = EngineThread(warm_up=()), list[str]()
    engine.submit(
        lambda: threads.append(threading.current_thread().name), lambda _: threads.append(here()), pytest.fail
    )
    qtbot.waitUntil(lambda: len(threads) == 2)
    engine.shutdown()
    assert threads[0] != threads[1] == here()


def test_ready_comes_once_the_first_steps_are_done_and_a_failed_one_is_told(qtbot: QtBot) -> None:
    engine = EngineThread(warm_up=[lambda: time.sleep(0.02)])
    with qtbot.waitSignal(engine.ready):
        engine.start()
    assert engine.is_ready
    engine.shutdown()

    def no_torch() -> None:
        raise DataError("PyTorch is missing; install it again.")

    engine = EngineThread(warm_up=[no_torch])
    with qtbot.waitSignal(engine.failed) as told:
        engine.start()
    assert told.args == ["PyTorch is missing; install it again."]
    assert not engine.is_ready
    engine.shutdown()


def here() -> str:
    return threading.current_thread().name


_LOADS_TORCH = """
import os, sys, threading
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
from explorer.gui.engine.engine_thread import EngineThread
application = QApplication([])
engine = EngineThread()
assert "torch" not in sys.modules, "the window had to wait for torch"
engine.ready.connect(application.quit)
engine.failed.connect(lambda sentence: sys.exit(sentence))
engine.start()
application.exec()
import gc
assert "torch" in sys.modules and "torchvision" in sys.modules and "torch._dynamo" in sys.modules
assert gc.get_freeze_count() > 100_000, gc.get_freeze_count()
engine.shutdown()
assert threading.active_count() == 1, threading.enumerate()
"""


def test_torch_is_loaded_behind_the_window_and_spared_by_the_collector() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADS_TORCH], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
