from __future__ import annotations

import dataclasses
import errno
import json
import os
import stat
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

import explorer
from explorer.core import atomic, storage
from explorer.core.network import Network
from explorer.datasets.synthetic import synthetic
from explorer.errors import FileError
from explorer.examples import EXAMPLES
from explorer.export.base import EXPORTERS, TrainedModel
from explorer.export.from_run import trained_model
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.trainer import train
from tests.runs.facts import ENVIRONMENT

CLASSES = tuple("abcdefghij")


def _trained(network: Network) -> tuple[nn.Module, TrainedModel]:
    """A module whose weights and statistics are none that a fresh one has."""
    torch.manual_seed(1)
    module = explorer.assemble(network)
    with torch.no_grad():
        for tensor in module.state_dict().values():
            tensor.copy_(torch.rand_like(tensor) * 0.1 + 0.1 if tensor.is_floating_point() else tensor + 5)
    state = OrderedDict(module.state_dict())
    return module.eval(), TrainedModel(network, state, CLASSES, (0.3,), (0.4,), {"dataset": "Shapes"})


@pytest.mark.parametrize("foreign", ['{"app": "another", "network": ""}', "[]", "not even JSON"])
def test_what_lies_beside_is_replaced_only_if_it_is_ours(small: Network, tmp_path: Path, foreign: str) -> None:
    _, model = _trained(small)
    weights, beside = tmp_path / "x.pt", tmp_path / "x.pt.json"
    beside.write_text(foreign)
    with pytest.raises(FileError, match=r"x\.pt\.json, where something else is; move that or choose another name"):
        EXPORTERS["pt"].write(model, weights)
    assert beside.read_text() == foreign
    assert not weights.exists(), "nothing is half done"
    beside.unlink()
    EXPORTERS["pt"].write(model, weights)
    first = beside.read_text()
    EXPORTERS["pt"].write(dataclasses.replace(model, classes=tuple("klmnopqrst")), weights)
    assert beside.read_text() != first


@pytest.fixture(scope="module")
def small() -> Network:
    return explorer.network("resnet18", input_shape=(1, 32, 32), classes=10)


@pytest.mark.parametrize("key", list(EXPORTERS))
def test_an_exported_file_gives_the_same_outputs(key: str, small: Network, tmp_path: Path) -> None:
    module, model = _trained(small)
    exporter = EXPORTERS[key]
    path = tmp_path / model.file_name(exporter.suffix)
    written = exporter.write(model, path)
    assert written[0] == path
    assert sorted(written) == sorted(tmp_path.iterdir())
    images = torch.randn(3, 1, 32, 32)
    with torch.no_grad():
        assert torch.equal(exporter.outputs(path, images), module(images))
    (tmp_path / "plain").touch()
    mode = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert {stat.S_IMODE(item.stat().st_mode) for item in written} == {mode}


