"""The few dialogs there are. All of them open without stopping the program, so that a test can answer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_file(
    parent: QWidget,
    name: str,
    title: str,
    filters: str,
    then: Callable[[Path], None],
    *,
    folder: str = "",
    saves: str = "",
    suffix: str = "",
) -> QFileDialog:
    """Asks for a file.

    Args:
        parent: The window.
        name: The objectName.
        title: What the dialog is called.
        filters: Kinds of file, as Qt writes them.
        then: Takes the file.
        folder: Where to look first.
        saves: The name that is proposed, where a file is to be written.
        suffix: What a name without one gets, before the dialog asks whether a file of that name is to be replaced.
    """
    dialog = QFileDialog(parent, title, folder, filters)
    dialog.setObjectName(name)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if saves:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(saves)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def ask_folder(parent: QWidget, name: str, title: str, then: Callable[[Path], None], *, folder: Path) -> QFileDialog:
    """Asks for a folder.

    Args:
        parent: The window.
        name: The objectName.
        title: What the dialog is called.
        then: Takes the folder.
        folder: Where to look first.
    """
    dialog = QFileDialog(parent, title, str(folder))
    dialog.setObjectName(name)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def ask_about_changes(
    parent: QWidget, title: str, *, save: Callable[[], None], discard: Callable[[], None]
) -> QMessageBox:
    """Asks what becomes of unsaved changes; nothing happens on Cancel.

    Args:
        parent: The window.
        title: Of the document.
        save: Saves it and goes on.
        discard: Goes on without it.
    """
    box = QMessageBox(parent)
    box.setObjectName("dialog_unsaved")
    box.setWindowTitle("Unsaved changes")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(f"Save the changes to {title}?")
    box.setInformativeText("Without saving they are lost.")
    button = QMessageBox.StandardButton
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.button(button.Save).clicked.connect(save)
    box.button(button.Discard).clicked.connect(discard)
    box.open()
    return box


def ask(
    parent: QWidget,
    name: str,
    title: str,
    question: str,
    consequence: str,
    answers: Sequence[tuple[str, str, Callable[[], object]]],
) -> QMessageBox:
    """Asks before something is lost; nothing happens on Cancel, which is the default.

    Args:
        parent: The window.
        name: The objectName; that of an answer's button is ``button_<key>``.
        title: What the dialog is called.
        question: What is asked.
        consequence: What would be lost.
        answers: Key, text and deed of each answer but Cancel.
    """
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setWindowTitle(title)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(question)
    box.setInformativeText(consequence)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    for key, text, deed in answers:
        _add_answer(box, key, text, deed)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def _add_answer(box: QMessageBox, key: str, text: str, deed: Callable[[], object]) -> None:
    button = box.addButton(text, QMessageBox.ButtonRole.AcceptRole)
    button.setObjectName(f"button_{key}")
    button.clicked.connect(lambda: deed())  # noqa: PLW0108 - a slot that takes an argument would get `checked`


def tell(parent: QWidget, name: str, title: str, text: str) -> QMessageBox:
    """Shows a text that the person asked for."""
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(text)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.setWindowModality(Qt.WindowModality.NonModal)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.show()
    return box
