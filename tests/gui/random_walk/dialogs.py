"""How a walk answers what the window asks: menus that stand open, questions, and names of files."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QWidget,
)

from tests.gui.random_walk.deed import NOTHING, deed
from tests.gui.random_walk.fields import fields_in, type_into, use_field
from tests.gui.random_walk.menus import choose
from tests.gui.random_walk.world import World

COMPARISON = "compare_window"  # stays open while other things are done
GARBAGE = {"text.network.json": "no network", "list.network.json": "[]", "old.block.json": '{"format": 1}'}
_MOST_QUESTIONS = 6  # one after the other
_MOST_COMPARISONS = 2
_ACCEPTS = (QDialogButtonBox.ButtonRole.AcceptRole, QDialogButtonBox.ButtonRole.YesRole)


def put_garbage(folder: Path) -> None:
    """Puts files beside those of the walk that no window can open."""
    for name, text in GARBAGE.items():
        (folder / name).write_text(text, encoding="utf-8")


def answer(world: World, rng: Random) -> list[str]:
    """Answers until nothing is asked any more; what was said."""
    said = []
    for _ in range(_MOST_QUESTIONS):
        world.settle()
        popup = QApplication.activePopupWidget()
        dialogs = [dialog for dialog in _dialogs(world) if dialog.objectName() != COMPARISON]
        if popup is not None:
            said.append(f"in the menu: {_answer_popup(popup, rng)}")
        elif dialogs:
            said.append(f"{dialogs[-1].objectName()}: {_answer_dialog(world, dialogs[-1], rng)}")
        else:
            break
    for dialog in _dialogs(world):
        if dialog.objectName() != COMPARISON:
            dialog.reject()
    for comparison in [dialog for dialog in _dialogs(world) if dialog.objectName() == COMPARISON][_MOST_COMPARISONS:]:
        comparison.close()
    return said


def _dialogs(world: World) -> list[QDialog]:
    return [dialog for dialog in world.window.findChildren(QDialog) if dialog.isVisible()]


def _answer_popup(popup: QWidget, rng: Random) -> str:
    chosen = choose(popup, rng) if isinstance(popup, QMenu) and rng.random() < 0.8 else NOTHING
    popup.close()
    return chosen or "nothing"


def _answer_dialog(world: World, asked: QDialog, rng: Random) -> str:
    if isinstance(asked, QFileDialog):
        return _answer_file(world, asked, rng)
    if isinstance(asked, QMessageBox):
        buttons = asked.buttons()
        if buttons:
            button = rng.choice(buttons)
            button.click()
            return button.text()
    used = _fill(asked, rng)
    if asked.isVisible() and rng.random() < 0.7:
        used.append(_accept(asked, rng))
    if asked.isVisible():
        asked.reject()
    return ", ".join(used)


def _fill(asked: QDialog, rng: Random) -> list[str]:
    """Uses one or two of its fields, other than its buttons."""
    used = []
    for _ in range(rng.randint(0, 2)):
        fields = [field for field in fields_in(asked) if not isinstance(field.parent(), QDialogButtonBox)]
        if fields and asked.isVisible():
            used.append(use_field(rng.choice(fields), rng))
    return used


def _accept(asked: QDialog, rng: Random) -> str:
    """Says yes, often under a sound name, which chance alone would seldom type."""
    for line in asked.findChildren(QLineEdit):
        if line.objectName().endswith("_name") and rng.random() < 0.8:
            type_into(line, f"Mine{rng.randint(0, 9)}")
    boxes = asked.findChildren(QDialogButtonBox)
    buttons = [button for box in boxes for button in box.buttons() if box.buttonRole(button) in _ACCEPTS]
    for button in buttons[:1]:
        button.click()
        return button.text()
    return "no button"


def _answer_file(world: World, asked: QFileDialog, rng: Random) -> str:
    saves = asked.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    suffixes = re.findall(r"\*([.\w]+)", " ".join(asked.nameFilters())) or [".json"]
    names = [f"walk{number}{suffixes[0]}" for number in range(4)]
    if not saves:
        names = sorted(file.name for file in world.folder.iterdir() if file.name.endswith(".json"))
    if not names or rng.random() < 0.2:
        asked.reject()
        return "no file"
    name = rng.choice(names)
    asked.setOption(QFileDialog.Option.DontConfirmOverwrite)  # its own question would wait for an answer
    asked.setDirectory(str(world.folder))
    asked.selectFile(name)
    asked.accept()
    return name


@deed(2)
def comparison(world: World, rng: Random) -> str:
    """Does something in a comparison that stands open."""
    windows = [dialog for dialog in _dialogs(world) if dialog.objectName() == COMPARISON]
    if not windows:
        return NOTHING
    window = rng.choice(windows)
    menus = [menu for menu in window.findChildren(QMenu) if menu.objectName() == "menu_compare"]
    if menus and rng.random() < 0.6:
        return choose(menus[0], rng)
    fields = fields_in(window)
    return use_field(rng.choice(fields), rng) if fields else NOTHING
