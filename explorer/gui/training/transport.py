"""Start, pause, resume and stop: what they do, when they can, and their signs."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

from explorer.gui.record.run_record import RunRecord
from explorer.gui.session import Session
from explorer.gui.training.run_state import State
from explorer.gui.training.training_session import TrainingSession

Sign: TypeAlias = Literal["play", "pause", "stop", "add"]

_LINE = 72  # letters of a tooltip
_SIZE = 16  # pixels
_SCALE = 3  # drawn larger, for displays with small pixels


@dataclass(frozen=True, slots=True)
class Command:
    """One of the commands of a run.

    Attributes:
        key: For objectNames: ``action_<key>`` in a menu, ``button_<key>`` on the page.
        text: What it says.
        sign: Its sign.
        shortcut: Its keys.
        help: One line that explains it.
        run: Does it.
        possible: Whether it can be done now.
        needs: Why not, otherwise, where that is not plain.
    """

    key: str
    text: str
    sign: Sign
    shortcut: str
    help: str
    run: Callable[[Session, TrainingSession], None]
    possible: Callable[[TrainingSession], bool]
    needs: str = ""

    def tip(self, problem: str = "") -> str:
        """What it does and its keys; where it cannot be done why not before, in lines, which Qt would not break.

        Args:
            problem: Why it cannot be done; empty if it can.
        """
        does = f"{self.help} ({self.shortcut})"
        return "\n".join([*textwrap.wrap(problem, _LINE), does])


def can_go_further(record: RunRecord) -> bool:
    """Whether a run has ended with something kept from which it can go on."""
    return record.finished is not None and record.checkpoint is not None


COMMANDS = (
    Command(
        "train_start", "Start", "play", "F5", "Trains the network in front, in a new run",
        lambda session, training: training.start(session.network), lambda training: not training.active,
    ),
    Command(
        "train_continue", "Continue", "play", "Ctrl+F5", "Goes on with the run that ended early, where it was saved",
        lambda _, training: training.continue_run(), lambda training: training.can_continue,
    ),
    Command(
        "train_further", "More Epochs…", "play", "Shift+F7",
        "Goes on with the run for longer, or from a checkpoint of it",
        lambda _, training: training.further_asked.emit(training.record.folder),
        lambda training: not training.active and can_go_further(training.record),
        needs="needs a run that has ended and has a checkpoint to go on from",
    ),
    Command(
        "train_pause", "Pause", "pause", "F8", "Halts the run behind the current step",
        lambda _, training: training.pause(), lambda training: training.state is State.RUNNING,
    ),
    Command(
        "train_resume", "Resume", "play", "F7", "Ends the halt",
        lambda _, training: training.resume(), lambda training: training.state in {State.PAUSING, State.PAUSED},
    ),
    Command(
        "train_stop", "Stop", "stop", "Shift+F5", "Ends the run behind the current step; it can be continued",
        lambda _, training: training.stop(),
        lambda training: training.active and training.state is not State.STOPPING,
    ),
    Command(
        "train_stop_after_epoch", "Stop after Epoch", "stop", "Shift+F8", "Ends the run with its current epoch",
        lambda _, training: training.stop_after_epoch(), lambda training: training.can_stop_after_epoch,
    ),
    Command(
        "train_enqueue", "Add to Queue", "add", "F12", "Trains the network in front as it is now, once it is its turn",
        lambda session, training: training.queued.add(session.network),
        lambda training: training.active or bool(training.queue.runs),
    ),
)  # fmt: skip
START = COMMANDS[0]


def sign_icon(sign: Sign, color: str, disabled: str) -> QIcon:
    """The sign of a command, in one colour where it is possible and in another where it is not."""
    icon = QIcon(_paint(sign, color))
    icon.addPixmap(_paint(sign, disabled), QIcon.Mode.Disabled)
    return icon


def _paint(sign: Sign, color: str) -> QPixmap:
    side = _SIZE * _SCALE
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SCALE, _SCALE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    if sign == "play":
        painter.drawPolygon(QPolygonF([QPointF(4.5, 3), QPointF(13, 8), QPointF(4.5, 13)]))
    elif sign == "pause":
        for left in (4.0, 9.0):
            painter.drawRoundedRect(QRectF(left, 3, 3, 10), 0.8, 0.8)
    elif sign == "add":
        painter.drawRoundedRect(QRectF(3, 7, 10, 2), 0.8, 0.8)
        painter.drawRoundedRect(QRectF(7, 3, 2, 10), 0.8, 0.8)
    else:
        painter.drawRoundedRect(QRectF(3.5, 3.5, 9, 9), 1, 1)
    painter.end()
    pixmap.setDevicePixelRatio(_SCALE)
    return pixmap
