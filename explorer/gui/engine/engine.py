"""The engine: one thread that owns every tensor. It is plain Python and works the same without a window.

Short jobs and a training share the thread: after each event of the training the jobs that wait have their turn, in the
order in which they came. So nothing has to be locked, and a small job never waits for the end of a run.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeVar

from explorer.errors import ExplorerError

T = TypeVar("T")
Failed = Callable[[str], None]  # takes a sentence

_END = object()
_log = logging.getLogger(__name__)


class Stoppable(Protocol):
    """Something that ends when it is asked to; `explorer.training.control.Control` is one."""

    def stop(self) -> None:
        """Asks for the end."""


@dataclass(frozen=True, slots=True, eq=False)
class _Training:
    events: Iterator[Any]
    control: Stoppable
    take: Callable[[Any], None]
    ended: Callable[[str | None], None]


class Engine:
    """One thread that runs jobs and trainings. Every method may be called from any other thread.

    The thread is an ordinary one: no daemon, never killed. It ends behind the step it is in.

    Attributes:
        abandoned: Whether a training was left behind in a step that took too long for a person.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._idle = threading.Event()  # no training goes on
        self._idle.set()
        self._training: _Training | None = None
        self.abandoned = False
        self._waiting: list[Callable[[], None]] = []  # jobs too long to come between two steps

    @property
    def closing(self) -> bool:
        """Whether the engine has been asked to end; a long job looks at it and gives up."""
        return self._closing.is_set()

    def submit(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Failed, *, between_steps: bool = True
    ) -> None:
        """Runs a job. Both answers come on the engine's thread; neither comes after `shutdown`.

        Args:
            job: The work.
            done: Takes its result.
            failed: Takes a sentence, if the job raised.
            between_steps: Whether it is short (under 100 ms) and may come between two steps of a training; a longer
                one waits until none goes on.
        """

        def schedule() -> None:
            if not self.closing:
                self._schedule(job, lambda future: _tell(future, done, failed))

        with self._lock:
            if between_steps or self._training is None:
                schedule()
            else:
                self._waiting.append(schedule)

    def warm_up(self, steps: Sequence[Callable[[], object]], done: Callable[[], None], failed: Failed) -> None:
        """Takes slow first steps, such as imports, one by one, so that jobs which wait come between them."""
        if steps:
            self.submit(steps[0], lambda _: self.warm_up(steps[1:], done, failed), failed)
        else:
            done()

    def drive(
        self,
        events: Iterator[T],
        control: Stoppable,
        take: Callable[[T], None],
        ended: Callable[[str | None], None],
    ) -> None:
        """Takes the events of a training one by one until there are no more.

        Args:
            events: Where the work is done: each ``next`` is a step or a few.
            control: Ends it when the engine is shut down.
            take: Gets each event, on the engine's thread.
            ended: Called behind the last event, with a sentence if it was an error.

        Raises:
            RuntimeError: If a training goes on already, or the engine has been shut down.
        """
        with self._lock:
            if self._training is not None or self.closing:
                raise RuntimeError("an engine drives one training at a time, and none after its end")
            self._training = training = _Training(events, control, take, ended)
            self._idle.clear()
            self._go_on(training)

    def shutdown(self) -> None:
        """Ends the training behind its current step, with its checkpoint, and then the thread; waits for both."""
        self._ask_to_end()
        self._idle.wait()
        self._pool.shutdown(wait=True)

    def abandon(self) -> None:
        """Asks a training to end without waiting for it; the process has to go by `leave`, since the thread goes on."""
        self._ask_to_end()
        self.abandoned = True

    def _ask_to_end(self) -> None:
        with self._lock:
            self._closing.set()
            self._waiting.clear()
            training = self._training
        if training is not None:
            training.control.stop()

    # With the lock held

    def _go_on(self, training: _Training) -> None:
        self._schedule(lambda: _take_one(training), lambda future: self._settle(training, future))

    def _schedule(self, job: Callable[[], T], settle: Callable[[Future[T]], None]) -> None:
        future = self._pool.submit(job)
        # Behind it in the queue, and so on the same thread, which a callback of the future would not always be on
        self._pool.submit(settle, future).add_done_callback(_report)

    # On the engine's thread

    def _settle(self, training: _Training, future: Future[bool]) -> None:
        error = future.exception()
        if error is None and future.result():
            with self._lock:
                self._go_on(training)
            return
        with self._lock:  # first of all, so that whoever hears of the end can begin anew
            self._training = None
            self._idle.set()
            waiting, self._waiting = self._waiting, []
            for schedule in waiting:
                schedule()
        training.ended(None if error is None else sentence(error))


def leave(code: int = 0) -> NoReturn:
    """Ends the process at once, with whatever its other threads are doing.

    Python would wait for them first. What a run has saved is complete: a checkpoint has its name only then.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def sentence(error: BaseException) -> str:
    """What a person is told about an error; what the program did wrong goes to the log as well."""
    if isinstance(error, ExplorerError):
        return str(error)
    _log.error("The engine came upon a mistake in the program.", exc_info=error)
    return f"The app made a mistake ({type(error).__name__}); the log has the details. Please report it."


def _take_one(training: _Training) -> bool:
    event = next(training.events, _END)
    if event is _END:
        return False
    training.take(event)
    return True


def _tell(future: Future[T], done: Callable[[T], None], failed: Failed) -> None:
    error = future.exception()
    if error is None:
        done(future.result())
    else:
        failed(sentence(error))


def _report(future: Future[None]) -> None:
    """Logs what went wrong in telling, where nobody else would hear of it."""
    error = future.exception()
    if error is not None:
        _log.error("The engine could not tell what came of its work.", exc_info=error)