@pytest.mark.parametrize("key", list(EXPORTERS))
def test_a_failed_export_leaves_the_old_file(
    key: str, small: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    _, model = _trained(small)
    path = tmp_path / "weights"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic, "sync", full)
    with pytest.raises(FileError, match="no space left on device"):
        EXPORTERS[key].write(model, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("key", list(EXPORTERS))
def test_what_is_no_export_gives_a_sentence(key: str, small: Network, tmp_path: Path) -> None:
    _, model = _trained(small)
    with pytest.raises(FileError, match="cannot be written"):
        EXPORTERS[key].write(model, tmp_path / "missing" / "file")
    path = tmp_path / "noise"
    path.write_bytes(b"noise")
    with pytest.raises(FileError):
        EXPORTERS[key].outputs(path, torch.zeros(1, 1, 32, 32))


def _load(key: str, path: Path) -> dict[str, Tensor]:
    """What a person does who does not have this app."""
    return load_file(path) if key == "safetensors" else torch.load(path, weights_only=True)


@pytest.mark.parametrize("key", ["safetensors", "pt"])
def test_torchvision_takes_the_weights_as_they_are(key: str, tmp_path: Path) -> None:
    module, model = _trained(explorer.network("resnet18"))
    path = tmp_path / "weights"
    EXPORTERS[key].write(model, path)
    twin = torchvision.models.resnet18()
    twin.load_state_dict(_load(key, path), strict=True)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(twin.eval()(images), module(images))
    assert int(twin.bn1.num_batches_tracked) == 5


@pytest.mark.parametrize("key", ["safetensors", "pt"])
def test_the_file_tells_what_a_stranger_needs(key: str, small: Network, tmp_path: Path) -> None:
    _, model = _trained(small)
    path = tmp_path / "weights"
    EXPORTERS[key].write(model, path)
    if key == "pt":
        metadata = json.loads((tmp_path / "weights.json").read_text())
    else:
        with safe_open(path, "pt") as file:
            metadata = json.loads(file.metadata()["architecture_explorer"])
    assert metadata["classes"] == list(CLASSES)
    assert (metadata["mean"], metadata["std"]) == ([0.3], [0.4])
    assert metadata["input_shape"] == [1, 32, 32]
    assert metadata["dataset"] == "Shapes"
    assert explorer.__version__ in metadata["app"]
    assert storage.loads(metadata["network"]) == small


def test_weights_of_another_network_are_told_apart(small: Network, tmp_path: Path) -> None:
    _, model = _trained(small)
    other = TrainedModel(explorer.network("resnet34", input_shape=(1, 32, 32), classes=10), model.state)
    EXPORTERS["safetensors"].write(other, tmp_path / "mixed")
    with pytest.raises(FileError, match="do not fit their network"):
        EXPORTERS["safetensors"].outputs(tmp_path / "mixed", torch.zeros(1, 1, 32, 32))


@pytest.mark.parametrize(("name", "expected"), [("ResNet-18 (mine)", "resnet-18-mine.pt"), ("残差", "network.pt")])
def test_files_are_named_after_their_network(small: Network, name: str, expected: str) -> None:
    from dataclasses import replace

    assert TrainedModel(replace(small, name=name), OrderedDict()).file_name(".pt") == expected


def test_a_run_exports_its_best_checkpoint(tmp_path: Path) -> None:
    data = TrainingData.load(synthetic(train_images=200, test_images=40))
    network = explorer.network("resnet18", input_shape=(1, 28, 28), classes=4)
    list(
        train(
            network, data, TrainConfig(epochs=1, batch_size=64, threads=1, memory_format="contiguous"), tmp_path / "run"
        )
    )
    run = Run.open(tmp_path / "run")
    model = trained_model(run)
    best = run.checkpoints.pointed("best")
    assert best is not None
    state = load(run.checkpoints.path(best)).model
    assert all(torch.equal(model.state[name], state[name]) for name in state)
    assert model.classes == data.dataset.classes
    assert model.mean == data.dataset.mean
    assert (model.facts["checkpoint"], model.facts["epoch"]) == ("best", 1)
    assert trained_model(run, "last").facts["step"] == model.facts["step"]


def test_a_run_without_a_checkpoint_gives_a_sentence(small: Network, tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", small, {}, ENVIRONMENT)
    with pytest.raises(FileError, match="no checkpoint yet"):
        trained_model(run)


@pytest.mark.parametrize("key", list(EXPORTERS))
def test_a_network_with_heads_says_what_its_outputs_are_called(key: str, tmp_path: Path) -> None:
    network = EXAMPLES["auxiliary_head"].read()
    module, model = _trained(network)
    path = tmp_path / "model"
    EXPORTERS[key].write(model, path)
    images = torch.randn(3, 1, 28, 28)
    with torch.no_grad():
        assert torch.equal(EXPORTERS[key].outputs(path, images), module(images))
    assert model.metadata()["outputs"] == {
        "output": {"shape": [10], "training_only": False},
        "early": {"shape": [10], "training_only": True},
    }
    assert list(model.metadata()["outputs"]) == list(module.train()(images))
