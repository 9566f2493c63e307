"""What a run that goes on finds again: its length, its newest sound checkpoint, and how far it had come."""

from __future__ import annotations

from dataclasses import replace

from explorer.core.wording import amount
from explorer.errors import FileError, TrainingError
from explorer.runs.checkpoint import Checkpoint, load
from explorer.runs.rotation import BEST
from explorer.runs.run import Run
from explorer.runs.starting_points import complete_epochs
from explorer.training.config import TrainConfig
from explorer.training.crew import Crew
from explorer.training.position import Position
from explorer.training.session import Session


def planned(run: Run, epochs: int | None, more: int | None) -> TrainConfig:
    """The settings of a run that goes on.

    Args:
        run: The run.
        epochs: How many epochs it is to have in the end; None for those it was meant to have.
        more: How many are to come behind those that are complete, in place of ``epochs``.

    Raises:
        TrainingError: If it has stages that need more.
    """
    config = TrainConfig.from_json(run.config)
    if more is None:
        return config if epochs is None else replace(config, epochs=epochs)
    done, least = complete_epochs(run), config.least_epochs
    if done + more < least:
        raise TrainingError(
            f"The stages before the last end with epoch {least - 1:,}, and the run stands behind epoch {done:,}; "
            f"{more:,} more would leave the last stage none; continue it for at least {amount(least - done, 'epoch')}."
        )
    return replace(config, epochs=done + more)


def take_up(run: Run, session: Session, crew: Crew, *, anew: bool) -> str:
    """Puts a session where its run stood, and takes back what the run recorded behind that.

    Args:
        run: The run.
        session: A session that has just been made.
        crew: The processes that do it.
        anew: Whether a run that stopped early gets its patience anew.

    Returns:
        What a person is told; empty if there is nothing.

    Raises:
        ExplorerError: If the run cannot go on; it is unchanged then.
    """
    checkpoint, note = _restore_newest(run, session)
    config, position, began_on = session.config, session.position, run.environment.device
    if anew and 0 < config.patience <= position.stale:
        position.stale = 0
    _require_unfinished(run, position, config)
    if session.hardware.device.type != began_on:
        note += f" The run began on {began_on}, so the last bits of its weights will differ."
    crew.write(lambda: _rewind(run, checkpoint, position, config))
    return note.strip()


def _restore_newest(run: Run, session: Session) -> tuple[Checkpoint, str]:
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
            on = f"The run goes on from checkpoint {name}." if passed_over else ""
            return checkpoint, " ".join([*passed_over, on])
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
            f"The run has done its {amount(position.epoch, 'epoch')}; to train it for longer, continue it with more of "
            "them."
        )


def _rewind(run: Run, checkpoint: Checkpoint, position: Position, config: TrainConfig) -> None:
    """Takes back what was recorded after the checkpoint, since it is about to happen again."""
    run.log.cut(checkpoint.meta.metrics_bytes)
    run.checkpoints.drop_after(checkpoint.folder.name)
    if position.best_checkpoint in run.checkpoints.names():
        run.checkpoints.point(BEST, position.best_checkpoint)
    if run.config != config.to_json():
        run.rewrite_config(config.to_json())
