"""Fine-tuning from the command line: the report comes first, then the stages."""

from __future__ import annotations

import json
from pathlib import Path

import torch

import explorer
from explorer.datasets.base import DATASETS
from tests.cli.commands import QUICK, Terminal


def test_a_run_starts_from_weights_and_trains_in_stages(run: Terminal, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    quick = [*QUICK, "--batch-size", "512"]
    assert run("train", "lenet5", "--out", first, *quick, "--epochs", "1") == 0, run.err
    stages = "head:1:1,last-2:0.1"
    assert run("train", "lenet5", "--out", second, *quick, "--weights", first, "--stages", stages) == 0, run.err
    assert "5 of 5 layers match the run first." in run.out
    assert "Stage 1 of 2, to epoch 1: the head, 340 parameters, learning rate 0.01\n" in run.out
    assert "Stage 2 of 2, to epoch 2: the last 2 blocks, 10,504 parameters, learning rate 0.001, from" in run.out
    assert json.loads((second / "config.json").read_text())["stages"][0] == {"trains": "head", "rate": 1.0, "epochs": 1}
    assert json.loads((second / "start.json").read_text())["new_heads"] == []
    assert "--resume takes no weights" in run.refusal("train", "--resume", second, "--weights", first)


def test_the_report_names_the_layers_that_do_not_fit(run: Terminal, tmp_path: Path) -> None:
    state = explorer.assemble(
        explorer.network("lenet5", input_shape=DATASETS["synthetic"].shape, classes=7)
    ).state_dict()
    del state["conv2.weight"]
    torch.save({"model": state}, tmp_path / "seven.pt")
    arguments = (
        "train",
        "lenet5",
        "--out",
        tmp_path / "run",
        *QUICK,
        "--epochs",
        "1",
        "--weights",
        tmp_path / "seven.pt",
    )
    assert run(*arguments) == 0, run.err
    lines = [line.split() for line in run.out.splitlines()]
    assert "3 of 5 layers match seven.pt." in run.out
    assert ["conv2", "not", "in", "the", "file,", "new", "16", "×", "6", "×", "5", "×", "5", "—"] in lines
    assert next(line for line in lines if line[:1] == ["fc3"])[1:4] == ["other", "shape,", "new"]
    assert "The head is new: fc3. Also new: conv2." in run.out


def test_what_cannot_be_started_from_is_refused_in_a_sentence(run: Terminal, tmp_path: Path) -> None:
    (tmp_path / "bad.pt").write_bytes(b"no weights at all")
    command = ("train", "lenet5", "--out", tmp_path / "run", *QUICK)
    assert "bad.pt cannot be read" in run.refusal(*command, "--weights", tmp_path / "bad.pt")
    assert "leaves it none of 2" in run.refusal(*command, "--stages", "head:1:4,all")
    for typed, said in (  # with what was typed, not with what was taken for it
        ("pool1", "In the stage 'pool1' no parameter is trained"),
        ("foo", "The stage 'foo' trains a block that"),
        ("head:1:1,fc3+foo", "The stage 'fc3+foo' trains a block that"),
        ("foo,all", "is wrong at 'foo', stage 1; it must be"),
    ):
        assert said in run.refusal(*command, "--stages", typed)
    assert not (tmp_path / "run").exists()
