"""A document with blocks of one's own is summarised, trained, evaluated and exported like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

import explorer
from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool
from explorer.cli import main
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.runs.run import Run
from tests.core.user_blocks import MINE, OUTER

QUICK = ["--data", "synthetic", "--epochs", "1", "--batch-size", "64", "--threads", "1", "--json"]


def test_from_a_file_to_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shape = explorer.network("lenet5").input_shape
    body = Chain(("outer", OUTER(4)), ("mine", MINE(6)), ("pool", GlobalAvgPool()), ("fc", Linear(4)))
    network = Network.of("Own", shape, body)
    file, folder = tmp_path / "own.network.json", tmp_path / "run"
    explorer.write(network, file)
    assert main(["summary", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["parameters"] == explorer.analyse(network).parameters
    assert {"Outer", "My Block"} <= {row["type"] for row in said["rows"]}
    assert main(["train", str(file), *QUICK, "--out", str(folder)]) == 0, capsys.readouterr().err
    assert Run.open(folder).network == network
    assert main(["evaluate", str(folder)]) == 0
    weights = tmp_path / "own.safetensors"
    assert main(["export", str(folder), "--format", "safetensors", "--out", str(weights)]) == 0
    assert "outer.first.conv.weight" in load_file(weights)
    assert set(load_file(weights)) == set(explorer.assemble(network).state_dict())
