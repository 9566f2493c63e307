from __future__ import annotations

import pytest

import explorer
from explorer.datasets.base import DATASETS
from explorer.gui.data.facts import facts_of
from explorer.training.config import TrainConfig


@pytest.mark.parametrize(
    ("side", "further", "said"),
    [
        (28, (), "1 × 28 × 28"),
        (32, (), "1 × 28 × 28, resized to 32 × 32"),
        (28, (36, 24), "1 × 28 × 28, resized to 28 × 28, 36 × 36, 24 × 24 in turn"),
    ],
)
def test_the_sizes_of_a_run_are_named(side: int, further: tuple[int, ...], said: str) -> None:
    network = explorer.network("resnet20", input_shape=(1, side, side))
    dataset = DATASETS["fashion-mnist-sample"]
    assert facts_of(dataset, network, TrainConfig(further_sizes=further)).splitlines()[1] == said


def test_what_takes_no_image_has_no_size() -> None:
    generator = explorer.network("dcgan_generator")
    vector = generator.with_input_shape((100,))
    lines = facts_of(DATASETS["fashion-mnist-sample"], vector, TrainConfig(further_sizes=(36,))).splitlines()
    assert lines[1] == "1 × 28 × 28"
