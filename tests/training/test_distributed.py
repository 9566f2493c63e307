"""Two processes that train one run: the same steps as one, every image once, and what a killed one leaves behind."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.core import storage
from explorer.core.network import Network
from explorer.datasets.synthetic import synthetic
from explorer.errors import TrainingError
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.distributed.limits import require_shareable
from explorer.training.distributed.shares import reading, shares, shares_of, without_partners
from explorer.training.events import EpochFinished, Finished
from explorer.training.stages import Stage
from explorer.training.trainer import train
from tests.training.two_processes import SMALL, Pair, same

LENET = TrainConfig(epochs=2, batch_size=52, optimizer="sgd", lr=0.05, seed=3, threads=1, memory_format="contiguous")
SYNC = TrainConfig(
    epochs=2,
    batch_size=89,
    optimizer="sgd",
    lr=0.05,
    seed=3,
    threads=1,
    memory_format="contiguous",
    sync_batch_norm=True,
)
ALL = replace(
    SYNC,
    epochs=4,
    batch_size=16,
    stages=(Stage("head", 8.0, 3), Stage("all", 0.5)),
    further_sizes=(20,),
    class_weights="balanced",
    accumulation=3,
    mixup=0.4,
    cutmix=0.4,
    ema_decay=0.9,
    block_statistics=True,
)
WILD = replace(LENET, epochs=20, lr=1000.0, momentum=0.9999, weight_decay=10.0)
AVERAGED = replace(LENET, ema_decay=0.9, clip_norm=0.5, flip=True, crop_padding=2, keep_every=1)


@pytest.mark.parametrize("processes", [1, 2, 3, 8])
def test_every_image_falls_to_one_process_and_nobody_takes_one_alone(processes: int) -> None:
    for images in range(2, 60):
        split = shares(images, processes)
        assert sum(split) == images
        assert 1 not in split
        assert split[0] > 0  # the process that writes has batch-norm statistics of every step
        assert max(split) - min(share for share in split if share) <= 1


@pytest.mark.parametrize("parts", [1, 3, 40])
@pytest.mark.parametrize("processes", [1, 2, 3, 8])
def test_the_shares_of_all_processes_are_the_parts_of_a_batch(processes: int, parts: int) -> None:
    for images in (2, 3, 10, 16, 45):
        whole = torch.arange(images).tensor_split(min(parts, images // 2))  # which is how one process cuts it
        found: list[list[int]] = [[] for _ in whole]
        for rank in range(processes):
            taken = shares_of(rank, processes, images, parts)
            read = np.split(reading(taken, images), np.cumsum([share.read for share in taken])[:-1])
            for index, (places, share) in enumerate(zip(read, taken, strict=True)):
                assert len(places) == share.read >= 2  # who has no share passes over images of others
                found[index].extend(places[: share.own].tolist())
        assert found == [part.tolist() for part in whole]


@pytest.mark.parametrize("parts", [1, 3])
def test_the_images_of_a_process_meet_the_partners_they_have_in_one(parts: int) -> None:
    for rank, images in itertools.product((0, 1), (7, 10, 24)):
        taken = shares_of(rank, 2, images, parts)
        places, kept = reading(taken, images, paired=True), without_partners(taken)
        assert np.array_equal(places[kept], reading(taken, images))
        assert np.array_equal(np.roll(places, -1)[kept], (places[kept] + 1) % images)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"batch_size": 3}, "A batch of 3 is too small for 2 processes; set batch_size to 4 or more."),
        (
            {"batch_size": 15, "accumulation": 4},
            (
                "A batch of 15 in 4 parts is too small for 2 processes; set batch_size to 16 or more, or accumulation "
                "to less."
            ),
        ),
        (
            {"sync_batch_norm": True, "activation_checkpointing": True},
            "both sync_batch_norm and activation_checkpointing; switch one of them off",
        ),
    ],
)
def test_what_several_processes_cannot_train_is_refused(settings: dict[str, Any], sentence: str) -> None:
    require_shareable(SMALL, 2)
    with pytest.raises(TrainingError) as refused:
        require_shareable(replace(SMALL, **settings), 2)
    whole = f"Several processes cannot train with {sentence}, or train in one process."
    assert str(refused.value) == (sentence if "batch_size" in settings else whole)


@pytest.fixture(scope="module")
def pair(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Two processes after all that they did together, and two runs of which one process was killed."""
    pair = Pair(tmp_path_factory.mktemp("pair"), network)
    for rank, name in enumerate(["writer-killed", "worker-killed"]):
        ended = pair.do(pair.job(name, kill=rank, step=14))  # in the second epoch, which has 9 steps as the first
        assert ended[rank].returncode == -9, ended[rank].stderr
        assert ended[1 - rank].returncode == 0, ended[1 - rank].stderr
        (pair.folder / f"told-{1 - rank}.json").rename(pair.folder / f"{name}.json")
        shutil.copytree(pair.folder / name, pair.folder / f"{name}-again")
    ended = pair.do(
        pair.job("lenet5", LENET, network="lenet5"),
        pair.job("whole"),
        pair.job("stopped", stops=1, step=5),
        pair.job("stopped", resume=True),
        pair.job("paused", pauses=1, step=3),
        pair.job("tiny", replace(SMALL, batch_size=3)),
        pair.job("whole"),
        pair.job("synchronised", SYNC, network="normed"),
        pair.job("worker-killed-again", resume=True),
        pair.job("writer-killed-again", resume=True),
        pair.job("all at once", ALL, network="rectified", skewed=True),
        pair.job("averaged", AVERAGED, network="lenet5"),
        pair.job("recomputed", replace(SMALL, activation_checkpointing=True)),
        pair.job("measured", TrainConfig(epochs=1, batch_size=32, precision="fastest")),
        pair.job("full", full=1),
        pair.job("wild", WILD, network="lenet5"),  # the last, since who finds it first leaves the other
    )
    assert [process.returncode for process in ended] == [0, 0], ended[0].stderr + ended[1].stderr
    return pair


