from __future__ import annotations

import subprocess
import sys

import pytest

from explorer.errors import UnknownKeyError
from explorer.training.order import batch_sizes
from explorer.training.presets import PRESETS, preset
from explorer.training.schedule import learning_rate


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_gives_settings_and_names_its_source(key: str) -> None:
    config = preset(key).config()
    assert all(getattr(config, name) == value for name, value in preset(key).settings.items())
    assert preset(key).source.endswith(".")
    assert preset(key).config(epochs=3, seed=9).epochs == 3


def test_the_recipe_of_2015_is_that_of_the_paper() -> None:
    config = preset("resnet-cifar10-2015").config()
    steps = len(batch_sizes(45_000, config.batch_size))
    assert config.epochs * steps >= 64_000 > (config.epochs - 1) * steps
    rate = learning_rate(config, steps)
    assert [rate(step) for step in (0, 31_999, 32_000, 47_999, 48_000, 63_999)] == pytest.approx(
        [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]
    )
    assert (config.crop_padding, config.flip, config.momentum, config.weight_decay) == (4, True, 0.9, 1e-4)


def test_an_unknown_preset_gives_a_sentence() -> None:
    with pytest.raises(UnknownKeyError, match="There is no preset named 'lenet'"):
        preset("lenet")


def test_presets_need_no_torch() -> None:
    code = "import sys, explorer.training.presets; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
