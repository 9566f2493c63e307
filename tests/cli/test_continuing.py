"""How a run on the terminal is ended with its epoch, and how it goes on for longer or from an earlier checkpoint."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.runs.run import Run
from tests.cli.commands import COMMAND, QUICK, Terminal


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another signal, which goes to a whole console")
@pytest.mark.parametrize("name", ["SIGUSR1", pytest.param("SIGQUIT", marks=pytest.mark.slow)])
def test_a_signal_ends_the_run_with_its_epoch(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "run"
    arguments = ["train", "lenet5", *QUICK, "--epochs", "1000", "--out", str(folder), "--json"]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        epoch_of_signal = 0
        last = {}
        for line in process.stdout:
            last = json.loads(line)
            if last["event"] == "step" and not epoch_of_signal:
                epoch_of_signal = last["epoch"]
                process.send_signal(getattr(signal, name))
        said = process.stderr.read()
    assert process.returncode == 130, said
    assert "Stopping after this epoch." in said
    assert (last["event"], last["reason"]) == ("finished", "stopped")
    assert epoch_of_signal <= last["epoch"] <= epoch_of_signal + 1  # it may have been in its last step
    run = Run.open(folder)
    assert run.checkpoints.pointed("last") == str(last["step"])
    assert last["step"] % last["epoch"] == 0


def test_a_finished_run_goes_on_for_more_epochs(run: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert run("train", "lenet5", *QUICK, "--out", folder) == 0
    assert run("train", "--resume", folder, "--more-epochs", "1") == 0
    assert "epoch 3  loss" in run.out
    assert "epoch 2  loss" not in run.out
    assert Run.open(folder).config["epochs"] == 3


def test_a_copy_goes_on_from_an_earlier_checkpoint_at_another_rate(run: Terminal, tmp_path: Path) -> None:
    folder, copy = tmp_path / "run", tmp_path / "copy"
    assert run("train", "lenet5", *QUICK, "--keep-every", "1", "--out", folder) == 0
    first = Run.open(folder).checkpoints.kept()[0]
    assert run("train", "--resume", folder, "--checkpoint", first, "--out", copy, "--lr", "0.002") == 0
    assert f"Continues after step {first}." in run.out
    assert "epoch 2  loss" in run.out
    assert (Run.open(copy).config["lr"], Run.open(folder).config["lr"]) == (0.002, 0.01)
    assert Run.open(copy).note == f"Goes on from step {first} of run."
    # the last one has nothing behind it, unless it is given more
    said = run.refusal("train", "--resume", folder, "--out", tmp_path / "other", "--lr", "0.002")
    assert "stands behind the last of 2 epochs, so nothing is left to train; give --more-epochs too." in said
    assert not (tmp_path / "other").exists()
    # and any that is kept can be looked at and taken along
    assert run("evaluate", folder, "--checkpoint", first) == 0
    assert f"checkpoint, step {first}" in run.out
    assert run("export", folder, "--checkpoint", first, "--out", tmp_path / "first.safetensors") == 0
    assert "has no checkpoint 7; there are: " in run.refusal("evaluate", folder, "--checkpoint", "7")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--resume", "nowhere", "--checkpoint", "best"], "say where to keep it with --out."),
        (["--resume", "nowhere", "--more-epochs", "2", "--epochs", "3"], "but not both."),
        (["lenet5", "--out", "there", "--more-epochs", "2"], "they need --resume RUN."),
        (["--resume", "nowhere", "--out", "there", "--momentum", "0.5"], "takes no momentum"),
    ],
)
def test_what_does_not_go_together_is_said(run: Terminal, arguments: list[str], sentence: str) -> None:
    assert sentence in run.refusal("train", *arguments)


def test_no_epochs_are_no_number_of_epochs(run: Terminal) -> None:
    assert run("train", "--resume", "nowhere", "--more-epochs", "0") == 2
    assert "'0' is no number of epochs; give 1 or more" in run.err
