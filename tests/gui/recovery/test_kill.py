"""The application killed in the middle of work, and started again: which edits are still there.

Both processes are the whole application with real time; the first one is killed with SIGKILL. What it did, and when,
it told by then.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import explorer

AT_MOST_LOST = 2.0  # seconds of work
SOON = 45  # edits, twenty a second: before there are so many there may be no copy yet

# Opens a file and changes it, then goes back to the network that was never saved and duplicates a block twenty times a
# second, all by the actions in the menus.
WORK = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from explorer.gui import app

file, most = Path(sys.argv[1]), int(sys.argv[2])

def go_on(application):
    window, session = application.window, application.session

    def act(key):
        action = window.findChild(QAction, f"action_{key}")
        assert action.isEnabled(), key
        action.trigger()

    def tell(*words):
        print(*words, time.monotonic(), flush=True)

    def work():
        number = len(session.network.body.slots) - before + 1
        if number <= most:
            act("duplicate")
            tell("edit", number)
        elif all(map(session.autosave.has_copy, session.documents)):
            tell("kept", most)

    window.open_file(file)
    session.select((("conv1",),))
    act("duplicate")
    act("next_tab")
    before = len(session.network.body.slots)
    session.select((("relu",),))
    timer = QTimer(window)
    timer.timeout.connect(work)
    timer.start(50)

app._go_on = go_on
app.run(["window"])
"""

# Waits for the offer, takes or refuses it by its buttons, and tells what is open.
RECOVER = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from explorer.gui import app

answer = sys.argv[1]

def go_on(application):
    window, session = application.window, application.session

    def look():
        offer = window.findChild(QLabel, "notice_recovery_text")
        if offer is None:
            return
        timer.stop()
        sentence = offer.text()
        window.findChild(QPushButton, f"notice_recovery_{answer}").click()
        documents = [
            {"title": d.title, "file": d.file and str(d.file), "modified": d.modified,
             "slots": len(d.network.body.slots), "front": d is session.document,
             "selection": [list(path) for path in d.selection]}
            for d in session.documents
        ]
        print(json.dumps({"sentence": sentence, "documents": documents}), flush=True)
        if answer == "restore":
            QTimer.singleShot(0, lambda: application.qt.exit(0))  # the session ends without having asked anybody
        else:
            sys.stdin.read()

    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(20)
    QTimer.singleShot(int(sys.argv[2]), lambda: (print(json.dumps(None), flush=True), application.qt.exit(0)))

app._go_on = go_on
sys.exit(app.run(["window"]))
"""


@dataclass(frozen=True)
class Desk:
    """A person's files and the application in front of them."""

    folder: Path

    def start(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"} | {name: str(self.folder) for name in names}
        environment["PYTHONPATH"] = str(Path(explorer.__file__).parents[1])
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", script, *arguments]
        return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def work_until(self, stop: Callable[[list[str]], bool], most: int = 100_000) -> list[tuple[str, int, float]]:
        """Works until told to stop, and is killed; what was done, with the number and the time of each edit."""
        lines: list[list[str]] = []
        with self.start(WORK, str(self.file), str(most)) as process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line.split())
                if stop(lines[-1]):
                    break
            process.kill()
            lines += [line.split() for line in process.stdout.read().splitlines()]
        assert lines, "it has done nothing"
        return [(kind, int(number), float(when)) for kind, number, when in lines if when]

    def recover(self, answer: str = "restore", patience: int = 60_000) -> dict[str, object] | None:
        with self.start(RECOVER, answer, str(patience)) as process:
            output, _ = process.communicate(timeout=120)
        told: dict[str, object] | None = json.loads(output)
        return told

    @property
    def file(self) -> Path:
        return self.folder / "lenet.network.json"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    explorer.write(explorer.network("lenet5"), tmp_path / "lenet.network.json")
    return Desk(tmp_path)


def documents(told: dict[str, object] | None) -> dict[str, dict[str, object]]:
    assert told is not None
    found = told["documents"]
    assert isinstance(found, list)
    return {document["title"]: document for document in found if document["modified"]}


UNTOUCHED = len(explorer.network("resnet18").body.slots)


@pytest.mark.parametrize(
    "edits", [62, *(pytest.param(number, marks=pytest.mark.slow) for number in (30, 41, 55, 68, 80, 93, 120))]
)
def test_a_kill_loses_at_most_the_last_two_seconds(desk: Desk, edits: int) -> None:
    done = desk.work_until(lambda line: line[:2] == ["edit", str(edits)])
    told = desk.recover(patience=5_000 if edits < SOON else 60_000)
    slots = documents(told)["ResNet-18"]["slots"] if told is not None else UNTOUCHED
    assert isinstance(slots, int)
    kept = slots - UNTOUCHED
    last = done[-1][2]
    lost = [last - when for _, number, when in done if number > kept]
    assert kept > 0 or edits < SOON
    assert all(ago <= AT_MOST_LOST for ago in lost), f"lost {len(lost)} edits, the first {max(lost)} s old"


def test_after_a_pause_nothing_is_lost_and_all_documents_come_back(desk: Desk) -> None:
    desk.work_until(lambda line: line[0] == "kept", most=7)
    told = desk.recover()
    assert told is not None
    assert "2 networks with unsaved changes" in str(told["sentence"])
    found = documents(told)
    assert set(found) == {"ResNet-18", "LeNet-5"}
    first, second = found["ResNet-18"], found["LeNet-5"]
    assert first["slots"] == UNTOUCHED + 7
    assert first["file"] is None
    assert first["front"]
    assert first["selection"], "the last copy is selected, as it was"
    assert second["file"] == str(desk.file)
    assert second["slots"] == len(explorer.network("lenet5").body.slots) + 1
    assert explorer.read(desk.file) == explorer.network("lenet5"), "the file is as it was saved"
    again = documents(desk.recover())
    assert again == found, "a session that ends without a decision leaves them for the next one"


@pytest.mark.slow
def test_two_applications_never_take_each_others_documents(desk: Desk) -> None:
    with desk.start(WORK, str(desk.file), "3") as first:
        assert first.stdout is not None
        while not first.stdout.readline().startswith("kept"):
            pass
        assert desk.recover(patience=1000) is None, "the first one lives"
        first.kill()
    with desk.start(RECOVER, "later", "60000") as second:
        assert second.stdout is not None
        assert json.loads(second.stdout.readline()) is not None
        assert desk.recover(patience=1000) is None, "the second one has found them, and waits for an answer"
        second.kill()
    assert set(documents(desk.recover())) == {"ResNet-18", "LeNet-5"}
