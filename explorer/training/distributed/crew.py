"""Several processes that train one run, of which process 0 writes it while it lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from explorer.core.file_name import usable
from explorer.core.network import Network
from explorer.errors import ExplorerError, TrainingError
from explorer.runs.environment import Environment
from explorer.runs.lock import RunLock
from explorer.runs.rotation import LAST
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.crew import Crew, OpenSession, sitting
from explorer.training.data import TrainingData
from explorer.training.device import Hardware, settle
from explorer.training.distributed.control import SharedControl
from explorer.training.distributed.limits import require_shareable
from explorer.training.distributed.loop import SharedLoop, SilentSaver
from explorer.training.distributed.session import SharedSession
from explorer.training.distributed.team import LostWorkerError, Team, join
from explorer.training.events import DryRun, Finished
from explorer.training.fresh_module import Build
from explorer.training.isolation import Isolation, isolated
from explorer.training.loop import Events, Loop
from explorer.training.record import Recorder
from explorer.training.saver import Saver
from explorer.training.session import Session


class SharedCrew(Crew):
    """Several processes that train one run.

    Args:
        team: The processes.
        control: What they agree on.

    Attributes:
        orderly: Whether the run came to an end that all processes know of.
    """

    def __init__(self, team: Team, control: SharedControl) -> None:
        self.team, self.control = team, control
        self.orderly = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Lets the first process of each machine go ahead, so that only one downloads."""
        if self.team.local:
            self.team.most([0])
        try:
            yield
        finally:
            if not self.team.local:
                self.team.most([0])

    def settle_fastest(self, network: Network, config: TrainConfig, control: Control, build: Build) -> TrainConfig:
        """Measures in all processes at once, as they will compute, and takes what process 0 found."""
        self.settle(config)  # so that each has its own device
        own = self.control.own  # those of all are not agreed on before the first step
        share = replace(config, batch_size=max(2, config.batch_size // self.team.size))
        found = self.team.together(lambda: super(SharedCrew, self).settle_fastest(network, share, own, build))
        return self.team.of_first(replace(found, batch_size=config.batch_size))

    def settle(self, config: TrainConfig, threads: int | None = None) -> Hardware:
        self.team.together(lambda: require_shareable(config, self.team.size))
        if torch.cuda.is_available() and config.device in {"auto", "cuda"}:
            if self.team.local >= torch.cuda.device_count():
                raise TrainingError(
                    f"Process {self.team.rank} finds no GPU of its own, for the computer has "
                    f"{torch.cuda.device_count()}; start as many processes as GPUs, or set device to cpu."
                )
            torch.cuda.set_device(self.team.local)
        hardware = settle(config, threads)
        if hardware.device.type == "mps":
            raise TrainingError("Several processes cannot share MPS; set device to cpu, or train in one process.")
        return hardware

    def share(self, images: int) -> int:
        return -(-images // self.team.size)

    @contextmanager
    def reserved(self, folder: Path) -> Iterator[None]:
        with ExitStack() as stack:
            mine = super().reserved(folder)
            self.team.together(lambda: stack.enter_context(mine) if self.team.writes else None)
            yield

    def create(self, folder: Path, network: Network, config: TrainConfig, environment: Environment) -> Run:
        def create() -> Run:
            if not self.team.writes:
                return Run(usable(folder))
            shared = replace(environment, processes=self.team.size)
            return super(SharedCrew, self).create(folder, network, config, shared)

        return self.team.together(create)

    @contextmanager
    def writing(self, run: Run) -> Iterator[None]:
        with ExitStack() as stack:
            self.team.together(lambda: stack.enter_context(RunLock(run.folder)) if self.team.writes else None)
            yield

    def write(self, action: Callable[[], None]) -> None:
        self.team.most([0])  # the others may be reading what is about to change
        self.team.together(action if self.team.writes else lambda: None)

    def session(
        self, run: Run, network: Network, data: TrainingData, config: TrainConfig, hardware: Hardware, build: Build
    ) -> Session:
        return SharedSession(self.team, self.control, run, network, data, config, hardware, build)

    def drive(
        self,
        run: Run,
        hardware: Hardware,
        open_session: OpenSession,
        control: Control,
        dry_run: Callable[[], DryRun] | None = None,
    ) -> Events:
        recorder = Recorder(run.log)

        def loop(session: Session) -> Loop:
            if not isinstance(session, SharedSession):
                raise TypeError(type(session))
            saver = Saver(session, recorder) if self.team.writes else SilentSaver(session, recorder)
            return SharedLoop(session, saver, self.control)

        def agreed(rehearse: Callable[[], DryRun]) -> DryRun:
            """A dry run in all processes at once, which fits if it does in each of them."""
            found = replace(rehearse(), processes=self.team.size)
            (refused,) = self.team.most([found.measured is None])
            return replace(found, measured=None) if refused else found

        sat = sitting(open_session, loop, None if dry_run is None else partial(agreed, dry_run))
        events = isolated(sat, Isolation(hardware.device, hardware.threads))
        for event in self.told(recorder.record(events), run) if self.team.writes else events:
            if isinstance(event, Finished):
                self.orderly = event.went_well
                if not (self.orderly or self.team.writes):
                    yield take_over(run, event)
                    continue
            yield event


def take_over(run: Run, event: Finished) -> Finished:
    """Writes the end of a run whose writer is gone, which the lock tells, unless somebody was faster.

    Args:
        run: The run.
        event: How it ended for this process.

    Returns:
        What was written, or the same event if nothing was.
    """
    kept = run.checkpoints.pointed(LAST)
    stands = f"its last checkpoint, {kept}, stands" if kept else "it left no checkpoint"
    message = f"{event.message} The process that wrote the run is gone; {stands}."
    ending = replace(event, message=message)
    try:
        with RunLock(run.folder):
            if (run.last_record() or {}).get("event") == Finished.kind:
                return event
            run.log.append(ending.to_json())
    except ExplorerError:  # its writer lives and says it itself, or the folder lies on another machine
        return event
    return ending


@contextmanager
def enlisted(control: Control) -> Iterator[SharedCrew]:
    """Meets the other processes that ``torchrun`` started, and leaves them at the end.

    Args:
        control: The wishes of whoever started this process.

    Raises:
        TrainingError: If the others cannot be reached.
    """
    team = join()
    crew = SharedCrew(team, SharedControl(control, team))
    try:
        yield crew
    except ExplorerError as error:
        if not isinstance(error, LostWorkerError):
            team.say_last_words(str(error))
        raise
    finally:
        team.leave(orderly=crew.orderly)
