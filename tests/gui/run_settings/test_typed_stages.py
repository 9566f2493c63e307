"""Stages as they are typed: what a row means, what is wrong with it, and what comes next."""

from __future__ import annotations

import pytest

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.linear import Linear
from explorer.core.compose import Chain
from explorer.core.fields import Invalid
from explorer.core.lr_factors import FACTOR
from explorer.core.network import Network
from explorer.gui.run_settings.typed_stages import (
    LONGEST,
    Meaning,
    TypedStage,
    following,
    meanings,
    names_in,
    stages_of,
    typed,
)
from explorer.training.config import TrainConfig
from explorer.training.presets import preset
from explorer.training.stages import Stage, StagesField

RESNET = explorer.network("resnet18")


def one(row: TypedStage, network: Network = RESNET) -> Meaning:
    return meanings((row,), network, 0.1, 5)[0]


def test_rows_and_stages_are_the_same_said_twice() -> None:
    stages = preset("fine-tune-3").config().stages
    assert stages_of(typed(stages)) == stages
    exact = (Stage("head", 0.123456789, 2), Stage("layer3.1+fc", 1e-6))
    assert stages_of(typed(exact)) == exact
    assert stages_of(()) == ()


def test_the_last_stage_has_the_rest_and_keeps_its_epochs_for_later() -> None:
    rows = (TypedStage("head", "1", 2), TypedStage("all", "0.1", 7))
    assert stages_of(rows) == (Stage("head", 1.0, 2), Stage("all", 0.1, 0))
    assert stages_of((*rows, TypedStage("all"))) == (
        Stage("head", 1.0, 2), Stage("all", 0.1, 7), Stage("all", 1.0, 0),
    )  # fmt: skip


@pytest.mark.parametrize("rate", ["", "fast", "nan", "inf", "1,000"])
def test_a_rate_that_is_no_number_makes_no_stages_and_differs_from_any_other(rate: str) -> None:
    found = stages_of((TypedStage("head", rate),))
    assert isinstance(found, Invalid)
    assert found != stages_of((TypedStage("all", rate),))
    assert one(TypedStage("head", rate)).wrong == "rate"


def test_each_row_says_its_epochs_parameters_and_rate() -> None:
    rows = typed(preset("fine-tune-3").config().stages)
    assert [meaning.words for meaning in meanings(rows, RESNET, 0.01, 10)] == [
        "epoch 1: the head, 513,000 parameters, learning rate 0.01",
        "epoch 2: the last 2 blocks, 8,906,728 parameters, learning rate 0.001",
        "epochs 3 to 10: the last 3 blocks, 11,006,440 parameters, learning rate 0.001",
    ]


@pytest.mark.parametrize(
    ("row", "wrong", "words"),
    [
        (TypedStage(" "), "trains", "Say what the stage trains"),
        (TypedStage("fc+"), "trains", "one + between"),
        (TypedStage("fc+layer9"), "trains", "ResNet-18 has no block called layer9."),
        (TypedStage("relu"), "trains", "No parameter would be trained"),
        (TypedStage("head", "0"), "rate", "The rate is 0; it must be a number"),
        (TypedStage("head", "2000"), "rate", "1000"),
    ],
)
def test_what_is_wrong_has_a_sentence(row: TypedStage, wrong: str, words: str) -> None:
    found = one(row)
    assert found.wrong == wrong
    assert words in found.words


def test_a_stage_behind_the_end_of_the_run_says_so_where_it_stands() -> None:
    rows = (TypedStage("head", "1", 5), TypedStage("all"))
    found = meanings(rows, RESNET, 0.1, 5)
    assert not found[0].wrong
    assert found[1].wrong == "epochs"
    assert "all of its 5 epochs" in found[1].words
    assert meanings((TypedStage("head", "1", 0), TypedStage("all")), RESNET, 0.1, 5)[0].wrong == "epochs"


@pytest.mark.parametrize("epochs", [0, 1, LONGEST, LONGEST + 1])
def test_the_limits_of_the_epochs_are_those_of_the_setting(epochs: int) -> None:
    refused = StagesField().problem((Stage("head", 1.0, epochs), Stage("all"))) is not None
    rows = (TypedStage("head", "1", epochs), TypedStage("all"))
    assert (meanings(rows, RESNET, 0.1, 10 * LONGEST)[0].wrong == "epochs") == refused


@pytest.mark.parametrize("rate", [FACTOR.minimum / 2, FACTOR.minimum, 1.0, FACTOR.maximum, FACTOR.maximum * 2])
def test_the_limits_of_the_rate_are_those_of_the_setting(rate: float) -> None:
    refused = StagesField().problem((Stage("head", rate),)) is not None
    assert bool(one(TypedStage("head", repr(rate))).wrong) == refused


def test_what_is_right_in_each_row_is_right_for_a_run() -> None:
    rows = (TypedStage(" layer4 + fc ", "×0.5", 1), TypedStage("design"))
    assert not any(meaning.wrong for meaning in meanings(rows, RESNET, 0.1, 2))
    stages = stages_of(rows)
    assert isinstance(stages, tuple)
    assert TrainConfig(epochs=2, stages=stages).stages[0] == Stage("layer4+fc", 0.5, 1)


def test_one_more_stage_is_what_people_do_next() -> None:
    rows: tuple[TypedStage, ...] = ()
    for _ in range(3):
        rows = (*rows, following(rows, RESNET))
    assert stages_of(rows) == preset("fine-tune-3").config().stages
    short = Network.of("Short", (8,), Chain(("hidden", Linear(4)), ("relu", ReLU()), ("fc", Linear(2))))
    assert following((TypedStage("last-2", "0.1"),), short) == TypedStage("all", "0.1")
    assert following((TypedStage("layer4", "0.3"),), RESNET) == TypedStage("all", "0.3")


def test_the_names_are_those_of_blocks_with_parameters() -> None:
    found = names_in(RESNET)
    assert found[:3] == ["conv1", "bn1", "layer1"]
    assert "layer4.1.conv2" in found
    assert "relu" not in found
    assert all(not one(TypedStage(name)).wrong for name in found[::7])
