"""Whatever is missing or damaged in the folder of a run, every command ends with a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.cli import main
from tests.cli.commands import QUICK, Terminal

EVALUATE, EXPORT, RESUME = ["evaluate"], ["export"], ["train", "--epochs", "3", "--resume"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of two epochs."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    assert main(["train", "lenet5", *QUICK, "--out", str(out)]) == 0
    return out


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


def rewrite(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))


def data(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda values: values["data"].update({key: value})


def without(*keys: str) -> Callable[[dict[str, Any]], object]:
    def change(values: dict[str, Any]) -> None:
        for key in keys[:-1]:
            values = values[key]
        del values[keys[-1]]

    return change


FACTS = ("key", "title", "root", "shape", "classes", "mean", "std", "train_images", "test_images", "fingerprint")
ENVIRONMENT: dict[str, Callable[[dict[str, Any]], object]] = {
    **{f"no {key}": without(key) for key in ("versions", "device", "threads", "seed", "data")},
    **{f"no data.{key}": without("data", key) for key in FACTS},
    "data 5": lambda values: values.update(data=5),
    "shape x": data("shape", "x"),
    "shape of two": data("shape", [1, 28]),
    "no class": data("classes", []),
    "three means": data("mean", [1, 2, 3]),
    "std null": data("std", None),
    "std zero": data("std", [0.0]),
    "negative threads": lambda values: values.update(threads=-1),
    "absurd threads": lambda values: values.update(threads=100_000_000),
}


@pytest.mark.parametrize("command", [EVALUATE, EXPORT, RESUME], ids=" ".join)
@pytest.mark.parametrize("change", ENVIRONMENT.values(), ids=list(ENVIRONMENT))
def test_a_damaged_environment_is_named(
    run: Terminal, folder: Path, command: list[str], change: Callable[[dict[str, Any]], object]
) -> None:
    rewrite(folder / "environment.json", change)
    assert "environment.json is damaged: " in run.refusal(*command, folder)


META: dict[str, Callable[[dict[str, Any]], object]] = {
    **{f"no {key}": without(key) for key in ("step", "epoch", "metrics_bytes", "validation_accuracy")},
    "metrics_bytes x": lambda values: values.update(metrics_bytes="x"),
    "negative metrics_bytes": lambda values: values.update(metrics_bytes=-5),
    "step x": lambda values: values.update(step="x"),
}


@pytest.mark.parametrize("command", [EVALUATE, EXPORT, RESUME], ids=" ".join)
@pytest.mark.parametrize("change", META.values(), ids=list(META))
def test_damaged_checkpoints_are_named(
    run: Terminal, folder: Path, command: list[str], change: Callable[[dict[str, Any]], object]
) -> None:
    for path in folder.glob("checkpoints/*/meta.json"):
        rewrite(path, change)
    assert "meta.json is damaged: " in run.refusal(*command, folder)


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(run: Terminal, folder: Path) -> None:
    last = json.loads((folder / "checkpoints" / "last.json").read_text())["checkpoint"]
    rewrite(folder / "checkpoints" / last / "meta.json", without("metrics_bytes"))
    assert run(*RESUME, folder) == 0, run.err
    assert "metrics_bytes is missing" in run.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: values.update(batch_size="x"), 'The setting batch_size is "x"'),
        (lambda values: values.update(batch_size=0), "The setting batch_size is 0"),
        (lambda values: values.update(unheard_of=5), "There is no setting 'unheard_of'"),
    ],
)
@pytest.mark.parametrize("command", [EVALUATE, RESUME], ids=" ".join)
def test_damaged_settings_are_named(
    run: Terminal, folder: Path, command: list[str], change: Callable[[dict[str, Any]], object], said: str
) -> None:
    rewrite(folder / "config.json", change)
    assert said in run.refusal(*command, folder)


def test_a_setting_that_an_earlier_version_did_not_know_has_its_default(run: Terminal, folder: Path) -> None:
    rewrite(folder / "config.json", without("batch_size"))
    assert run("evaluate", folder) == 0, run.err


def test_weights_of_another_network_are_a_sentence(run: Terminal, folder: Path) -> None:
    text = (folder / "network.json").read_text()
    (folder / "network.json").write_text(text.replace('"conv1"', '"other"'))
    assert '"other"' in (folder / "network.json").read_text()
    assert "do not fit their network" in run.refusal("evaluate", folder)
