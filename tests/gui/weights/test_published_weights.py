"""Published weights in the window, from a server that is laid out as torchvision's is."""

from __future__ import annotations

import hashlib
import io
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.datasets.download import TIMEOUT
from explorer.gui.library.lines import Listed
from explorer.gui.record.events import Loading
from explorer.gui.training.run_state import State
from explorer.gui.training.weights_download import WeightsDownload, far_words
from explorer.gui.weights.dialog import WeightsDialog, cells, show_weights, tooltip
from explorer.gui.weights.use import start_from
from explorer.runs.published_weights import VARIABLE, PublishedWeights, find
from explorer.runs.run import Run
from explorer.zoo.base import ZOO
from tests.file_server import FileServer, serving
from tests.gui.desk import SMALL, Desk

KEY = "squeezenet1_1"
CONTENT = bytes(range(256)) * 2000


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    with serving() as served:
        yield served


def published(server: FileServer, content: bytes = CONTENT, digits: str = "") -> PublishedWeights:
    """Weights that the server has under a name with the first digits of their hash, or with others."""
    path = f"/models/{KEY}-{digits or hashlib.sha256(content).hexdigest()[:8]}.pth"
    server.files[path] = content
    return PublishedWeights(KEY, "IMAGENET1K_V1", f"{server.address}{path}", 58.178, 224, len(content), True)


class Listener:
    """A download, and what was heard of it."""

    def __init__(self) -> None:
        self.download = WeightsDownload()
        self.arrived: list[Path] = []
        self.failed: list[str] = []
        self.download.arrived.connect(lambda _, path: self.arrived.append(path))
        self.download.failed.connect(self.failed.append)


@pytest.fixture
def listener(qapp: QApplication) -> Iterator[Listener]:
    made = Listener()
    yield made
    made.download.close()
    QCoreApplication.processEvents()


def test_weights_arrive_behind_the_window(listener: Listener, server: FileServer, qtbot: QtBot) -> None:
    weights = published(server)
    listener.download.start(weights)
    assert listener.download.weights == weights
    qtbot.waitUntil(lambda: listener.arrived == [find(weights)])
    assert listener.download.weights is None
    assert listener.arrived[0].read_bytes() == CONTENT
    assert listener.download.progress is not None
    assert listener.download.progress.done == len(CONTENT)


def test_a_cancelled_download_tells_nothing_and_goes_on_later(
    listener: Listener, server: FileServer, qtbot: QtBot
) -> None:
    weights, download = published(server), listener.download
    server.halt_after = 100_000
    download.start(weights)
    qtbot.waitUntil(lambda: download.progress is not None)
    download.cancel()
    assert download.weights is None
    server.go_on.set()
    download.start(weights)
    qtbot.waitUntil(lambda: bool(listener.arrived))
    assert listener.failed == []
    assert server.requests[1][1].startswith("bytes=")
    assert listener.arrived[0].read_bytes() == CONTENT


def test_a_wrong_checksum_is_told(listener: Listener, server: FileServer, qtbot: QtBot) -> None:
    listener.download.start(published(server, digits="00000000"))
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert "its checksum is wrong" in listener.failed[0]
    assert listener.download.weights is None
    assert listener.arrived == []


def test_offline_is_told_with_a_remedy(listener: Listener, server: FileServer, qtbot: QtBot) -> None:
    listener.download.start(replace(published(server), url="http://127.0.0.1:9/models/squeezenet1_1-00000000.pth"))
    qtbot.waitUntil(lambda: bool(listener.failed))
    assert "Connect to the internet and try again" in listener.failed[0]


def test_closing_the_window_ends_a_download(listener: Listener, server: FileServer, qtbot: QtBot) -> None:
    server.halt_after = 100_000
    listener.download.start(published(server))
    qtbot.waitUntil(lambda: listener.download.progress is not None)
    begun = time.monotonic()
    listener.download.close()
    assert time.monotonic() - begun < TIMEOUT / 2, "it waits for a server that is silent"
    QCoreApplication.processEvents()
    assert (listener.arrived, listener.failed) == ([], [])


def test_a_stall_is_told_once_it_lasts() -> None:
    half, whole = Loading("Downloading a.pth", 50, 100), Loading("Downloading a.pth", 100, 100)
    assert far_words(None, 0.5) == "Connecting…"
    assert far_words(None, 5.0) == "Connecting… · waiting for the server, 5 s"
    assert far_words(half, 2.9) == "Downloading a.pth · 50%"
    assert far_words(half, 12.2) == "Downloading a.pth · 50% · waiting for the server, 12 s"
    assert far_words(whole, 12.2) == "Downloading a.pth · 100%", "it is being checked"


