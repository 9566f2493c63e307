"""How the run stands: its best figures, why it ended, what is kept of it, and the ways to take the weights along."""

from __future__ import annotations

import functools
import time
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.core.wording import amount
from explorer.export.base import EXPORTERS, Exporter
from explorer.gui.figures import UNKNOWN, percent
from explorer.gui.panel import Panel, register, with_training
from explorer.gui.plots.health_bars import HealthBars
from explorer.gui.record.progress_words import clock
from explorer.gui.record.run_record import RunRecord
from explorer.gui.runs.earlier_runs import EarlierRuns
from explorer.gui.session import Session
from explorer.gui.training.export_dialog import ask_where_to_export
from explorer.gui.training.queue_list import QueueList
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.one_image import OneImage
from explorer.gui.widgets.column import Column
from explorer.gui.widgets.form import Figures, heading, words

_EVERY = 1000  # milliseconds between two looks at the clock
_PACE = (
    ("lr", "learning rate"),
    ("speed", "images/s"),
    ("epoch_left", "epoch ends in"),
    ("left", "run ends in"),
)
_ROWS = (
    ("validation", "validation accuracy"),
    ("epoch", "in epoch"),
    ("training", "training accuracy"),
    ("gap", "gap"),
    ("test", "test accuracy"),
)