def test_the_loss_curve_of_lenet_5_is_that_of_one_process(pair: Pair, tmp_path: Path) -> None:
    network = storage.read(pair.folder / "lenet5.network.json")
    data = TrainingData.load(synthetic(train_images=350, test_images=60, shape=(1, 28, 28), classes=10))
    events = list(train(network, data, LENET, tmp_path / "one"))
    finished = events[-1]
    assert isinstance(finished, Finished)
    for rank in (0, 1):
        told = pair.told(rank)[0]
        alone = [event for event in events if isinstance(event, EpochFinished)]
        for epoch, expected in zip(told["epochs"], alone, strict=True):
            figures = [expected.train_loss, expected.train_accuracy, expected.validation_loss]
            assert epoch == pytest.approx(figures, rel=1e-5)
        assert told["finished"]["test_loss"] == pytest.approx(finished.test_loss, rel=1e-5)
        assert told["finished"]["test_accuracy"] == finished.test_accuracy
        assert told["finished"]["step"] == finished.step == 14
    found, expected_weights = pair.weights("lenet5"), load(tmp_path / "one" / "checkpoints" / "14").model
    assert list(found) == list(expected_weights)  # nothing is called module. anything
    for name, tensor in expected_weights.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-4, atol=1e-5)


def test_shared_batch_norm_has_the_statistics_of_one_process(pair: Pair, tmp_path: Path) -> None:
    network = storage.read(pair.folder / "normed.network.json")
    data = TrainingData.load(synthetic(train_images=300, test_images=60, shape=(1, 16, 16), classes=4))
    list(train(network, data, SYNC, tmp_path / "one"))  # the last of 270 images are a batch of 3, all for one process
    names = Run.open(tmp_path / "one").checkpoints.newest_first()
    expected, found = load(tmp_path / "one" / "checkpoints" / names[0]).model, pair.weights("synchronised")
    assert list(found) == list(expected)
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-3, atol=1e-5)


