"""What the window knows of a run: curves and figures from its events."""

from __future__ import annotations

import dataclasses

import pytest

from explorer.gui.record.events import Loading
from explorer.gui.record.progress_words import activity_line, clock, progress_line
from explorer.gui.record.run_record import RunRecord
from explorer.training.events import (
    CheckpointSaved,
    EpochFinished,
    Finished,
    Progress,
    SavingFailed,
    Started,
    Step,
)

STARTED = Started(
    run="/runs/1", network="LeNet-5", dataset="synthetic", step=0, epoch=1, steps_per_epoch=10, epochs=4, batch_size=20,
    train_images=200, validation_images=20, test_images=50, parameters=44_426, device="cpu", device_name="x86",
    threads=2, precision="float32", memory_format="contiguous", resident=True, seed=0,
)  # fmt: skip


def step(number: int, *, rate: float = 1000.0, images: int = 100) -> Step:
    return Step(
        step=number, epoch=(number - 1) // 10 + 1, steps=5, images=images, loss=2.0 / number, accuracy=0.5, lr=0.1,
        images_per_second=rate, seconds=1.0,
    )  # fmt: skip


def epoch(number: int, accuracy: float | None = 0.8, *, best: bool = True, seconds: float = 0.5) -> EpochFinished:
    return EpochFinished(
        epoch=number, step=10 * number, train_loss=0.5, train_accuracy=0.9, validation_loss=None if accuracy is None
        else 0.6, validation_accuracy=accuracy, best=best, lr=0.1, images_per_second=1000.0, seconds=seconds,
    )  # fmt: skip


def record_of(*events: object) -> RunRecord:
    record = RunRecord()
    for event in (STARTED, *events):
        record.take(event)  # type: ignore[arg-type]
    return record


def test_steps_become_points_over_epochs_and_percent() -> None:
    record = record_of(step(5), step(10), step(15))
    assert record.loss.x.tolist() == [0.5, 1.0, 1.5]
    assert record.loss.y.tolist() == [2.0 / 5, 2.0 / 10, 2.0 / 15]
    assert record.accuracy.y.tolist() == [50.0] * 3
    assert record.steps.y.tolist() == [5, 10, 15]
    assert (record.step, record.epoch, record.share) == (15, 2, 15 / 40)


def test_an_epoch_becomes_a_point_and_the_best_one_is_kept() -> None:
    record = record_of(epoch(1, 0.7), epoch(2, 0.8), epoch(3, 0.75, best=False))
    assert record.validation_accuracy.x.tolist() == [1, 2, 3]
    assert record.validation_accuracy.y.tolist() == [70.0, 80.0, 75.0]
    assert record.best is not None
    assert record.best.epoch == 2
    assert record.gap == pytest.approx(10.0)


def test_without_validation_images_there_is_no_gap_and_no_point() -> None:
    record = record_of(epoch(1, None))
    assert len(record.validation_loss) == 0
    assert record.gap is None


def test_the_time_left_counts_steps_and_what_epochs_spend_beside_them() -> None:
    record = record_of(step(10))
    assert record.seconds_left == pytest.approx(3 * 200 / 1000)
    record.take(epoch(1, seconds=0.2 + 0.3))  # 0.2 s for 200 images, 0.3 s to validate
    assert record.seconds_left == pytest.approx(3 * (0.2 + 0.3))


def test_the_line_says_what_the_mock_does() -> None:
    record = record_of(step(5), step(10), step(15, rate=21_840.0, images=10**6))
    assert progress_line(record).startswith("epoch 2 of 4 · step 15 of 40 · 21,8")
    assert progress_line(record).endswith("images/s · 0:00 left")
    assert progress_line(RunRecord()) == ""


def test_while_an_epoch_is_validated_it_is_still_the_one() -> None:
    record = record_of(step(10), Progress("validation", 5, 20))
    assert progress_line(record).startswith("epoch 1 of 4 · step 10 of 40")
    record.take(step(11))
    assert progress_line(record).startswith("epoch 2 of 4")
    assert progress_line(record_of()).startswith("epoch 1 of 4 · step 0 of 40")


def test_times() -> None:
    assert [clock(seconds) for seconds in (0, 34.4, 60, 725, 3723)] == ["0:00", "0:34", "1:00", "12:05", "1:02:03"]


def test_what_is_done_beside_the_steps() -> None:
    record = record_of(Progress("validation", 5, 20))
    assert record.activity is not None
    assert activity_line(record.activity) == "Validating · 25%"
    assert activity_line(Loading("Downloading MNIST", 10, 0)) == "Downloading MNIST"
    record.take(step(5))
    assert record.activity is None


def test_checkpoints_and_what_went_wrong_are_kept() -> None:
    record = record_of(
        CheckpointSaved(0, "0", best=False, seconds=0.1),
        CheckpointSaved(10, "10", best=True, seconds=0.1),
        CheckpointSaved(15, "15", best=False, seconds=0.1),
        SavingFailed(15, "The disk is full; make room."),
        SavingFailed(15, "The disk is full; make room."),
    )
    assert record.checkpoint is not None
    assert record.checkpoint.step == 15
    assert record.best_checkpoint is not None
    assert record.best_checkpoint.step == 10
    assert record.notes == ["The disk is full; make room."]


def test_a_run_that_goes_on_from_a_checkpoint_repeats_no_point() -> None:
    record = record_of(step(5), step(10), epoch(1), step(15))
    record.take(Finished("stopped", "Stopped.", 15, 1, 1, 0.8, 0.8, None, None, "", 1.0))
    assert record.finished is not None
    record.take(dataclasses.replace(STARTED, step=10, epoch=2))
    assert record.finished is None
    for again in (step(12), step(15), step(20), epoch(1), epoch(2)):
        record.take(again)
    assert record.loss.x.tolist() == [0.5, 1.0, 1.5, 2.0]
    assert record.validation_accuracy.x.tolist() == [1, 2]
