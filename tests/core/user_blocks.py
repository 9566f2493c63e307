"""Blocks of one's own that several tests and a golden file share, and how hypothesis makes some of any network."""

from __future__ import annotations

from hypothesis import assume, reject
from hypothesis import strategies as st

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.norm import BatchNorm2d
from explorer.core.analysis import analyse
from explorer.core.compose import Add, Chain, Path
from explorer.core.definition import Definition, Parameter, Target, inside
from explorer.core.fields import MISSING
from explorer.core.network import Network
from explorer.core.user_block import UserBlock, block_class
from explorer.errors import EditError

BODY = Chain(
    ("conv", Conv2d(8, 3, padding=1)),
    ("bn", BatchNorm2d()),
    ("relu", ReLU()),
    Add(Chain(("conv2", Conv2d(8, 3, padding=1))), Chain()),
)
WIDTH = Parameter("width", (Target(("conv",), "out_channels"), Target(("conv2",), "out_channels")), 8, "its channels")
BIAS = Parameter("bias", (Target(("conv",), "bias"),), True)
TWICE = Definition("My Block", BODY, (WIDTH, BIAS), "Two convolutions.", "convolution")
MINE = block_class(TWICE)
# one of one's own in one of one's own
OUTER = block_class(
    Definition(
        "Outer", Chain(("first", MINE()), ("second", MINE(4))), (Parameter("wide", (Target(("first",), "width"),), 6),)
    )
)


@st.composite
def definitions(draw: st.DrawFn, body: Chain) -> Definition:
    """A definition of a chain that exposes some of the fields inside, each under a name of its own."""
    fields = [Target(path, field) for path, (_, block) in inside(body).items() for field in block.fields()]
    chosen = draw(st.lists(st.sampled_from(fields), max_size=4, unique=True)) if fields else []
    blocks = {path: block for path, (_, block) in inside(body).items()}
    parameters = tuple(
        Parameter(f"p{number}", (target,), getattr(blocks[target.path], target.field))
        for number, target in enumerate(chosen)
    )
    assume(all(parameter.default != MISSING for parameter in parameters))
    return Definition(draw(st.sampled_from(["Mine", "Ünï 2", "a"])), body, parameters)


@st.composite
def packed(draw: st.DrawFn, network: Network) -> tuple[Network, Path, type[UserBlock]]:
    """The network with some neighbours of its outermost chain in a block of one's own, its path and its kind."""
    names = [slot.name or f"#{index}" for index, slot in enumerate(network.body.slots)]
    assume(names)
    first = draw(st.integers(0, len(names) - 1))
    chosen = [(name,) for name in names[first : first + draw(st.integers(1, 4))]]
    body = Chain(*network.body.slots[first : first + len(chosen)])
    kind = block_class(draw(definitions(body)))
    try:
        result, path = network.pack(chosen, kind())
    except EditError:  # a tap inside is recalled behind
        return reject()
    # a tap outside is not seen inside
    messages = [{problem.message for problem in analyse(found).problems} for found in (network, result)]
    assume(messages[0] == messages[1])
    return result, path, kind