def test_average_clipping_and_augmentation_are_those_of_one_process(pair: Pair, tmp_path: Path) -> None:
    network = storage.read(pair.folder / "lenet5.network.json")
    data = TrainingData.load(synthetic(train_images=350, test_images=60, shape=(1, 28, 28), classes=10))
    finished = list(train(network, data, AVERAGED, tmp_path / "one"))[-1]
    assert isinstance(finished, Finished)
    told = [pair.told(rank)[11]["finished"] for rank in (0, 1)]
    assert told[0]["test_loss"] == told[1]["test_loss"] == pytest.approx(finished.test_loss, rel=1e-4)
    expected, found = load(tmp_path / "one" / "checkpoints" / "14"), pair.folder / "averaged" / "checkpoints" / "14"
    assert load(found).training["average_updates"] == 14
    weights, others = load(found).model, load(found).training["other_weights"]
    for name, tensor in expected.model.items():
        torch.testing.assert_close(weights[name], tensor, rtol=1e-3, atol=1e-5)
        torch.testing.assert_close(others[name], expected.training["other_weights"][name], rtol=1e-3, atol=1e-5)


def test_stages_sizes_mixing_accumulation_weights_and_statistics_are_those_of_one_process(
    pair: Pair, tmp_path: Path
) -> None:
    pair.require_as_alone(pair.job("all at once", ALL, network="rectified", skewed=True), tmp_path / "one")


def test_what_is_computed_again_is_the_same_to_the_bit(pair: Pair) -> None:
    assert same(pair.weights("recomputed"), pair.weights("whole"))


