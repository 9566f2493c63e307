"""A network, images and settings that train in a fraction of a second, yet have all that makes exact resuming hard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.datasets.synthetic import synthetic
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData


@pytest.fixture(scope="session")
def network() -> Network:
    """Batch norm has buffers, dropout draws random numbers."""
    return Network.of(
        "small",
        (1, 16, 16),
        Chain(
            ("conv", Conv2d(8, 3)),
            ("norm", BatchNorm2d()),
            ("relu", ReLU()),
            ("pool", MaxPool2d(2)),
            ("flatten", Flatten()),
            ("dropout", Dropout(0.3)),
            ("fc", Linear(4)),
        ),
    )


@pytest.fixture
def bundled_network() -> Network:
    """A network for the bundled images, small enough to keep its checkpoints in the repository."""
    return Network.of(
        "golden",
        (1, 28, 28),
        Chain(
            ("conv", Conv2d(8, 3)),
            ("norm", BatchNorm2d()),
            ("relu", ReLU()),
            ("pool", MaxPool2d(4, stride=4)),
            ("flatten", Flatten()),
            ("dropout", Dropout(0.1)),
            ("fc", Linear(10)),
        ),
    )


@pytest.fixture(scope="session")
def data() -> TrainingData:
    """Four easy shapes; 10 % of 1,200 images validate, so an epoch has 1,080."""
    dataset = synthetic(train_images=1_200, test_images=200, shape=(1, 16, 16), classes=4)
    return TrainingData.load(dataset)


@pytest.fixture
def config() -> TrainConfig:
    """Three epochs of 34 steps, the last of 24 images; on a busy machine two threads would wait for each other."""
    return TrainConfig(epochs=3, batch_size=32, lr=0.01, seed=3, threads=1, memory_format="contiguous")


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event and a look at the wishes after each step, however fast it was."""
    monkeypatch.setattr("explorer.training.meter.INTERVAL", 0.0)
    monkeypatch.setattr("explorer.training.loop.INTERVAL", 0.0)


@pytest.fixture
def restored_threads() -> Iterator[None]:
    """Puts torch's thread count back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)
