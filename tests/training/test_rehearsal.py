from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.assembly import assemble
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.analysis import analyse
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.runs.run import Run
from explorer.training.alternatives import smaller
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.device import settle
from explorer.training.estimate import training_memory
from explorer.training.events import BatchFound, DryRun, Finished, PaceFound, Started, from_json
from explorer.training.rehearsal import find_batch, rehearse, try_batch
from explorer.training.stages import Stage, forms
from explorer.training.trainer import resume, train

REFUSALS = [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("DefaultCPUAllocator: can't allocate memory")]


class Refusing(nn.Module):
    """A network whose batch does not fit above some size."""

    def __init__(self, network: Network, most: int, error: Exception) -> None:
        super().__init__()
        self.inner = assemble(network)
        self._most, self._error = most, error

    def forward(self, images: Tensor) -> Tensor:
        if self.training and len(images) > self._most:
            raise self._error
        outputs: Tensor = self.inner(images)
        return outputs


def refusing(most: int, error: Exception = REFUSALS[0]) -> Callable[[Network], nn.Module]:
    return lambda network: Refusing(network, most, error)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("key", ["resnet18", "lenet5"])
def test_what_is_measured_is_about_what_was_counted(key: str, optimizer: str) -> None:
    network = explorer.network(key, input_shape=(1, 28, 28), classes=4)
    config = TrainConfig(batch_size=16, optimizer=optimizer, device="cpu", threads=1, memory_format="contiguous")
    found = rehearse(network, config, settle(config))
    assert found.estimated == training_memory(analyse(network), 16, optimizer, config.momentum)
    # gradients come while what they are computed from goes, and the first ones stand beside all that is kept
    assert found.measured is not None
    assert 0.9 < found.measured / found.estimated < 1.25


def test_of_several_stages_the_heaviest_is_tried_whatever_the_design_freezes() -> None:
    network = explorer.network("resnet20", input_shape=(1, 28, 28))
    config = TrainConfig(epochs=3, batch_size=16, device="cpu", threads=1, memory_format="contiguous")
    staged = replace(config, stages=(Stage("head", 1.0, 1), Stage("all", 0.1, 1), Stage("last-2", 0.1)))
    whole = rehearse(network, config, settle(config))
    frozen = rehearse(network.freeze(("layer1",)), staged, settle(staged))
    assert (frozen.measured, frozen.estimated) == (whole.measured, whole.estimated)
    stopped = Control()
    stopped.stop()
    [few, found] = list(find_batch(network.freeze(("layer1",)), staged, stopped))
    assert isinstance(few, DryRun)
    assert few.estimated == training_memory(analyse(network), 2, config.optimizer, config.momentum)
    assert isinstance(found, BatchFound)


def test_the_heaviest_stage_is_the_one_that_keeps_most_whatever_its_parameters() -> None:
    """A classifier has most of VGG's parameters, and its convolutions keep nearly all of what a step needs."""
    maps = [(f"conv{number}", Conv2d(8, 3, padding=1)) for number in range(4)]
    body = Chain(*maps, ("pool", MaxPool2d(4)), ("flatten", Flatten()), ("fc", Linear(256)))
    network = Network.of("top-heavy", (1, 32, 32), body)
    config = TrainConfig(batch_size=128, epochs=2, device="cpu", threads=1, memory_format="contiguous")
    staged = replace(config, stages=(Stage("fc", 1.0, 1), Stage("conv0", 0.1)))
    of_each = [rehearse(form, config, settle(config)).measured or 0 for form in forms(network, staged.stages)]
    trained = [analyse(form).trainable_parameters for form in forms(network, staged.stages)]
    assert trained[0] > 100 * trained[1]
    assert of_each[1] > 1.5 * of_each[0]
    assert rehearse(network, staged, settle(staged)).measured == of_each[1]


@pytest.mark.parametrize("change", [{"accumulation": 4}, {"activation_checkpointing": True}, {"batch_size": 16}])
def test_each_alternative_needs_less(change: dict[str, int]) -> None:
    network = explorer.network("resnet20")
    config = TrainConfig(batch_size=32, device="cpu", threads=1, memory_format="contiguous")
    much = rehearse(network, config, settle(config)).measured
    little = rehearse(network, replace(config, **change), settle(config)).measured  # type: ignore[arg-type]
    assert much is not None
    assert little is not None
    assert little < 0.6 * much


def test_a_run_tells_of_its_dry_run_and_is_not_changed_by_it(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    events = list(train(network, data, replace(config, epochs=1), tmp_path / "run"))
    assert isinstance(events[0], Started)
    assert isinstance(events[1], DryRun)
    assert events[1].measured is not None
    lines = list(Run.open(tmp_path / "run").metrics())
    assert from_json(lines[1]) == events[1]
    assert not any(isinstance(event, DryRun) for event in resume(tmp_path / "run", data=data, epochs=2))


@pytest.mark.parametrize("error", REFUSALS)
def test_what_does_not_fit_ends_before_the_first_epoch_with_alternatives(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, error: Exception
) -> None:
    build = refusing(20, error)
    events = list(train(network, data, config, tmp_path / "run", build=build))
    assert [event.kind for event in events] == ["started", "dry_run", "finished"]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.step) == ("out_of_memory", 0)
    assert "accumulated in parts" in finished.message
    assert ("batch_size", 16) in finished.alternatives
    assert ("accumulation", 2) in finished.alternatives
    last = Run.open(tmp_path / "run").last_record()
    assert last is not None
    assert from_json(last) == finished
    for name, value in (("batch_size", 16), ("accumulation", 2)):
        again = replace(config, epochs=1, **{name: value})  # type: ignore[arg-type]
        end = list(train(network, data, again, tmp_path / name, build=build))[-1]
        assert isinstance(end, Finished)
        assert end.reason == "finished"


