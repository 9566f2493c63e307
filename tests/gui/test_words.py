"""Figures, matches, tables and badges as a person reads them; none of it needs a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool
from explorer.blocks.regnet import RegNetBlock
from explorer.blocks.residual import BasicBlock, Bottleneck, ResidualStage
from explorer.core.compose import Chain, Output
from explorer.core.network import Input, Network
from explorer.errors import EditError
from explorer.gui import figures, table_text
from explorer.gui.editing.starters import fitted
from explorer.gui.inspector.formula import parameter_formula
from explorer.gui.inspector.provenance import badge
from explorer.gui.search.subsequence import cost, match
from explorer.remedies.classes import with_classes
from explorer.training.estimate import training_memory
from explorer.zoo.base import ZOO
from explorer.zoo.claims import claims


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"), (999, "999"), (1000, "1.00 k"), (9_994, "9.99 k"), (9_996, "10.0 k"), (615_000, "615 k"),
        (999_900, "1.00 M"), (3_670_000, "3.67 M"), (11_514_000_000, "11.5 G"), (None, "—"),
    ],
)  # fmt: skip
def test_short_figures(number: int | None, words: str) -> None:
    assert figures.short(number) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.2834, "0.283"), (2.3, "2.30"), (99.94, "99.9"), (99.97, "100"), (702.2, "702"), (1466.4, "1,466"),
        (999_999.7, "1e+06"), (1.5e22, "1.5e+22"), (None, "—"),
    ],
)  # fmt: skip
def test_losses_have_three_digits_until_they_are_large(value: float | None, words: str) -> None:
    assert figures.loss(value) == words


@pytest.mark.parametrize(
    ("number", "words"), [(512, "512 B"), (3_136, "3.14 kB"), (49_152, "49.2 kB"), (11_400_000_000, "11.4 GB")]
)
def test_bytes(number: int, words: str) -> None:
    assert figures.data(number) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (1, 1, "100 %"),
        (3, 4, "75 %"),
        (19, 1000, "1.9 %"),
        (3, 10_000, "0.03 %"),
        (1, 10**6, "<0.01 %"),
        (0, 5, ""),
        (0, 0, ""),
    ],
)
def test_shares(part: int, whole: int, words: str) -> None:
    assert figures.share(part, whole) == words


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (Conv2d(8, 7, stride=2), "7 × 7 / 2"),
        (Conv2d(8, (3, 1), stride=(2, 1)), "3 × 1 / 2×1"),
        (Conv2d(8, "wide"), ""),  # type: ignore[arg-type]
        (BasicBlock(64, 2), "/ 2"),
        (BasicBlock(64), ""),
    ],
    ids=str,
)
def test_windows(block: Conv2d | BasicBlock, words: str) -> None:
    assert figures.window(block) == words


def test_receptive_fields() -> None:
    analysis = explorer.analyse(explorer.network("resnet18"))
    layer2, fc = analysis.row(("layer2",)), analysis.row(("fc",))
    assert layer2 is not None
    assert fc is not None
    assert figures.receptive_field(layer2) == "99"
    assert figures.receptive_field(layer2, long=True) == "99 × 99, stride 8"
    assert figures.receptive_field(fc, long=True) == "whole image"


@pytest.mark.parametrize(
    ("pattern", "text", "positions"),
    [
        ("", "Conv2d", ()),
        ("cv", "Conv2d", (0, 3)),
        ("bb", "BasicBlock", (0, 5)),
        ("block", "BasicBlock", (5, 6, 7, 8, 9)),
        ("res 18", "ResNet-18", (0, 1, 2, 7, 8)),
        ("x", "Conv2d", None),
        ("dvnoc", "Conv2d", None),
    ],
)
def test_matches(pattern: str, text: str, positions: tuple[int, ...] | None) -> None:
    assert match(pattern, text) == positions


def test_the_tighter_match_is_nearer() -> None:
    assert cost("conv", "Conv2d") < cost("conv", "ConvTranspose2d") < cost("conv", "MyConvBlock")
    assert cost("x", "Conv2d") == float("inf")


def test_tables() -> None:
    header, rows = ["a", "b"], [["1", "x,y"], ["10", "p|q"]]
    assert table_text.as_text(header, rows) == "a   b\n1   x,y\n10  p|q\n"
    assert table_text.as_csv(header, rows) == 'a,b\n1,"x,y"\n10,p|q\n'
    assert table_text.as_markdown(header, rows) == "| a | b |\n| --- | --- |\n| 1 | x,y |\n| 10 | p\\|q |\n"


def test_memory_to_train() -> None:
    analysis = explorer.analyse(explorer.network("lenet5"))
    kept, weights = analysis.memory(), 4 * analysis.parameters
    assert training_memory(analysis, 32, "sgd", 0.0) == 2 * weights + kept.of_batch(32)
    assert training_memory(analysis, 32, "sgd", 0.9) == 3 * weights + kept.of_batch(32)
    assert training_memory(analysis, 32, "adam", 0.9) == 4 * weights + kept.of_batch(32)


def test_formulas() -> None:
    analysis = explorer.analyse(explorer.network("resnet18"))
    conv, relu = analysis.row(("conv1",)), analysis.row(("relu",))
    assert conv is not None
    assert relu is not None
    assert parameter_formula(conv) == ("7 · 7 · 3 · 64", "= 9,408")
    assert parameter_formula(relu) == ()
    assert analysis.root is not None
    assert parameter_formula(analysis.root)[-1] == "= 11,689,512"


def test_new_blocks_keep_the_channels_that_arrive() -> None:
    assert fitted(BasicBlock(), (128, 7, 7)) == BasicBlock(128)
    assert fitted(Bottleneck(), (128, 7, 7)) == Bottleneck(128, 32)
    assert fitted(BasicBlock(), (10,)) == BasicBlock()
    assert fitted(Conv2d(), (128, 7, 7)) == Conv2d()


@pytest.mark.parametrize("key", [entry.key for entry in explorer.networks()])
def test_every_network_of_the_zoo_shows_its_figure(key: str) -> None:
    found = badge(explorer.analyse(explorer.network(key)))
    assert found is not None
    assert found.met or "No published count" in found.note
    assert "Changed" not in found.note
    assert found.summary.endswith(".")
    assert found.paper.endswith(".")


def test_a_name_and_notes_leave_a_badge_as_it_is() -> None:
    network = explorer.network("squeezenet1_1").unpack(("features", "3"))
    before = badge(explorer.analyse(network))
    noted = network.annotate(("features", "3", "squeeze"), "thin").annotate(("flatten",), "flat")
    assert noted.body != network.body
    assert badge(explorer.analyse(replace(noted, name="Mine"))) == before
    whole = explorer.network("squeezenet1_1").annotate(("features",), "all of them")
    found = badge(explorer.analyse(whole))
    assert found is not None
    assert found.met
    assert found.note == ""


def test_notes_deep_inside_change_nothing_and_a_field_there_does() -> None:
    network = explorer.network("regnet_y_400mf")  # chains in chains, with repeats
    deep = next(row.path for row in explorer.analyse(network).rows if len(row.path) == 3)
    noted = badge(explorer.analyse(network.annotate(deep, "look")))
    assert noted is not None
    assert noted.met
    block = network.block(deep)
    assert isinstance(block, RegNetBlock)
    for edited in (network.enable(deep, False), network.replace(deep, replace(block, stride=1))):
        found = badge(explorer.analyse(edited))
        assert found is not None
        assert found.note == "Changed since: 1 block changed."


def test_an_edit_and_its_undoing_change_the_badge() -> None:
    network = explorer.network("resnet50")
    stage = network.block(("layer1",))
    assert isinstance(stage, ResidualStage)
    edited = network.replace(("layer1",), replace(stage, stride=2))
    for one, is_met in ((network, True), (edited, False), (edited.replace(("layer1",), replace(stage)), True)):
        found = badge(explorer.analyse(one))
        assert found is not None
        assert (found.met, found.text == "changed since") == (is_met, not is_met)


@pytest.mark.parametrize("key", list(ZOO))
def test_every_network_of_the_zoo_wears_its_badge_until_it_is_edited(key: str) -> None:
    network = explorer.network(key)
    last = next(slot.name for slot in reversed(network.body.slots) if slot.name)
    for one, is_edited in ((network, False), (network.enable((last,), False), True)):
        found = badge(explorer.analyse(one))
        assert found is not None
        assert (found.text == "changed since") == is_edited
        assert found.met == (bool(claims(ZOO[key])) and not is_edited)


def test_another_task_or_input_changes_the_badge() -> None:
    network = explorer.network("resnet18")
    mask = Input("mask", (3, 4, 4), optional=True)
    for edited, words in (
        (replace(network, task="detection"), "its task detection"),
        (replace(network, inputs=(*network.inputs, mask)), "2 inputs"),
    ):
        found = badge(explorer.analyse(edited))
        assert found is not None
        assert found.note == f"Changed since: {words}."


@pytest.mark.parametrize("key", [key for key in ZOO if ZOO[key].task == "classification"])
def test_every_classifier_of_the_zoo_takes_other_classes(key: str) -> None:
    edited = with_classes(explorer.network(key), 7)
    assert explorer.analyse(edited).output_shape == (7,)


@pytest.mark.parametrize("unnamed", [False, True])
def test_auxiliary_classifiers_take_the_classes_too(unnamed: bool) -> None:
    head = Chain(("pool", GlobalAvgPool()), ("fc1", Linear(10)))
    network = Network.of(
        "heads",
        (3, 8, 8),
        Chain(
            ("conv", Conv2d(10, 1)),
            ("" if unnamed else "aux", Output("aux", head)),
            ("other", Output("other", Chain(("angle", GlobalAvgPool())), weight=0.0)),
            ("fixed", Output("fixed", Chain(("mean", GlobalAvgPool())))),
            ("last", GlobalAvgPool()),
            ("fc", Linear(10)),
        ),
    )
    edited = with_classes(network, 7)
    # the trunk stays as it is, whatever an output without a layer of its own would need
    expected = {"output": (7,), "aux": (7,), "other": (10,), "fixed": (10,)}
    assert explorer.analyse(edited).outputs == expected
    assert edited.block(("conv",)) == network.block(("conv",))
    assert with_classes(edited, 10) == network


def test_a_network_without_classes_refuses_them() -> None:
    with pytest.raises(EditError, match="Linear"):
        with_classes(explorer.network("lenet5").remove([]).with_body(explorer.network("lenet5").body.with_slots(())), 7)


def test_what_has_changed_is_named() -> None:
    network = explorer.network("resnet18", input_shape=(1, 28, 28), classes=10, activation="pre")
    found = badge(explorer.analyse(network))
    assert found is not None
    assert not found.met
    assert found.note == "Changed since: 1 input channel, 28 × 28 pixels, 10 classes, activation pre."
    edited, _ = network.insert(BasicBlock(), ("layer1",))
    found = badge(explorer.analyse(edited.remove([("relu",)])))
    assert found is not None
    assert found.note.endswith("activation pre, 1 block added, 1 block removed.")
