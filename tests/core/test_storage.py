"""Documents: everything comes back, bad parts are kept, and nothing a file holds can hurt."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.core import atomic
from explorer.core.analysis import analyse
from explorer.core.compose import Chain, Concat, Output, Recall, Repeat, Slot, Tap
from explorer.core.json_text import MAX_NESTING
from explorer.core.network import Input, Network, Provenance
from explorer.core.storage import FORMAT, MAX_BYTES, dumps, loads, read, write
from explorer.errors import FileError
from tests.contract.strategies import examples, networks
from tests.core.looking import check_sentence

CONV = Conv2d(3, 3, padding=1)
EVERYTHING = Network(
    "all kinds",
    (Input("image", (3, 8, 8)), Input("mask", (1, 8, 8), optional=True)),
    Chain(
        Slot("conv", CONV, note="ünï\ncode 😀"),
        ("tap", Tap("x")),
        Slot("off", ReLU(), enabled=False),
        Concat(("a", Repeat(("0", "1"), CONV)), Chain(), dim=1),
        ("aux", Output("side", Chain(("relu", ReLU())), training_only=True)),
        ("conv2", Conv2d(3, (1, 3), padding=(0, 1))),
        ("recall", Recall("x", "multiply")),
    ),
    "regression",
    frozenset({("conv",), ("a", "0")}),
    Provenance("lenet5", (("classes", 10), ("stem", "7x7"))),
)


def document() -> dict[str, Any]:
    """The JSON of a network, to be changed."""
    parsed: dict[str, Any] = json.loads(dumps(EVERYTHING))
    return parsed


def slots(changed: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = changed["body"]["slots"]
    return found


def test_everything_comes_back() -> None:
    assert loads(dumps(EVERYTHING)) == EVERYTHING
    assert not analyse(EVERYTHING).problems or analyse(EVERYTHING).problems[0].path == ("recall",)
    assert document()["format"] == FORMAT
    assert list(slots(document())[5]["block"]) == ["type", *Conv2d.fields()]


@examples(60, 3_000)
def test_random_networks_come_back(count: int) -> None:
    @settings(max_examples=count)
    @given(network=networks())
    def holds(network: Network) -> None:
        text = dumps(network)
        assert loads(text) == network
        assert dumps(loads(text)) == text
        assert loads(text.encode()) == network

    holds()


def test_a_slot_has_a_line_of_its_own() -> None:
    lines = dumps(EVERYTHING).splitlines()
    assert sum(line.lstrip().startswith('{"name": "conv"') for line in lines) == 1
    assert all(line == line.rstrip() for line in lines)
    assert len(lines) > 8


SAME = {
    "a pair for one number": (5, "kernel_size", [1.0, 3]),
    "equal numbers": (0, "kernel_size", [3, 3]),
    "a float for a whole number": (0, "out_channels", 3.0),
}


@pytest.mark.parametrize(("index", "field", "value"), SAME.values(), ids=list(SAME))
def test_other_forms_of_a_value_are_read_as_what_they_mean(index: int, field: str, value: object) -> None:
    changed = document()
    slots(changed)[index]["block"][field] = value
    assert loads(json.dumps(changed)) == EVERYTHING


def test_the_order_of_frozen_paths_does_not_matter() -> None:
    changed = document()
    changed["frozen"] = [["conv"], ["a", "0"], ["conv"]]
    assert loads(json.dumps(changed)) == EVERYTHING


def test_an_output_of_before_there_were_weights_counts_as_it_did() -> None:
    changed = document()
    block = slots(changed)[4]["block"]
    assert block.pop("weight") == 0.3  # what every further output counted then
    assert loads(json.dumps(changed)) == EVERYTHING
    assert json.loads(dumps(loads(json.dumps(changed)))) == document()
    block["weight"] = "heavy"
    assert {problem.field for problem in analyse(loads(json.dumps(changed))).problems} >= {"weight"}


KEPT: dict[str, Any] = {
    "an unknown block": lambda d: slots(d)[0]["block"].update(type="Mystery", fields=[1, {"a": None}]),
    "a block without a type": lambda d: slots(d)[0].update(block={"out_channels": 3}),
    "a block that is a list": lambda d: slots(d)[0].update(block=[1, 2]),
    "the type of what is kept for unknown ones": lambda d: slots(d)[0].update(block={"type": "Unknown", "json": "1"}),
    "a field too many": lambda d: slots(d)[0]["block"].update(colour="blue"),
    "a field too few": lambda d: slots(d)[0]["block"].pop("bias"),
    "a huge number": lambda d: slots(d)[0]["block"].update(out_channels=10**12),
    "a number beyond counting": lambda d: slots(d)[0]["block"].update(out_channels=10**400),
    "a number that a float would round": lambda d: slots(d)[4]["block"].update(weight=2**53 + 1),
    "a wrong type": lambda d: slots(d)[0]["block"].update(bias="yes"),
    "null": lambda d: slots(d)[0]["block"].update(stride=None),
    "a nested list": lambda d: slots(d)[0]["block"].update(kernel_size=[[3, 3]]),
    "a word that is no choice": lambda d: slots(d)[6]["block"].update(merge="subtract"),
    "a slot that is a number": lambda d: slots(d).insert(1, 3),  # type: ignore[arg-type]
    "a slot without a note": lambda d: slots(d)[0].pop("note"),
    "a slot with a key too many": lambda d: slots(d)[0].update(colour="blue"),
    "a slot that is half on": lambda d: slots(d)[0].update(enabled=1),
    "a name that is no name": lambda d: slots(d)[0].update(name="a.b"),
    "a place for a name": lambda d: slots(d)[0].update(name="#3"),
    "a name twice": lambda d: slots(d)[0].update(name="conv2"),
    "a layer without a name": lambda d: slots(d)[0].update(name=""),
    "a long name": lambda d: slots(d)[0].update(name="x" * 10_000),
    "a repeat of nothing": lambda d: slots(d)[3]["block"]["slots"][0].update(block={"type": "Repeat", "names": ["0"]}),
    "a repeat by one name": lambda d: slots(d)[3]["block"]["slots"][0]["block"].update(names="01"),
    "a chain of nothing": lambda d: slots(d)[3]["block"].pop("slots"),
    "an output of a layer": lambda d: slots(d)[4]["block"].update(body={"type": "ReLU"}),
    "a bad body in an output": lambda d: slots(d)[4]["block"]["body"].update(colour="blue"),
    "a body that is a sum": lambda d: d["body"].update(type="Add"),
    "a body with a key too many": lambda d: d["body"].update(colour="blue"),
    "no body": lambda d: d.pop("body"),
    "no inputs": lambda d: d.update(inputs=[]),
    "inputs that are missing": lambda d: d.pop("inputs"),
    "an input without a name": lambda d: d["inputs"][0].pop("name"),
    "a shape in words": lambda d: d["inputs"][0].update(shape="large"),
    "an empty shape": lambda d: d["inputs"][0].update(shape=[]),
    "a giant shape": lambda d: d["inputs"][0].update(shape=[3, 10**12, 8]),
    "a name that is a number": lambda d: d.update(name=3),
    "no name": lambda d: d.pop("name"),
    "no task": lambda d: d.pop("task"),
    "frozen words": lambda d: d.update(frozen=["conv"]),
    "a frozen place": lambda d: d.update(frozen=[["#1"]]),
    "no frozen paths": lambda d: d.pop("frozen"),
    "a provenance in words": lambda d: d.update(provenance="a friend"),
    "no provenance": lambda d: d.pop("provenance"),
    "a nested option": lambda d: d["provenance"]["options"].update(stem=[1]),
    "a key that is not known": lambda d: d.update(colour={"deep": [1, 2.5, None]}, count=3, body_colour=1),
    "half a surrogate pair": lambda d: slots(d)[0].update(name="\ud800"),
}


@pytest.mark.parametrize("change", KEPT.values(), ids=list(KEPT))
def test_bad_parts_are_located_and_saved_back_unchanged(change: Any, tmp_path: Path) -> None:
    changed = document()
    change(changed)
    text = json.dumps(changed)
    opened = loads(text)
    before = len(analyse(EVERYTHING).problems)
    assert len(analyse(opened).problems) > before
    assert all(len(str(problem)) < 400 for problem in analyse(opened).problems)
    assert json.loads(dumps(opened)) == changed
    write(opened, tmp_path / "kept.network.json")
    assert json.loads((tmp_path / "kept.network.json").read_bytes()) == changed
    assert read(tmp_path / "kept.network.json") == opened


def test_an_edit_gives_a_value_in_the_place_of_what_was_unread() -> None:
    changed = document()
    changed |= {"name": 3, "body": {"type": "Add", "slots": []}}
    opened = loads(json.dumps(changed))
    mended, _ = replace(opened, name="mended").append(CONV)
    assert {problem.field for problem in analyse(opened).problems} == {"name", "body"}
    assert not analyse(mended).problems
    assert loads(dumps(mended)) == replace(mended, unread=())


REFUSED: dict[str, str | bytes] = {
    "nothing": "",
    "no JSON": "{",
    "an unfinished string": '{"name": "' + "\\" * 1001,
    "a list": "[]",
    "another document": '{"format": "something", "version": 1}',
    "no version": f'{{"format": "{FORMAT}"}}',
    "a version in words": f'{{"format": "{FORMAT}", "version": "1"}}',
    "a newer version": f'{{"format": "{FORMAT}", "version": 2}}',
    "a version that is true": f'{{"format": "{FORMAT}", "version": true}}',
    "not a number": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a number too large": '{"a": 1e999}',
    "a number of too many digits": '{"a": ' + "9" * 5000 + "}",
    "a key twice": '{"a": 1, "a": 2}',
    "no UTF-8": b"\xff\xfe{}",
    "UTF-16": '{"format": 1}'.encode("utf-16"),
    "deep lists": "[" * 5_000_000,
    "deep objects": '{"a":' * 1_000_000,
    "deep lists that end": "[" * 3_900_000 + "]" * 3_900_000,
    "just too deep": "[" * (MAX_NESTING + 1) + "]" * (MAX_NESTING + 1),
    "many lists": "[" + ",".join(["[]"] * 2_600_000) + "]",
    "many objects": "[" + ",".join(["{}"] * 2_600_000) + "]",
    "too large": " " * (MAX_BYTES + 1),
}
QUOTES = {
    "quotes": '"' * 7_999_999,
    "escaped quotes": '"' + '\\"' * 3_999_999,
    "backslashes": "\\" * 7_999_999,
    "strings": "[" + ",".join(['""'] * 2_600_000) + "]",
    "numbers": "[" + ",".join(["1.5"] * 1_990_000) + "]",
    "keys": "{" + ",".join(f'"{number}":1' for number in range(700_000)) + "}",
    "one long string": '"' + "x" * 7_999_000 + '"',
}


@contextlib.contextmanager
def bounded(seconds: float, megabytes: float) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 1e6


@pytest.mark.parametrize("text", [*REFUSED.values(), *QUOTES.values()], ids=[*REFUSED, *QUOTES])
def test_what_is_no_document_is_refused_with_a_sentence(text: str | bytes) -> None:
    start = time.process_time()
    with pytest.raises(FileError) as refused:
        loads(text)
    assert time.process_time() - start < 5.0
    check_sentence(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", ["many lists", "escaped quotes", "keys"])
def test_what_is_refused_takes_bounded_memory(name: str) -> None:
    text = {**REFUSED, **QUOTES}[name]
    with bounded(5.0, 260), pytest.raises(FileError):
        loads(text)


def test_the_largest_documents_open_in_bounded_time() -> None:
    slot = {"name": "a", "enabled": True, "note": "", "block": {"type": "ReLU"}}
    for many in (
        [{**slot, "name": f"a{number}"} for number in range(100_000)],
        [{**slot, "block": {"type": "Chain", "colour": 1, "slots": [slot] * 2}} for _ in range(30_000)],
        [{**slot, "note": "x" * 7_000_000}],
        [{**slot, "name": "x" * 7_000_000}],
        [{**slot, "block": {"type": "x" * 7_000_000}}],
        [{**slot, "block": {"type": "Recall", "name": "x" * 7_000_000}}],
        [{**slot, "block": {"type": "Repeat", "names": ["a"] * 1_000_000, "block": {"type": "ReLU"}}}],
        [{**slot, "block": {"type": "Conv2d", "out_channels": list(range(900_000))}}],
    ):
        changed = {**document(), "body": {"type": "Chain", "slots": many}}
        text = json.dumps(changed, separators=(",", ":"))
        assert len(text) < MAX_BYTES
        start = time.process_time()
        opened = loads(text)
        problems = analyse(opened).problems
        again = dumps(opened)
        assert time.process_time() - start < 6.0
        assert bool(problems) == (many[0]["note"] == "")  # only a long note is no problem
        assert all(len(str(problem)) < 400 for problem in problems)
        assert json.loads(again) == changed


def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    giant = tmp_path / "giant.network.json"
    with giant.open("wb") as file:
        file.truncate(1_000_000_000)
    with bounded(1.0, 3 * MAX_BYTES / 1e6), pytest.raises(FileError, match="larger than 8 MB"):
        read(giant)


def test_a_byte_order_mark_is_no_reason_to_refuse(tmp_path: Path) -> None:
    file = tmp_path / "notepad.json"
    file.write_bytes(b"\xef\xbb\xbf" + dumps(EVERYTHING).encode())
    assert read(file) == EVERYTHING


@pytest.mark.parametrize("path", ["missing.json", ".", "missing/a.json", "zero\0byte.json", "x" * 300])
def test_files_that_cannot_be_used(tmp_path: Path, path: str) -> None:
    with pytest.raises(FileError) as refused:
        read(tmp_path / path)
    check_sentence(refused.value)
    if path != "missing.json":
        with pytest.raises(FileError) as refused:
            write(EVERYTHING, tmp_path / path)
        check_sentence(refused.value)


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kept.network.json"
    write(EVERYTHING, file)
    before = file.read_bytes()
    for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):

        def fail(path: Path, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(atomic, "sync", fail)
        with pytest.raises((FileError, KeyboardInterrupt)):
            write(replace(EVERYTHING, name="other"), file)
        assert file.read_bytes() == before
        assert os.listdir(tmp_path) == [file.name]  # noqa: PTH208 - hidden files too


def test_a_killed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "kept.network.json"
    write(EVERYTHING, file)
    script = (
        "import os, sys; from explorer.core import atomic, storage\n"
        "atomic.sync = lambda path: os._exit(9)\n"
        f"storage.write(storage.read({str(file)!r}).rename(('conv',), 'other'), {str(file)!r})"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert read(file) == EVERYTHING


@pytest.mark.skipif(os.name == "nt", reason="modes and links are of Unix")
def test_the_mode_follows_the_umask_and_links_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "real.network.json", tmp_path / "link.network.json"
    old = os.umask(0o027)
    try:
        write(EVERYTHING, file)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    link.symlink_to(file)
    write(replace(EVERYTHING, name="by link"), link)
    assert link.is_symlink()
    assert read(file).name == "by link"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is write-protected from the administrator")
def test_a_write_protected_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.network.json"
    write(EVERYTHING, file)
    before = file.read_bytes()
    file.chmod(0o444)
    with pytest.raises(FileError, match="permission denied"):
        write(replace(EVERYTHING, name="other"), file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_zoo_documents_come_back() -> None:
    for entry in explorer.networks():
        network = explorer.network(entry.key)
        assert loads(dumps(network)) == network
