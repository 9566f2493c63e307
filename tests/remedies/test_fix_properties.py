"""Random networks, broken in random ways: whatever is offered keeps its promise."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.address import edit_at, locate
from explorer.core.analysis import Analysis, analyse
from explorer.core.block import Block
from explorer.core.compose import Add, Chain, Concat, Path, Recall, Repeat
from explorer.core.counted import Problem
from explorer.core.network import Network
from explorer.core.storage import block_from_json, dumps, loads
from explorer.errors import EditError
from explorer.remedies.propose import fixes
from tests.contract.strategies import examples, networks, paths

STRANGE = (0, -1, 1, 5, 64, 70_000, 2.5, "many", None, (1, 9), True)
MISPLACED: tuple[Block, ...] = (
    Linear(3),
    Flatten(),
    MaxPool2d(3, 3),
    Conv2d(5, 5, groups=2),
    Recall("nowhere", "add"),
    Add(Chain(("other", Conv2d(4, 3, stride=2))), Chain()),
    Concat(Chain(("narrow", Conv2d(2, 2))), Chain()),
    Repeat((), Flatten()),
    block_from_json({"type": "Conv3D"}),
)

Break = Callable[[st.DataObject, Network, Path], Network]


def change_a_field(data: st.DataObject, network: Network, path: Path) -> Network:
    block = network.block(path)
    assume(block.fields())
    name = data.draw(st.sampled_from(sorted(block.fields())))
    changed = dataclasses.replace(block, **{name: data.draw(st.sampled_from(STRANGE))})  # type: ignore[type-var]
    return network.replace(path, changed)


def misplace_a_block(data: st.DataObject, network: Network, path: Path) -> Network:
    return network.insert(data.draw(st.sampled_from(MISPLACED)), path)[0]


def take_one_out(data: st.DataObject, network: Network, path: Path) -> Network:
    return network.remove([path])


def name_badly(data: st.DataObject, network: Network, path: Path) -> Network:
    slot = dataclasses.replace(network.slot(path), name=data.draw(st.sampled_from(["a b", "train", "conv1", "#1", ""])))
    place = locate(network.body, path)
    return network.with_body(edit_at(network.body, place, lambda slots, i: (*slots[:i], slot, *slots[i + 1 :])))


def change_the_input(data: st.DataObject, network: Network, path: Path) -> Network:
    return network.with_input_shape(data.draw(st.sampled_from([(), (0, 3, 3), (5, 1, 1), (7,), (3, 70_000, 2)])))


BREAKS: tuple[Break, ...] = (change_a_field, misplace_a_block, take_one_out, name_badly, change_the_input)


def broken(data: st.DataObject, network: Network) -> Network:
    for _ in range(data.draw(st.integers(1, 3))):
        found = paths(network)
        assume(found)
        try:
            network = data.draw(st.sampled_from(BREAKS))(data, network, data.draw(st.sampled_from(found)))
        except EditError:
            continue
    return network


def sound_before(analysis: Analysis, problem: Problem) -> list[Path]:
    """The blocks that stand before a problem and have none."""
    found = []
    for row in analysis.rows:
        if row.path[: len(problem.path)] == problem.path:
            break
        if row.enabled and row.output_shape is not None and not row.counted.problems and row.problem is None:
            found.append(row.path)
    return found


@examples(50, 2_000)
def test_every_fix_removes_its_problem_and_makes_none_before_it(count: int) -> None:
    @settings(max_examples=count, deadline=None)
    @given(network=networks(), data=st.data())
    def check(network: Network, data: st.DataObject) -> None:
        found = broken(data, network)
        analysis = analyse(found)
        assume(analysis.problems)
        problem = data.draw(st.sampled_from(analysis.problems))
        for fix in fixes(found, problem):
            mended = analyse(fix.network)
            assert mended.problems.count(problem) < analysis.problems.count(problem)
            names = {row.path: row for row in mended.rows}
            before = sound_before(analysis, problem) if problem.path else []
            assert not [path for path in before if path in names and names[path].problem], fix.label
            assert loads(dumps(fix.network)) == fix.network
            assert mended.memory() is not None
            assert all(mended.row(path) is not None for path in fix.select)

    check()
