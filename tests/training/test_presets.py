from __future__ import annotations

import subprocess
import sys

import pytest

import explorer
from explorer.core.address import named_parts
from explorer.errors import UnknownKeyError
from explorer.training.order import batch_sizes
from explorer.training.presets import PRESETS, preset
from explorer.training.schedule import learning_rate
from explorer.training.stages import forms


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


# As the sources that the presets name give them
FIGURES: dict[str, dict[str, object]] = {
    "lenet5-adam": {"optimizer": "adam", "lr": 0.001, "batch_size": 256, "epochs": 5, "schedule": "constant"},
    "resnet-cifar10-2015": {
        "optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "batch_size": 128, "nesterov": False,
        "milestones": (32_000, 48_000), "crop_padding": 4, "flip": True,
    },
    "spp-net-2014": {
        "optimizer": "sgd", "lr": 0.01, "flip": True, "image_size": 224, "further_sizes": (180,),
    },
    "resnet18-d2l": {
        "optimizer": "sgd", "lr": 0.05, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 256, "epochs": 10,
        "image_size": 96, "schedule": "constant",
    },
    "fine-tune-3": {"optimizer": "sgd"},
    "one-cycle": {"schedule": "one_cycle"},
}  # fmt: skip


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_has_the_figures_of_its_source(key: str) -> None:
    config = preset(key).config()
    assert {name: getattr(config, name) for name in FIGURES[key]} == FIGURES[key]


def test_fine_tuning_thaws_from_behind_at_a_tenth_of_the_rate() -> None:
    stages = preset("fine-tune-3").config().stages
    assert [(stage.trains, stage.rate) for stage in stages] == [("head", 1.0), ("last-2", 0.1), ("last-3", 0.1)]
    network = explorer.network("resnet50", classes=5)
    whole = {name for name, part in named_parts(network.count()) if part.parameters}
    thawed = [whole - {path[0] for path in form.frozen} for form in forms(network, stages)]
    assert thawed == [{"fc"}, {"layer4", "fc"}, {"layer3", "layer4", "fc"}]


def test_an_unknown_preset_gives_a_sentence() -> None:
    with pytest.raises(UnknownKeyError, match="There is no preset named 'lenet'"):
        preset("lenet")


def test_presets_need_no_torch() -> None:
    code = "import sys, explorer.training.presets; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
