"""Work between the steps of a run, and that it changes nothing of the run by a bit."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from explorer.assembly import assemble
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit
from explorer.export.base import exporter_for
from explorer.export.from_run import trained_model
from explorer.gui.data.shelf import DataChoice, DataShelf
from explorer.gui.engine.engine import Engine
from explorer.gui.training.run_state import State
from explorer.insight.one_image import Guesser
from explorer.runs.checkpoint import load
from explorer.runs.rotation import LAST
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.events import CheckpointSaved, Event, Step
from explorer.training.isolation import aside
from explorer.training.trainer import train
from tests.gui.desk import Desk


def random_network() -> Network:
    """With dropout, which draws numbers, and batch norm, which minds the mode."""
    body = Chain(
        ("conv", Conv2d(8, 3, stride=2)),
        ("norm", BatchNorm2d()),
        ("drop", Dropout(0.2)),
        ("pool", AdaptiveAvgPool2d(4)),
        ("flatten", Flatten()),
        ("fc", Linear(4)),
    )
    return Network.of("Random", (1, 28, 28), body)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return TrainingData.load(DATASETS["synthetic"])


@pytest.fixture
def picture(tmp_path: Path, data: TrainingData) -> Path:
    split = data.images.train
    assert isinstance(split, ArraySplit)
    path = tmp_path / "mine.png"
    Image.fromarray(split.images[0, 0]).save(path)
    return path


def weights(folder: Path) -> dict[str, torch.Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(str(checkpoints.pointed(LAST)))).model)


class Visitor:
    """Asks the engine for all there is to ask, behind each event of a run, with manners of its own."""

    def __init__(self, engine: Engine, folder: Path, picture: Path, out: Path) -> None:
        self._engine, self._folder, self._picture, self._out = engine, folder, picture, out
        self._guesser, self._shelf = Guesser(), DataShelf()
        self.served: list[str] = []
        self.problems: list[str] = []

    def call(self) -> None:
        for job in (self.spoil, self.guess, self.export, self.preview):
            self._engine.submit(job, self.served.append, self.problems.append)

    def spoil(self) -> str:
        """What a careless job would do."""
        torch.manual_seed(1)
        random.seed(2)
        torch.set_num_threads(2)
        torch.rand(100)
        return "spoiled"

    def guess(self) -> str:
        with aside():
            self._guesser.prepare(self._folder)
            self._guesser.guess(self._picture)
        return "guessed"

    def export(self) -> str:
        with aside():
            model = trained_model(Run.open(self._folder), "last")
            exporter_for(self._out, None).write(model, self._out)
        return "exported"

    def preview(self) -> str:
        with aside() as generator:
            torch.rand(3, generator=generator)
            self._shelf.preview(DataChoice("synthetic", None), lambda: False)
        return "seen"


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.shutdown()


def test_a_run_with_hundreds_of_jobs_in_between_ends_with_the_weights_of_one_without(
    engine: Engine, data: TrainingData, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.training.meter.INTERVAL", 0.0)  # an event, and so a visit, behind each step
    config = TrainConfig(
        epochs=2, batch_size=20, lr=0.01, seed=5, threads=1, memory_format="contiguous", flip=True, ema_decay=0.9
    )
    list(train(random_network(), data, config, tmp_path / "alone"))
    folder, over = tmp_path / "visited", threading.Event()
    visitor = Visitor(engine, folder, picture, tmp_path / "weights.safetensors")

    def take(event: Event) -> None:
        if isinstance(event, Step | CheckpointSaved):
            visitor.call()

    said: list[str | None] = []

    def end(sentence: str | None) -> None:
        said.append(sentence)
        over.set()

    control = Control()
    engine.drive(train(random_network(), data, config, folder, control), control, take, end)
    assert over.wait(240)
    assert said == [None]
    assert visitor.problems == []
    assert len(visitor.served) >= 4 * 72
    assert set(visitor.served) == {"spoiled", "guessed", "exported", "seen"}
    alone, visited = weights(tmp_path / "alone"), weights(folder)
    assert all(torch.equal(alone[name], visited[name]) for name in alone)


def test_a_job_leaves_the_thread_as_it_found_it(restored: None) -> None:
    torch.manual_seed(4)
    before = torch.get_rng_state()
    with aside() as generator:
        torch.manual_seed(9)
        torch.set_num_threads(1)
        random.seed(3)
        assert torch.rand(1, generator=generator).item() != torch.rand(1).item()
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == 2


@pytest.fixture
def restored() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_a_guess_is_what_the_exported_weights_say_in_plain_torch(
    data: TrainingData, picture: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    list(
        train(
            random_network(),
            data,
            TrainConfig(epochs=3, batch_size=20, lr=0.01, threads=1, memory_format="contiguous"),
            folder,
        )
    )
    guesser = Guesser()
    state = torch.get_rng_state()
    guesser.prepare(folder)
    guess = guesser.guess(picture)
    assert torch.equal(torch.get_rng_state(), state), "no random number is drawn"
    module = assemble(random_network()).eval()
    module.load_state_dict(weights(folder))
    pixels = torch.from_numpy(np.asarray(Image.open(picture)).copy()).float()[None, None] / 255
    normal = (pixels - torch.tensor(data.dataset.mean)) / torch.tensor(data.dataset.std)
    shares = module(normal).softmax(1)[0].detach()
    order = shares.argsort(descending=True).tolist()
    assert [name for name, _ in guess.classes] == [data.dataset.classes[place] for place in order]
    assert [share for _, share in guess.classes] == pytest.approx([float(shares[place]) for place in order], rel=1e-4)


def test_an_image_is_asked_about_while_a_run_goes_on(desk: Desk, picture: Path, tmp_path: Path) -> None:
    desk.training.change("epochs", 400)
    desk.click("button_train_start")
    desk.until(State.RUNNING)
    desk.find("button_choose_image").click()  # type: ignore[attr-defined]
    dialog = desk.find("dialog_choose_image")
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(picture.name)
    dialog.accept()
    desk.qtbot.waitUntil(lambda: desk.training.trial.guess is not None, timeout=30_000)
    first = desk.training.trial.guess
    assert first is not None
    assert desk.training.active, "it was served between two steps"
    desk.qtbot.waitUntil(lambda: desk.training.trial.guess != first, timeout=30_000)  # with a newer checkpoint
    desk.click("button_train_stop")
    desk.until(State.FINISHED)
    last = desk.training.record.checkpoint
    assert last is not None
    desk.qtbot.waitUntil(
        lambda: desk.text("one_image_words") == f"mine.png, by the weights of step {last.step:,}", timeout=30_000
    )
    guess = desk.training.trial.guess
    assert guess is not None
    assert desk.text("guess_0") == f"{100 * guess.classes[0][1]:.1f} %"


def test_a_file_that_is_no_image_is_a_sentence_and_others_are_not_taken(desk: Desk, tmp_path: Path) -> None:
    desk.click("button_train_start")
    desk.until(State.FINISHED)
    for name in ("notes.txt", "broken.png"):
        (tmp_path / name).write_text("no picture")
        drop(desk, tmp_path / name)
    desk.qtbot.waitUntil(lambda: "no image format is recognised" in desk.text("one_image_words"), timeout=30_000)
    assert desk.training.trial.image == tmp_path / "broken.png"


def drop(desk: Desk, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target = desk.find("one_image")
    enters = QDragEnterEvent(QPoint(5, 5), action, data, button, none)
    QApplication.sendEvent(target, enters)
    assert enters.isAccepted() == (file.suffix == ".png")
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, data, button, none))
