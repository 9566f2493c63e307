"""Blocks of one's own: parameters that stand for fields inside, keys that say what they are, edits that keep names."""

from __future__ import annotations

import dataclasses
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.blocks.activation import ReLU, Softmax
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout2d
from explorer.blocks.pool import AdaptiveAvgPool2d, MaxPool2d
from explorer.core.analysis import analyse
from explorer.core.block import BLOCKS, Block
from explorer.core.compose import Add, Chain, Concat, Recall, Repeat, Tap, numbered
from explorer.core.definition import Definition, Parameter, Target, inside
from explorer.core.fields import IntField, Invalid, SizeField, TextField
from explorer.core.network import Network
from explorer.core.user_block import block_class, carried_over, user_blocks_in, with_kind
from explorer.errors import EditError
from tests.contract.strategies import examples, networks
from tests.contract.strategies import paths as editable_paths
from tests.core.looking import check_sentence, frozen_keys, keys
from tests.core.user_blocks import BIAS, BODY, MINE, OUTER, TWICE, WIDTH, packed

CONV = Conv2d(8, 3, padding=1)


def test_a_parameter_sets_every_field_it_stands_for() -> None:
    body = MINE(12, False).body((3, 8, 8))
    assert body.slots[0].block == Conv2d(12, 3, padding=1, bias=False)
    assert body.slots[3].block == Add(Chain(("conv2", Conv2d(12, 3, padding=1))), Chain())
    assert MINE().body((3, 8, 8)) == BODY


def test_its_fields_are_like_any_blocks() -> None:
    fields = MINE.fields()
    assert list(fields) == ["width", "bias"]
    assert isinstance(fields["width"], IntField)
    assert (fields["width"].label, fields["width"].help) == ("width", "its channels")
    assert fields["bias"].help == Conv2d.fields()["bias"].help
    assert dataclasses.replace(MINE(), width=4) == MINE(4)  # type: ignore[type-var]
    assert MINE(4.0) == MINE(4)
    assert isinstance(MINE("wide").width, Invalid)  # type: ignore[attr-defined]
    assert MINE(0).field_problems()[0][0] == "width"
    assert MINE(4).describe() == "width 4, bias on"


def test_limits_are_those_that_all_fields_take() -> None:
    body = Chain(("conv", Conv2d(8, 3)), ("pool", MaxPool2d(2)), ("cells", AdaptiveAvgPool2d(3)))
    both = Parameter("size", (Target(("conv",), "stride"), Target(("pool",), "padding")), 1)
    field = block_class(Definition("a", body, (both,))).fields()["size"]
    limits = [Conv2d.fields()["stride"], MaxPool2d.fields()["padding"]]
    assert isinstance(field, SizeField)
    assert field.minimum == max(limit.minimum for limit in limits if isinstance(limit, SizeField))
    assert field.maximum == min(limit.maximum for limit in limits if isinstance(limit, SizeField))


def test_equal_definitions_are_one_kind() -> None:
    again = Definition("My Block", Chain(*BODY.slots), (WIDTH, BIAS), "Two convolutions.", "convolution")
    assert block_class(again) is MINE
    assert MINE.key().startswith("user:My Block@")
    for other in (
        dataclasses.replace(TWICE, name="Other"),
        dataclasses.replace(TWICE, parameters=(WIDTH,)),
        dataclasses.replace(TWICE, body=Chain(*BODY.slots[:3], ("conv2", CONV))),
    ):
        assert block_class(other).key() != MINE.key()
        assert block_class(other)() != MINE()


def test_equal_blocks_share_what_is_counted() -> None:
    assert MINE(5).body((3, 8, 8)) is MINE(5).body((1, 4, 4))


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("My Block", "my_block"),
        ("SEBlock", "seblock"),
        ("Stage 2", "stage_2_"),
        ("Üß", "block"),
        ("train", "block"),
        ("+", "block"),
    ],
)
def test_slots_are_named_after_it(name: str, slot: str) -> None:
    network, path = Network.of("n", (8, 4, 4), Chain()).insert(block_class(Definition(name, BODY))())
    assert path == (f"{slot}1",)
    assert not analyse(network).problems


