"""Training on several sizes of image from the command line."""

from __future__ import annotations

from pathlib import Path

from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import SpatialPyramidPool
from explorer.cli.arguments import parser
from explorer.core import storage
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.runs.run import Run
from explorer.training.presets import preset
from tests.cli.commands import QUICK, Terminal


def test_a_run_trains_on_the_sizes_that_were_given(run: Terminal, tmp_path: Path) -> None:
    dataset, path = DATASETS["synthetic"], tmp_path / "pyramid.json"
    body = Chain(("conv", Conv2d(4, 3)), ("pyramid", SpatialPyramidPool((2, 1))), ("fc", Linear(len(dataset.classes))))
    storage.write(Network.of("pyramid", dataset.shape, body), path)
    side, quick = dataset.shape[1], [*QUICK, "--batch-size", "512"]
    assert run("train", path, *quick, "--out", tmp_path / "two", "--further-sizes", f"{side - 4}, {side + 6}") == 0
    assert Run.open(tmp_path / "two").config["further_sizes"] == [side - 4, side + 6]


def test_the_sizes_of_a_preset_give_way_to_none() -> None:
    given = parser().parse_args(["train", "spp_net", "--preset", "spp-net-2014", "--further-sizes", ""])
    assert preset(given.preset).config(further_sizes=given.further_sizes).further_sizes == ()


def test_a_network_bound_to_its_size_is_refused_with_a_remedy(run: Terminal, tmp_path: Path) -> None:
    said = run.refusal("train", "lenet5", *QUICK, "--out", tmp_path / "run", "--further-sizes", "32")
    assert "on images of 32 × 32 as well: fc1 would get 400 in place of " in said
    assert "GlobalAvgPool or SpatialPyramidPool" in said
    assert not (tmp_path / "run").exists()
