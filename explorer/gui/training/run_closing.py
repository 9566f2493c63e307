"""Closing the window while a run goes on: the person decides, and the run ends behind its step with a checkpoint."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.gui.record.progress_words import clock
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.dialogs import ask

PATIENCE = 2_000  # milliseconds after which a step that is not done yet takes long


def ask_to_stop(
    parent: QWidget, training: TrainingSession, then: Callable[[], object], leave: Callable[[], object]
) -> QMessageBox:
    """Asks whether to end the run; nothing happens if it is to go on.

    Args:
        parent: The window.
        training: Whose run it is.
        then: What follows once the run has ended, such as closing the window.
        leave: What follows if the person would not wait for the end of a long step.
    """
    box = QMessageBox(parent)
    box.setObjectName("dialog_stop_run")
    box.setWindowTitle("A run goes on")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(f"{training.network.name if training.network else 'A network'} is being trained.")
    text = "Stopping keeps a checkpoint of this moment, from which the run can be continued."
    if training.queue.runs:
        text += " What waits in the queue is kept for the next time."
    box.setInformativeText(text)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Keep training", QMessageBox.ButtonRole.RejectRole)
    stop.setObjectName("button_stop_and_close")
    keep.setObjectName("button_keep_training")
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    for button in (stop, keep):
        button.ensurePolished()
        button.setMinimumWidth(button.sizeHint().width())  # the box would be as narrow as its first line
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    stop.clicked.connect(lambda: stop_then(training, then, lambda: ask_to_leave(parent, training, leave)))
    box.open()
    return box


def stop_then(training: TrainingSession, then: Callable[[], object], leave: Callable[[], object]) -> None:
    """Ends the run, and does something once that has happened.

    Args:
        training: Whose run it is.
        then: What follows.
        leave: What else follows, if the run is still in its step after a while.
    """
    late = QTimer(training, singleShot=True, interval=PATIENCE)

    def look() -> None:
        if not training.active:
            training.state_changed.disconnect(look)
            late.deleteLater()
            then()

    if not training.active:  # it has ended while the person was thinking
        then()
        return
    training.state_changed.connect(look)
    late.timeout.connect(leave)
    late.start()
    training.stop()


def ask_to_leave(parent: QWidget, training: TrainingSession, leave: Callable[[], object]) -> QMessageBox:
    """Asks whether to leave without waiting for the step the run is in; the question goes when the step is done.

    Args:
        parent: The window.
        training: Whose run it is.
        leave: Leaves.
    """
    checkpoint = training.record.checkpoint
    kept = "There is no checkpoint yet, so the run would have to be started anew."
    if checkpoint is not None:
        age = clock(time.monotonic() - training.record.saved_at)
        kept = f"Leaving now keeps its last checkpoint, of step {checkpoint.step:,}, {age} ago."
    box = ask(
        parent,
        "dialog_leave_now",
        "The run is still in its step",
        "The step takes long. Waiting for its end keeps this moment of the run.",
        kept,
        [("leave_now", "Leave now", leave)],
    )
    cancel = box.button(QMessageBox.StandardButton.Cancel)
    cancel.setText("Keep waiting")
    cancel.setObjectName("button_keep_waiting")
    box.setInformativeText(kept)  # which makes room for the longer button

    def look() -> None:
        if not training.active:
            box.close()

    training.state_changed.connect(look)
    box.destroyed.connect(lambda: training.state_changed.disconnect(look))
    return box
