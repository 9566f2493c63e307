"""Runs that go wrong: each ends in a sentence, and what was finished before is kept."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import DataError, FileError, TrainingError
from explorer.runs import checkpoint as checkpoint_file
from explorer.runs.checkpoint import load, read_pickled
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Event, Finished, SavingFailed, Started, Step
from explorer.training.feed import Feed
from explorer.training.trainer import resume, train

STEPS = 34


class Failing(nn.Module):
    """A network in which something happens at one step."""

    def __init__(self, network: Network, step: int, happens: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.inner = assemble(network)
        self._step, self._happens, self._steps = step, happens, 0

    def forward(self, images: Tensor) -> Tensor:
        outputs: Tensor = self.inner(images)
        self._steps += self.training
        return self._happens(outputs) if self.training and self._steps == self._step else outputs


def run_failing(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    folder: Path,
    step: int,
    happens: Callable[[Tensor], Tensor],
) -> tuple[list[Event], Finished]:
    events = list(train(network, data, config, folder, build=lambda network: Failing(network, step, happens)))
    finished = events[-1]
    assert isinstance(finished, Finished)
    return events, finished


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_checkpoint(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, value: float
) -> None:
    folder = tmp_path / "run"
    events, finished = run_failing(network, data, config, folder, STEPS + 8, lambda outputs: outputs * value)
    assert finished.reason == "diverged"
    assert f"at step {STEPS + 8} in epoch 2" in finished.message
    assert "try a learning rate of 0.001" in finished.message
    assert finished.step == STEPS + 7
    assert Run.open(folder).state == "diverged"
    checkpoints = Run.open(folder).checkpoints
    assert checkpoints.pointed("last") == str(STEPS)
    kept = load(checkpoints.path(str(STEPS))).model
    assert all(bool(torch.isfinite(tensor).all()) for tensor in kept.values())
    lines = list(Run.open(folder).metrics())
    assert (
        sum(line["event"] == "epoch" for line in lines)
        == sum(isinstance(event, EpochFinished) for event in events)
        == 1
    )


def test_the_steps_before_a_divergence_are_told(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They show how it came to that, and on a fast device nobody looks between them and the step that went wrong."""
    monkeypatch.setattr("explorer.training.meter.INTERVAL", 1e9)
    bad = STEPS + 8
    events, finished = run_failing(network, data, config, tmp_path / "run", bad, lambda outputs: outputs * torch.nan)
    steps = [event for event in events if isinstance(event, Step)]
    assert [(event.step, event.steps) for event in steps] == [(STEPS, STEPS), (bad - 1, 7)]
    assert finished.step == bad - 1
    whole = [event for event in train(network, data, config, tmp_path / "whole") if isinstance(event, Step)]
    assert steps[0].loss == whole[0].loss
    assert 0.0 < steps[1].loss < 2.0 * steps[0].loss
    told = [line for line in Run.open(tmp_path / "run").metrics() if line["event"] == "step"]
    assert told[-1]["step"] == bad - 1


def test_a_gradient_that_is_no_number_ends_the_run_too(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    def spoil(outputs: Tensor) -> Tensor:
        outputs.register_hook(lambda gradient: gradient * torch.nan)  # type: ignore[no-untyped-call]
        return outputs

    _, finished = run_failing(network, data, config, tmp_path / "run", 5, spoil)
    assert (finished.reason, finished.step) == ("diverged", 4)


@pytest.mark.parametrize(
    ("error", "reason", "said"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "out_of_memory", "smaller batch"),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
            "out_of_memory",
            "batch",
        ),
        (RuntimeError("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED"), "out_of_memory", "smaller images"),
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "lost_device", "launch failure"),
        (DataError("The image 5.png is not there any more; restore it."), "failed", "The image 5.png is not there"),
    ],
)
def test_what_the_machine_refuses_ends_the_run_with_a_sentence(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, error: Exception, reason: str, said: str
) -> None:
    def refuse(outputs: Tensor) -> Tensor:
        raise error

    _, finished = run_failing(network, data, config, tmp_path / "run", STEPS + 3, refuse)
    assert finished.reason == reason
    assert said in finished.message
    assert finished.message.endswith(".")
    assert finished.epoch == 1
    assert Run.open(tmp_path / "run").state == reason
    again = list(resume(tmp_path / "run", data=data, build=lambda network: Failing(network, -1, refuse)))
    assert isinstance(again[-1], Finished)
    assert again[-1].reason == "finished"  # from the finished epoch on