def test_every_image_is_trained_on_once_an_epoch(pair: Pair) -> None:
    data = TrainingData.load(synthetic(train_images=350, test_images=60, shape=(1, 28, 28), classes=10))
    from explorer.datasets.split import stratified_split
    from explorer.insight.preprocessing import Preprocessor

    chosen, _ = stratified_split(data.images.train.labels, LENET.validation_fraction, LENET.seed)
    preprocess = Preprocessor(
        data.dataset.mean, data.dataset.std, (28, 28), torch.device("cpu"), torch.contiguous_format
    )
    images = preprocess(torch.from_numpy(data.images.train.read(chosen)))
    expected = Counter((images.double().flatten(1).sum(1)).tolist())
    assert len(expected) == 315  # no two images have the same sum
    seen = [pair.told(rank)[0]["seen"] for rank in (0, 1)]
    assert Counter(seen[0] + seen[1]) == Counter(dict.fromkeys(expected, 2))  # 2 epochs
    for epoch in (0, 1):
        parts = [set(images[epoch * len(images) // 2 :][: len(images) // 2]) for images in seen]
        assert parts[0].isdisjoint(parts[1])
        assert parts[0] | parts[1] == set(expected)


def test_figures_are_global_and_only_one_process_writes(pair: Pair) -> None:
    first, second = (pair.told(rank)[0] for rank in (0, 1))
    assert sum(step[2] for step in first["steps"]) == 2 * 315
    assert first["epochs"] == second["epochs"]
    run = Run.open(pair.folder / "lenet5")
    steps = [record for record in run.metrics() if record["event"] == "step"]
    assert sum(record["steps"] for record in steps) == 14
    assert run.state == "finished"
    assert run.environment.processes == 2
    assert sum(record["event"] == "finished" for record in run.metrics()) == 1


def test_a_wish_of_one_process_stops_all_and_the_run_goes_on_to_the_bit(pair: Pair) -> None:
    stopped = [pair.told(rank)[2]["finished"] for rank in (0, 1)]
    assert stopped[0]["reason"] == stopped[1]["reason"] == "stopped"
    assert stopped[0]["step"] == stopped[1]["step"] < 18
    assert pair.told(0)[3]["finished"]["reason"] == "finished"
    assert same(pair.weights("stopped"), pair.weights("whole"))


def test_a_pause_of_one_process_halts_all_and_changes_nothing(pair: Pair) -> None:
    assert all(pair.told(rank)[4]["paused"] >= 1 for rank in (0, 1))
    assert same(pair.weights("paused"), pair.weights("whole"))


def test_what_cannot_begin_is_said_by_one_process(pair: Pair) -> None:
    assert "A batch of 3 is too small for 2 processes" in pair.told(0)[5]["error"]
    assert "Process 0 could not start the run" in pair.told(1)[5]["error"]
    assert "is not empty" in pair.told(0)[6]["error"]


def test_what_nobody_chose_is_what_the_first_process_measured(pair: Pair) -> None:
    assert [pair.told(rank)[13]["finished"]["reason"] for rank in (0, 1)] == ["finished"] * 2
    (started,) = (record for record in Run.open(pair.folder / "measured").metrics() if record["event"] == "started")
    assert started["memory_format"] in {"contiguous", "channels_last"}
    for rank in (0, 1):
        assert pair.told(rank)[13]["way"] == [started["precision"], started["memory_format"], started["threads"]]


def test_a_dry_run_of_each_share_finds_the_process_that_has_no_memory(pair: Pair) -> None:
    (tried,) = (record for record in Run.open(pair.folder / "whole").metrics() if record["event"] == "dry_run")
    assert tried["measured"] is not None
    assert (tried["batch_size"], tried["processes"]) == (SMALL.batch_size // 2, 2)
    run = Run.open(pair.folder / "full")
    ending = run.last_record() or {}
    assert (ending["reason"], ending["step"]) == ("out_of_memory", 0)
    assert dict(ending["alternatives"])["batch_size"] == SMALL.batch_size // 2
    assert run.checkpoints.names() == []
    assert [pair.told(rank)[14]["finished"]["reason"] for rank in (0, 1)] == ["out_of_memory"] * 2


def test_a_divergence_is_located_to_step_and_layer(pair: Pair) -> None:
    ending = Run.open(pair.folder / "wild").last_record() or {}
    assert ending["reason"] == "diverged"
    where = rf"at step {ending['step'] + 1} in epoch \d+, first in the layer (conv|fc)\d\."
    assert re.search(where, ending["message"]), ending
    assert all(pair.told(rank)[15]["finished"]["reason"] in {"diverged", "failed"} for rank in (0, 1))


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for the threads of C++")
def test_no_thread_of_gloo_outlives_the_conversation(pair: Pair) -> None:
    """One that frees its last tensor while the interpreter goes down aborts the process, on a busy computer."""
    for rank in (0, 1):
        threads = json.loads((pair.folder / f"threads-{rank}.json").read_text())
        assert threads
        assert not [name for name in threads if "gloo" in name]


def test_a_killed_worker_ends_the_run_with_a_checkpoint_and_a_sentence(pair: Pair) -> None:
    run = Run.open(pair.folder / "worker-killed")
    ending = run.last_record() or {}
    assert ending["event"] == "finished"
    assert ending["reason"] == "failed"
    assert "Another process of the run ended: it was killed" in ending["message"]
    assert ending["step"] == 13  # the one in which it was killed is not done
    assert run.checkpoints.pointed("last") == "13"


def test_a_survivor_writes_the_end_of_a_run_whose_writer_was_killed(pair: Pair) -> None:
    run = Run.open(pair.folder / "writer-killed")
    ending = run.last_record() or {}
    assert ending["reason"] == "failed"
    assert "The process that wrote the run is gone; its last checkpoint, 9, stands." in ending["message"]
    assert run.state == "failed"
    assert run.checkpoints.pointed("last") == "9"
    (told,) = json.loads((pair.folder / "writer-killed.json").read_text())
    assert told["finished"] == ending


def test_runs_with_a_killed_process_go_on_to_the_bit(pair: Pair) -> None:
    for name in ("worker-killed-again", "writer-killed-again"):
        assert Run.open(pair.folder / name).state == "finished"
        assert same(pair.weights(name), pair.weights("whole"))
