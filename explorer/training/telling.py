"""What is said of a run as a whole: when it begins, when a stage does, and how it ended."""

from __future__ import annotations

from typing import Literal

from explorer.insight.evaluation import Evaluation
from explorer.training.events import Finished, StageStarted, Started, StopReason
from explorer.training.session import Session
from explorer.training.stages import boundaries


def started(session: Session, note: str) -> Started:
    """The first event.

    Args:
        session: The run.
        note: A sentence about how it begins; empty if there is nothing to say.
    """
    config, hardware, position, feed = session.config, session.hardware, session.position, session.feed
    return Started(
        run=str(session.run.folder),
        network=session.network.name,
        dataset=session.data.dataset.key,
        step=position.step,
        epoch=position.epoch + 1,
        steps_per_epoch=feed.steps_per_epoch,
        epochs=config.epochs,
        batch_size=config.batch_size,
        train_images=feed.train_images,
        validation_images=feed.validation_images,
        test_images=feed.test_images,
        parameters=session.trained_parameters,
        device=hardware.device.type,
        device_name=hardware.name,
        threads=hardware.threads,
        precision=config.precision,
        memory_format=config.memory_format,
        resident=feed.resident,
        seed=config.seed,
        note=note,
        origin=session.origin,
    )


def stage_started(session: Session, checkpoint: str = "") -> StageStarted:
    """What is said when a stage begins.

    Args:
        session: The run.
        checkpoint: Where its weights come from, if it is not the first.
    """
    config, stage = session.config, session.config.stages[session.stage]
    return StageStarted(
        stage=session.stage + 1,
        stages=len(config.stages),
        trains=stage.title,
        step=session.position.step,
        epoch=session.position.epoch + 1,
        epochs=boundaries(config.stages, config.epochs)[session.stage + 1],
        lr=config.lr * stage.rate,
        parameters=session.trained_parameters,
        checkpoint=checkpoint,
    )


def finished(
    session: Session,
    reason: StopReason,
    message: str,
    test: Evaluation | None = None,
    tested: Literal["", "best", "last"] = "",
) -> Finished:
    """The last event.

    Args:
        session: The run.
        reason: Why it ended.
        message: A sentence about that.
        test: What the test set said.
        tested: Of which weights.
    """
    position = session.position
    return Finished(
        reason=reason,
        message=message,
        step=position.step,
        epoch=position.epoch,
        best_epoch=position.best_epoch,
        best_accuracy=position.best_accuracy,
        last_accuracy=position.last_accuracy,
        test_loss=None if test is None else test.loss,
        test_accuracy=None if test is None else test.accuracy,
        tested=tested,
        seconds=position.seconds,
        alternatives=session.alternatives() if reason == "out_of_memory" else (),
    )