RELU_BODY = Chain(("relu", ReLU()), ("drop", Dropout2d(0.5)), ("tap", Tap("x")))
BAD: dict[str, tuple[Definition, str]] = {
    "no name": (Definition("", BODY), "name of 1 to 60"),
    "a long name": (Definition("x" * 61, BODY), "name of 1 to 60"),
    "spaces around": (Definition(" a", BODY), "spaces around"),
    "a line": (Definition("a\nb", BODY), "cannot be seen"),
    "an at": (Definition("a@b", BODY), "an @"),
    "a long description": (Definition("a", BODY, summary="x" * 201), "longer than 200"),
    "no category": (Definition("a", BODY, category="red"), "must be one of convolution"),  # type: ignore[arg-type]
    "nothing inside": (Definition("a", Chain()), "at least one block"),
    "too much inside": (Definition("a", Chain(("many", numbered(1_000_000, ReLU())))), "more than 20,000"),
    "a parameter twice": (Definition("a", BODY, (WIDTH, WIDTH)), "Two parameters are called 'width'"),
    "a field twice": (
        Definition("a", BODY, (BIAS, dataclasses.replace(BIAS, name="b"))),
        "Two parameters set 'bias' of 'conv'",
    ),
    "no field": (Definition("a", BODY, (Parameter("p", (), 1),)), "stands for no field"),
    "no such block": (
        Definition("a", BODY, (Parameter("p", (Target(("x",), "bias"),), 1),)),
        "'bias' of 'x', which is not",
    ),
    "no such field": (Definition("a", BODY, (Parameter("p", (Target(("bn",), "bias"),), 1),)), "which is not there"),
    "kinds that differ": (
        Definition("a", RELU_BODY, (Parameter("p", (Target(("drop",), "p"), Target(("tap",), "name")), 1),)),
        "share no value",
    ),
    **{
        f"the parameter name {name!r}": (
            Definition("a", BODY, (dataclasses.replace(BIAS, name=name),)),
            "parameter name",
        )
        for name in ("", "2a", "a b", "class", "type", "body", "_x", "definition", "x" * 65, "fields")
    },
    "many parameters": (
        Definition("a", BODY, tuple(dataclasses.replace(BIAS, name=f"p{n}") for n in range(65))),
        "at most 64 parameters",
    ),
}


@pytest.mark.parametrize(("definition", "words"), BAD.values(), ids=list(BAD))
def test_a_bad_definition_says_why(definition: Definition, words: str) -> None:
    with pytest.raises(EditError, match=words) as refused:
        block_class(definition)
    check_sentence(refused.value)


def test_a_parameter_reaches_every_copy_of_a_repeat() -> None:
    body = Chain(Repeat(("a", "b"), Chain(("conv", CONV))), Concat(Chain(("c", CONV)), Chain(), dim=1))
    assert list(inside(body))[:3] == [("#0",), ("a",), ("a", "conv")]
    parameter = Parameter("k", (Target(("a", "conv"), "out_channels"), Target(("c",), "out_channels")), 8)
    kind = block_class(Definition("a", body, (parameter,)))
    network = Network.of("n", (3, 8, 8), Chain(("mine", kind(4))))
    assert keys(analyse(network)) == {
        ("mine", "a", "conv"): 3 * 4 * 9 + 4,
        ("mine", "b", "conv"): 4 * 4 * 9 + 4,
        ("mine", "c"): 4 * 4 * 9 + 4,
    }


def test_taps_are_its_own() -> None:
    tapping = block_class(Definition("t", Chain(("tap", Tap("x")), ("relu", ReLU()))))
    recalling = block_class(Definition("r", Chain(("recall", Recall("x", "add")))))
    whole = block_class(Definition("w", Chain(("tap", Tap("x")), ("relu", ReLU()), ("recall", Recall("x", "add")))))
    network = Network.of("n", (3, 8, 8), Chain(("t", tapping()), ("r", recalling())))
    assert [problem.path for problem in analyse(network).problems] == [("r", "recall")]
    assert not analyse(Network.of("n", (3, 8, 8), Chain(("w", whole())))).problems


def test_problems_inside_are_located() -> None:
    body = Chain(("flat", Softmax()), ("conv", Conv2d(0)))
    network = Network.of("n", (3, 8, 8), Chain(("mine", block_class(Definition("a", body))())))
    assert [problem.path for problem in analyse(network).problems] == [("mine", "conv")]


def test_packing_and_unpacking_keep_numbers_and_keys() -> None:
    network = explorer.network("resnet18").freeze(("conv1",)).freeze(("layer1", "0"))
    stem = block_class(Definition("Stem", Chain(*network.body.slots[:3])))
    one, path = network.pack([("conv1",), ("bn1",), ("relu",)], stem())
    assert path == ("stem1",)
    assert one.frozen == {("stem1", "conv1"), ("layer1", "0")}
    before, after = analyse(network), analyse(one)
    assert (after.parameters, after.macs, after.memory()) == (before.parameters, before.macs, before.memory())
    assert {key[1:] if key[0] == "stem1" else key: n for key, n in keys(after).items()} == keys(before)
    assert keys(analyse(one.unpack(path))) == keys(after)
    two, inner = network.pack([("layer2",)], block_class(Definition("S", Chain(network.body.slots[5])))(), "stage")
    assert inner == ("stage",)
    assert two.slot(inner).name == "stage"


