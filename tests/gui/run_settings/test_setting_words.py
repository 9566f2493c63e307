"""Settings as a person reads them: the same words for one at hand and for the one that a run wrote down."""

from __future__ import annotations

import json

import pytest

from explorer.gui.run_settings.setting_words import label_of, word
from explorer.training.config import TrainConfig
from explorer.training.stages import Stage


@pytest.mark.parametrize(
    ("settings", "name", "expected"),
    [
        ({"lr": 0.1}, "lr", "0.1"),
        ({"nesterov": True}, "nesterov", "yes"),
        ({}, "milestones", "32000, 48000"),
        ({"milestones": (30, 60)}, "milestones", "30, 60"),
        ({"stages": (Stage("head", 1.0, 2), Stage("all", 0.1))}, "stages", "head:1:2, all:0.1"),
        ({}, "stages", "none"),
    ],
)
def test_a_value_reads_alike_at_hand_and_in_a_run(settings: dict[str, object], name: str, expected: str) -> None:
    config = TrainConfig.from_json({"schedule": "multi_step", **settings})
    assert word(getattr(config, name)) == word(json.loads(json.dumps(config.to_json()))[name]) == expected


def test_what_this_version_does_not_know_is_written_as_it_is() -> None:
    assert (label_of("lr"), label_of("later")) == ("learning rate", "later")
    assert (word(None), word(False), word("cosine")) == ("—", "no", "cosine")
