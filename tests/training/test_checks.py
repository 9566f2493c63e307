from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import GlobalAvgPool, MaxPool2d
from explorer.core.compose import Chain, Output
from explorer.core.network import Input, Network
from explorer.errors import NetworkError, TrainingError
from explorer.training.checks import require_fit, require_image_network
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData


def test_what_fits_is_let_through(network: Network, data: TrainingData) -> None:
    require_fit(network, data.dataset, TrainConfig())
    require_fit(network, data.dataset, TrainConfig(image_size=16))


def test_a_network_with_a_problem_is_named_with_it(network: Network, data: TrainingData) -> None:
    broken = replace(network, inputs=(Input("image", (1, 2, 2)),))
    with pytest.raises(NetworkError, match="small cannot be trained. conv: "):
        require_fit(broken, data.dataset, TrainConfig())


def test_another_size_in_the_settings_than_in_the_network_is_refused(network: Network, data: TrainingData) -> None:
    with pytest.raises(TrainingError, match="image_size is 32 × 32, but small takes images of 16 × 16"):
        require_fit(network, data.dataset, TrainConfig(image_size=32))


def test_another_number_of_classes_is_refused_with_both_numbers(network: Network, data: TrainingData) -> None:
    ten = replace(data.dataset, classes=tuple("abcdefghij"))
    with pytest.raises(TrainingError, match="ends in 4 classes, but Synthetic shapes has 10; set its last layer to 10"):
        require_fit(network, ten, TrainConfig())


def test_an_output_with_other_classes_is_refused_unless_it_counts_nothing(network: Network, data: TrainingData) -> None:
    head = Chain(("pool", GlobalAvgPool()), ("fc", Linear(7)))
    with_head, path = network.insert(Output("aux", head), ("pool",))
    with pytest.raises(TrainingError, match="'aux' of small gives 7, but .* has 4 classes; .* or set its weight"):
        require_fit(with_head, data.dataset, TrainConfig())
    require_fit(with_head.replace(path, Output("aux", head, weight=0.0)), data.dataset, TrainConfig())
    four = Chain(("pool", GlobalAvgPool()), ("fc", Linear(4)))
    require_fit(with_head.replace(path, Output("aux", four)), data.dataset, TrainConfig())


def test_two_inputs_are_refused(network: Network, data: TrainingData) -> None:
    two = replace(network, inputs=(*network.inputs, Input("second", (1, 16, 16))))
    with pytest.raises(TrainingError, match="does not take one image"):
        require_fit(two, data.dataset, TrainConfig())
    optional = replace(two, inputs=(two.inputs[0], replace(two.inputs[1], optional=True)))
    require_fit(optional, data.dataset, TrainConfig())


def test_a_network_for_something_else_is_refused_with_a_remedy(network: Network, data: TrainingData) -> None:
    other = replace(network, task="segmentation")
    for refuse in (lambda: require_fit(other, data.dataset, TrainConfig()), lambda: require_image_network(other)):
        with pytest.raises(TrainingError, match="small is made for segmentation, .* end it in a classifier"):
            refuse()
    require_fit(replace(network, task=""), data.dataset, TrainConfig())  # as of a file in which it cannot be read


def test_a_norm_over_one_value_is_refused_for_batches_of_one_image(network: Network, data: TrainingData) -> None:
    one = TrainConfig(batch_size=1)
    require_fit(network, data.dataset, one)  # its norm sees 14 × 14 values a channel
    narrow, path = network.replace(("pool",), MaxPool2d(14)).insert(BatchNorm2d(), ("pool",))
    with pytest.raises(TrainingError, match=r"batches of one image: .* of 8 × 1 × 1 it gets one value; set batch_size"):
        require_fit(narrow, data.dataset, one)
    require_fit(narrow, data.dataset, TrainConfig(batch_size=2))
    require_fit(replace(narrow, frozen=frozenset({path})), data.dataset, one)
    require_fit(narrow.enable(path, False), data.dataset, one)
