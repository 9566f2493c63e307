"""The pairs for one click: they can be made, and show what their papers say of them."""

from __future__ import annotations

import pytest

import explorer
from explorer.zoo.pairs import PAIRS, NetworkPair


def figures(key: str) -> dict[str, float | None]:
    pair = next(pair for pair in PAIRS if pair.key == key)
    return {total.key: total.ratio for total in explorer.compare(*pair.make()).totals}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.key)
def test_every_pair_differs_and_says_what_it_shows(pair: NetworkPair) -> None:
    difference = explorer.compare(*pair.make())
    assert difference.pairs
    assert not difference.left.problems
    assert not difference.right.problems
    assert pair.summary.endswith(".")
    assert sum(other.key == pair.key for other in PAIRS) == 1


def test_resnet34_costs_a_fifth_of_vgg19() -> None:
    """He et al., 2015, section 3.3: 3.6 billion multiply-adds, which is only 18 % of VGG-19."""
    assert figures("vgg_residual")["macs"] == pytest.approx(0.18, abs=0.01)


def test_shortcuts_add_neither_parameters_nor_depth() -> None:
    """He et al., 2015, section 3.3 and table 3: option A is free, B costs a little, C a little more."""
    plain = explorer.network("plain34")
    free = explorer.compare(plain, explorer.network("resnet34", shortcut="zero_pad")).totals
    assert [total.difference for total in free if total.key in ("parameters", "macs", "depth")] == [0, 0, 0]
    for key in ("shortcuts_a_b", "shortcuts_b_c"):
        ratio = figures(key)["parameters"]
        assert ratio is not None
        assert 1 < ratio < 1.05


def test_gates_cost_a_tenth_of_the_weights_and_no_work() -> None:
    """Hu et al., 2017, section 4: 10 % more parameters, 0.26 % more operations (here without pooling and products)."""
    found = figures("gates")
    assert found["parameters"] == pytest.approx(1.10, abs=0.005)
    assert found["macs"] == pytest.approx(1.0, abs=0.003)
