"""Queries over the rows of an analysis, held against what one finds by asking the blocks themselves."""

from __future__ import annotations

import dataclasses

import pytest

import explorer
from explorer.core.analysis import Analysis, Row, analyse
from explorer.gui.search.query import found_paths, found_rows
from explorer.gui.search.reading import read


@pytest.fixture(scope="module")
def resnet() -> Analysis:
    network = explorer.network("resnet50")
    network = network.annotate(("layer1",), "Compare with the PAPER").enable(("relu",), False)
    return analyse(network.freeze(("conv1",), True))


def names(analysis: Analysis, text: str) -> list[str]:
    query = read(text)
    assert query.problem == ""
    return [".".join(path) for path in found_paths(analysis, query)]


def wanted(analysis: Analysis, condition: object) -> list[str]:
    assert callable(condition)
    return [".".join(row.path) for row in analysis.rows if condition(row)]


def setting(row: Row, name: str) -> object:
    return getattr(row.block, name, None)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("conv", lambda row: "conv" in row.type.lower() or "conv" in row.name),
        ("CONV2D", lambda row: row.type == "Conv2d"),
        ("type=Conv2d", lambda row: row.type == "Conv2d"),
        ("type != conv2d", lambda row: row.type != "Conv2d"),
        ("name=0", lambda row: row.name == "0"),
        ("kernel=7", lambda row: setting(row, "kernel_size") == 7),
        ("kernel_size==1", lambda row: setting(row, "kernel_size") == 1),
        ("kernel=3x3", lambda row: setting(row, "kernel_size") == 3),
        ("stride=2", lambda row: setting(row, "stride") == 2),
        ("out_channels >= 512", lambda row: (setting(row, "out_channels") or 0) >= 512),  # type: ignore[operator]
        ("bias=false", lambda row: setting(row, "bias") is False),
        ("params>1M", lambda row: (row.parameters or 0) > 1_000_000),
        ("params > 2.5k conv", lambda row: (row.parameters or 0) > 2500 and "conv" in (row.type + row.name).lower()),
        ("macs<=0.2G macs>100M", lambda row: 100_000_000 < (row.macs or 0) <= 200_000_000),
        ("256x56x56", lambda row: row.output_shape == (256, 56, 56)),
        ("64 x 56", lambda row: (row.output_shape or ())[:2] == (64, 56)),
        ("56 × 56", lambda row: (row.output_shape or ())[1:] == (56, 56)),
        ("input=3x224x224", lambda row: row.input_shape == (3, 224, 224)),
        ("field>=400", lambda row: row.receptive_field is not None and max(row.receptive_field) >= 400),
        ("frozen", lambda row: row.path[0] == "conv1"),
        ("off", lambda row: row.path == ("relu",)),
        ("note", lambda row: row.path == ("layer1",)),
        ("note=paper", lambda row: row.path == ("layer1",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "condition",
)
def test_a_query_finds_what_a_loop_finds(resnet: Analysis, text: str, condition: object) -> None:
    found = names(resnet, text)
    assert found == wanted(resnet, condition)
    assert found, "a test that finds nothing shows nothing"


def test_an_address_means_the_block_and_not_what_is_in_it(resnet: Analysis) -> None:
    assert names(resnet, "layer2.0") == ["layer2.0"]
    assert names(resnet, "yer2.0.conv1") == ["layer2.0.conv1"]
    assert names(resnet, "ayer2.0.down") == ["layer2.0.downsample"]
    assert "layer2.0.downsample.0" in names(resnet, "downsample.0")


def test_a_pair_and_a_list_are_met_by_one_of_their_numbers() -> None:
    from explorer.blocks.conv import Conv2d
    from explorer.core.compose import Chain, Slot
    from explorer.core.network import Network

    body = Chain(Slot("wide", Conv2d(8, kernel_size=(1, 7))), Slot("square", Conv2d(8, kernel_size=3)))
    analysis = analyse(Network.of("pairs", (3, 32, 32), body))
    assert names(analysis, "kernel=7") == ["wide"]
    assert names(analysis, "kernel=1x7") == ["wide"]
    assert names(analysis, "kernel!=7") == ["square"]
    assert names(analysis, "kernel>2") == ["wide", "square"]


def test_a_located_problem_is_found() -> None:
    network = explorer.network("lenet5")
    conv = dataclasses.replace(network.block(("conv2",)), kernel_size=63)  # type: ignore[type-var]
    assert names(analyse(network.replace(("conv2",), conv)), "problem") == ["conv2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kernl=3", "Did you mean kernel_size?"),
        ("=3", "Say which field is =3"),
        ("kernel>", "Say what kernel is beside >"),
        ("kernel>big", "'big' is no number"),
        ("type<conv2d", "is no number"),
    ],
)
def test_a_text_that_is_no_query_finds_nothing_and_says_why(resnet: Analysis, text: str, words: str) -> None:
    query = read(text)
    assert words in query.problem
    assert found_rows(resnet, query) == ()
    assert query, "it was meant to ask for something"


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_asks_for_nothing(resnet: Analysis, text: str) -> None:
    assert not read(text)
    assert found_paths(resnet, read(text)) == ()
