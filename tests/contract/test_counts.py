"""Every registered block, with generated fields and shapes, against torch on the meta device."""

from __future__ import annotations

import pytest
import torch
import torchinfo
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.assembly import assemble, make_module
from explorer.core.address import find_counted
from explorer.core.analysis import Analysis, Row, analyse
from explorer.core.block import Block, BlockError, Layer
from explorer.core.compose import Add, Chain, Concat, Multiply
from explorer.core.counted import Counted, Problem
from explorer.core.merging import broadcast_shapes, concat_shapes, merge_shapes
from explorer.core.network import Network
from explorer.core.shape import Shape
from tests.contract.oracles import BATCH, figures
from tests.contract.strategies import CHANNELS, NODES, blocks, examples, networks, shapes, variants


def single(block: Block, shape: Shape) -> Network:
    """A network of one block."""
    return Network.of("single", shape, Chain(("block", block)))


DIVIDED = {"ChannelSplit": "parts", "BoxRows": "values"}  # by what the channels are divided


def is_refused_on_purpose(layer: Layer, shape: Shape) -> bool:
    """What torch would take, and would mean something else than a person who puts the layer there expects."""
    name = layer.type_name()
    if name == "Linear":
        return len(shape) != 1  # torch takes the last dimension; ours has a switch for that
    if name == "LayerNorm":
        return True  # torch is told the extents themselves, so it cannot be asked for more than there are
    if name == "ZeroPadShortcut":
        return True  # torch pads by a negative number, which drops channels
    if name == "ChannelShuffle" and len(shape) == 3:
        return shape[0] == layer.groups  # type: ignore[attr-defined,no-any-return]  # nothing would move
    if name in DIVIDED and len(shape) == 3:
        return shape[0] % getattr(layer, DIVIDED[name]) > 0  # type: ignore[no-any-return]  # a rest would be left
    return len(shape) != 3  # torch takes a missing dimension for a single image


def fails_in_torch(layer: Layer, shape: Shape) -> bool:
    """Whether torch refuses the shape, be it only for a single image in evaluation, or leaves nothing of it."""
    try:
        module = make_module(layer.module(shape))
        left = module(torch.rand(BATCH, *shape)).numel()
        module.eval()(torch.rand(1, *shape))
        return left == 0  # type: ignore[no-any-return]
    except (RuntimeError, ValueError, TypeError, IndexError, UserWarning):
        return True


def check_problem(root: Counted, problem: Problem) -> None:
    at = find_counted(root, problem.path)
    assert at is not None
    assert at.input_shape is not None
    if isinstance(at.block, Layer):
        torch_fails = fails_in_torch(at.block, at.input_shape)
        assert torch_fails or is_refused_on_purpose(at.block, at.input_shape), problem
    assert problem.message.endswith(".")
    assert problem.remedy.endswith(".")


@pytest.mark.parametrize("cls", NODES, ids=lambda cls: cls.type_name())
@examples(12, 100)
def test_counts_what_torch_counts(cls: type[Block], count: int) -> None:
    @settings(max_examples=count)
    @given(block=blocks(cls), shape=shapes())
    def holds(block: Block, shape: Shape) -> None:
        network = single(block, shape)
        analysis = analyse(network)
        assert analysis.counted is not None
        if analysis.problems:
            assert analysis.partial
            check_problem(analysis.counted, analysis.problems[0])
        else:
            check_figures(network, analysis)

    holds()


@pytest.mark.parametrize("cls", NODES, ids=lambda cls: cls.type_name())
def test_every_field_counts_as_torch_counts(cls: type[Block]) -> None:
    checked = 0
    for block in variants(cls):
        for shape in ((CHANNELS, 9, 8), (CHANNELS,)):
            network = single(block, shape)
            analysis = analyse(network)
            if not analysis.problems:
                check_figures(network, analysis)
                checked += 1
    assert checked > 0


def check_figures(network: Network, analysis: Analysis) -> None:
    found = figures(network)
    assert found.outputs == analysis.outputs
    assert found.parameters == analysis.parameters
    assert found.macs == analysis.macs


@examples(40, 1_000)
def test_counts_what_torch_counts_in_a_network(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks())
    def holds(network: Network) -> None:
        analysis = analyse(network)
        assert all("is called" in problem.message for problem in analysis.problems)
        if not analysis.problems:
            check_figures(network, analysis)
            layers = [row for row in analysis.rows if isinstance(row.block, Layer)]
            assert analysis.parameters == sum(row.parameters or 0 for row in layers)
            assert analysis.macs == sum(row.macs or 0 for row in layers)

    holds()


STRANGE_TO_TORCHINFO = {"ConvTranspose2d", "PointwiseLinear"}


def suits_torchinfo(rows: list[Row]) -> bool:
    """Whether torchinfo 1.8 counts MACs right: it takes biases, norms and scales for multiplications."""
    return all(
        row.type not in STRANGE_TO_TORCHINFO
        and (row.macs or not row.parameters)
        and not getattr(row.block, "bias", False)
        and not getattr(row.block, "last_dim", False)
        for row in rows
    )


@examples(15, 300)
def test_totals_are_torchinfos_where_it_is_right(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(outputs=False))
    def holds(network: Network) -> None:
        analysis = analyse(network)
        layers = [row for row in analysis.rows if row.enabled and isinstance(row.block, Layer)]
        x = torch.empty(BATCH, *network.input_shape)
        statistics = torchinfo.summary(assemble(network), input_data=x, verbose=0, mode="train", device="cpu")
        assert statistics.total_params == analysis.parameters
        if suits_torchinfo(layers):
            assert statistics.total_mult_adds == BATCH * analysis.macs

    holds()


SMALL = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=60)
@given(
    kind=st.sampled_from([Add, Concat, Multiply]),
    arriving=st.lists(SMALL | st.tuples(st.integers(1, 3)), min_size=1, max_size=3),
    dim=st.integers(1, 4),
)
def test_merges_take_what_torch_takes(kind: type[Add | Concat | Multiply], arriving: list[Shape], dim: int) -> None:
    tensors = [torch.empty(BATCH, *shape, device="meta") for shape in arriving]
    try:
        if kind is Concat:
            ours: Shape | None = concat_shapes(arriving, dim)
        else:
            ours = merge_shapes("Add", arriving) if kind is Add else broadcast_shapes(arriving)
    except BlockError:
        ours = None
    try:
        if kind is Concat:
            joined = torch.cat(tensors, dim)
        else:
            joined = tensors[0]
            for tensor in tensors[1:]:
                joined = joined + tensor if kind is Add else joined * tensor
        theirs: Shape | None = tuple(joined.shape[1:])
    except (RuntimeError, IndexError):
        theirs = None
    if kind is Concat or ours is not None:
        assert ours == theirs
    else:  # torch would stretch a branch; that is a mistake in a sum, and between an image and a vector anywhere
        same_rank = len({len(shape) for shape in arriving}) == 1
        assert theirs is None or kind is Add or not same_rank
