"""Edits of random networks: pure, incremental, sharing what did not change, with names and keys that stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.residual import BasicBlock
from explorer.core.analysis import analyse
from explorer.core.block import Block, Layer
from explorer.core.compose import Add, Chain, Container, Path, is_unnamed_structure
from explorer.core.network import Network
from explorer.core.storage import dumps, loads
from explorer.errors import EditError
from tests.contract.strategies import examples, networks, paths
from tests.core.looking import blocks_of, check_sentence, frozen_keys, keys, summary
from tests.core.user_blocks import MINE

NEW: tuple[Block, ...] = (
    ReLU(),
    Conv2d(2, 1),
    BasicBlock(2),
    MINE(2),
    Chain(("inner", ReLU())),
    Add(Chain(("left", Conv2d(2, 1))), Chain()),
)

Edit = Callable[[st.DataObject, Network], tuple[Network, Path | None]]


def _path(data: st.DataObject, network: Network) -> Path:
    found = paths(network)
    assume(found)
    return data.draw(st.sampled_from(found))


def _some(data: st.DataObject, network: Network) -> list[Path]:
    found = paths(network)
    assume(found)
    first = data.draw(st.integers(0, len(found) - 1))
    return found[first : first + data.draw(st.integers(1, 3))]


def _name(data: st.DataObject) -> str | None:
    return data.draw(st.sampled_from([None, "fresh", "relu1", "training", "", "a b"]))


def insert(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    after = data.draw(st.sampled_from([None, *paths(network)]))
    block = data.draw(st.sampled_from(NEW))
    edited, path = network.insert(block, after, name=_name(data))
    assert edited.block(path) == block
    return edited, path


def append(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    into = data.draw(st.sampled_from([(), *paths(network)]))
    block = data.draw(st.sampled_from(NEW))
    edited, path = network.append(block, into, name=_name(data))
    assert edited.block(path) == block
    return edited, path


def remove(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    edited = network.remove(_some(data, network))
    assert len(paths(edited)) < len(paths(network))
    return edited, None


def put_in(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    path, block = _path(data, network), data.draw(st.sampled_from(NEW))
    edited = network.replace(path, block)
    assert edited.block(path) == block
    return edited, path


def move(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    path = _path(data, network)
    slot = network.slot(path)
    edited, new = network.move(path, data.draw(st.sampled_from([None, *paths(network)])))
    assert edited.block(new) == slot.block
    assert layers(edited) <= layers(network)
    return edited, new


def rename(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    path = _path(data, network)
    edited = network.rename(path, data.draw(st.sampled_from(["fresh", "other", "conv1"])))
    return edited, None


def enable(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    path, enabled = _path(data, network), data.draw(st.booleans())
    edited = network.enable(path, enabled)
    assert edited.slot(path).enabled is enabled
    return edited, path


def annotate(data: st.DataObject, network: Network) -> tuple[Network, Path | None]:
    path = _path(data, network)
    edited = network.annotate(path, "a remark")
    assert edited.slot(path).note == "a remark"
    assert edited.slot(path).block is network.slot(path).block
    return edited, path


def layers(network: Network) -> set[int]:
    return {id(block) for block in blocks_of(network) if isinstance(block, Layer)}


EDITS: tuple[Edit, ...] = (insert, append, remove, put_in, move, rename, enable, annotate)


@examples(60, 1_500)
def test_edits_are_pure_shared_and_incremental(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        for _ in range(3):
            before, objects = dumps(network), {id(block) for block in blocks_of(network)}
            analyse(network)
            edit = data.draw(st.sampled_from(EDITS))
            try:
                edited, path = edit(data, network)
            except EditError as error:
                check_sentence(error)
                continue
            finally:
                assert dumps(network) == before
            check_sharing(edited, objects, path)
            fresh = loads(dumps(edited))
            assert fresh == edited
            assert summary(analyse(edited)) == summary(analyse(fresh))
            assert not [problem for problem in analyse(edited).problems if "used twice" in problem.message]
            network = edited

    holds()


def check_sharing(edited: Network, objects: set[int], path: Path | None) -> None:
    """New are only the structures on the way to the edit, and what was put in."""
    put = {id(block) for new in NEW for block in blocks_of(Network.of("new", (1,), Chain(("new", new))))}
    new = [block for block in blocks_of(edited) if id(block) not in objects | put]
    assert all(isinstance(block, Container) for block in new), (path, new)
    assert len(new) <= 12


def _unchanging(kind: str, network: Network, data: st.DataObject) -> Network:
    if kind == "wrap":
        return network.wrap_residual(_some(data, network))
    if kind == "fold":
        doubled, path = network.insert(network.block(_path(data, network)), _path(data, network))
        assume(not analyse(doubled).problems)
        return doubled.fold([path, _path(data, doubled)])
    if kind == "chain":
        return network.in_chain(_path(data, network))[0]
    return network.unpack(_path(data, network))


@examples(80, 2_000)
def test_wrapping_folding_and_unpacking_change_no_key(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        before = analyse(network)
        assume(not before.problems and before.rows)
        frozen = data.draw(st.frozensets(st.sampled_from([row.path for row in before.rows]), max_size=2))
        for path in sorted(path for path in frozen if not path[-1].startswith("#")):
            network = network.freeze(path)
        before = analyse(network)
        kind = data.draw(st.sampled_from(["wrap", "chain", "unpack", "unpack"]))
        try:
            edited = _unchanging(kind, network, data)
        except EditError as error:
            check_sentence(error)
            return
        after = analyse(edited)
        if after.problems:  # a sum of two shapes, or a tap that lies in a branch now
            assert kind in ("wrap", "chain")
            return
        assert keys(after) == keys(before)
        assert frozen_keys(after) == frozen_keys(before)
        assert summary(after) == summary(analyse(loads(dumps(edited))))
        if kind == "unpack":
            rows = {row.path: row for row in after.rows}
            for row in before.rows:
                if not row.children and not row.path[-1].startswith("#"):
                    assert rows[row.path].macs == row.macs
                    assert rows[row.path].field == row.field
                    assert rows[row.path].memory == row.memory
            assert after.memory() == before.memory()

    holds()


@examples(30, 1_000)
def test_folding_and_unpacking_again_is_nothing(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        candidates = [path for path in paths(network) if not is_unnamed_structure(network.slot(path))]
        assume(candidates)
        path = data.draw(st.sampled_from(candidates))
        try:
            twice, copy = network.insert(network.block(path), path)
            folded = twice.fold([path, copy])
        except EditError as error:
            check_sentence(error)
            return
        assert keys(analyse(folded)) == keys(analyse(twice))
        at = next(p for p in paths(folded) if p not in paths(twice) and p[:-1] == path[:-1])
        assert folded.unpack(at) == twice

    holds()


@examples(40, 1_000)
def test_freezing_takes_exactly_what_is_named(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        analysis = analyse(network)
        everything = [row.path for row in analysis.rows if row.enabled]
        assume(everything and not analysis.partial)
        expected: set[Path] = set()
        for _ in range(4):
            path, freeze = data.draw(st.sampled_from(everything)), data.draw(st.booleans())
            if path[-1].startswith("#"):
                continue
            network = network.freeze(path, freeze)
            below = {key for key in keys(analysis) if key[: len(path)] == path}
            expected = expected | below if freeze else expected - below
            weighty = {key for key in expected if keys(analysis)[key]}
            assert frozen_keys(analyse(network)) == weighty

    holds()


@examples(30, 1_000)
def test_renaming_and_moving_keep_frozen_blocks_frozen(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks(), data=st.data())
    def holds(network: Network, data: st.DataObject) -> None:
        analysis = analyse(network)
        assume(not analysis.problems)
        every = [row.path for row in analysis.rows if row.parameters and not row.children]
        assume(every)
        network = replace(network, frozen=frozenset(data.draw(st.sets(st.sampled_from(every), min_size=1))))
        before = analyse(network)
        try:
            edited, _ = data.draw(st.sampled_from([rename, move]))(data, network)
        except EditError:
            return
        after = analyse(edited)
        if not after.problems and after.parameters == before.parameters:
            assert after.trainable_parameters == before.trainable_parameters

    holds()