def test_alternatives_are_only_such_as_can_be_taken() -> None:
    most = TrainConfig(batch_size=2, activation_checkpointing=True, precision="bf16")
    assert smaller(most, (28, 28), "cpu") == ()
    assert dict(smaller(TrainConfig(batch_size=8), (64, 48), "cuda")) == {
        "accumulation": 2,
        "activation_checkpointing": True,
        "batch_size": 4,
        "precision": "bf16",
        "image_size": (32, 24),
    }
    assert "precision" not in dict(smaller(TrainConfig(), (28, 28), "mps"))


def searched(
    network: Network, config: TrainConfig, build: Callable[[Network], nn.Module] = assemble, free: int = 1 << 22
) -> tuple[list[int], BatchFound]:
    """The batches that were tried, and what was found."""
    *tried, found = find_batch(network, config, build=build, free=free)
    assert isinstance(found, BatchFound)
    return [event.batch_size for event in tried if isinstance(event, DryRun)], found


@pytest.mark.parametrize(("most", "expected"), [(1, 0), (2, 2), (3, 2), (40, 32)])
def test_the_largest_batch_is_the_last_that_was_not_refused(
    network: Network, config: TrainConfig, most: int, expected: int
) -> None:
    tried, found = searched(network, config, refusing(most))
    assert found.batch_size == expected
    assert tried[-1] == max(2 * expected, 2)
    assert bool(found.alternatives) == (expected == 0)
    assert "batch_size" not in dict(found.alternatives), "there is none below two images"


def test_no_batch_is_tried_that_would_not_stay_within_what_is_free(network: Network, config: TrainConfig) -> None:
    def measured(batch_size: int) -> int:
        return rehearse(network, replace(config, batch_size=batch_size), settle(config)).measured or 0

    free = round(measured(16) / 0.8) + 1_000
    seen: list[int] = []

    def build(network: Network) -> nn.Module:
        module = assemble(network)
        module.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
        return module

    tried, found = searched(network, config, build, free)
    assert tried == seen == [2, 4, 8, 16]
    assert (found.batch_size, found.free) == (16, free)
    assert not found.cut_short


def test_a_batch_that_would_not_fit_is_told_from_two_small_ones(
    network: Network, config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CPU's memory does not refuse: the system ends the process, and with it the window."""
    seen: list[int] = []

    def build(network: Network) -> nn.Module:
        module = assemble(network)
        module.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
        return module

    config = replace(config, batch_size=64)
    needed = rehearse(network, config, settle(config)).measured or 0
    for free, fits in ((needed - 20_000, False), (needed + 20_000, True)):
        monkeypatch.setattr("explorer.training.rehearsal.free_memory", lambda _, free=free: free)
        seen.clear()
        found = rehearse(network, config, settle(config), build)
        assert seen == [2, 4, 64][: 3 if fits else 2]
        assert (found.measured is not None) == fits
        assert bool(found.alternatives) != fits


def test_a_batch_is_tried_with_no_more_images_than_there_are(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    few = replace(data, images=replace(data.images, train=data.images.train.take(range(40))))
    events = train(network, few, replace(config, batch_size=4096, epochs=1), tmp_path / "run")
    dry = next(event for event in events if isinstance(event, DryRun))
    events.close()  # type: ignore[attr-defined]
    assert dry.batch_size == 40


def test_a_search_that_is_stopped_says_what_it_found_until_then(network: Network, config: TrainConfig) -> None:
    control, events = Control(), []
    for event in find_batch(network, config, control, free=1 << 30):
        events.append(event)
        if isinstance(event, DryRun) and event.batch_size == 4:
            control.stop()
    assert [event.kind for event in events] == ["dry_run", "dry_run", "batch_found"]
    assert isinstance(events[-1], BatchFound)
    assert events[-1].batch_size == 4
    assert events[-1].cut_short


def test_a_batch_is_tried_alone_and_says_what_would_need_less(data: TrainingData) -> None:
    network = explorer.network("resnet20", input_shape=(1, 32, 32), classes=4)
    config = TrainConfig(batch_size=32, device="cpu", threads=1, memory_format="contiguous")
    tried, pace = try_batch(network, data.dataset, config)
    assert isinstance(tried, DryRun)
    assert isinstance(pace, PaceFound)
    assert (pace.batch_size, pace.macs) == (32, analyse(network).macs)
    assert tried.measured is not None
    assert tried.alternatives == ()
    (refused,) = try_batch(network, data.dataset, config, refusing(20))
    assert isinstance(refused, DryRun)
    assert refused.measured is None
    assert dict(refused.alternatives)["batch_size"] == 16
    assert dict(refused.alternatives)["image_size"] == (16, 16)
    assert from_json(json.loads(json.dumps(refused.to_json()))) == refused
    builders = itertools.chain([assemble], itertools.repeat(refusing(20)))  # the layout of the run needs more

    def build(network: Network) -> nn.Module:
        return next(builders)(network)

    (alone,) = try_batch(network, data.dataset, config, build)
    assert isinstance(alone, DryRun)
    assert alone.measured == tried.measured
    with pytest.raises(TrainingError, match="7 classes"):
        list(try_batch(explorer.network("resnet20", input_shape=(1, 32, 32), classes=7), data.dataset, config))
