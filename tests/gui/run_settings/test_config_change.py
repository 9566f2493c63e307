"""Several settings that change at once: what changed in words, and the way back."""

from __future__ import annotations

import dataclasses

import pytest

from explorer.errors import TrainingError
from explorer.gui.run_settings.config_change import ConfigChange
from explorer.training.config import TrainConfig
from explorer.training.presets import PRESETS, preset
from explorer.training.stages import Stage

OWN = TrainConfig(epochs=7, device="cpu", threads=3, seed=5, precision="bf16", accumulation=2, image_size=28)


def test_it_says_what_changed_and_nothing_else() -> None:
    after = dataclasses.replace(OWN, lr=0.1, flip=True, milestones=(10, 20))
    change = ConfigChange("test", OWN, after)
    assert change.lines == (
        "horizontal flip: no → yes",
        "learning rate: 0.001 → 0.1",
        "drop at: 32000, 48000 → 10, 20",
    )
    staged = dataclasses.replace(OWN, stages=(Stage("head", 1.0),))
    assert ConfigChange("test", OWN, staged).lines == ("stages: none → head:1",)


def test_taking_it_back_keeps_what_was_set_since() -> None:
    after = dataclasses.replace(OWN, lr=0.1, batch_size=64)
    since = dataclasses.replace(after, epochs=9)
    assert ConfigChange("test", OWN, after).taken_back(since) == dataclasses.replace(OWN, epochs=9)


def test_what_would_not_go_together_any_more_is_refused() -> None:
    after = dataclasses.replace(OWN, lr=0.1)
    since = dataclasses.replace(after, schedule="cosine", eta_min=0.05)
    with pytest.raises(TrainingError, match="eta_min"):
        ConfigChange("test", OWN, after).taken_back(since)


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_over_ones_own_settings_leaves_the_computer_alone(key: str) -> None:
    found = preset(key).over(OWN)
    for name, value in preset(key).settings.items():
        if name != "image_size":
            assert getattr(found, name) == value
    kept = ("device", "threads", "seed", "precision", "accumulation", "image_size")
    assert [getattr(found, name) for name in kept] == [getattr(OWN, name) for name in kept]
    same = TrainConfig(**{name: getattr(OWN, name) for name in kept})
    others = [name for name in TrainConfig.fields() if name not in preset(key).settings]
    assert [getattr(found, name) for name in others] == [getattr(same, name) for name in others]
