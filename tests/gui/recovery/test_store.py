"""The recovery folder without a window: what is written comes back, and nobody takes what a living process has."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.core.network import Network
from explorer.errors import FileError
from explorer.gui.documents.digest import digest_of
from explorer.gui.recovery import snapshot as copies
from explorer.gui.recovery.snapshot import Snapshot
from explorer.gui.recovery.store import Base, RecoveryStore

NOW = dt.datetime(2024, 2, 29, 12, 4, tzinfo=dt.UTC)


def lenet() -> Network:
    return explorer.network("lenet5")


def taken(network: Network | None = None, **facts: object) -> Snapshot:
    return Snapshot(network or lenet(), str(facts.pop("title", "LeNet-5")), NOW, **facts)  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def died(root: Path) -> Iterator[RecoveryStore]:
    """The store of a process that will have ended when `leave` is called on it."""
    store = RecoveryStore(root)
    yield store
    store.close()


def found_by(root: Path) -> list[str]:
    store = RecoveryStore(root)
    titles = [copy.snapshot.title if copy.snapshot else copy.path.name for copy in store.find()]
    store.close()
    return titles


TITLES = st.text(max_size=20)
SELECTIONS = st.lists(st.lists(st.text(max_size=5), min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)


@given(
    title=TITLES,
    file=st.none() | st.sampled_from(["a.network.json", "/tmp/é/网络.network.json", "with\udcff bytes"]).map(Path),
    selection=SELECTIONS,
    seen=st.integers(0, 2**40),
    key=st.sampled_from(["lenet5", "resnet18", "googlenet_paper"]),
)
def test_any_snapshot_comes_back(
    title: str, file: Path | None, selection: tuple[tuple[str, ...], ...], seen: int, key: str
) -> None:
    snapshot = Snapshot(explorer.network(key), title, NOW, file, None if file is None else "0" * 64, selection, seen)
    assert copies.from_bytes(copies.to_bytes(snapshot), "a copy") == snapshot


def test_a_copy_of_the_first_version_opens_for_ever() -> None:
    golden = Path(__file__).parents[2] / "golden" / "issue-3.recovery"
    file, path = Path("/home/somebody/lenet.network.json"), ("conv1",)
    network = dataclasses.replace(lenet(), name="LeNet-5 (mine)")
    expected = Snapshot(network, "LeNet-5 (mine)", NOW, file, "0" * 64, (path,), 7)
    assert copies.from_bytes(golden.read_bytes(), "the golden copy") == expected


@given(cut=st.integers(0, 3000), junk=st.binary(max_size=40))
def test_a_damaged_copy_is_a_sentence_or_another_copy(cut: int, junk: bytes) -> None:
    content = copies.to_bytes(taken())
    damaged = content[: cut % len(content)] + junk + content[cut % len(content) + 10 :]
    with contextlib.suppress(FileError):  # any other error fails the test
        assert isinstance(copies.from_bytes(damaged, "a copy"), Snapshot)


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["write", "remove", "discard", "die", "restart"]), st.integers(0, 3)), max_size=25
)


@given(actions=ACTIONS)
def test_what_was_written_and_not_removed_is_found(actions: list[tuple[str, int]], tmp_path_factory: object) -> None:
    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    root, network = tmp_path_factory.mktemp("recovery"), lenet()
    store, own, left, number = RecoveryStore(root), dict[str, str](), set[str](), 0
    for action, key in actions:
        if action == "write":
            number += 1
            own[str(key)] = f"state {number}"
            store.write(str(key), taken(network, title=own[str(key)]))
        elif action == "remove":
            store.remove(str(key))
            own.pop(str(key), None)
        elif action == "discard":
            found = store.find()
            if key < len(found):
                snapshot = found[key].snapshot
                assert snapshot is not None
                store.discard(found[key].path)
                left.remove(snapshot.title)
        else:
            store.close()
            left |= set(own.values())
            store, own = RecoveryStore(root), {}
            if action == "restart":
                assert {copy.snapshot.title for copy in store.find() if copy.snapshot} == left
    store.close()
    assert set(found_by(root)) == left | set(own.values())


def test_an_empty_recovery_folder_is_left_as_it_was(root: Path) -> None:
    assert found_by(root) == []
    assert not root.exists()


def test_nothing_is_left_of_what_was_removed(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken())
    died.remove("a")
    died.close()
    assert list(root.iterdir()) == []


def test_copies_of_this_and_of_other_living_stores_are_not_found(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken())
    assert died.find() == ()
    assert found_by(root) == []
    died.close()
    assert found_by(root) == ["LeNet-5"]
    assert found_by(root) == ["LeNet-5"], "looking takes nothing away"


def test_only_one_store_takes_over(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken())
    died.close()
    first, second = RecoveryStore(root), RecoveryStore(root)
    assert len(first.find()) == 1
    assert second.find() == ()
    first.close()
    assert len(second.find()) == 1
    second.close()


def test_many_stores_at_once_share_out_what_is_there(root: Path) -> None:
    for number in range(12):
        store = RecoveryStore(root)
        store.write("a", taken(title=str(number)))
        store.close()
    stores, taken_by = [RecoveryStore(root) for _ in range(4)], dict[int, list[str]]()
    barrier = threading.Barrier(len(stores))

    def look(place: int) -> None:
        barrier.wait()
        taken_by[place] = [copy.snapshot.title for copy in stores[place].find() if copy.snapshot]
        stores[place].write("own", taken(title=f"own {place}"))

    threads = [threading.Thread(target=look, args=(place,)) for place in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(title for titles in taken_by.values() for title in titles) == sorted(map(str, range(12)))
    for store in stores:
        store.close()
    assert len(found_by(root)) == 16


def test_a_restored_copy_goes_once_its_successor_is_written(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken(title="before"))
    died.close()
    store = RecoveryStore(root)
    (found,) = store.find()
    store.write("b", taken(title="after"), replaces=found.path)
    assert store.find() == ()
    store.close()
    assert found_by(root) == ["after"]


def test_a_folder_that_was_cleared_away_is_made_again(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken())
    (folder,) = root.iterdir()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    died.write("a", taken(title="again"))
    assert found_by(root) == [], "the new folder is locked too"
    died.close()
    assert found_by(root) == ["again"]


def test_a_copy_that_cannot_be_read_is_listed_beside_the_others(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken())
    died.write("b", taken(title="fine"))
    died.close()
    (folder,) = root.iterdir()
    (folder / "a.recovery").write_bytes(b"\x00 half of it")
    (folder / ".b.recovery.12345678.tmp").write_bytes(b"half of a write")
    store = RecoveryStore(root)
    bad, good = store.find()
    assert bad.snapshot is None
    assert "a.recovery" in bad.problem
    assert good.snapshot is not None
    assert good.snapshot.title == "fine"
    store.discard(bad.path)
    store.discard(good.path)
    store.close()
    assert not folder.exists(), "half a write is tidied away with the folder"


def test_a_copy_of_a_newer_version_is_kept(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken())
    died.close()
    (folder,) = root.iterdir()
    content = (folder / "a.recovery").read_bytes()
    (folder / "a.recovery").write_bytes(content.replace(b'"version": 1', b'"version": 2', 1))
    store = RecoveryStore(root)
    (found,) = store.find()
    assert "another version" in found.problem
    store.close()
    assert (folder / "a.recovery").exists()


@pytest.mark.parametrize(
    ("after", "base"),
    [(None, Base.MISSING), (b"something else", Base.CHANGED), ("as it was", Base.SAME)],
    ids=["gone", "changed", "same"],
)
def test_what_has_become_of_the_file(
    root: Path, died: RecoveryStore, tmp_path: Path, after: bytes | str | None, base: Base
) -> None:
    file = tmp_path / "a.network.json"
    explorer.write(lenet(), file)
    died.write("a", taken(explorer.network("resnet18"), file=file, digest=digest_of(file.read_bytes())))
    died.close()
    if after is None:
        file.unlink()
    elif isinstance(after, bytes):
        file.write_bytes(after)
    store = RecoveryStore(root)
    (found,) = store.find()
    assert found.base is base
    store.close()


def test_what_was_saved_in_the_last_moment_is_not_offered(root: Path, died: RecoveryStore, tmp_path: Path) -> None:
    file = tmp_path / "a.network.json"
    died.write("a", taken(file=file, digest="0" * 64))
    explorer.write(lenet(), file)
    died.close()
    assert found_by(root) == []
    assert list(root.iterdir()) == []


def test_a_full_disk_is_a_sentence_and_the_copy_before_stays(root: Path, died: RecoveryStore) -> None:
    died.write("a", taken(title="small"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, limits[1]))
    try:
        with pytest.raises(FileError, match="cannot be written"):
            died.write("a", taken(title="large"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    died.close()
    assert found_by(root) == ["small"]


def test_a_place_that_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be written"):
        RecoveryStore(tmp_path / "file" / "recovery").write("a", taken())


WRITE_FOR_EVER = """
import datetime as dt, sys
from pathlib import Path
import explorer
from explorer.gui.recovery.snapshot import Snapshot
from explorer.gui.recovery.store import RecoveryStore

store, number = RecoveryStore(Path(sys.argv[1])), 0
networks = [explorer.network("resnet1202"), explorer.network("lenet5")]
while True:
    number += 1
    now = dt.datetime.now().astimezone()
    store.write("a", Snapshot(networks[number % 2], str(number), now))
    print(number, flush=True)
"""


def test_a_process_killed_while_it_writes_leaves_its_last_copy_whole(root: Path) -> None:
    for lines in (1, 7, 20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(root)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(explorer.__file__).parents[1])},
        ) as process:
            assert process.stdout is not None
            written = 0
            for _ in range(lines):
                written = int(process.stdout.readline())
            assert found_by(root) == [], "it lives"
            process.kill()
            written = max([written, *map(int, process.stdout.read().split())])
        store = RecoveryStore(root)
        (found,) = store.find()
        assert found.snapshot is not None, found.problem
        assert int(found.snapshot.title) in (written, written + 1)  # it may have died before it could tell
        store.discard(found.path)
        store.close()
        assert list(root.iterdir()) == []
