"""``compare`` on the command line: the table as a golden text, JSON for programs, refusals as sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import explorer
from explorer.blocks.activation import GELU
from explorer.cli import main

Golden = Callable[[str, str], None]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vgg16_vgg19", ["vgg16", "vgg19"]),
        ("plain34_resnet34", ["plain34", "resnet34"]),
        ("resnet50_pre", ["resnet50", "resnet50", "--right-option", "activation=pre"]),
        ("resnet18_resnet34_inside", ["resnet18", "resnet34", "--inside", "--input", "3,64,64", "--classes", "10"]),
    ],
)
def test_the_table(name: str, words: list[str], capsys: pytest.CaptureFixture[str], golden: Golden) -> None:
    assert main(["compare", *words]) == 0
    golden(f"compare/{name}.txt", capsys.readouterr().out)


def test_json_has_the_differences_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = explorer.network("lenet5")
    path = next(row.path for row in explorer.analyse(network).rows if not row.children)
    file = tmp_path / "mine.network.json"
    explorer.write(network.replace(path, GELU()), file)
    assert main(["compare", "lenet5", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    dotted = ".".join(path)
    assert [(block["mark"], block["left"], block["right"]) for block in found["blocks"]] == [
        ("changed", dotted, dotted)
    ]
    assert found["blocks"][0]["changes"] == [{"field": "type", "left": "Conv2d", "right": "GELU"}]
    sides = [explorer.analyse(network).parameters, explorer.analyse(explorer.read(file)).parameters]
    total = found["totals"]["parameters"]
    assert [total["left"], total["right"], total["difference"]] == [*sides, sides[1] - sides[0]]
    assert not found["empty"]


def test_a_network_with_a_problem_says_what_is_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "lenet5", "lenet5", "--input", "1,4,4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "LeNet-5 and LeNet-5: No differences."
    assert [line for line in lines if line.startswith("Problem")]


def test_refusals_are_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "resnet18", "resnet1"]) == 2
    assert "resnet1" in capsys.readouterr().err
    assert main(["compare", "resnet18", "resnet34", "--left-option", "depth=9"]) == 2
    assert "depth" in capsys.readouterr().err
