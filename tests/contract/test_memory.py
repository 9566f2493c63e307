"""What autograd keeps, block by block, against the storages it really saves at batches of two and three."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Multiply, Recall, Tap
from explorer.core.network import Network
from explorer.core.shape import Shape
from tests.contract.oracles import computed_memory, measured_memory
from tests.contract.strategies import CHANNELS, NODES, examples, in_context, networks, variants


def check(network: Network) -> None:
    analysis = analyse(network)
    assert not analysis.problems
    computed, measured = computed_memory(analysis), measured_memory(network)
    assert computed == measured
    total = analysis.memory()
    assert total.per_image == sum(memory.per_image for memory in measured.values())
    assert total.per_batch == sum(memory.per_batch for memory in measured.values())


CONTEXTS = {
    "at the start": Chain(),
    "behind a convolution": Chain(("before", Conv2d(4, 3, padding=1))),
    "behind a batch norm": Chain(("conv", Conv2d(4, 1)), ("before", BatchNorm2d())),
    "behind a ReLU": Chain(("conv", Conv2d(4, 1)), ("before", ReLU())),
    "behind a linear layer": Chain(("before", Linear(6))),
}


@pytest.mark.parametrize("cls", NODES, ids=lambda cls: cls.type_name())
@examples(6, 60)
def test_a_block_keeps_what_torch_keeps(cls: type[Block], count: int) -> None:
    before = st.sampled_from(sorted(CONTEXTS)).map(CONTEXTS.__getitem__)
    behind = st.sampled_from([Chain(), Chain(("after", ReLU())), Chain(("last", Conv2d(2, 1)))])
    frozen = st.frozensets(st.sampled_from([("block",), ("before",), ("conv",)]))

    @settings(max_examples=count)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        network = data.draw(in_context(cls, data.draw(before), data.draw(behind)))
        check(replace(network, frozen=data.draw(frozen)))

    holds()


@pytest.mark.parametrize("cls", NODES, ids=lambda cls: cls.type_name())
def test_every_field_keeps_what_torch_keeps(cls: type[Block]) -> None:
    checked = 0
    for block in variants(cls):
        network = Network.of("variant", (CHANNELS, 6, 5), Chain(("relu", ReLU()), ("block", block)))
        wide = network.insert(Conv2d(CHANNELS, 1))[0]
        if not analyse(wide).problems:
            check(wide)
            checked += 1
    assert checked > 0


@examples(50, 1_000)
def test_a_network_keeps_what_torch_keeps(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        analysis = analyse(network)
        paths = [row.path for row in analysis.rows if not row.path[-1].startswith("#")]
        assume(paths and not analysis.problems)
        check(replace(network, frozen=data.draw(st.frozensets(st.sampled_from(paths), max_size=3))))

    holds()


CONV = Conv2d(3, 1)


@pytest.mark.parametrize(
    "body",
    [
        Chain(("a", CONV), Multiply(("b", CONV), ("c", CONV), ("d", CONV))),
        Chain(("a", CONV), Multiply(Chain(), Chain(), Chain())),
        Chain(("a", CONV), ("bn", BatchNorm2d()), Add(Chain(), ("b", CONV), Chain()), ("relu", ReLU())),
        Chain(("a", CONV), ("relu", ReLU()), Concat(Chain()), ("b", CONV)),
        Chain(Multiply(("a", CONV), Chain())),
        Chain(("t", Tap("x")), ("a", CONV), ("r", Recall("x", "multiply")), ("b", CONV)),
        Chain(("a", CONV), ("t", Tap("x")), ("bn", BatchNorm2d()), ("r", Recall("x", "replace")), ("b", CONV)),
        Chain(("a", CONV), ("t", Tap("x")), ("bn", BatchNorm2d()), ("r", Recall("x", "concat")), ("b", CONV)),
    ],
    ids=["three factors", "one factor thrice", "sum", "concat of one", "input", "input again", "replace", "concat"],
)
@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 1, 1)], ids=["image", "pixel"])
def test_merges_keep_what_torch_keeps(body: Chain, shape: Shape) -> None:
    check(Network.of("merge", shape, body))


def test_factors_that_are_stretched_are_kept_as_they_are() -> None:
    gate = Chain(("pool", Conv2d(3, 4)), ("act", ReLU()))
    for factors in ("one two conv", "one conv two", "conv one two"):
        slots = [(name, CONV if name == "conv" else gate) for name in factors.split()]
        check(Network.of("gates", (3, 4, 4), Chain(Multiply(*slots))))


def test_a_frozen_batch_norm_keeps_no_statistics() -> None:
    body = Chain(("conv", CONV), ("bn", BatchNorm2d()), ("relu", ReLU()))
    free = Network.of("n", (3, 4, 4), body)
    frozen = free.freeze(("bn",))
    check(free)
    check(frozen)
    assert analyse(free).memory().per_batch - analyse(frozen).memory().per_batch == 2 * 3 * 4
    check(Network.of("n", (3, 4, 4), Chain(("conv", CONV), ("bn", BatchNorm2d(affine=False)))).freeze(("bn",)))
