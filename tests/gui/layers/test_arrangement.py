"""Which rows the table shows and in which order, held against Python's own sorting of the figures."""

from __future__ import annotations

import pytest

import explorer
from explorer.core.analysis import Analysis, Row, analyse
from explorer.gui.layers.arrangement import PLAIN, Arrangement, address
from explorer.gui.search.query import found_rows
from explorer.gui.search.reading import read


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyse(explorer.network("resnet18"))


def root(analysis: Analysis) -> Row:
    assert analysis.root is not None
    return analysis.root


def test_a_heading_is_clicked_three_times() -> None:
    once = PLAIN.sorted_by("macs")
    twice = once.sorted_by("macs")
    assert (once.column, once.descending, twice.descending) == ("macs", True, False)
    assert twice.sorted_by("macs") == PLAIN
    assert not PLAIN.sorted_by("type").descending
    assert twice.sorted_by("type") == PLAIN.sorted_by("type")


@pytest.mark.parametrize("column", ["parameters", "share", "macs"])
def test_siblings_are_sorted_among_themselves(analysis: Analysis, column: str) -> None:
    arrangement = Arrangement(column=column, descending=True)
    figure = "macs" if column == "macs" else "parameters"
    for row in (root(analysis), *analysis.rows):
        inside = arrangement.inside(row)
        assert set(inside) == set(row.children)
        figures = [getattr(child, figure) for child in inside]
        assert figures == sorted(figures, reverse=True)


def test_what_is_not_known_comes_last_either_way() -> None:
    network = explorer.network("resnet18").enable(("bn1",), False)
    partial = analyse(network)
    for descending in (False, True):
        inside = Arrangement(column="macs", descending=descending).inside(root(partial))
        assert inside[-1].path == ("bn1",)


@pytest.mark.parametrize("column", ["name", "type", "output", "kernel", "memory", "field"])
def test_every_column_can_be_sorted_by(analysis: Analysis, column: str) -> None:
    up = Arrangement(column=column, flat=True).inside(root(analysis))
    down = Arrangement(column=column, flat=True, descending=True).inside(root(analysis))
    assert set(up) == set(down)
    assert up != down


def test_what_is_frozen_stands_together() -> None:
    frozen = analyse(explorer.network("resnet18").freeze(("layer1",), True))
    up = Arrangement(column="trainable").inside(root(frozen))
    assert up[0].path == ("layer1",)
    assert Arrangement(column="trainable", descending=True).inside(root(frozen))[0].path == ("conv1",)


def test_numbers_in_names_count() -> None:
    stages = analyse(explorer.network("resnet152"))
    layer3 = stages.row(("layer3",))
    assert layer3 is not None
    assert [row.name for row in Arrangement(column="name").inside(layer3)] == [str(number) for number in range(36)]


def test_a_list_has_the_layers_of_all_depths_once(analysis: Analysis) -> None:
    rows = Arrangement(flat=True).inside(root(analysis))
    assert sum(row.parameters or 0 for row in rows) == analysis.parameters
    assert [address(row) for row in rows[:5]] == ["conv1", "bn1", "relu", "maxpool", "layer1.0.conv1"]
    assert all(not Arrangement(flat=True).inside(row) for row in rows)


def test_a_filter_lists_what_its_query_finds(analysis: Analysis) -> None:
    query = read("type=BasicBlock")
    rows = Arrangement(query=query, column="parameters", descending=True).inside(root(analysis))
    assert set(rows) == set(found_rows(analysis, query))
    assert address(rows[0]) == "layer4.1"
    assert Arrangement(query=read("kernl=3")).inside(root(analysis)) == ()
