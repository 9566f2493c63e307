from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import pytest

from explorer.errors import FileError
from explorer.runs.metrics import MetricsLog, read_metrics
from explorer.training.events import (
    BlockStatistics,
    CheckpointSaved,
    EpochFinished,
    Event,
    Finished,
    Paused,
    Progress,
    Resumed,
    SavingFailed,
    Step,
    from_json,
)
from explorer.training.record import Recorder, merge


def _step(number: int, *, images: int = 10, loss: float = 1.0, accuracy: float = 0.5, rate: float = 100.0) -> Step:
    return Step(number, 1, 1, images, loss, accuracy, 0.1, rate, number * 0.1)


EPOCH = EpochFinished(1, 36, 0.5, 0.9, None, None, True, 0.1, 100.0, 1.0)
FINISHED = Finished("stopped", "Stopped.", 36, 1, 0, None, None, None, None, "", 1.0, (("image_size", (14, 14)),))
BLOCKS = BlockStatistics(1, 36, ("conv", "relu"), (0.5, None), (1.0, None), (0.1, None), (None, 0.0))


def test_merged_steps_are_weighted_by_their_images() -> None:
    merged = merge(
        [_step(1, images=30, loss=1.0, accuracy=1.0), _step(2, images=10, loss=3.0, accuracy=0.0, rate=50.0)]
    )
    assert (merged.step, merged.steps, merged.images) == (2, 2, 40)
    assert merged.loss == pytest.approx(1.5)
    assert merged.accuracy == pytest.approx(0.75)
    assert merged.images_per_second == pytest.approx(40 / 0.5)  # 30 images took 0.3 s, 10 took 0.2 s
    assert merged.seconds == pytest.approx(0.2)


def test_all_events_pass_but_progress_and_repeated_halts_are_not_written(tmp_path: Path) -> None:
    events: list[Event] = [Progress("test", 1, 2), Paused(3), Paused(3), Resumed(3), Paused(3)]
    assert list(Recorder(MetricsLog(tmp_path)).record(events)) == events
    assert [line["event"] for line in read_metrics(tmp_path)] == ["paused", "resumed", "paused"]


def test_a_long_run_writes_fewer_lines_and_loses_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("explorer.training.record.time.perf_counter", lambda: now[0])
    recorder = Recorder(MetricsLog(tmp_path))

    def day() -> Iterable[Event]:
        for number in range(100_000):
            now[0] += 0.8
            yield _step(number + 1)

    for _ in recorder.record(day()):
        pass
    recorder.settle()
    lines = list(read_metrics(tmp_path))
    assert sum(line["steps"] for line in lines) == 100_000
    assert 2_000 < len(lines) < 12_000


def test_a_full_disk_is_told_once_and_ends_nothing(tmp_path: Path) -> None:
    class FullLog(MetricsLog):
        def append(self, record: object) -> None:
            raise FileError("metrics.jsonl cannot be written (no space left on device); make room.")

    events: list[Event] = [Resumed(1), _step(2), Resumed(2)]
    passed = list(Recorder(FullLog(tmp_path)).record(events))
    assert [event for event in passed if not isinstance(event, SavingFailed)] == events
    failures = [event for event in passed if isinstance(event, SavingFailed)]
    assert len(failures) == 1
    assert "no space left" in failures[0].message


def test_what_was_written_is_read_as_the_events_it_was(tmp_path: Path) -> None:
    events: list[Event] = [_step(1), EPOCH, CheckpointSaved(36, "36", best=True, seconds=0.1), Paused(36), FINISHED]
    assert list(Recorder(MetricsLog(tmp_path)).record(events)) == events
    assert [from_json(line) for line in read_metrics(tmp_path)] == events


def test_a_loss_that_was_no_number_is_none_again_and_strangers_are_left_out() -> None:
    lost = from_json(_step(1, loss=math.nan).to_json())
    assert isinstance(lost, Step)
    assert math.isnan(lost.loss)
    assert from_json({"event": "from_the_future"}) is None
    assert from_json({"event": "step", "step": 3}) is None


@pytest.mark.parametrize(
    ("event", "name", "value"),
    [
        (_step(1), "step", None),
        (_step(1), "loss", "0.5"),
        (_step(1), "step", [3]),
        (EPOCH, "validation_accuracy", "0.5"),
        (EPOCH, "best", None),
        (BLOCKS, "blocks", "conv"),
        (BLOCKS, "gradient", 5),
        (FINISHED, "message", 5),
        (FINISHED, "alternatives", 5),
        (FINISHED, "alternatives", [5]),
    ],
)
def test_a_line_in_which_something_is_of_another_kind_is_left_out(event: Event, name: str, value: object) -> None:
    assert from_json(event.to_json()) == event
    assert from_json(event.to_json() | {name: value}) is None
