"""The natural options: what they change, what they refuse, and that every network can be had for small images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import explorer
from explorer.core.block import Block
from explorer.core.network import Network
from explorer.core.storage import dumps, loads
from explorer.errors import EditError, ExplorerError, UnknownKeyError
from explorer.zoo.base import ZOO, Entry, Figure, Option, register, rounded
from tests.zoo.quick import FOR_SMALL_IMAGES, small

make: Callable[..., Network] = explorer.network
# what takes no images of the published size: with padding, multiples of 16 pixels; for small images, small ones alone
SHAPES = {("u_net", "same"): (1, 576, 576), ("yolo", "small"): (3, 32, 32)}


@pytest.mark.parametrize("key", list(ZOO))
def test_takes_other_images_and_classes(key: str) -> None:
    analysis = explorer.analyse(small(key, classes=5, channels=1))
    assert analysis.problems == ()
    assert analysis.output_shape == (5,) or ZOO[key].task != "classification"
    image = analysis.output_shape if key == "dcgan_generator" else analysis.network.input_shape
    assert image is not None
    assert set(image[1:]) <= {28, 32}


@pytest.mark.parametrize("key", [key for key in FOR_SMALL_IMAGES if key.startswith(("alexnet", "googlenet", "vgg"))])
def test_too_small_images_give_a_located_problem(key: str) -> None:
    analysis = explorer.analyse(explorer.network(key, input_shape=(1, 28, 28)))
    assert analysis.partial
    (problem,) = analysis.problems
    assert problem.path
    assert "Nothing would be left" in problem.message
    assert "larger image" in problem.remedy
    assert analysis.parameters > 0  # what comes before it keeps its numbers


@pytest.mark.parametrize(
    ("key", "option", "value"),
    [(entry.key, name, value) for entry in ZOO.values() for name, o in entry.options.items() for value in o.choices],
)
def test_every_choice_is_sound(key: str, option: str, value: str) -> None:
    assert explorer.analyse(make(key, input_shape=SHAPES.get((key, value)), **{option: value})).problems == ()


@pytest.mark.parametrize("key", list(ZOO))
def test_options_change_the_network_and_are_recorded(key: str) -> None:
    plain = explorer.network(key)
    for name, option in ZOO[key].options.items():
        other = next((choice for choice in option.choices if choice != option.default), _other(option))
        changed = make(key, **{name: other})
        assert changed.body != plain.body, name
        assert changed.provenance is not None
        assert dict(changed.provenance.options)[name] == other


def _other(option: Option) -> object:
    return not option.default if isinstance(option.default, bool) else 1 if option.default != 1 else 0.5


@pytest.mark.parametrize("key", list(ZOO))
def test_saved_and_read_again_is_equal(key: str) -> None:
    network = explorer.network(key)
    assert loads(dumps(network)) == network


def test_padding_makes_the_lenet_of_other_textbooks() -> None:
    assert explorer.analyse(explorer.network("lenet5", padding=2)).parameters == 61_706


@pytest.mark.parametrize(("head", "parameters"), [("small", 9_750_922), ("average", 9_225_610)])
def test_small_heads_of_vgg(head: str, parameters: int) -> None:
    # 9,220,480 in the convolutions of configuration A, and 512 x 512 + 512 twice, 512 x 10 + 10
    analysis = explorer.analyse(explorer.network("vgg11", input_shape=(3, 32, 32), classes=10, head=head))
    assert analysis.parameters == parameters


def test_residual_and_plain_differ_in_one_field() -> None:
    for residual, plain in (("resnet18", "plain18"), ("resnet20", "plain20")):
        ours, theirs = explorer.network(residual).body.slots, explorer.network(plain).body.slots
        different = [(one.block, other.block) for one, other in zip(ours, theirs, strict=True) if one != other]
        assert {one.type_name() for one, _ in different} == {"ResidualStage"}
        for one, other in different:
            assert _differing_fields(one, other) == {"residual"}


def _differing_fields(one: Block, other: Block) -> set[str]:
    return {name for name in one.fields() if getattr(one, name) != getattr(other, name)}


@pytest.mark.parametrize("key", ["resnet18", "resnet50", "resnet20"])
def test_shortcuts_in_order_of_their_cost(key: str) -> None:
    counts = [
        explorer.analyse(explorer.network(key, shortcut=kind)).parameters for kind in ("zero_pad", "auto", "projection")
    ]
    assert counts == sorted(set(counts))


def test_pre_activation_starts_and_ends_as_in_the_paper() -> None:
    network = explorer.network("resnet20", activation="pre")
    rows = [row for row in explorer.analyse(network).rows if row.type in {"Conv2d", "BatchNorm2d", "ReLU", "Add"}]
    paths = [".".join(row.path) for row in rows]
    # one activation between the first convolution and the split, one behind the last sum
    assert paths[:6] == ["conv1", "bn1", "relu", "layer1.0.conv1", "layer1.0.bn2", "layer1.0.relu2"]
    assert paths[-3:] == ["layer3.2.#0", "bn_last", "relu_last"]
    assert "layer1.1.bn1" in paths


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"stem": "9x9"}, "stem of ResNet-18 is one of 7x7, 3x3, not '9x9'."),
        ({"depth": 3}, "ResNet-18 has no option 'depth'. Its options: shortcut, activation, stem."),
        ({"classes": 0}, "ResNet-18 cannot tell 0 classes apart; give a whole number from 1."),
        ({"classes": True}, "ResNet-18 cannot tell True classes apart; give a whole number from 1."),
        ({"input_shape": 224}, "224 is no input shape for ResNet-18; give whole numbers, as (3, 224, 224)."),
        (
            {"input_shape": (3, "a", 2)},
            "(3, 'a', 2) is no input shape for ResNet-18; give whole numbers, as (3, 224, 224).",
        ),
        (
            {"input_shape": (3, 2.5, 2)},
            "(3, 2.5, 2) is no input shape for ResNet-18; give whole numbers, as (3, 224, 224).",
        ),
    ],
)
def test_refusals_are_sentences(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EditError) as caught:
        explorer.network("resnet18", **arguments)
    assert str(caught.value) == sentence


def test_an_unknown_network_names_the_nearest() -> None:
    with pytest.raises(UnknownKeyError, match="resnet18") as caught:
        explorer.network("resnet81")
    assert isinstance(caught.value, ExplorerError)


def test_a_shape_may_be_any_sequence_of_whole_numbers() -> None:
    shape = explorer.network("lenet5", input_shape=[np.int64(1), 32, 32]).input_shape  # type: ignore[arg-type]
    assert shape == (1, 32, 32)
    assert {type(extent) for extent in shape} == {int}


@pytest.mark.parametrize("shape", [(), (0, 28, 28), (1, -5, 28), (3, 100_000, 3), (28, 28), (1, 2, 3, 4, 5)])
def test_impossible_shapes_are_problems(shape: tuple[int, ...]) -> None:
    assert explorer.analyse(explorer.network("lenet5", input_shape=shape)).problems


def test_a_number_out_of_range_is_a_located_problem() -> None:
    (problem,) = explorer.analyse(explorer.network("nin", dropout=7)).problems[:1]
    assert problem.path == ("dropout1",)
    assert problem.field == "p"


def test_whole_numbers_do_for_fractions_and_words_do_not() -> None:
    assert explorer.network("nin", dropout=0) == explorer.network("nin", dropout=0.0)
    with pytest.raises(EditError, match="type float"):
        explorer.network("nin", dropout="much")
    with pytest.raises(EditError, match="type bool"):
        explorer.network("vgg11", ceil_mode=1)


def test_an_entry_whose_options_its_builder_does_not_take_is_refused() -> None:
    entry = ZOO["nin"]
    for options in ({}, {**entry.options, "depth": Option(3, "")}):
        with pytest.raises(EditError, match="builder of 'other'"):
            register(_renamed(entry, options))
    assert "other" not in ZOO


def _renamed(entry: Entry, options: dict[str, Option]) -> Entry:
    return Entry(
        key="other",
        title=entry.title,
        family=entry.family,
        year=entry.year,
        paper=entry.paper,
        summary=entry.summary,
        input_shape=entry.input_shape,
        classes=entry.classes,
        parameters=entry.parameters,
        macs=entry.macs,
        build=entry.build,
        options=options,
    )


def test_entries_are_complete() -> None:
    titles = [entry.title for entry in ZOO.values()]
    assert len(titles) == len(set(titles))
    for entry in ZOO.values():
        assert all((entry.family, entry.paper, entry.summary)), entry.key
        assert str(entry.year) in entry.paper or entry.key == "resnet18_gray", entry.key
        assert all(option.help for option in entry.options.values()), entry.key


@pytest.mark.parametrize(
    ("text", "met", "missed"),
    [("0.27 M", 269_722, 275_001), ("1.814 G", 1_814_073_344, 1_815_000_000), ("19.4 M", 19_421_274, 19_321_274)],
)
def test_rounded_figures_are_met_by_what_rounds_to_them(text: str, met: int, missed: int) -> None:
    figure = rounded(text, "a paper")
    assert figure.met_by(met)
    assert not figure.met_by(missed)
    assert str(figure) == text


def test_exact_figures_are_met_by_themselves_alone() -> None:
    figure = Figure(44_426)
    assert [figure.met_by(number) for number in (44_425, 44_426, 44_427)] == [False, True, False]
    assert str(figure) == "44,426"
