"""What a schedule does, in words, held against the rates that a run takes."""

from __future__ import annotations

import re

from explorer.gui.run_settings.schedule_words import schedule_words
from explorer.training.config import TrainConfig
from explorer.training.presets import preset
from explorer.training.schedule import learning_rate


def test_the_drops_of_the_2015_paper_are_where_the_rate_drops() -> None:
    config, steps = preset("resnet-cifar10-2015").config(), 352
    said = schedule_words(config, steps)
    assert said == "learning rate over 182 epochs, at most 0.1; 0.01 from epoch 91.91, 0.001 from epoch 137.4"
    rate = learning_rate(config, steps)
    for value, epoch in re.findall(r"([\d.]+) from epoch ([\d.]+)", said):
        step = round((float(epoch) - 1) * steps)
        assert abs(rate(step + 40) - float(value)) < 1e-9 < rate(step - 40) - float(value)


def test_a_drop_behind_the_end_is_named() -> None:
    said = schedule_words(TrainConfig(schedule="multi_step", milestones=(50, 5000), epochs=2), 100)
    assert "0.0001 from epoch 1.5" in said
    assert said.endswith("step 5,000 is never reached, the run has 200")
    assert "does not reach" in schedule_words(TrainConfig(schedule="step", step_size=10, epochs=5), 100)


def test_the_warm_up_of_one_cycle_is_as_long_as_the_rate_rises() -> None:
    config = TrainConfig(schedule="one_cycle", epochs=10, lr=0.1)
    assert "it rises from 0.004 for 3 epochs and ends at 4e-07" in schedule_words(config, 100)
    rates = [learning_rate(config, 100)(step) for step in range(1000)]
    assert rates.index(max(rates)) == 299
    assert (f"{rates[0]:.2g}", f"{rates[-1]:.1g}") == ("0.004", "4e-07")
