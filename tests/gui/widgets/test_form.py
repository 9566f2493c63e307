"""The parts of a form, where what they show is data: names of classes, files and networks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.gui.widgets.form import LABEL_WIDTH, Figures, words
from explorer.gui.widgets.notice import Notice

LONG = "a class whose name goes on and on for ever and ever, as those of ImageNet do"


@pytest.fixture
def figures(qtbot: QtBot) -> Figures:
    made = Figures("guess", (("0", ""),))
    qtbot.addWidget(made)
    return made


def test_a_long_label_leaves_room_for_its_value(figures: Figures) -> None:
    figures.show_figure("0", "98.7 %", label=LONG)
    label = next(label for label in figures.findChildren(QLabel) if not label.objectName())
    assert label.sizeHint().width() <= LABEL_WIDTH + 2
    assert label.toolTip() == LONG
    figures.show_figure("0", "98.7 %", label="cat")
    assert (label.text(), label.toolTip()) == ("cat", "")


def test_what_is_shown_is_never_read_as_markup(figures: Figures, qtbot: QtBot) -> None:
    name = "<b>bold</b>"
    assert RichText.mightBeRichText(name)
    notice = Notice()
    said = words("sentence")
    for widget in (notice, said):
        qtbot.addWidget(widget)
    labels = [said, *figures.findChildren(QLabel), *notice.findChildren(QLabel)]
    for label in labels:
        label.setText("bold")
        narrow = label.sizeHint().width()
        label.setText(name)
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.sizeHint().width() > narrow
