"""Learning-rate factors follow their blocks, and the line above which everything is frozen."""

from __future__ import annotations

import json

import pytest

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.core import storage
from explorer.core.analysis import analyse
from explorer.core.compose import Add, Chain
from explorer.core.difference import compare
from explorer.core.freezing import frozen_above
from explorer.core.lr_factors import factor_at
from explorer.core.network import Network
from explorer.core.pair import Change
from explorer.errors import EditError

NETWORK = Network.of(
    "small",
    (3, 8, 8),
    Chain(
        ("stem", Chain(("conv1", Conv2d(4, 3)), ("conv2", Conv2d(4, 3)))),
        Add(Chain(("left", Conv2d(4, 1))), Chain()),
        ("flatten", Flatten()),
        ("fc", Linear(5)),
    ),
)


def test_the_innermost_factor_counts() -> None:
    network = NETWORK.scale_rate(("stem",), 0.1).scale_rate(("stem", "conv2"), 1.0)
    paths = [("stem",), ("stem", "conv1"), ("stem", "conv2"), ("fc",)]
    assert [factor_at(network.lr_factors, path) for path in paths] == [0.1, 0.1, 1.0, 1.0]
    assert network.scale_rate(("stem",), 0.5).lr_factors == {(("stem",), 0.5)}
    assert network.scale_rate(("stem",), 1.0).lr_factors == frozenset()


def test_a_factor_follows_its_block() -> None:
    network = NETWORK.scale_rate(("stem", "conv1"), 0.1).scale_rate(("#1",), 2.0)
    assert network.lr_factors == {(("stem", "conv1"), 0.1), (("left",), 2.0)}
    assert network.rename(("stem",), "root").lr_factors == {(("root", "conv1"), 0.1), (("left",), 2.0)}
    assert network.remove([("stem",)]).lr_factors == {(("left",), 2.0)}
    assert network.remove([("stem",), ("#1",)]).lr_factors == frozenset()
    moved, path = network.move(("stem", "conv1"), ("flatten",))
    assert dict(moved.lr_factors)[path] == 0.1
    assert network.wrap_residual([("stem",)]).lr_factors == network.lr_factors


@pytest.mark.parametrize("factor", [0.0, -1.0, 1e9, float("nan")])
def test_a_factor_outside_its_limits_is_refused(factor: float) -> None:
    with pytest.raises(EditError, match="rate factor"):
        NETWORK.scale_rate(("fc",), factor)


def test_factors_are_saved_and_a_file_without_any_stays_as_it_was() -> None:
    network = NETWORK.scale_rate(("stem",), 0.1)
    text = storage.dumps(network)
    assert json.loads(text)["lr_factors"] == [[["stem"], 0.1]]
    assert storage.loads(text) == network
    assert "lr_factors" not in json.loads(storage.dumps(NETWORK))


@pytest.mark.parametrize(
    "value", [7, [["stem", 0.1]], [[["stem"], 0]], [[["stem"], "x"]], [[["#1"], 0.1]], [[["stem"], 1], [["stem"], 2]]]
)
def test_factors_that_cannot_be_read_are_saved_back(value: object) -> None:
    document = {**json.loads(storage.dumps(NETWORK)), "lr_factors": value}
    network = storage.loads(json.dumps(document))
    assert network.lr_factors == frozenset()
    assert json.loads(storage.dumps(network)) == document


def test_everything_above_a_place_is_frozen() -> None:
    network = NETWORK.freeze(("fc",)).freeze_before(2)
    assert network.frozen == {("stem",), ("left",)}
    assert frozen_above(network.frozen, network.body) == 2
    assert analyse(network).trainable_parameters == analyse(NETWORK).parameters - (112 + 148) - 20
    assert network.freeze_before(0).frozen == frozenset()
    assert [frozen_above(NETWORK.freeze_before(n).frozen, NETWORK.body) for n in range(5)] == [0, 1, 2, 3, 4]
    assert frozen_above(NETWORK.freeze(("fc",)).frozen, NETWORK.body) == 0


def test_a_comparison_says_that_a_block_learns_at_another_rate() -> None:
    left = explorer.network("resnet20")
    difference = compare(left, left.scale_rate(("layer1",), 0.1))
    [pair] = [pair for pair in difference.pairs if pair.changes]
    assert pair.changes == (Change("lr_factor", None, 0.1),)
    inside = compare(left, left.scale_rate(("layer1", "0"), 0.1))
    assert not inside.is_empty
