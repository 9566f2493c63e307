"""Training as a generator of frozen events: whoever takes them drives it, and may do other work between two of them.

``list(train(...))`` trains to the end. Stopping and pausing are wishes in a :class:`Control`, looked at between steps.
A run is a function of its network, settings, images and thread count: on the CPU, one that was stopped or killed and
continued ends with the weights of one that never was, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.core.wording import amount
from explorer.errors import FileError, TrainingError
from explorer.runs.checkpoint import Checkpoint, load
from explorer.runs.rotation import BEST
from explorer.runs.run import Run
from explorer.runs.starting_points import complete_epochs
from explorer.training.checks import require_consent, require_fit
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.crew import Crew
from explorer.training.data import TrainingData, find_again, require_same
from explorer.training.environment import describe
from explorer.training.events import DryRun, Event
from explorer.training.position import Position
from explorer.training.rehearsal import rehearse
from explorer.training.session import Build, Session
from explorer.training.starting import StoredWeights, read_fitting, report_on


def train(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    folder: Path,
    control: Control | None = None,
    *,
    build: Build = assemble,
    crew: Crew | None = None,
    start: StoredWeights | None = None,
) -> Iterator[Event]:
    """Trains a network in a new run folder.

    Args:
        network: What to train.
        data: On what.
        config: How.
        folder: Where the run is kept; it must be empty or not exist.
        control: Pauses and stops it.
        build: Makes the module of the network.
        crew: The processes that do it; this one alone by default.
        start: Weights to start from in place of new ones, as far as they fit.

    Yields:
        Events, the last of which is a `Finished`, however the training ends.

    Raises:
        ExplorerError: If the run cannot start; the sentence says why. Nothing is raised after the first event.
    """
    crew, control = crew or Crew(), control or Control()
    require_fit(network, data.dataset, config)
    require_consent(data.dataset, leave_out=data.leave_out)
    wish, config = config, crew.settle_fastest(network, config, build)
    hardware = crew.settle(config)
    report = None if start is None else report_on(network, start, data.dataset.classes)
    weights = None if start is None or report is None else read_fitting(network, start, report)
    run = crew.create(folder, network, config, describe(hardware, config, data.facts()))

    def open_session() -> tuple[Session, str]:
        session = crew.session(run, network, data, config, hardware, build)
        if weights is not None and report is not None:
            session.start_from(weights, report.sentence())
        return session, "" if config == wish else _found(config)

    def dry_run() -> DryRun:
        return rehearse(network, config, hardware, build)

    with crew.writing(run):
        if start is not None and report is not None:
            origin = {"path": str(start.path), "classes": list(start.classes), **report.to_json()}
            crew.write(lambda: run.write_origin(origin))
        yield from crew.drive(run, hardware, open_session, control, dry_run)


def _found(config: TrainConfig) -> str:
    threads = f" on {amount(config.threads, 'thread')}" if config.threads else ""
    return f"Measured to be fastest: {config.precision}, {config.memory_format}{threads}."


def resume(
    folder: Path,
    control: Control | None = None,
    *,
    data: TrainingData | None = None,
    epochs: int | None = None,
    more: int | None = None,
    build: Build = assemble,
    crew: Crew | None = None,
) -> Iterator[Event]:
    """Continues a run from its last checkpoint that is sound.

    A run that gets another length keeps its rule for the learning rate: constant, step and multi_step go on as if
    nothing had been changed; cosine and one_cycle are those of a run that was planned so long from the start, so a rate
    that had fallen rises again. To go on from an earlier checkpoint, see `explorer.training.branch`.

    Args:
        folder: The run folder.
        control: Pauses and stops it.
        data: Its images, if they are loaded already.
        epochs: How many epochs it is to have in the end, if not those it was meant to.
        more: How many epochs are to come behind those that are complete, in place of ``epochs``; one that stopped early
            gets its patience anew.
        build: Makes the module of the network.
        crew: The processes that do it; this one alone by default.

    Yields:
        Events, as of `train`.

    Raises:
        ExplorerError: If the run cannot go on; it is unchanged then.
    """
    crew, control = crew or Crew(), control or Control()
    run = Run.open(folder)
    config = TrainConfig.from_json(run.config)
    epochs = epochs if more is None else complete_epochs(run) + more
    config = config if epochs is None else replace(config, epochs=epochs)
    environment = run.environment
    data = data or find_again(environment.data)
    require_same(data, environment.data)
    network = run.network
    require_fit(network, data.dataset, config)
    hardware = crew.settle(config, threads=environment.threads)
    found = data  # for the closure: not None

    def open_session() -> tuple[Session, str]:
        session = crew.session(run, network, found, config, hardware, build)
        checkpoint, note = restore_newest(run, session)
        if more is not None and 0 < config.patience <= session.position.stale:
            session.position.stale = 0
        _require_unfinished(run, session.position, config)
        if hardware.device.type != environment.device:
            note += f" The run began on {environment.device}, so the last bits of its weights will differ."
        crew.write(lambda: _rewind(run, checkpoint, session.position, config))
        return session, note.strip()

    with crew.writing(run):
        yield from crew.drive(run, hardware, open_session, control)


def restore_newest(run: Run, session: Session) -> tuple[Checkpoint, str]:
    """Restores the newest checkpoint of a run that is not damaged.

    Returns:
        The checkpoint, and a sentence for each that was passed over.

    Raises:
        FileError: If there is none.
    """
    passed_over: list[str] = []
    for name in run.checkpoints.newest_first():
        try:
            checkpoint = load(run.checkpoints.path(name))
            session.restore(checkpoint)
        except FileError as error:
            passed_over.append(str(error))
        else:
            return checkpoint, " ".join(passed_over)
    reason = passed_over[0] if passed_over else "There is none yet."
    raise FileError(f"{run.folder} has no checkpoint to continue from. {reason} Start the run anew in another folder.")


def _require_unfinished(run: Run, position: Position, config: TrainConfig) -> None:
    """Refuses to continue a run that has come to its end.

    One that was killed between its last epoch and its last event has not: its test set is still to be read.
    """
    if (position.epoch, position.batch) > (config.epochs, 0):
        now = position.epoch + (1 if position.batch else 0)
        raise TrainingError(f"The run is in epoch {now} already, so it cannot end after {config.epochs}; give it more.")
    last = run.last_record() or {}
    reason = last.get("reason") if last.get("event") == "finished" else None
    if reason == "early_stop" and position.stale:
        raise TrainingError(
            f"The run stopped early in epoch {position.epoch}; continue it for so many more epochs, or start a new one "
            "with more patience."
        )
    if reason == "finished" and position.epoch >= config.epochs:
        raise TrainingError(
            f"The run has done its {position.epoch} epochs; to train it for longer, continue it with more of them."
        )


def _rewind(run: Run, checkpoint: Checkpoint, position: Position, config: TrainConfig) -> None:
    """Takes back what was recorded after the checkpoint, since it is about to happen again."""
    run.log.cut(checkpoint.meta.metrics_bytes)
    run.checkpoints.drop_after(checkpoint.folder.name)
    if position.best_checkpoint in run.checkpoints.names():
        run.checkpoints.point(BEST, position.best_checkpoint)
    if run.config != config.to_json():
        run.rewrite_config(config.to_json())
