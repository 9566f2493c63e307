from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.datasets.images import ArraySplit
from explorer.datasets.split import stratified_split
from explorer.errors import ExplorerError, FileError, TrainingError
from explorer.export.from_run import trained_model
from explorer.runs.checkpoint import load
from explorer.runs.run import INTERRUPTED, Run
from explorer.training import saver
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import (
    CheckpointSaved,
    EpochFinished,
    Event,
    Finished,
    Paused,
    Progress,
    Resumed,
    Started,
    Step,
)
from explorer.training.order import batch_sizes, epoch_order
from explorer.training.trainer import resume, train

STEPS = 34  # an epoch: 1,080 images in batches of 32

T = TypeVar("T", bound=Event)


def weights(folder: Path, pointer: str = "last") -> dict[str, Tensor]:
    checkpoints = Run.open(folder).checkpoints
    name = checkpoints.pointed(pointer)
    assert name is not None
    return dict(load(checkpoints.path(name)).model)


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def of_kind(events: list[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture
def finished(network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path) -> Path:
    """A run that nobody interrupted."""
    folder = tmp_path / "uninterrupted"
    assert isinstance(list(train(network, data, config, folder))[-1], Finished)
    return folder


def test_a_run_tells_its_story(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    events = list(train(network, data, config, tmp_path / "run"))
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert (started.train_images, started.validation_images, started.test_images) == (1_080, 120, 200)
    assert (started.steps_per_epoch, started.epochs, started.step, started.epoch) == (STEPS, 3, 0, 1)
    assert started.parameters == sum(item.numel() for item in assemble(network).parameters())
    assert started.resident
    assert [event.step for event in of_kind(events, Step)] == list(range(1, 3 * STEPS + 1))
    assert [event.epoch for event in of_kind(events, EpochFinished)] == [1, 2, 3]
    assert [event.step for event in of_kind(events, CheckpointSaved)] == [0, STEPS, 2 * STEPS, 3 * STEPS]
    assert {event.phase for event in of_kind(events, Progress)} == {"validation", "test"}
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.step, finished.epoch) == ("finished", 3 * STEPS, 3)
    assert finished.tested == "best"
    assert finished.test_accuracy is not None
    assert finished.test_accuracy > 0.8  # four easy shapes
    for event in events:
        json.dumps(event.to_json(), allow_nan=False)


def test_the_epoch_adds_up_to_its_steps(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    events = list(train(network, data, replace(config, epochs=1), tmp_path / "run"))
    steps, [epoch] = of_kind(events, Step), of_kind(events, EpochFinished)
    images = sum(step.images for step in steps)
    assert images == 1_080
    assert epoch.train_loss == pytest.approx(sum(step.loss * step.images for step in steps) / images)
    assert epoch.train_accuracy == pytest.approx(sum(step.accuracy * step.images for step in steps) / images)


def test_it_is_the_training_that_a_plain_loop_does(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    """Our engine against twenty lines of plain PyTorch: the same weights, to rounding."""
    config = replace(config, optimizer="sgd", lr=0.05, nesterov=True, weight_decay=1e-3, schedule="cosine", epochs=2)
    list(train(network, data, config, tmp_path / "run"))

    split = data.images.train
    assert isinstance(split, ArraySplit)
    training, _ = stratified_split(split.labels, 0.1, config.seed)
    torch.manual_seed(config.seed)
    module = assemble(network)
    optimizer = torch.optim.SGD(module.parameters(), 0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 2 * STEPS)
    for epoch in range(2):
        order = torch.from_numpy(epoch_order(training, config.seed, epoch))
        for chosen in order.split(batch_sizes(len(order), 32)):  # type: ignore[no-untyped-call]
            images = torch.from_numpy(split.images)[chosen].float() / 255
            images = (images - torch.tensor(data.dataset.mean)) / torch.tensor(data.dataset.std)
            loss = nn.functional.cross_entropy(module(images), torch.from_numpy(split.labels)[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            scheduler.step()
    for name, tensor in weights(tmp_path / "run").items():
        torch.testing.assert_close(tensor, module.state_dict()[name], rtol=1e-4, atol=1e-5)


def test_two_runs_are_equal_and_another_seed_is_another_run(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path
) -> None:
    torch.manual_seed(99)  # what happened before the run is not to matter
    list(train(network, data, config, tmp_path / "again"))
    list(train(network, data, replace(config, seed=4), tmp_path / "other"))
    assert same(weights(finished), weights(tmp_path / "again"))
    assert not same(weights(finished), weights(tmp_path / "other"))


@pytest.mark.parametrize("stop_at", [0, 1, 7, STEPS, STEPS + 5])
def test_stopped_and_continued_equals_uninterrupted(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    finished: Path,
    tmp_path: Path,
    every_step: None,
    stop_at: int,
) -> None:
    control, folder = Control(), tmp_path / "run"
    events = []
    for event in train(network, data, config, folder, control):
        events.append(event)
        if isinstance(event, Started if stop_at == 0 else Step) and getattr(event, "step", 0) == stop_at:
            control.stop()
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.step, last.test_accuracy) == ("stopped", stop_at, None)
    assert Run.open(folder).state == "stopped"
    more = list(resume(folder, data=data))
    assert isinstance(more[0], Started)
    assert more[0].step == stop_at
    assert same(weights(finished), weights(folder))
    assert same(weights(finished, "best"), weights(folder, "best"))
    assert _story(finished) == _story(folder)


def _story(folder: Path) -> list[tuple[object, ...]]:
    """The recorded figures of the epochs and of the end, without what a clock says."""
    names = ("epoch", "step", "train_loss", "train_accuracy", "validation_loss", "test_accuracy", "best_epoch")
    lines = Run.open(folder).metrics()
    return [tuple(line.get(name) for name in names) for line in lines if line["event"] in {"epoch", "finished"}]


def test_stopping_in_a_validation_loses_nothing(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path, every_step: None
) -> None:
    control, folder = Control(), tmp_path / "run"
    events = []
    for event in train(network, data, config, folder, control):
        events.append(event)
        if isinstance(event, Progress) and event.phase == "validation":
            control.stop()
    assert not of_kind(events, EpochFinished)
    list(resume(folder, data=data))
    assert _story(finished) == _story(folder)
    assert same(weights(finished), weights(folder))


def test_stopping_after_the_epoch_ends_with_it(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path, every_step: None
) -> None:
    control, folder = Control(), tmp_path / "run"
    control.stop_after_epoch()
    events = list(train(network, data, config, folder, control))
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].epoch) == ("stopped", 1)
    list(resume(folder, data=data))
    assert same(weights(finished), weights(folder))


def test_a_halt_and_other_work_between_the_events_change_nothing(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path, every_step: None
) -> None:
    control, folder = Control(), tmp_path / "run"
    halts = 0
    events = []
    for event in train(network, data, config, folder, control):
        events.append(event)
        torch.rand(random.randrange(1, 9))
        if isinstance(event, Step) and event.step in {4, 50}:
            control.pause()
        if isinstance(event, Paused):
            halts += 1
            if halts % 3 == 0:
                control.resume()
    assert len(of_kind(events, Paused)) == 6
    assert len(of_kind(events, Resumed)) == 2
    assert sum(line["event"] == "paused" for line in Run.open(folder).metrics()) == 2
    assert same(weights(finished), weights(folder))


def test_a_halted_run_can_be_stopped(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    control = Control()
    control.pause()
    events = []
    for event in train(network, data, config, tmp_path / "run", control):
        events.append(event)
        if isinstance(event, Paused):
            control.stop()
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stopped"
    assert not of_kind(events, Resumed)


def test_a_generator_that_nobody_finishes_frees_the_run(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path, every_step: None
) -> None:
    events = train(network, data, config, tmp_path / "run")
    for event in events:
        if isinstance(event, Step) and event.step == 40:
            break
    with pytest.raises(TrainingError, match="is writing the run"):
        list(resume(tmp_path / "run", data=data))
    events.close()  # type: ignore[attr-defined]
    assert Run.open(tmp_path / "run").state == INTERRUPTED
    list(resume(tmp_path / "run", data=data))
    assert same(weights(finished), weights(tmp_path / "run"))


def test_more_epochs_go_on_from_the_last(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    list(train(network, data, replace(config, epochs=2), folder))
    with pytest.raises(TrainingError, match="has done its 2 epochs"):
        list(resume(folder, data=data))
    list(resume(folder, data=data, epochs=3))
    assert Run.open(folder).config == config.to_json()
    assert same(weights(finished), weights(folder))


def test_a_run_cannot_end_before_where_it_is(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    folder, control = tmp_path / "run", Control()
    for event in train(network, data, config, folder, control):
        if isinstance(event, Step) and event.epoch == 2:
            control.stop()
    before = {path: path.read_bytes() for path in folder.rglob("*.json*") if path.is_file()}
    with pytest.raises(TrainingError, match="in epoch 2 already, so it cannot end after 1; give it more."):
        list(resume(folder, data=data, epochs=1))
    assert before == {path: path.read_bytes() for path in folder.rglob("*.json*") if path.is_file()}
    list(resume(folder, data=data, epochs=2))
    assert Run.open(folder).state == "finished"


def test_checkpoints_within_an_epoch_come_by_the_clock(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saver, "INTERVAL", 0.0)
    monkeypatch.setattr(saver, "SHARE", 1e9)
    events = list(train(network, data, replace(config, epochs=1), tmp_path / "run"))
    assert [event.step for event in of_kind(events, CheckpointSaved)] == [*range(STEPS + 1), STEPS]
    kept = Run.open(tmp_path / "run").checkpoints.names()
    assert kept == [str(STEPS), f"{STEPS}-2"]  # the second has the validation behind it


def test_early_stopping_keeps_the_best_epoch(network: Network, data: TrainingData, tmp_path: Path) -> None:
    config = TrainConfig(epochs=40, batch_size=32, lr=0.01, patience=2, seed=1, threads=1, memory_format="contiguous")
    events = list(train(network, data, config, tmp_path / "run"))
    finished, epochs = events[-1], of_kind(events, EpochFinished)
    assert isinstance(finished, Finished)
    assert finished.reason == "early_stop"
    assert finished.epoch == finished.best_epoch + 2 == len(epochs) < 40
    best = max(epochs, key=lambda epoch: (epoch.validation_accuracy, -(epoch.validation_loss or 0)))
    assert finished.best_epoch == best.epoch
    assert finished.best_accuracy == best.validation_accuracy
    with pytest.raises(TrainingError, match="stopped early"):
        list(resume(tmp_path / "run", data=data))


def test_the_test_figures_are_those_of_the_best_weights(network: Network, data: TrainingData, finished: Path) -> None:
    last = Run.open(finished).last_record()
    assert last is not None
    module = assemble(network).eval()
    module.load_state_dict(weights(finished, "best"))
    split = data.images.test
    assert isinstance(split, ArraySplit)
    pixels = torch.from_numpy(split.images).float() / 255
    with torch.no_grad():
        logits = module((pixels - torch.tensor(data.dataset.mean)) / torch.tensor(data.dataset.std))
    labels = torch.from_numpy(split.labels)
    assert last["test_accuracy"] == (logits.argmax(1) == labels).double().mean().item()
    assert last["test_loss"] == pytest.approx(nn.functional.cross_entropy(logits, labels).item(), rel=1e-5)


def test_without_validation_images_the_last_epoch_is_the_best(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    events = list(train(network, data, replace(config, validation_fraction=0.0), tmp_path / "run"))
    epochs = of_kind(events, EpochFinished)
    assert [epoch.validation_accuracy for epoch in epochs] == [None] * 3
    assert isinstance(events[-1], Finished)
    assert (events[-1].best_epoch, events[-1].best_accuracy) == (3, None)
    assert events[-1].test_accuracy is not None


@pytest.mark.parametrize("change", [{"precision": "bf16"}, {"memory_format": "channels_last"}, {"label_smoothing": 0.1},
                                    {"initialisation": "kaiming"}, {"threads": 2}, {"rotation": 5.0, "erasing": 0.3},
                                    {"crop_padding": 1, "flip": True}, {"mixup": 0.2, "cutmix": 0.5},
                                    {"clip_norm": 0.5}, {"accumulation": 3}, {"ema_decay": 0.95},
                                    {"ema_decay": 0.9, "evaluate_average": False, "clip_norm": 0.5},
                                    {"mixup": 0.1, "class_weights": "balanced", "label_smoothing": 0.1},
                                    {"schedule": "multi_step", "milestones": (30, 50)}])  # fmt: skip
def test_each_way_of_computing_learns_and_continues_exactly(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    finished: Path,
    tmp_path: Path,
    every_step: None,
    change: dict[str, Any],
) -> None:
    config = replace(config, **change)
    whole = list(train(network, data, config, tmp_path / "whole"))
    assert isinstance(whole[-1], Finished)
    assert (whole[-1].test_accuracy or 0) > 0.45  # guessing gives a quarter
    assert not same(weights(finished), weights(tmp_path / "whole"))  # the setting reached the computation
    control = Control()
    for event in train(network, data, config, tmp_path / "parts", control):
        if isinstance(event, Step) and event.step == 45:
            control.stop()
    list(resume(tmp_path / "parts", data=data))
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "parts"))


def test_images_are_resized_to_the_network(
    data: TrainingData, network: Network, config: TrainConfig, tmp_path: Path
) -> None:
    larger = replace(network, inputs=(replace(network.inputs[0], shape=(1, 24, 24)),))
    events = list(train(larger, data, replace(config, epochs=2), tmp_path / "run"))
    assert isinstance(events[-1], Finished)
    assert (events[-1].test_accuracy or 0) > 0.7


def test_the_run_keeps_what_made_it(network: Network, data: TrainingData, config: TrainConfig, finished: Path) -> None:
    run = Run.open(finished)
    assert run.network == network
    assert TrainConfig.from_json(run.config) == config
    environment = run.environment
    assert environment.threads == 1
    assert environment.versions["torch"] == torch.__version__.split("+")[0]
    assert environment.data.classes == data.dataset.classes
    assert run.state == "finished"
    assert next(run.metrics())["event"] == "started"


def _other_images(data: TrainingData) -> TrainingData:
    split = data.images.train
    assert isinstance(split, ArraySplit)
    changed = ArraySplit(split.images, np.roll(split.labels, 1))
    return replace(data, images=replace(data.images, train=changed))


def test_other_images_do_not_continue_a_run(data: TrainingData, finished: Path) -> None:
    with pytest.raises(ExplorerError, match="not those the run was started with"):
        list(resume(finished, data=_other_images(data), epochs=9))


def test_a_used_folder_is_not_overwritten(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path
) -> None:
    before = sorted(path.name for path in finished.iterdir())
    with pytest.raises(FileError, match="not empty"):
        list(train(network, data, config, finished))
    assert sorted(path.name for path in finished.iterdir()) == before


Change = Callable[[Network], Network]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda network: replace(network, inputs=(replace(network.inputs[0], shape=(3, 16, 16)),)), "3 channels"),
        (lambda network: network.remove([("fc",)]), "ends in"),
        (lambda network: network.remove([("fc",), ("flatten",)]), "instead of one number a class"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_written(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, change: Change, said: str
) -> None:
    with pytest.raises(TrainingError, match=said):
        list(train(change(network), data, config, tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_frozen_blocks_stay_bit_equal_with_their_statistics(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    frozen = replace(network, frozen=frozenset({("conv",), ("norm",)}))
    list(train(frozen, data, replace(config, epochs=1), tmp_path / "run"))
    torch.manual_seed(config.seed)
    before, after = assemble(frozen).state_dict(), weights(tmp_path / "run")
    for name in before:
        assert torch.equal(before[name], after[name]) != name.startswith("fc"), name


def test_nothing_is_left_of_twenty_starts_and_stops(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0

    def cycle(number: int) -> None:
        control = Control()
        for event in train(network, data, config, tmp_path / str(number), control):
            if isinstance(event, Step):
                control.stop()

    cycle(0)
    before = opened()
    for number in range(1, 20):
        cycle(number)
    assert opened() == before


def test_events_are_taken_one_by_one(network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path) -> None:
    events: Iterator[Event] = train(network, data, config, tmp_path / "run")
    assert not (tmp_path / "run").exists()  # nothing happens before the first is asked for
    assert isinstance(next(events), Started)
    events.close()  # type: ignore[attr-defined]


def test_recomputed_blocks_train_to_the_same_bits(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    blocks = explorer.network("resnet18", input_shape=(1, 16, 16), classes=4)
    few = replace(data, images=replace(data.images, train=data.images.train.take(range(70))))
    config = replace(config, epochs=1, validation_fraction=0.0, ema_decay=0.9)
    list(train(blocks, few, config, tmp_path / "plain"))
    list(train(blocks, few, replace(config, activation_checkpointing=True), tmp_path / "again"))
    assert same(weights(tmp_path / "plain"), weights(tmp_path / "again"))


def test_the_average_is_validated_tested_and_exported(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path
) -> None:
    list(train(network, data, replace(config, ema_decay=0.9), tmp_path / "run"))
    run = Run.open(tmp_path / "run")
    last = load(run.checkpoints.path(run.checkpoints.newest_first()[0]))
    # training does not see the average: beside it lie the weights of the plain run
    assert same(weights(finished), last.training["other_weights"])
    assert last.training["average_updates"] == 3 * STEPS
    assert not same(weights(finished), dict(last.model))
    exported = assemble(network).eval()
    exported.load_state_dict(trained_model(run).state)
    split, record = data.images.test, run.last_record()
    assert isinstance(split, ArraySplit)
    assert record is not None
    pixels = torch.from_numpy(split.images).float() / 255
    with torch.no_grad():
        logits = exported((pixels - torch.tensor(data.dataset.mean)) / torch.tensor(data.dataset.std))
    assert record["test_accuracy"] == (logits.argmax(1) == torch.from_numpy(split.labels)).double().mean().item()


def test_the_average_can_be_kept_without_being_used(
    network: Network, data: TrainingData, config: TrainConfig, finished: Path, tmp_path: Path
) -> None:
    list(train(network, data, replace(config, ema_decay=0.9, evaluate_average=False), tmp_path / "run"))
    assert same(weights(finished), weights(tmp_path / "run"))
    assert _story(finished) == _story(tmp_path / "run")


def test_every_second_checkpoint_is_kept(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    list(train(network, data, replace(config, epochs=7, keep_every=2), tmp_path / "run"))
    checkpoints = Run.open(tmp_path / "run").checkpoints
    kept = {STEPS * epoch for epoch in (2, 4, 6, 7)}
    assert {int(name) for name in checkpoints.names()} == kept | {int(checkpoints.pointed("best") or 0)}
