"""Closing the window while a run goes on: the person decides, and the run ends behind its step with a checkpoint."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.gui.training_session import TrainingSession


def ask_to_stop(parent: QWidget, training: TrainingSession, then: Callable[[], object]) -> QMessageBox:
    """Asks whether to end the run; nothing happens if it is to go on.

    Args:
        parent: The window.
        training: Whose run it is.
        then: What follows once the run has ended, such as closing the window.
    """
    box = QMessageBox(parent)
    box.setObjectName("dialog_stop_run")
    box.setWindowTitle("A run goes on")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(f"{training.network.name if training.network else 'A network'} is being trained.")
    box.setInformativeText("Stopping keeps a checkpoint of this moment, from which the run can be continued.")
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Keep training", QMessageBox.ButtonRole.RejectRole)
    stop.setObjectName("button_stop_and_close")
    keep.setObjectName("button_keep_training")
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    stop.clicked.connect(lambda: stop_then(training, then))
    box.open()
    return box


def stop_then(training: TrainingSession, then: Callable[[], object]) -> None:
    """Ends the run, and does something once that has happened."""

    def look() -> None:
        if not training.active:
            training.state_changed.disconnect(look)
            then()

    if not training.active:  # it has ended while the person was thinking
        then()
        return
    training.state_changed.connect(look)
    training.stop()