def test_the_memory_of_a_run_that_ran_out_is_free_when_it_says_so(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    modules: list[weakref.ref[nn.Module]] = []

    def build(network: Network) -> nn.Module:
        module = Failing(network, 3, refuse)
        modules.append(weakref.ref(module))
        return module

    def refuse(outputs: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    for event in train(network, data, config, tmp_path / "run", build=build):
        if isinstance(event, Started):
            assert modules[-1]() is not None, "that of the run, which is not that of its dry run"
        if isinstance(event, Finished):
            assert [module() for module in modules] == [None] * len(modules)
            assert event.reason == "out_of_memory"
            return
    pytest.fail("the run has not ended")


def test_the_memory_of_a_run_that_found_none_to_begin_with_is_free_while_the_error_is_kept(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    modules: list[weakref.ref[nn.Module]] = []

    def build(network: Network) -> nn.Module:
        module = assemble(network)
        modules.append(weakref.ref(module))
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(TrainingError, match="smaller batch") as raised:
        list(train(network, data, config, tmp_path / "run", build=build))
    assert raised.tb is not None, "which keeps the frames alive"
    assert len(modules) > 1, "that of the dry run, and that of the run"
    assert [module() for module in modules] == [None] * len(modules)


def test_a_mistake_in_the_program_is_not_dressed_up(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    def stumble(outputs: Tensor) -> Tensor:
        raise RuntimeError("shape mismatch in line 7")

    with pytest.raises(RuntimeError, match="line 7"):
        run_failing(network, data, config, tmp_path / "run", 2, stumble)


def test_a_full_disk_stops_saving_and_not_training(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, events = tmp_path / "run", []
    for event in train(network, data, config, folder):
        events.append(event)
        if isinstance(event, EpochFinished) and event.epoch == 2:
            monkeypatch.setattr(checkpoint_file, "_HEADROOM", 1 << 60)
    failed = [event for event in events if isinstance(event, SavingFailed)]
    assert [event.step for event in failed] == [2 * STEPS, 3 * STEPS]
    assert "MB free and the checkpoint needs" in failed[0].message
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "finished"
    assert events[-1].epoch == 3
    assert Run.open(folder).checkpoints.pointed("last") == str(STEPS)
    if events[-1].best_epoch > 1:
        assert events[-1].tested == "last"  # the best weights could not be kept
    monkeypatch.undo()
    assert isinstance(list(resume(folder, data=data, epochs=4))[-1], Finished)


@pytest.mark.parametrize("name", ["model.safetensors", "train_state.pt", "meta.json"])
def test_a_disk_that_is_full_in_the_middle_of_a_file_leaves_the_last_checkpoint(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    folder, events = tmp_path / "run", []
    real = os.fsync
    full = False

    def fsync(descriptor: int) -> None:
        if full and Path(f"/proc/self/fd/{descriptor}").resolve().name == name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    if not Path("/proc/self/fd").exists():
        pytest.skip("the test finds the name of an open file in /proc")
    monkeypatch.setattr(os, "fsync", fsync)
    for event in train(network, data, replace(config, epochs=2), folder):
        events.append(event)
        full = (isinstance(event, EpochFinished) and event.epoch == 1) or (full and not isinstance(event, SavingFailed))
    failed = [event for event in events if isinstance(event, SavingFailed)]
    assert len(failed) == 1
    assert "no space left" in failed[0].message
    assert Run.open(folder).checkpoints.names() == ["0", str(2 * STEPS)]


def test_a_read_only_folder_is_said_at_once(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    occupied = tmp_path / "a-file"
    occupied.write_text("")
    with pytest.raises(FileError, match="cannot be written"):
        list(train(network, data, config, occupied / "run"))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["model.safetensors", "train_state.pt"])
def test_a_flipped_bit_is_found_and_the_checkpoint_before_goes_on(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, name: str
) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "run"
    list(train(network, data, config, whole))
    list(train(network, data, replace(config, epochs=2), folder))
    _flip(folder / "checkpoints" / str(2 * STEPS) / name)
    events = list(resume(folder, data=data, epochs=3))
    assert isinstance(events[0], Started)
    assert events[0].step == STEPS
    assert name in events[0].note
    assert "damaged" in events[0].note
    finished = [list(Run.open(run).metrics())[-1] for run in (whole, folder)]
    assert finished[0]["best_epoch"] == finished[1]["best_epoch"]
    assert finished[1]["tested"] == "best"
    ends = [load(Run.open(run).checkpoints.path(str(3 * STEPS))).model for run in (whole, folder)]
    assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


def test_going_back_makes_the_best_of_that_time_the_best_again(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    finished = list(train(network, data, replace(config, epochs=2), folder))[-1]
    assert isinstance(finished, Finished)
    assert finished.best_epoch == 2
    _flip(folder / "checkpoints" / str(2 * STEPS) / "model.safetensors")
    events = resume(folder, data=data, epochs=3)
    next(events)
    events.close()  # type: ignore[attr-defined]
    checkpoints = Run.open(folder).checkpoints
    assert checkpoints.names() == [str(STEPS)]  # what followed is gone, since it is about to happen again
    assert (checkpoints.pointed("last"), checkpoints.pointed("best")) == (str(STEPS), str(STEPS))


def test_without_a_sound_checkpoint_nothing_is_touched(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    list(train(network, data, replace(config, epochs=1), folder))
    for path in (folder / "checkpoints").glob("*/model.safetensors"):
        _flip(path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(FileError, match="no checkpoint to continue from") as caught:
        list(resume(folder, data=data, epochs=2))
    assert "SHA-256" in str(caught.value)
    changed = {path for path, content in before.items() if path.read_bytes() != content}
    assert {path.name for path in changed} <= {"run.lock"}


def _spoil(checkpoint: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes what a checkpoint holds for continuing, and the hash with it, as a program with a mistake would."""
    state, meta = checkpoint / "train_state.pt", checkpoint / "meta.json"
    values = read_pickled(state)
    change(values)
    torch.save(values, state)
    facts = json.loads(meta.read_text())
    facts["files"][state.name]["sha256"] = hashlib.sha256(state.read_bytes()).hexdigest()
    meta.write_text(json.dumps(facts))


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("optimizer"),
        lambda state: state.update(optimizer={}),
        lambda state: state["optimizer"].update(param_groups=[]),
        lambda state: state.pop("random"),
        lambda state: state["random"].pop("cpu"),
        lambda state: state["random"].update(cpu=torch.zeros(3)),
        lambda state: state["random"].update(python=[1, 2]),
        lambda state: state.pop("position"),
        lambda state: state["position"].update(step="x"),
        lambda state: state.update(scaler=5),
    ],
)
def test_a_state_that_nothing_can_be_made_of_is_passed_over(
    network: Network,
    data: TrainingData,
    config: TrainConfig,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], object],
) -> None:
    folder = tmp_path / "run"
    list(train(network, data, replace(config, epochs=2), folder))
    _spoil(folder / "checkpoints" / str(2 * STEPS), change)
    events = resume(folder, data=data, epochs=3)
    started = next(events)
    events.close()  # type: ignore[attr-defined]
    assert isinstance(started, Started)
    assert started.step == STEPS
    assert "train_state.pt is damaged" in started.note


def test_after_a_bad_state_the_run_goes_on_as_if_there_had_been_none(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    whole, spoilt = tmp_path / "whole", tmp_path / "spoilt"
    list(train(network, data, config, whole))
    list(train(network, data, replace(config, epochs=2), spoilt))
    _spoil(spoilt / "checkpoints" / str(2 * STEPS), lambda state: state["random"].update(cpu=torch.zeros(3)))
    list(resume(spoilt, data=data, epochs=3))
    ends = [load(run / "checkpoints" / str(3 * STEPS)).model for run in (whole, spoilt)]
    assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


def test_weights_of_another_network_are_refused(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    from explorer.core import storage

    folder = tmp_path / "run"
    list(train(network, data, replace(config, epochs=1), folder))
    storage.write(network.rename(("conv",), "first"), folder / "network.json")
    with pytest.raises(FileError, match="do not fit their network"):
        list(resume(folder, data=data, epochs=2))


def test_memory_that_ends_while_the_network_is_made_is_said(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    def build(network: Network) -> nn.Module:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    with pytest.raises(TrainingError, match="smaller batch"):
        list(train(network, data, config, tmp_path / "run", build=build))


def test_too_few_images_are_refused(network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path) -> None:
    few = replace(data, images=replace(data.images, train=data.images.train.take([0])))
    with pytest.raises(DataError, match="at least 2 images"):
        list(train(network, few, config, tmp_path / "run"))


def test_a_test_set_that_cannot_be_read_keeps_the_epochs(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(feed: Feed) -> None:
        raise DataError("The image 9.png is not there any more; restore it or read the folder again.")

    monkeypatch.setattr(Feed, "test", unreadable)
    events = list(train(network, data, config, tmp_path / "run"))
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].epoch, events[-1].test_accuracy) == ("failed", 3, None)
