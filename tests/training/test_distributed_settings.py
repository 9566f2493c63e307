"""Two processes and the settings that reach across a batch: each by itself does what it does in one process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.core.network import Network
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.stages import Stage
from tests.training.two_processes import Pair, same

pytestmark = pytest.mark.slow  # test_distributed.py has all of them at once

PLAIN = TrainConfig(epochs=5, batch_size=40, optimizer="sgd", lr=0.05, seed=3, threads=1, memory_format="contiguous")
FEW = replace(PLAIN, batch_size=8, epochs=2)  # so that some units are dead for the images of one process alone
TWO = (Stage("head", 8.0, 3), Stage("all", 0.5))  # so fast that the best epoch is not the last of the three
CASES: dict[str, tuple[str, TrainConfig]] = {
    "class weights": ("lenet5", replace(PLAIN, class_weights="balanced", label_smoothing=0.1)),
    "accumulation": ("lenet5", replace(PLAIN, accumulation=3)),
    "accumulation with a norm of the batch": ("normed", replace(PLAIN, accumulation=3, sync_batch_norm=True)),
    "mixup": ("lenet5", replace(PLAIN, mixup=0.4)),
    "cutmix": ("lenet5", replace(PLAIN, cutmix=0.4, flip=True)),
    "mixing in parts": ("lenet5", replace(PLAIN, mixup=0.4, cutmix=0.4, accumulation=4, class_weights="balanced")),
    "stages": ("lenet5", replace(PLAIN, stages=TWO)),
    "stages and an average": ("lenet5", replace(PLAIN, stages=TWO, ema_decay=0.9, clip_norm=0.5)),
    "stages with a norm of the batch": ("normed", replace(PLAIN, stages=TWO, sync_batch_norm=True)),
    "sizes of image": ("rectified", replace(PLAIN, sync_batch_norm=True, further_sizes=(20, 12))),
    "block statistics": ("rectified", replace(FEW, sync_batch_norm=True, block_statistics=True)),
    "block statistics in parts": (
        "rectified",
        replace(FEW, sync_batch_norm=True, block_statistics=True, accumulation=2),
    ),
}
DROPPING = replace(PLAIN, stages=TWO, accumulation=2, mixup=0.4, ema_decay=0.9)


@pytest.fixture(scope="module")
def pair(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Two processes after all that they did together."""
    pair = Pair(tmp_path_factory.mktemp("pair"), network)
    ended = pair.do(pair.job("killed", DROPPING, kill=1, step=22))  # the first step of the second stage
    assert ended[1].returncode == -9, ended[1].stderr
    ended = pair.do(
        *(job_of(pair, case) for case in CASES),
        pair.job("whole", DROPPING),
        pair.job("stopped", DROPPING, stops=1, step=24),
        pair.job("stopped", resume=True),
        pair.job("killed", resume=True),
    )
    assert [process.returncode for process in ended] == [0, 0], ended[0].stderr + ended[1].stderr
    return pair


def job_of(pair: Pair, case: str) -> dict[str, Any]:
    network, config = CASES[case]
    return pair.job(case, config, network=network, skewed=True)


@pytest.mark.parametrize("case", CASES)
def test_two_processes_do_what_one_does(pair: Pair, case: str, tmp_path: Path) -> None:
    pair.require_as_alone(job_of(pair, case), tmp_path / "one")


@pytest.mark.parametrize("name", ["stopped", "killed"])
def test_a_staged_run_goes_on_to_the_bit(pair: Pair, name: str) -> None:
    assert Run.open(pair.folder / name).state == "finished"
    assert same(pair.weights(name), pair.weights("whole"))
