from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.fields import BoolField, ChoiceField, Field, FloatField, IntField, IntsField
from explorer.errors import TrainingError
from explorer.training.config import TrainConfig
from explorer.training.stages import Stage, StagesField


def _values(spec: Field) -> st.SearchStrategy[Any]:
    if isinstance(spec, ChoiceField):
        return st.sampled_from(spec.choices)
    if isinstance(spec, BoolField):
        return st.booleans()
    if isinstance(spec, FloatField):
        return st.floats(spec.minimum, spec.maximum)
    if isinstance(spec, StagesField):
        return st.just((Stage("head", 0.5, 1), Stage("conv+fc")))
    assert isinstance(spec, IntField)
    if isinstance(spec, IntsField):
        least = 0 if spec.empty else 1
        return st.lists(st.integers(spec.minimum, spec.maximum), min_size=least, max_size=spec.most)
    return st.integers(spec.minimum, spec.maximum)


@given(st.fixed_dictionaries({}, optional={name: _values(spec) for name, spec in TrainConfig.fields().items()}))
def test_settings_survive_json_or_do_not_go_together(values: dict[str, Any]) -> None:
    merged = TrainConfig().to_json() | values
    if (
        (merged["nesterov"] and not merged["momentum"])
        or (merged["patience"] and not merged["validation_fraction"])
        or (merged["schedule"] == "cosine" and merged["eta_min"] > merged["lr"])
        or (merged["stages"] and merged["epochs"] == 1)
        or len(set(merged["further_sizes"])) < len(merged["further_sizes"])
    ):
        with pytest.raises(TrainingError, match="nesterov|Early stopping|eta_min|stages|further_sizes"):
            TrainConfig(**values)
        return
    config = TrainConfig(**values)
    text = json.dumps(config.to_json(), allow_nan=False)
    assert TrainConfig.from_json(json.loads(text)) == config


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"epochs": 0}, "The setting epochs is 0; it must be a whole number from 1"),
        ({"batch_size": "many"}, "batch_size"),
        ({"batch_size": 10**12}, "batch_size"),
        ({"lr": math.nan}, "lr"),
        ({"lr": -0.1}, "lr is -0.1; it must be a number from 0"),
        ({"optimizer": "lion"}, "one of sgd, adam, adamw"),
        ({"nesterov": True, "momentum": 0.0}, "nesterov needs a momentum"),
        ({"patience": 3, "validation_fraction": 0.0}, "validation_fraction above 0"),
        ({"schedule": "cosine", "lr": 0.1, "eta_min": 0.2}, "eta_min is 0.2, above lr"),
        ({"image_size": (0, 5000)}, "image_size"),
        ({"further_sizes": (180, 0)}, "holds 0; it must be at most 8 whole numbers from 1 to 4,096"),
        ({"further_sizes": (180, 200, 180)}, "further_sizes holds 180 more than once"),
        ({"milestones": ()}, "milestones has 0 numbers; it must be one to 16"),
    ],
)
def test_a_bad_setting_gives_a_sentence(values: dict[str, Any], said: str) -> None:
    with pytest.raises(TrainingError) as caught:
        TrainConfig(**values)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_every_setting_explains_itself() -> None:
    for name, spec in TrainConfig.fields().items():
        assert spec.help, name
        assert spec.label, name


def test_json_of_a_later_version_is_refused_and_of_an_earlier_one_completed() -> None:
    with pytest.raises(TrainingError, match="no setting 'ema'"):
        TrainConfig.from_json({"ema": 0.99})
    assert TrainConfig.from_json({"epochs": 7}) == TrainConfig(epochs=7)


def test_settings_and_events_need_no_torch() -> None:
    code = (
        "import sys, explorer.training.config, explorer.training.events, explorer.training.control;"
        "import explorer.training.schedule, explorer.runs.run;"
        "from explorer.export.base import EXPORTERS; assert len(EXPORTERS) >= 2;"
        "assert 'torch' not in sys.modules and 'safetensors.torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
