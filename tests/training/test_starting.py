"""Stored weights are judged as torch judges them, and files that cannot be used end in a sentence."""

from __future__ import annotations

import random
import zipfile
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import Tensor, nn

import explorer
from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.errors import ExplorerError, FileError, TrainingError
from explorer.export.base import EXPORTERS
from explorer.export.from_run import trained_model
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import Started
from explorer.training.starting import open_weights, read_fitting, report_on
from explorer.training.trainer import train


def saved(state: Any, path: Path) -> Path:
    torch.save(state, path)
    return path


def torchs_answer(module: nn.Module, state: dict[str, Tensor]) -> tuple[set[str], set[str]]:
    """The missing and the unexpected keys, by torch; it refuses other shapes, which are left out."""
    own = module.state_dict()
    fitting = OrderedDict(
        (key, value) for key, value in state.items() if key not in own or own[key].shape == value.shape
    )
    if hasattr(state, "_metadata"):
        vars(fitting)["_metadata"] = state._metadata
    answer = module.load_state_dict(fitting, strict=False)
    return set(answer.missing_keys), set(answer.unexpected_keys)


@pytest.mark.parametrize(
    "theirs", ["resnet18", "resnet34", "resnet50", pytest.param("vgg11_bn", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_the_report_is_torchs_own_answer(theirs: str, suffix: str, tmp_path: Path) -> None:
    network = explorer.network("resnet18", classes=10)
    state = getattr(torchvision.models, theirs)(weights=None).state_dict()
    path = tmp_path / f"weights{suffix}"
    if suffix == ".pt":
        torch.save(state, path)
    else:
        save_file(dict(state), path)
        state = dict(state)  # which the file has no versions of
    report = report_on(network, open_weights(path))
    missing, unexpected = torchs_answer(assemble(network), state)
    own = {key: value.shape for key, value in assemble(network).state_dict().items()}
    assert set(report.keys("reshaped")) == {key for key in own if key in state and own[key] != state[key].shape}
    # of a norm that is missing, torch does not count the counter, which it fills in
    filled = {f"{key.removesuffix('weight')}num_batches_tracked" for key in missing - state.keys()} & own.keys()
    assert set(report.keys("missing")) == (missing | filled) - set(report.keys("reshaped"))
    assert set(report.keys("unexpected")) == unexpected
    assert len(report.keys("match")) + len(report.keys("missing")) + len(report.keys("reshaped")) == len(own)


def test_torchvisions_weights_come_over_but_for_the_head(tmp_path: Path) -> None:
    theirs = torchvision.models.resnet18(weights=None)
    weights = open_weights(saved(theirs.state_dict(), tmp_path / "resnet18.pth"))
    report = report_on(explorer.network("resnet18", classes=10), weights)
    assert report.new_heads == ("fc",)
    assert report.keys("reshaped") == ("fc.weight", "fc.bias")
    found = read_fitting(explorer.network("resnet18", classes=10), weights, report)
    assert all(
        torch.equal(found[key], value) for key, value in theirs.state_dict().items() if not key.startswith("fc.")
    )


def test_what_training_scripts_save_around_the_weights_is_seen_through(network: Network, tmp_path: Path) -> None:
    state = assemble(network).state_dict()
    wrapped = {f"module.{key}": value for key, value in state.items()}
    path = saved({"epoch": 3, "state_dict": wrapped, "optimizer": {"state": {}}}, tmp_path / "script.ckpt")
    assert set(report_on(network, open_weights(path)).keys("match")) == set(state)


def test_counters_that_an_old_file_has_not_are_no_loss(network: Network, tmp_path: Path) -> None:
    state = {key: value for key, value in assemble(network).state_dict().items() if "num_batches" not in key}
    weights = open_weights(saved(state, tmp_path / "old.pt"))
    report = report_on(network, weights)
    assert (report.keys("missing"), torchs_answer(assemble(network), state)[0]) == ((), set())
    assert set(read_fitting(network, weights, report)) == set(state)


def test_a_run_starts_from_another_and_keeps_its_own_head_for_other_classes(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    list(train(network, data, replace(config, epochs=1), tmp_path / "first"))
    first = trained_model(Run.open(tmp_path / "first"))
    others = TrainingData(replace(data.dataset, classes=("a", "b", "c", "d")), data.images)
    for name, found, is_new in (("same", data, False), ("other", others, True)):
        events = train(network, found, config, tmp_path / name, start=open_weights(tmp_path / "first"))
        started = next(events)
        assert isinstance(started, Started)
        assert ("The head is new: fc" in started.origin) == is_new
        list(zip(range(3), events, strict=False))
        events.close()  # type: ignore[attr-defined]
        state = _first_weights(tmp_path / name)
        assert torch.equal(state["conv.weight"], first.state["conv.weight"])
        assert torch.equal(state["norm.running_mean"], first.state["norm.running_mean"])
        assert torch.equal(state["fc.weight"], first.state["fc.weight"]) != is_new
        assert bool(Run.open(tmp_path / name).origin["replaced"]) == is_new


def _first_weights(folder: Path) -> dict[str, Tensor]:
    return dict(load(Run.open(folder).checkpoints.path("0")).model)


@pytest.mark.parametrize("key", EXPORTERS)
def test_an_export_tells_its_classes(
    key: str, network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    list(train(network, data, replace(config, epochs=1), tmp_path / "run"))
    path = tmp_path / f"weights{EXPORTERS[key].suffix}"
    EXPORTERS[key].write(trained_model(Run.open(tmp_path / "run")), path)
    weights = open_weights(path)
    assert weights.classes == data.dataset.classes
    assert report_on(network, weights, ("a", "b", "c", "d")).new_heads == ("fc",)
    assert report_on(network, weights, data.dataset.classes).new_heads == ()


# Files that cannot be used


def test_files_without_weights_end_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no weights")
    (tmp_path / "empty.pt").touch()
    (tmp_path / "text.safetensors").write_text("no weights")
    saved({"epoch": 3}, tmp_path / "numbers.pt")
    saved([torch.ones(3)], tmp_path / "list.pt")
    saved(nn.Linear(2, 2), tmp_path / "module.pt")
    with zipfile.ZipFile(tmp_path / "archive.pt", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with (tmp_path / "large.pt").open("wb") as file:
        file.truncate(20 << 30)  # sparse: no block of it is written
    for path in (*tmp_path.iterdir(), tmp_path / "nowhere.pt", tmp_path):
        with pytest.raises(FileError, match=r"\.$"):
            open_weights(path)


def test_weights_of_another_network_are_refused(network: Network, tmp_path: Path) -> None:
    weights = open_weights(saved({"somewhere.else": torch.ones(3)}, tmp_path / "other.pt"))
    with pytest.raises(TrainingError, match="None of the weights in other.pt fits"):
        read_fitting(network, weights, report_on(network, weights))


@pytest.mark.parametrize("odd", [torch.ones(8, dtype=torch.complex64), torch.eye(8).to_sparse().sum(0)])
def test_tensors_that_are_no_plain_numbers_are_refused(odd: Tensor, network: Network, tmp_path: Path) -> None:
    weights = open_weights(saved({"conv.bias": odd}, tmp_path / "odd.pt"))
    with pytest.raises(FileError, match="no plain tensor"):
        read_fitting(network, weights, report_on(network, weights))


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("legacy", [False, True])
def test_damaged_files_end_in_a_sentence_or_in_weights(
    suffix: str, legacy: bool, network: Network, tmp_path: Path
) -> None:
    path, chance = tmp_path / f"weights{suffix}", random.Random(1)
    state = {key: value.clone() for key, value in assemble(network).state_dict().items()}
    if suffix == ".pt":
        torch.save(state, path, _use_new_zipfile_serialization=not legacy)
    else:
        save_file(state, path)
    sound = path.read_bytes()
    sentences = []
    for _ in range(150):
        damaged = bytearray(sound[: chance.randrange(len(sound))] if chance.random() < 0.3 else sound)
        for _ in range(chance.randrange(1, 4)):
            if damaged:
                damaged[chance.randrange(min(len(damaged), 1500))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            weights = open_weights(path)
            read_fitting(network, weights, report_on(network, weights))
        except ExplorerError as error:
            sentences.append(str(error))
    assert len(sentences) > 20
    assert all(sentence.endswith(".") for sentence in sentences)
