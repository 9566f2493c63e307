"""The presets of the settings: a list, where each comes from, and what the network would have to change for it."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.shape import format_shape
from explorer.gui.run_settings.change_note import ChangeNote
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import words
from explorer.training.presets import PRESETS, Preset, preset

_HELP = "Settings that people know by where they come from; where and how the computer works stays as it is"


class PresetBox(QWidget):
    """Chooses a preset; choosing is one change of all that it sets, which can be taken back.

    Args:
        session: Whose network may need other images for a preset.
        training: Whose settings.
    """

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("preset_box")
        self._session, self._training = session, training
        self._box, self._resize = QComboBox(), QPushButton()
        self._source, self._note = words("preset_source", "muted"), ChangeNote(training.changes)
        self._prepare()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._box, self._source, self._resize, self._note):
            column.addWidget(part)
        training.settings_changed.connect(self._show)
        session.changed.connect(self._show)

    def _prepare(self) -> None:
        self._box.setObjectName("field_preset")
        self._box.setAccessibleName("preset")
        self._box.setPlaceholderText("own settings")
        self._box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for entry in PRESETS.values():
            self._box.addItem(entry.title, entry.key)
        self._box.activated.connect(self._apply)
        self._resize.setObjectName("button_preset_size")
        self._resize.hide()
        self._resize.setToolTip("Gives the network the input that the preset was made for; Undo takes it back")
        self._resize.clicked.connect(self._give_size)

    def _show(self) -> None:
        if not self.isVisible():
            return  # every edit of the design comes by here
        config = self._training.config
        found = next((entry for entry in PRESETS.values() if entry.over(config) == config), None)
        self._box.setCurrentIndex(-1 if found is None else self._box.findData(found.key))
        self._source.setText("" if found is None else found.source)
        self._source.setVisible(found is not None)
        self._box.setToolTip(f"{found.title}\n{_HELP}" if found is not None else _HELP)  # a narrow box cuts the title
        shape = None if found is None else self._other_shape(found)
        self._resize.setVisible(shape is not None)
        if shape is not None:
            self._resize.setText(f"Use images of {format_shape(shape[1:])}")

    def _other_shape(self, entry: Preset) -> tuple[int, ...] | None:
        """The input that a preset was made for, if the network has another one."""
        shape, side = self._session.network.input_shape, entry.settings.get("image_size")
        if side is None or len(shape) != 3 or shape[1:] == (side, side):
            return None
        return shape[0], side, side

    def _apply(self) -> None:
        entry = preset(self._box.currentData())
        self._training.changes.replace(entry.title, entry.over(self._training.config))
        self._show()

    def _give_size(self) -> None:
        shape = self._other_shape(preset(self._box.currentData()))
        if shape is not None:
            self._session.settle()
            text = f"set the input to {format_shape(shape)}"
            self._session.edit(text, self._session.network.with_input_shape(shape))

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
