"""The switches beside plots of runs that make their axes logarithmic."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton


def loss_scale(name: str) -> QToolButton:
    """The switch of the vertical axis; its argument is its objectName."""
    return _switch(name, "log loss", "Logarithmic loss axis", "Show the loss on a logarithmic axis")


def epoch_scale(name: str) -> QToolButton:
    """The switch of the horizontal axis, likewise."""
    help_line = "Count the epochs on a logarithmic axis, which shows how a run begins"
    return _switch(name, "log epochs", "Logarithmic epoch axis", help_line)


def _switch(name: str, text: str, title: str, help_line: str) -> QToolButton:
    switch = QToolButton()
    switch.setObjectName(name)
    switch.setText(text)
    switch.setAccessibleName(title)
    switch.setToolTip(help_line)
    switch.setCheckable(True)
    return switch
