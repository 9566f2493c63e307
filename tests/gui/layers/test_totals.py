from __future__ import annotations

import explorer
from explorer.core.analysis import analyse
from explorer.gui.layers.totals import at_largest_size
from explorer.training.config import TrainConfig


def test_memory_is_told_of_the_largest_size_on_which_a_run_trains() -> None:
    own = analyse(explorer.network("resnet20"))
    assert at_largest_size(own, TrainConfig()) is own
    assert at_largest_size(own, TrainConfig(further_sizes=(24,))).network == own.network
    larger = at_largest_size(own, TrainConfig(further_sizes=(24, 64, 40)))
    assert larger.network.input_shape == (3, 64, 64)
    assert larger.memory().per_image > 3 * own.memory().per_image


def test_a_network_that_takes_no_image_stays_as_it_is() -> None:
    vector = analyse(explorer.network("dcgan_generator").with_input_shape((100,)))
    assert at_largest_size(vector, TrainConfig(further_sizes=(64,))) is vector
