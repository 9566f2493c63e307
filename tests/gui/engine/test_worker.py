"""The thread of the recovery copies: order, replacement, and its end."""

from __future__ import annotations

import threading

import pytest

from explorer.gui.engine.worker import Worker


def test_jobs_are_done_in_order_and_only_the_latest_of_a_key() -> None:
    worker, done, gate = Worker("test"), list[str](), threading.Event()
    worker.submit("gate", lambda: (gate.wait(), None)[1])
    for key, name in (("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2"), ("c", "c1")):
        worker.submit(key, lambda name=name: done.append(name))  # type: ignore[misc]
    gate.set()
    worker.join()
    assert done == ["a2", "b2", "c1"]


def test_no_thread_lives_without_jobs() -> None:
    before, worker, ran_in = threading.active_count(), Worker("test"), list[str]()
    for _ in range(50):
        worker.submit("a", lambda: ran_in.append(threading.current_thread().name))
        worker.join()
        assert threading.active_count() == before
    assert ran_in == ["test"] * 50
    worker.join()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_fails_does_not_end_the_others() -> None:
    worker, done = Worker("test"), list[str]()
    worker.submit("bad", lambda: done.remove("nothing"))
    worker.join()
    worker.submit("good", lambda: done.append("good"))
    worker.join()
    assert done == ["good"]