class TrainNowPanel(Column):
    """The right side of the Train workspace."""

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__("panel_train_now")
        self._session, self._training = session, training
        self._figures, self._pace = Figures("now", _ROWS), Figures("pace", _PACE)
        self._health, self._earlier = HealthBars(), EarlierRuns(training)
        self._queue = QueueList(training)
        self._image = OneImage(session, training)
        self._run, self._ending, self._notes = words("now_run"), words("now_ending"), words("now_notes", "problem")
        self._kept, self._exported = words("now_kept", "muted"), words("now_exported", "muted")
        self._folder, self._which = QPushButton("Open run folder"), QComboBox()
        self._exports = [self._make_export(exporter) for exporter in EXPORTERS.values()]
        self._clock = QTimer(self, interval=_EVERY)
        self._prepare()
        self._arrange()
        self._connect()
        self._show()

    # Making

    def _make_export(self, exporter: Exporter) -> QPushButton:
        button = QPushButton(f"Export {exporter.suffix}")
        button.setObjectName(f"button_export_{exporter.key}")
        button.setAccessibleName(f"Export {exporter.label}")
        button.setToolTip(f"{exporter.label}: {exporter.help}")
        button.clicked.connect(functools.partial(self._ask, exporter))
        return button

    def _prepare(self) -> None:
        self._folder.setObjectName("button_run_folder")
        self._folder.setToolTip("The network, settings, curves and checkpoints of the run, as plain files")
        self._folder.clicked.connect(self._open_folder)
        self._which.setObjectName("choice_checkpoint")
        self._which.setAccessibleName("Weights to export")
        self._which.setToolTip("The weights with the best validation accuracy, or those of the last checkpoint")
        self._which.addItem("best weights", "best")
        self._which.addItem("last weights", "last")

    def _arrange(self) -> None:
        content = QWidget()
        content.setObjectName("train_now")
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(self._queue)
        for title, parts in (
            ("Best so far", (self._figures,)),
            ("Pace", (self._pace,)),
            ("Health", (self._health,)),
            ("Earlier, overlaid", (self._earlier,)),
            ("Run", (self._run, self._ending, self._notes)),
            ("Kept", (self._kept, self._folder)),
            ("Try an image", (self._image,)),
            ("Export weights", (self._which, *self._exports, self._exported)),
        ):
            column.addWidget(heading(title))
            for part in parts:
                column.addWidget(part)
            column.addSpacing(8)
        column.addStretch()
        self.setWidget(content)

    def _connect(self) -> None:
        training = self._training
        training.state_changed.connect(self._show)
        training.metrics_changed.connect(self._show)
        training.exported.connect(lambda path: _tell(self._exported, f"Saved {path}"))
        self._session.changed.connect(self._show)
        self._clock.timeout.connect(self._show_kept)

    # Showing

    def _show(self) -> None:
        record = self._training.record
        for key, text in figures_of(record).items():
            self._figures.show_figure(key, text)
        for key, text in pace_of(record, goes_on=self._training.goes_on).items():
            self._pace.show_figure(key, text)
        self._health.show_blocks(record.blocks)
        _tell(self._run, self._run_words())
        _tell(self._ending, record.finished.message if record.finished is not None else "")
        _tell(self._notes, "\n".join(record.notes))
        self._show_kept()
        for control in (self._which, *self._exports):
            control.setEnabled(record.checkpoint is not None)
        self._folder.setEnabled(record.folder is not None)

    def _run_words(self) -> str:
        network, started = self._training.network, self._training.record.started
        if network is None or started is None:
            return "No run yet."
        device = f"CPU, {amount(started.threads, 'thread')}" if started.device == "cpu" else started.device_name
        lines = [
            Path(started.run).name,
            f"{network.name} · {trained_words(self._training.record)}",
            f"{amount(started.train_images, 'image')}, {started.validation_images:,} held back",
            f"{device} · {started.precision}, {started.memory_format.replace('_', ' ')}",
        ]
        if started.origin:
            lines.append(started.origin)
        if self._training.active and network is not self._session.network:
            lines.append("Edits of the design do not touch this run.")
        return "\n".join(lines)

    def _show_kept(self) -> None:
        _tell(self._kept, kept_words(self._training.record, active=self._training.active))

    # Doing

    def _open_folder(self) -> None:
        folder = self._training.record.folder
        if folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _ask(self, exporter: Exporter) -> None:
        network = self._training.network
        if network is None:
            return
        ask_where_to_export(
            self,
            "dialog_export",
            f"Export {exporter.label}",
            network.name,
            (exporter,),
            self._session.settings,
            lambda file: self._training.export(exporter.key, file, self._which.currentData()),
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()


def figures_of(record: RunRecord) -> dict[str, str]:
    """The best figures of a run as a person reads them; a dash stands for what is not known."""
    best, gap, finished = record.best, record.gap, record.finished
    validation = None if best is None else best.validation_accuracy
    return {
        "validation": percent(validation),
        "epoch": UNKNOWN if best is None or validation is None else f"{best.epoch:,}",
        "training": percent(record.train_accuracy),
        "gap": UNKNOWN if gap is None else f"{gap:.1f} points".replace("-", "−"),
        "test": percent(None if finished is None else finished.test_accuracy),
    }


def pace_of(record: RunRecord, *, goes_on: bool = True) -> dict[str, str]:
    """How fast a run goes and, while it goes on, when it ends, as a person reads it."""
    goes_on = goes_on and record.started is not None and record.finished is None
    epoch, left = (record.epoch_seconds_left, record.seconds_left) if goes_on else (None, None)
    return {
        "lr": f"{record.lr:.3g}" if record.step else UNKNOWN,
        "speed": f"{record.images_per_second:,.0f}" if record.images_per_second else UNKNOWN,
        "epoch_left": UNKNOWN if epoch is None else clock(epoch),
        "left": UNKNOWN if left is None else clock(left),
    }


def trained_words(record: RunRecord) -> str:
    """How many parameters a run trains; in stages each trains others, and the count is that of the last begun."""
    if record.stages:
        stage = record.stages[-1]
        return f"{amount(stage.parameters, 'parameter')} to train in stage {stage.stage}"
    return f"{amount(0 if record.started is None else record.started.parameters, 'parameter')} to train"


def kept_words(record: RunRecord, *, active: bool) -> str:
    """What is on the disk of a run, and how old it is."""
    checkpoint, best = record.checkpoint, record.best_checkpoint
    if checkpoint is None and record.finished is not None:
        return "This run ended before its first step; it has no checkpoint."
    if checkpoint is None:
        return "A run keeps checkpoints from its first step on."
    age = f"{clock(time.monotonic() - record.saved_at)} ago, " if active else ""
    text = f"Last checkpoint {age}at step {checkpoint.step:,}"
    if best is not None:
        text += f", best at step {best.step:,}"
    return f"{text}. If the app were killed now, the run could go on from there." if active else f"{text}."


def _tell(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))


register(Panel("train_now", "Now", "train", "right", with_training(TrainNowPanel)))
