"""Published weights: torchvision's own facts, and downloads from a server that is laid out as theirs is."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision

import explorer
from explorer.errors import Cancelled, DataError
from explorer.runs.published_weights import VARIABLE, PublishedWeights, choose, fetch, find, published_weights
from explorer.training.starting import open_weights, read_fitting, report_on
from explorer.zoo.base import ZOO
from tests.file_server import FileServer

TWINS = [entry.key for entry in ZOO.values() if entry.twin]
Publish = Callable[..., PublishedWeights]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def publish(server: FileServer) -> Publish:
    """Has the server offer the weights of a network of torchvision, under a name with eight digits of their hash."""

    def publish(key: str, classes: int = 1000, digits: str | None = None) -> PublishedWeights:
        torch.manual_seed(0)
        extra = {"init_weights": True} if key == "googlenet" else {}
        buffer = io.BytesIO()
        module = torchvision.models.get_model(ZOO[key].twin, weights=None, num_classes=classes, **extra)
        torch.save(module.state_dict(), buffer)
        content = buffer.getvalue()
        path = f"/models/{key}-{digits or hashlib.sha256(content).hexdigest()[:8]}.pth"
        server.files[path] = content
        return replace(choose(key), url=f"{server.address}{path}", about_bytes=len(content))

    return publish


@pytest.mark.parametrize("key", TWINS)
def test_the_sets_are_torchvisions(key: str) -> None:
    sets, theirs = published_weights(key), torchvision.models.get_model_weights(ZOO[key].twin)
    assert sets[0].name == theirs.DEFAULT.name
    classifiers = {one.name for one in theirs if not math.isnan(one.meta["_metrics"]["ImageNet-1K"]["acc@1"])}
    assert {one.name for one in sets} == classifiers
    for one in sets:
        assert one.url == theirs[one.name].url
        assert one.digest.algorithm == "sha256"
        assert len(one.digest.start) >= 8
        assert one.file.endswith(f"-{one.digest.start}.pth")


def test_only_twins_have_published_weights() -> None:
    assert published_weights("lenet5") == ()
    with pytest.raises(DataError, match="LeNet-5 has no twin in torchvision"):
        choose("lenet5")
    with pytest.raises(DataError, match="no published weights named 'V9'; there are: IMAGENET1K_V2, IMAGENET1K_V1"):
        choose("resnet50", "V9")


def test_features_without_a_classifier_are_left_out() -> None:
    assert [one.name for one in published_weights("vgg16")] == ["IMAGENET1K_V1"]


def test_a_network_suits_with_the_options_that_the_weights_need() -> None:
    weights = choose("googlenet")
    assert weights.options == {"transform_input": True}
    assert not weights.suit(explorer.network("googlenet"))
    assert weights.suit(explorer.network("googlenet", transform_input=True, classes=7))
    assert weights.suit(weights.make())
    assert not weights.suit(explorer.network("resnet18"))
    assert choose("resnet18").suit(explorer.network("resnet18", classes=7))


def test_weights_come_and_are_found_again(publish: Publish, server: FileServer) -> None:
    weights = publish("squeezenet1_1")
    assert find(weights) is None
    told: list[tuple[str, int, int]] = []
    path = fetch(weights, progress=lambda *step: told.append(step))
    assert path.read_bytes() == server.files[f"/models/{weights.file}"]
    assert told[-1] == (f"Downloading {weights.file}", path.stat().st_size, path.stat().st_size)
    assert find(weights) == path == fetch(weights)
    assert len(server.requests) == 1


@pytest.mark.parametrize("key", ["squeezenet1_1", pytest.param("convnext_tiny", marks=pytest.mark.slow)])
def test_what_comes_is_what_a_network_starts_from(key: str, publish: Publish) -> None:
    weights = publish(key)
    stored = open_weights(fetch(weights))
    for classes in (1000, 7):
        network = explorer.network(key, classes=classes)
        report = report_on(network, stored)
        assert not report.keys("missing")
        assert not report.keys("unexpected")
        assert bool(report.new_heads) == (classes == 7)
        module = explorer.assemble(network)
        module.load_state_dict(read_fitting(network, stored, report), strict=False)
        theirs = torchvision.models.get_model(ZOO[key].twin)
        theirs.load_state_dict(torch.load(fetch(weights), weights_only=True))
        ours = explorer.torchvision_state_dict(network, module)
        taken = {name for name in ours if classes == 1000 or not name.startswith("classifier")}
        assert all(torch.equal(ours[name], theirs.state_dict()[name]) for name in taken)


def test_a_cut_connection_goes_on_where_it_broke(publish: Publish, server: FileServer) -> None:
    weights = publish("squeezenet1_1")
    server.cut_after = 100_000
    with pytest.raises(DataError, match="the connection broke after 100,000 of .* what has arrived is kept"):
        fetch(weights)
    assert find(weights) is None
    assert fetch(weights).read_bytes() == server.files[f"/models/{weights.file}"]
    assert [wanted for _, wanted in server.requests] == ["", "bytes=100000-"]


def test_a_cancelled_download_goes_on_too(publish: Publish, server: FileServer) -> None:
    weights = publish("squeezenet1_1")
    asked = iter([False, False, True])
    with pytest.raises(Cancelled, match=r"The download of squeezenet1_1-.*\.pth was cancelled"):
        fetch(weights, cancelled=lambda: next(asked, True))
    assert find(weights) is None
    fetch(weights)
    assert server.requests[1][1].startswith("bytes=")


def test_other_content_than_the_name_says_is_refused(publish: Publish, tmp_path: Path) -> None:
    weights = publish("squeezenet1_1", digits="00000000")
    with pytest.raises(DataError, match="what arrives is another file or a damaged one, its checksum is wrong"):
        fetch(weights)
    assert not list((tmp_path / "weights").iterdir())


def test_a_name_without_a_checksum_is_refused(publish: Publish, server: FileServer) -> None:
    with pytest.raises(DataError, match=r"The name of weights\.pth has no checksum"):
        fetch(replace(publish("squeezenet1_1"), url=f"{server.address}/models/weights.pth"))
    assert server.requests == []


def test_offline_the_sentence_says_what_to_do() -> None:
    weights = replace(choose("squeezenet1_1"), url="http://127.0.0.1:9/models/squeezenet1_1-00000000.pth")
    with pytest.raises(DataError, match=f"Connection refused.*Connect to the internet.*the folder that {VARIABLE} nam"):
        fetch(weights)


def test_the_cache_of_other_programs_is_used(publish: Publish, server: FileServer, tmp_path: Path) -> None:
    weights = publish("squeezenet1_1")
    cached = tmp_path / "torch" / "hub" / "checkpoints" / weights.file
    cached.parent.mkdir(parents=True)
    cached.write_bytes(server.files[f"/models/{weights.file}"])
    assert find(weights) == cached == fetch(weights)
    assert server.requests == []
    cached.write_bytes(b"damaged")
    assert fetch(weights) == tmp_path / "weights" / weights.file
