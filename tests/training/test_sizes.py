"""Epochs on images of several sizes in turn, with one set of weights (He et al., 2014, section 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.transforms import v2

import explorer
from explorer.assembly import assemble
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool, SpatialPyramidPool
from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit, Images, Split
from explorer.datasets.split import stratified_split
from explorer.errors import ExplorerError
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training.alternatives import smaller
from explorer.training.checks import require_fit
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.device import settle
from explorer.training.estimate import heaviest, training_memory
from explorer.training.events import DryRun, Event, Finished, Step
from explorer.training.order import epoch_order
from explorer.training.pace import measure_pace
from explorer.training.probe import find_fastest
from explorer.training.rehearsal import find_batch, rehearse
from explorer.training.session import make_feed
from explorer.training.trainer import resume, train

STEPS = 9  # an epoch: 1,080 images in batches of 120


@pytest.fixture(scope="module")
def pyramid(network: Network) -> Network:
    """The small network with a pyramid in place of its pooling, so that images may have any size."""
    return network.remove([("pool",)]).replace(("flatten",), SpatialPyramidPool((3, 1)))


@pytest.fixture
def sized(config: TrainConfig) -> TrainConfig:
    """Epochs of 16, 12, 20 and again 16 pixels."""
    return replace(config, epochs=4, further_sizes=(12, 20))


def last_weights(folder: Path) -> dict[str, Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(checkpoints.pointed("last") or "")).model)


@pytest.mark.parametrize("augmented", [{}, {"flip": True, "mixup": 0.4}])
def test_epochs_take_the_sizes_in_turn_and_what_validates_the_networks_own(
    pyramid: Network, data: TrainingData, sized: TrainConfig, augmented: dict[str, float]
) -> None:
    config = replace(sized, **augmented)  # type: ignore[arg-type]
    feed = make_feed(pyramid, data, config, settle(config))
    list(feed.prepare())
    for epoch, side in enumerate((16, 12, 20, 16, 12)):
        shapes = [tuple(images.shape) for images, _ in feed.train(epoch, 30)]
        assert shapes == [(32, 1, side, side)] * 3 + [(24, 1, side, side)]
        assert {images.shape[2:] for images, _ in feed.validation()} == {(16, 16)}
    assert {images.shape[2:] for images, _ in feed.test()} == {(16, 16)}


def test_it_is_the_training_that_a_plain_loop_does(
    pyramid: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, restored_threads: None
) -> None:
    """Our engine against plain PyTorch and torchvision's resizing: the same weights, to rounding."""
    torch.set_num_threads(1)
    config = replace(config, batch_size=120, optimizer="sgd", lr=0.05, momentum=0.9, epochs=2, further_sizes=(20,))
    list(train(pyramid, data, config, tmp_path / "run"))
    split = data.images.train
    assert isinstance(split, ArraySplit)
    training, _ = stratified_split(split.labels, 0.1, config.seed)
    torch.manual_seed(config.seed)
    module = assemble(pyramid)
    optimizer = torch.optim.SGD(module.parameters(), 0.05, momentum=0.9)
    for epoch, side in enumerate((16, 20)):
        prepare = v2.Compose([v2.Resize((side, side)), v2.Normalize(data.dataset.mean, data.dataset.std)])
        order = torch.from_numpy(epoch_order(training, config.seed, epoch))
        for chosen in order.split(120):  # type: ignore[no-untyped-call]
            images = prepare(torch.from_numpy(split.images)[chosen].float() / 255)
            loss = nn.functional.cross_entropy(module(images), torch.from_numpy(split.labels)[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    for name, tensor in last_weights(tmp_path / "run").items():
        torch.testing.assert_close(tensor, module.state_dict()[name], rtol=1e-4, atol=1e-5)


def test_a_run_stopped_inside_an_epoch_of_another_size_goes_on_to_the_bit(
    pyramid: Network, data: TrainingData, sized: TrainConfig, tmp_path: Path, every_step: None
) -> None:
    config = replace(sized, epochs=3, batch_size=120, flip=True)
    list(train(pyramid, data, config, tmp_path / "whole"))
    control = Control()
    for event in train(pyramid, data, config, tmp_path / "parts", control):
        if isinstance(event, Step) and event.step == STEPS + 4:
            control.stop()
    assert Run.open(tmp_path / "parts").state == "stopped"
    list(resume(tmp_path / "parts", data=data))
    whole, parts = last_weights(tmp_path / "whole"), last_weights(tmp_path / "parts")
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_what_may_have_any_size_is_let_through(pyramid: Network, network: Network, data: TrainingData) -> None:
    config = TrainConfig(further_sizes=(12, 20))
    require_fit(pyramid, data.dataset, config)
    require_fit(network.replace(("flatten",), GlobalAvgPool()), data.dataset, config)
    require_fit(pyramid.with_input_shape((1, 16, 24)), data.dataset, replace(config, further_sizes=(16, 24)))


@pytest.mark.parametrize(
    ("further", "said"),
    [
        (
            20,
            (
                r"small cannot be trained on images of 20 × 20 as well: fc would get 648 in place of 392; "
                r"pool before it with GlobalAvgPool or SpatialPyramidPool, or leave 20 out of further_sizes\."
            ),
        ),
        (16, r"further_sizes holds 16, but small takes images of 16 × 16 anyway; leave it out\."),
        (2, r"images of 2 × 2 as well\. conv: .* Or leave 2 out of further_sizes\."),
    ],
)
def test_sizes_that_cannot_share_the_weights_are_refused(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, further: int, said: str
) -> None:
    config = replace(config, further_sizes=(further,))
    refused: tuple[Callable[[], Iterator[Event]], ...] = (
        lambda: train(network, data, config, tmp_path / "run"),
        lambda: find_batch(network, config),
        lambda: find_fastest(network, config),
    )
    for begin in refused:
        with pytest.raises(ExplorerError, match=said):
            list(begin())
    assert not (tmp_path / "run").exists()


def test_an_output_that_follows_the_size_is_refused(network: Network, data: TrainingData) -> None:
    """Without a weight that is bound to a size: four channels of one pixel are four classes, of nine pixels more."""
    bare = network.remove([("norm",), ("pool",), ("dropout",), ("fc",)]).replace(("conv",), Conv2d(4, 16))
    require_fit(bare, data.dataset, TrainConfig())
    with pytest.raises(ExplorerError, match=r"18 × 18 as well: its output would be 36 in place of 4; pool before it"):
        require_fit(bare, data.dataset, TrainConfig(further_sizes=(18,)))


def test_a_norm_over_one_value_at_another_size_is_refused_for_batches_of_one_image(
    pyramid: Network, data: TrainingData
) -> None:
    config = TrainConfig(batch_size=1, further_sizes=(4,))
    require_fit(pyramid, data.dataset, config)  # 2 × 2 values a channel
    with pytest.raises(ExplorerError, match="batches of one image: norm .* of 8 × 1 × 1 it gets one value"):
        require_fit(pyramid, data.dataset, replace(config, further_sizes=(3,)))


def test_memory_is_that_of_the_largest_size(pyramid: Network, config: TrainConfig) -> None:
    sized, larger = replace(config, further_sizes=(12, 20)), pyramid.with_input_shape((1, 20, 20))
    assert heaviest(pyramid, replace(config, further_sizes=(12,))) == pyramid
    assert heaviest(pyramid, sized) == larger
    found, alone = rehearse(pyramid, sized, settle(sized)), rehearse(larger, config, settle(config))
    assert (found.measured, found.estimated) == (alone.measured, alone.estimated)
    assert found.estimated == training_memory(analyse(larger), 32, config.optimizer, config.momentum)
    stopped = Control()
    stopped.stop()
    first = [next(iter(find_batch(*of, stopped))) for of in ((pyramid, sized), (larger, config))]
    assert [event.measured for event in first if isinstance(event, DryRun)] == [alone_of_two(larger, config)] * 2


def alone_of_two(network: Network, config: TrainConfig) -> int | None:
    return rehearse(network, replace(config, batch_size=2), settle(config)).measured


def test_half_the_networks_own_size_is_offered_only_where_it_is_the_largest() -> None:
    offered = {
        further: dict(smaller(TrainConfig(further_sizes=further), (64, 64), "cpu")).get("image_size")
        for further in ((), (48,), (32,), (48, 80))
    }
    assert offered == {(): (32, 32), (48,): (32, 32), (32,): None, (48, 80): None}


def test_the_pace_is_the_mean_over_the_sizes_and_a_look_is_at_the_networks_own(
    pyramid: Network, config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.training.pace._LONG", 0.03)
    one, two = measure_pace(pyramid, config), measure_pace(pyramid, replace(config, further_sizes=(128,)))
    assert two.step_seconds > 3 * one.step_seconds  # 64 times the pixels in every second epoch
    assert two.macs == one.macs == analyse(pyramid).macs
    assert two.image_seconds < two.step_seconds / 3


@pytest.mark.parametrize(
    ("images", "least"), [(10, 0.0), pytest.param(500, 0.4, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_spp_net_trains_on_two_sizes(config: TrainConfig, tmp_path: Path, images: int, least: float) -> None:
    """Narrow after its pyramid, on some images of the bundled sample."""
    network = explorer.network("spp_net", input_shape=(1, 20, 20), classes=10, stem="small", dropout=0.0)
    network = network.replace(("classifier", "0"), Linear(64)).replace(("classifier", "3"), Linear(64))
    dataset = DATASETS["fashion-mnist-sample"]
    whole = dataset.load()
    few = Images(some(whole.train, images), some(whole.test, images))
    config = replace(config, epochs=2 if images < 100 else 8, batch_size=10, lr=0.001, further_sizes=(28,))
    config = replace(config, initialisation="kaiming")  # or it learns little in so few steps
    events = list(train(network, TrainingData(dataset, few), config, tmp_path / "run"))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "finished"
    assert finished.test_accuracy is not None
    assert finished.test_accuracy >= least
    assert Run.open(tmp_path / "run").config["further_sizes"] == [28]


def some(split: Split, images: int) -> ArraySplit:
    """As many images of each class."""
    order = np.argsort(split.labels, kind="stable").reshape(10, -1)[:, : images // 10].ravel()
    return ArraySplit(split.read(order), split.labels[order])
