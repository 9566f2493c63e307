"""A block in the making, without a window: its body, the names of its parameters, and whether it fits."""

from __future__ import annotations

import pytest

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.core.analysis import analyse
from explorer.core.compose import Add, Chain, Recall, Repeat, Tap
from explorer.core.definition import Definition, Target
from explorer.core.network import Network
from explorer.core.user_block import block_class
from explorer.errors import EditError
from explorer.gui.library.block_draft import Exposed, Source, define, differing, proposed_name

RESNET = explorer.network("resnet18")


def test_the_selection_in_its_order_is_the_body() -> None:
    source = Source.of(RESNET, (("relu",), ("conv1",), ("bn1",)))
    assert source.paths == (("conv1",), ("bn1",), ("relu",))
    assert [slot.name for slot in source.body.slots] == ["conv1", "bn1", "relu"]
    assert source.category == "convolution"
    assert [path for path, _ in source.fields()] == [("conv1",), ("bn1",)]


def test_all_copies_of_a_repeat_are_the_repeat() -> None:
    network = Network.of("n", (3, 8, 8), Chain(Repeat(("a", "b"), Conv2d(3, 1)), ("relu", ReLU())))
    assert Source.of(network, (("a",), ("b",))).body.slots[0].block == Repeat(("a", "b"), Conv2d(3, 1))
    with pytest.raises(EditError, match="unpack the repeat"):
        Source.of(network, (("a",),))


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        ((), "Select one or more"),
        ((("conv1",), ("relu",)), "not neighbours"),
        ((("layer1", "0", "conv1"),), "unpack it"),
        ((("conv1",), ("layer1", "0")), "unpack it"),
    ],
)
def test_what_cannot_be_a_block_is_said(selection: tuple[tuple[str, ...], ...], words: str) -> None:
    with pytest.raises(EditError, match=words):
        Source.of(RESNET, selection)


def test_fields_of_one_name_are_one_parameter() -> None:
    source = Source.of(RESNET, (("conv1",), ("bn1",)))
    exposed = [
        Exposed(Target(("conv1",), "stride"), 2, "step"),
        Exposed(Target(("conv1",), "padding"), 3, "step"),
        Exposed(Target(("bn1",), "eps"), 1e-5, "eps"),
    ]
    definition = define("Stem", "", "convolution", source.body, exposed)
    assert definition.problem() is None
    assert [(parameter.name, len(parameter.targets)) for parameter in definition.parameters] == [
        ("step", 2),
        ("eps", 1),
    ]
    assert differing(exposed) == ["step"]
    assert block_class(definition)().step == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("target", "taken", "name"),
    [
        (Target(("conv1",), "stride"), [], "stride"),
        (Target(("conv1",), "stride"), ["stride"], "conv1_stride"),
        (Target(("layer", "0"), "stride"), ["stride"], "block_0_stride"),
        (Target(("#2",), "dim"), ["dim"], "block_2_dim"),
        (Target(("conv1",), "stride"), ["stride", "conv1_stride"], "conv1_stride_2"),
        (Target(("tap",), "name"), [], "tap_name"),
    ],
)
def test_proposed_names(target: Target, taken: list[str], name: str) -> None:
    assert proposed_name(target, taken) == name


def test_a_tap_that_is_recalled_outside_stays_outside() -> None:
    body = Chain(("tap", Tap("x")), ("conv", Conv2d(3, 1)), ("recall", Recall("x", "add")))
    network = Network.of("n", (3, 8, 8), body)
    for selection, words in (((("tap",),), "hidden from its Recall"), ((("conv",), ("recall",)), "would break")):
        source = Source.of(network, selection)
        with pytest.raises(EditError, match=words):
            source.packed(Definition("a", source.body))
    whole = Source.of(network, (("tap",), ("conv",), ("recall",)))
    assert not analyse(whole.packed(Definition("a", whole.body))[0]).problems


def test_a_whole_branch_can_be_a_block() -> None:
    network = Network.of("n", (3, 8, 8), Chain(Add(Chain(("conv", Conv2d(3, 1))), Chain())))
    result, path = Source.of(network, (("conv",),)).packed(Definition("a", Chain(("conv", Conv2d(3, 1)))))
    assert path == ("a1",)
    assert analyse(result).parameters == analyse(network).parameters
