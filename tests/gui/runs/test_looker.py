"""Looks into the folder of runs, whatever lies there."""

from __future__ import annotations

from pathlib import Path

from explorer.gui.runs.looker import RunLooker
from explorer.training.events import Step
from tests.gui.made_run import make_run


def test_a_line_that_somebody_has_spoiled_costs_that_line_alone(tmp_path: Path) -> None:
    run = make_run(tmp_path, "edited", reason="finished", epochs=1)
    run.log.append(Step(11, 2, 1, 20, 0.1, 0.5, 0.1, 100.0, 1.0).to_json() | {"step": "eleven"})
    run.log.append(Step(12, 2, 1, 20, 0.1, 0.5, 0.1, 100.0, 1.0).to_json())
    look = RunLooker().look(tmp_path, frozenset({run.folder}))
    assert look.records[run.folder].steps.y.tolist() == [*range(1, 11), 12]