def test_the_silence_of_the_server_is_counted_from_what_arrived_last(
    listener: Listener, server: FileServer, qtbot: QtBot
) -> None:
    download = listener.download
    server.halt_after = 100_000
    download.start(published(server))
    qtbot.waitUntil(lambda: download.progress is not None)
    qtbot.waitUntil(lambda: download.silence > 0.1)
    heard_before = time.monotonic() - download.silence
    server.go_on.set()
    qtbot.waitUntil(lambda: bool(listener.arrived))
    assert time.monotonic() - download.silence > heard_before + 0.1


def test_a_download_that_nobody_answers_makes_way_for_the_next(
    listener: Listener, server: FileServer, qtbot: QtBot
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lost = f"http://127.0.0.1:{silent.getsockname()[1]}/models/squeezenet1_1-00000000.pth"
        listener.download.start(replace(published(server), url=lost))
        taken, _ = silent.accept()
        with taken:
            begun = time.monotonic()
            listener.download.cancel()
            listener.download.start(published(server))
            qtbot.waitUntil(lambda: bool(listener.arrived))
            assert time.monotonic() - begun < TIMEOUT / 4, "it waits for a server that is silent"


def test_a_row_says_what_a_person_chooses_by(server: FileServer) -> None:
    weights = published(server)
    assert cells(weights, None) == ("IMAGENET1K_V1 (recommended)", "58.18 %", "224 × 224", "512 kB", "no")
    assert f"SHA-256 begins with {weights.digest.start}." in tooltip(weights, None)
    assert "transform input switched on" in tooltip(replace(weights, network="googlenet"), None)


@pytest.fixture
def run_settings() -> dict[str, object]:
    return SMALL | {"epochs": 1, "lr": 0.001}


def test_the_library_leads_to_a_run_that_starts_from_published_weights(
    desk: Desk, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    torch.save(torchvision.models.squeezenet1_1().state_dict(), buffer)
    weights = published(server, buffer.getvalue())
    monkeypatch.setattr("explorer.gui.weights.dialog.published_weights", lambda _: (weights,))
    session, start = desk.session, desk.training.start_from
    before = len(session.documents)
    show_weights(session, desk.training, ZOO[KEY], desk.application.window)
    dialog, table = desk.find("dialog_weights"), desk.find("weights_table")
    assert isinstance(dialog, WeightsDialog)
    assert isinstance(table, QTableWidget)
    desk.qtbot.waitUntil(lambda: table.rowCount() == 1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: start.path is not None)
    assert start.path == find(weights)
    assert session.network.name == "SqueezeNet 1.1"
    small = explorer.network(KEY, classes=4, input_shape=(1, 28, 28), stem="small")
    session.edit("make it small", small)
    start.look(small, ())
    desk.qtbot.waitUntil(lambda: start.report is not None, timeout=30_000)
    assert start.report is not None
    assert set(start.report.new_heads) == {"classifier.1"}
    start_from(session, start, weights, start.path or Path())
    assert len(session.documents) == before + 1  # the network in front is the one they are for, if changed
    desk.training.start(small)
    desk.until(State.FINISHED)
    folder = desk.training.record.folder
    assert folder is not None
    assert Run.open(folder).origin["path"] == str(find(weights))


def test_a_window_that_is_closed_at_once_is_told_nothing(desk: Desk, server: FileServer) -> None:
    published(server)
    show_weights(desk.session, desk.training, ZOO[KEY], desk.application.window)
    dialog = desk.find("dialog_weights")
    dialog.close()
    answered: list[object] = []
    assert desk.session.engine is not None
    desk.session.engine.submit(lambda: None, answered.append, answered.append)  # behind its question
    desk.qtbot.waitUntil(lambda: bool(answered))
    assert not desk.window.findChildren(WeightsDialog)


def test_the_menu_offers_them_for_twins_alone() -> None:
    from explorer.gui.library.actions import COMMANDS

    command: Callable[..., bool] = next(one for one in COMMANDS if one.key == "weights").possible
    assert command(Listed(entry=ZOO[KEY]))
    assert not command(Listed(entry=ZOO["lenet5"]))
    assert not command(None)
