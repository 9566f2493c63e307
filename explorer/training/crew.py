"""Who trains a run and who writes it: this process alone. Several processes have a crew of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from explorer.core.network import Network
from explorer.errors import ExplorerError, TrainingError
from explorer.runs.environment import Environment
from explorer.runs.lock import RunLock
from explorer.runs.run import Run
from explorer.training import health
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.device import Hardware, settle
from explorer.training.events import DryRun, Event, StopReason
from explorer.training.fresh_module import Build
from explorer.training.isolation import Isolation, isolated
from explorer.training.loop import Events, Loop
from explorer.training.probe import settle_fastest
from explorer.training.record import Recorder
from explorer.training.saver import Saver
from explorer.training.session import Session
from explorer.training.telling import finished, started
from explorer.training.tensorboard import mirrored

OpenSession: TypeAlias = Callable[[], tuple[Session, str]]  # the session, and a note about how it began


class Crew:
    """A process that trains alone."""

    def settle_fastest(self, network: Network, config: TrainConfig, control: Control, build: Build) -> TrainConfig:
        """Measures what the settings leave to be measured."""
        return settle_fastest(network, config, control=control, build=build)

    def settle(self, config: TrainConfig, threads: int | None = None) -> Hardware:
        """Chooses the device, as `settle` does."""
        return settle(config, threads)

    def share(self, images: int) -> int:
        """How many images of a batch fall to one process, at most."""
        return images

    def reserved(self, folder: Path) -> AbstractContextManager[None]:
        """Keeps the folder of a new run while what the settings leave open is measured."""
        return Run.reserved(folder)

    def create(self, folder: Path, network: Network, config: TrainConfig, environment: Environment) -> Run:
        """Makes the folder of a new run."""
        return Run.create(folder, network, config.to_json(), environment)

    def writing(self, run: Run) -> AbstractContextManager[object]:
        """Holds the lock of the run, so that nobody else writes it."""
        return RunLock(run.folder)

    def write(self, action: Callable[[], None]) -> None:
        """Changes the run folder."""
        action()

    def session(
        self, run: Run, network: Network, data: TrainingData, config: TrainConfig, hardware: Hardware, build: Build
    ) -> Session:
        """Makes what a run is in memory."""
        return Session(run, network, data, config, hardware, build)

    def drive(
        self,
        run: Run,
        hardware: Hardware,
        open_session: OpenSession,
        control: Control,
        dry_run: Callable[[], DryRun] | None = None,
    ) -> Events:
        """The events of a run, each written down before it is passed on."""
        recorder = Recorder(run.log)

        def loop(session: Session) -> Loop:
            return Loop(session, Saver(session, recorder), control)

        events = isolated(sitting(open_session, loop, dry_run), Isolation(hardware.device, hardware.threads))
        yield from self.told(recorder.record(events), run)

    @staticmethod
    def told(events: Iterable[Event], run: Run) -> Iterator[Event]:
        """The events of a run, told to TensorBoard as well if its settings ask for it."""
        return mirrored(events, run.folder) if run.config.get("tensorboard") is True else iter(events)


def sitting(
    open_session: OpenSession, make_loop: Callable[[Session], Loop], dry_run: Callable[[], DryRun] | None = None
) -> Events:
    """A run from here to its end, or to what ends it early."""
    rehearsed = None if dry_run is None else dry_run()  # first, while all of the memory is there
    session, note = _opened(open_session)
    loop = make_loop(session)
    yield started(session, note)
    if rehearsed is not None:
        yield rehearsed
        if rehearsed.measured is None:
            yield finished(session, "out_of_memory", health.out_of_memory_sentence())
            return
    ending: tuple[StopReason, str] | None = None
    try:
        yield from loop.run()
    except (RuntimeError, MemoryError, ExplorerError) as error:
        ending = health.explain(error)
        if ending is None:
            raise
    if ending is not None:
        last = finished(session, *ending)
        del session, loop  # with the traceback gone, nothing refers to the tensors any more
        health.release_memory()
        yield last


def _opened(open_session: OpenSession) -> tuple[Session, str]:
    opened = health.unless_out_of_memory(open_session)
    if opened is None:
        raise TrainingError(health.out_of_memory_sentence())
    return opened
