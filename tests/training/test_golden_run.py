"""A run folder of each finished issue must open, continue and export for ever.

``pytest --overwrite`` makes the folder of the present issue anew; those of earlier issues are never touched.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.core.network import Network
from explorer.datasets.base import DATASETS, DEFAULT
from explorer.export.from_run import trained_model
from explorer.runs.json_file import write_json
from explorer.runs.run import Run
from explorer.training import meter
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import Finished, Started, Step
from explorer.training.trainer import resume, train

GOLDEN = Path(__file__).parents[1] / "golden" / "runs"
PRESENT = "issue-2"


@pytest.fixture
def overwritten(request: pytest.FixtureRequest, bundled_network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the folder of the present issue: stopped in the middle of its second epoch, with every kind of state."""
    if not request.config.getoption("--overwrite"):
        return
    monkeypatch.setattr(meter, "INTERVAL", 0.0)
    folder = GOLDEN / PRESENT
    shutil.rmtree(folder, ignore_errors=True)
    config = TrainConfig(epochs=3, batch_size=512, lr=0.01, seed=2, threads=1, memory_format="contiguous", device="cpu")
    control = Control()
    for event in train(bundled_network, TrainingData.load(DATASETS[DEFAULT].resolve()), config, folder, control):
        if isinstance(event, Step) and event.epoch == 2 and event.step % 18 == 7:
            control.stop()
    (folder / "run.lock").unlink()
    environment = Run.open(folder).environment
    write_json(folder / "environment.json", replace(environment, platform="Linux", device_name="a processor").to_json())


@pytest.mark.parametrize("name", sorted({PRESENT, *(path.name for path in GOLDEN.glob("issue-*"))}))
def test_a_run_of_an_earlier_version_opens_and_goes_on(name: str, overwritten: None, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(GOLDEN / name, folder)
    run = Run.open(folder)
    assert run.state == "stopped"
    stopped = run.last_record()
    assert stopped is not None
    assert stopped["epoch"] == 1
    model = trained_model(run)
    assert model.classes[0] == "T-shirt/top"
    assert model.facts["epoch"] == 1

    events = list(resume(folder))
    assert isinstance(events[0], Started)
    assert (events[0].step, events[0].note) == (stopped["step"], "")
    assert isinstance(events[-1], Finished)
    assert events[-1].epoch == run.config["epochs"]
    assert (events[-1].test_accuracy or 0) > 0.6
    kinds = [record["event"] for record in run.metrics()]
    assert kinds.count("epoch") == run.config["epochs"]
    assert kinds.count("finished") == 1


def test_its_files_are_readable_without_the_app() -> None:
    folder = GOLDEN / PRESENT
    for name in ("network.json", "config.json", "environment.json", "checkpoints/last.json", "checkpoints/best.json"):
        assert isinstance(json.loads((folder / name).read_text(encoding="utf-8")), dict), name
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["event"] == "started"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 300_000
