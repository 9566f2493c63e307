"""Bounds: whatever a program or a file builds is analysed, or refused with a problem, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten, Upsample
from explorer.core.analysis import analyse
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Container, Part, Repeat, Tap, numbered
from explorer.core.network import Network
from explorer.core.outline import MAX_LEVELS, outline
from explorer.core.refusals import MAX_BLOCKS, MAX_DEPTH, MAX_PARAMETERS
from explorer.core.storage import MAX_WRITTEN, dumps, loads
from explorer.errors import EditError, FileError

SECONDS = (
    30.0  # tells bounded from exponential, which would take hours; it is no budget, which a busy machine would miss
)
CONV, RELU = Conv2d(3, 3, padding=1), ReLU()


@contextmanager
def bounded(seconds: float = SECONDS) -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def network(*parts: Part) -> Network:
    return Network.of("limits", (3, 16, 16), Chain(*parts))


def nested(levels: int, structure: Callable[[Block], Container], inner: Block = RELU) -> Block:
    block = inner
    for _ in range(levels):
        block = structure(block)
    return block


NESTS: dict[str, Callable[[Block], Container]] = {
    "named chains": lambda block: Chain(("a", block)),
    "chains without a name": lambda block: Chain(block) if isinstance(block, Container) else Chain(("a", block)),
    "sums": lambda block: Add(("a", block), Chain()),
    "repeats": lambda block: Repeat(("a", "b"), block),
    "doubled chains": lambda block: Chain(("a", block), ("b", block)),
    "doubled chains without a name": lambda block: Chain(block, block) if isinstance(block, Container) else Chain(),
}


@pytest.mark.parametrize("name", NESTS)
@pytest.mark.parametrize("levels", [40, pytest.param(30_000, marks=pytest.mark.slow)])
def test_deep_nests_are_a_problem(name: str, levels: int) -> None:
    with bounded():
        deep = network(("deep", nested(levels, NESTS[name])))
        analysis = analyse(deep)
        assert any("nested more than 32 deep" in problem.message for problem in analysis.problems)
        assert analysis.partial
        assert len(analysis.rows) <= 3 * MAX_BLOCKS
        analysis.memory()
        assert deep.remove([("deep",)]) == network()
        if levels > 2 * MAX_LEVELS or outline(deep.body).size > MAX_WRITTEN:
            with pytest.raises(FileError, match="too many blocks, or too deep ones"):
                dumps(deep)
        else:
            assert loads(dumps(deep)) == deep


def test_the_depth_that_is_allowed_is_analysed() -> None:
    assert not analyse(network(("deep", nested(MAX_DEPTH - 1, NESTS["named chains"])))).problems
    assert analyse(network(("deep", nested(MAX_DEPTH, NESTS["named chains"])))).problems


def test_a_block_counted_deep_down_is_counted_again_further_up() -> None:
    deep = nested(20, NESTS["named chains"])
    assert analyse(network(("more", nested(20, NESTS["named chains"], deep)))).problems
    assert not analyse(network(("deep", deep))).problems
    assert analyse(network(("more", nested(20, NESTS["named chains"], deep)))).problems


@pytest.mark.parametrize("number", [MAX_BLOCKS - 1, MAX_BLOCKS + 1, 1_000_000])
def test_many_copies(number: int) -> None:
    with bounded():
        analysis = analyse(network(("many", numbered(number, RELU))))
        assert bool(analysis.problems) == (number >= MAX_BLOCKS)


def test_many_slots() -> None:
    with bounded():
        analysis = analyse(network(*((f"relu{number}", RELU) for number in range(19_000))))
        assert not analysis.problems
        assert len(analysis.rows) == 19_000
        wide = Add(*((f"relu{number}", RELU) for number in range(30_000)))
        assert "more than 20,000 blocks" in analyse(network(wide)).problems[0].message


def test_repeats_in_repeats() -> None:
    with bounded():
        block: Block = CONV
        for _ in range(12):
            block = numbered(19_000, block)
        analysis = analyse(network(("many", block)))
        assert "more than 20,000 blocks" in analysis.problems[0].message
        assert len(analysis.rows) < 25 * MAX_BLOCKS


def test_many_parameters() -> None:
    wide = network(("flat", Flatten()), ("fc1", Linear(65_536)), ("fc2", Linear(65_536)))
    problem = analyse(wide).problems[0]
    assert problem.path == ("fc2",)
    assert f"more than {MAX_PARAMETERS:,}" in problem.message
    together = network(("flat", Flatten()), ("fc", Linear(40_000)), *((f"fc{n}", Linear(40_000)) for n in range(2)))
    assert [problem.path for problem in analyse(together).problems] == [()]


def test_large_maps() -> None:
    assert "larger than" in analyse(network(("up", Upsample(64)), ("up2", Upsample(64)))).problems[0].message
    assert "larger than" in analyse(network(("conv", Conv2d(65_536, 1)), ("up", Upsample(63)))).problems[0].message


SLOW_TO_COUNT: dict[str, list[tuple[str, Block]]] = {
    "long periods": [
        ("up", Upsample(61)),
        *((f"conv{number}", Conv2d(1, (3, 3), padding=1, bias=number % 2 == 0)) for number in range(5_000)),
    ],
    "sizes that share no factor": [
        (f"cells{number}", AdaptiveAvgPool2d((4_095 - number % 2, 1 + number % 7))) for number in range(3_000)
    ],
    "gaps": [
        ("up1", ConvTranspose2d(1, 1, stride=63)),
        *((f"conv{n}", Conv2d(1, 63, padding=(63 * 62) // 2 if n else 1_953, dilation=63)) for n in range(200)),
    ],
    "giant fields": [(f"conv{number}", Conv2d(1, 63, stride=63, padding=31)) for number in range(9_000)],
    "taps": [part for number in range(2_000) for part in ((f"t{number}", Tap(f"x{number}")), (f"relu{number}", RELU))],
    "bad blocks": [(f"conv{number}", Conv2d(0)) for number in range(19_000)],
}


@pytest.mark.parametrize("parts", SLOW_TO_COUNT.values(), ids=list(SLOW_TO_COUNT))
def test_what_is_slow_to_count_is_bounded(parts: list[tuple[str, Block]]) -> None:
    found = network(*parts)
    with bounded():
        analyse(found)


def test_edits_do_not_nest_beyond_what_a_file_can_hold() -> None:
    found = network(("conv", CONV))
    for _ in range(MAX_LEVELS // 2 - 1):  # a sum and a chain each time
        found = found.wrap_residual([("conv",)])
    with pytest.raises(EditError, match="nested more than"):
        found.wrap_residual([("conv",)])
    assert loads(dumps(found)) == found
    assert found.remove([("conv",)])


def test_edits_do_not_add_more_than_a_file_can_hold() -> None:
    with bounded(), pytest.raises(EditError, match="cannot hold more than"):
        network(("bn", BatchNorm2d())).append(numbered(1_000_001, CONV))
