"""Every network as it runs on small images: its memory and fields as measured, and unpacking that changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

import explorer
from explorer.core.analysis import Analysis
from explorer.core.block import Composite
from explorer.core.compose import Chain, Path, Repeat
from explorer.core.network import Network
from explorer.errors import EditError
from explorer.zoo.base import ZOO
from tests.contract.field_oracles import reached, supports
from tests.contract.oracles import computed_memory, measured_memory
from tests.contract.test_receptive_fields import check as check_fields
from tests.zoo.quick import marked, small

QUICK = frozenset({"lenet5", "squeezenet1_1", "shufflenet_v2_x0_5", "mobilenet_v3_small", "resnet20"})


def unpacked(network: Network) -> Network:
    """The network without any composite: each made its parts, those inside others after them."""
    while (path := _composite(network)) is not None:
        try:
            network = network.unpack(path)
        except EditError:  # the first copy changes the channels, so that the copies have different parts
            network = network.unpack(_repeat_around(network, path))
    return network


def _repeat_around(network: Network, path: Path) -> Path:
    scope = network.block(path[:-1]) if len(path) > 1 else network.body
    assert isinstance(scope, Chain)
    repeats = [slot.block.names if isinstance(slot.block, Repeat) else () for slot in scope.slots]
    return (*path[:-1], f"#{next(place for place, names in enumerate(repeats) if path[-1] in names)}")


def _composite(network: Network) -> Path | None:
    """The path of the first composite that a person can reach."""
    return next((row.path for row in explorer.analyse(network).rows if _is_reached(network, row.path)), None)


def _is_reached(network: Network, path: Path) -> bool:
    try:
        return isinstance(network.block(path), Composite)
    except EditError:
        return False


@pytest.mark.timeout(900)
@pytest.mark.parametrize("key", marked(ZOO, QUICK))
def test_every_row_keeps_what_torch_keeps(key: str) -> None:
    network = small(key)
    analysis = explorer.analyse(network)
    assert computed_memory(analysis) == measured_memory(network)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("key", marked(ZOO, QUICK))
def test_fields_are_what_every_block_depends_on(key: str) -> None:
    # wide networks for small images keep gigabytes of larger ones: an image for every row
    network = small(key, pixels=28 if key in QUICK else min(64, ZOO[key].input_shape[-1]))
    if len(network.input_shape) == 3:  # a generator's input has no pixels
        assert check_fields(network, measure=reached) > 0


@pytest.mark.parametrize("key", ["lenet5", pytest.param("squeezenet1_1", marks=pytest.mark.slow)])
def test_what_a_block_depends_on_is_what_the_gradient_reaches(key: str) -> None:
    one, other = supports(small(key, pixels=40)), reached(small(key, pixels=40))
    assert one.keys() == other.keys()
    for name in one:
        for chosen, every in zip(one[name], other[name], strict=True):
            assert chosen.positions == every.positions
            assert chosen.rows == {place: every.rows[place] for place in chosen.rows}


def numbers(analysis: Analysis) -> dict[Path, tuple[object, ...]]:
    """What is said of every layer; merges without a name are called by their place, which unpacking changes."""
    layers = (row for row in analysis.rows if not row.children and not row.path[-1].startswith("#"))
    return {row.path: (row.block, row.output_shape, row.parameters, row.macs, row.memory, row.field) for row in layers}


@pytest.mark.parametrize("key", marked(ZOO, QUICK))
def test_unpacking_changes_no_number_and_no_name(
    key: str, on_meta: Callable[[Network], nn.Module], filled: Callable[[nn.Module], nn.Module]
) -> None:
    folded = small(key)
    flat = unpacked(folded)
    one, other = explorer.analyse(folded), explorer.analyse(flat)
    assert not [row for row in other.rows if isinstance(row.block, Composite)]
    assert (one.parameters, one.macs, one.memory()) == (other.parameters, other.macs, other.memory())
    assert numbers(one) == numbers(other)
    modules = filled(on_meta(folded)), on_meta(flat)
    modules[1].load_state_dict(modules[0].state_dict(), strict=True, assign=True)
    kind = torch.float64 if key == "resnet1202" else torch.float32  # 600 sums of random branches leave float32
    with torch.no_grad():
        x = torch.randn(1, *folded.input_shape, generator=torch.Generator().manual_seed(1)).to(kind)
        results = [module.to(kind).eval()(x) for module in modules]
    outputs = [list(result.values()) if isinstance(result, dict) else [result] for result in results]
    assert all(torch.equal(*pair) for pair in zip(*outputs, strict=True))