def test_packing_is_refused_with_a_sentence() -> None:
    network = explorer.network("resnet18")
    block = MINE()
    many = Network.of("n", (8, 8, 8), Chain(Repeat(("a", "b"), CONV)))
    for found, paths, words in (
        (network, [("conv1",), ("relu",)], "not neighbours"),
        (network, [], "Select one or more"),
        (network, [("layer1", "0", "conv1")], "unpack it"),
        (many, [("a",)], "unpack the repeat"),
    ):
        with pytest.raises(EditError, match=words) as refused:
            found.pack(paths, block)
        check_sentence(refused.value)
    with pytest.raises(EditError, match="taken"):
        network.pack([("conv1",)], block, "bn1")
    with pytest.raises(EditError, match="not one to 64"):
        network.pack([("conv1",)], block, "a b")


def test_a_recall_never_finds_another_tap() -> None:
    parts = (("tap1", Tap("x")), ("pool", MaxPool2d(2)), ("tap2", Tap("x")), ("recall", Recall("x", "replace")))
    network = Network.of("n", (3, 8, 8), Chain(*parts))
    with pytest.raises(EditError, match="tap 'x' would be hidden") as refused:
        network.pack([("pool",), ("tap2",)], block_class(Definition("a", Chain(*network.body.slots[1:3])))())
    check_sentence(refused.value)
    result, _ = network.pack([("tap2",), ("recall",)], block_class(Definition("a", Chain(*network.body.slots[2:])))())
    assert analyse(result).output_shape == analyse(network).output_shape


@examples(60, 2_000)
def test_packing_any_neighbours_keeps_every_number(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        paths = [path for path in editable_paths(network) if len(path) == 1 and not path[0].startswith("#")]
        for frozen in data.draw(st.lists(st.sampled_from(paths), max_size=2)) if paths else []:
            network = network.freeze(frozen)
        result, path, _ = data.draw(packed(network))
        before, after = analyse(network), analyse(result)
        assert (after.parameters, after.macs, after.outputs) == (before.parameters, before.macs, before.outputs)
        assert (after.trainable_parameters, after.memory()) == (before.trainable_parameters, before.memory())
        depth = len(path)
        found = {(*key[: depth - 1], *key[depth:]) if key[:depth] == path else key: n for key, n in keys(after).items()}
        assert found == keys(before)
        assert keys(analyse(result.unpack(path))) == keys(after)
        assert frozen_keys(analyse(result.unpack(path))) == frozen_keys(after)

    holds()


def test_another_kind_takes_the_values_it_has() -> None:
    wider = dataclasses.replace(TWICE, parameters=(WIDTH, Parameter("p", (Target(("bn",), "affine"),), False)))
    new = block_class(wider)
    assert carried_over(MINE(20, False), new) == new(20, False)
    assert carried_over(MINE(0), new) == new()
    body = Chain(("a", MINE(3)), Repeat(("b", "c"), Chain(("d", MINE(4)))), ("e", ReLU()))
    changed = with_kind(body, MINE, new)
    assert changed == Chain(("a", new(3)), Repeat(("b", "c"), Chain(("d", new(4)))), ("e", ReLU()))
    assert with_kind(body, new, MINE) is body


def test_all_kinds_that_are_needed_are_found() -> None:
    body = Chain(("a", ReLU()), Repeat(("b", "c"), Chain(("d", OUTER()))))
    assert set(user_blocks_in([body])) == {OUTER.key(), MINE.key()}
    assert user_blocks_in([explorer.network("resnet18").body]) == {}


def doubled(levels: int, block: Block) -> Block:
    """Blocks of one's own that hold ten of the level below each."""
    for level in range(levels):
        block = block_class(Definition(f"level {level}", Chain(*((f"b{n}", block) for n in range(10)))))()
    return block


@pytest.mark.parametrize("levels", [12, 40])
def test_what_blows_up_is_a_problem_in_bounded_time(levels: int) -> None:
    start = time.process_time()
    network = Network.of("n", (3, 8, 8), Chain(("many", doubled(levels, ReLU()))))
    analysis = analyse(network)
    assert any("more than 20,000 blocks" in p.message or "nested more than 32" in p.message for p in analysis.problems)
    assert analysis.partial
    analysis.memory()
    assert time.process_time() - start < 30.0


def test_text_can_be_a_parameter() -> None:
    body = Chain(("tap", Tap("x")), ("relu", ReLU()), ("recall", Recall("x", "add")))
    name = Parameter("tap", (Target(("tap",), "name"), Target(("recall",), "name")), "x")
    merge = Parameter("merge", (Target(("recall",), "merge"),), "add")
    kind = block_class(Definition("skip", body, (name, merge)))
    assert isinstance(kind.fields()["tap"], TextField)
    for block in (kind("other"), kind("y", "concat")):
        assert not analyse(Network.of("n", (3, 8, 8), Chain(("mine", block)))).problems


def test_it_is_in_no_registry() -> None:
    assert MINE.key() not in BLOCKS
    assert MINE.group == "user"
