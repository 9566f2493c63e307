"""The layer table with its totals."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from explorer.core.shape import format_shape
from explorer.core.wording import amount
from explorer.gui import figures
from explorer.gui.editing.context_menu import open_menu
from explorer.gui.editing.placing import topmost
from explorer.gui.layers import totals
from explorer.gui.layers.arrangement import address
from explorer.gui.layers.filter_line import LayersFilter
from explorer.gui.layers.rows import text_of
from explorer.gui.layers.view import LayersView
from explorer.gui.panel import Panel, register
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.gui.table_text import FORMATS
from explorer.gui.training.device_memory import DeviceMemory
from explorer.gui.widgets.form import set_look
from explorer.training.estimate import training_memory

_FOOTER_MARGINS = 36  # pixels: around the footer's parts
_MEMORY_HELP = (
    "Weights, gradients, the optimiser's memory and what is kept for the backward pass, in float32, at the "
    "batch size of the next run; PyTorch's own work space comes on top. The largest batch fills four fifths of "
    "the memory that is free on the device now."
)


class LayersPanel(QWidget):
    """The table, and below it the totals.

    Args:
        session: Whose document it shows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_layers")
        self._session = session
        self._table = LayersView(session, self)
        self._totals, self._memory, self._flat = QLabel(), QLabel(), QToolButton()
        self._buttons = QWidget()
        self._memory_forms: list[str] = []  # what is known of memory, shorter and longer
        self._filter = LayersFilter(session, self._table)
        self._timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._timer.timeout.connect(self._show_rest)
        self._device = self._make_device()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._filter)
        column.addWidget(self._table, 1)
        column.addWidget(self._make_footer())
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._show_menu)
        session.changed.connect(self._show_totals)
        session.selection_changed.connect(self._timer.start)
        session.listing.changed.connect(self._show_flat)
        if session.training is not None:
            session.training.settings_changed.connect(self._timer.start)
        self._show_totals()

    def _make_device(self) -> DeviceMemory | None:
        engine, training = self._session.engine, self._session.training
        if engine is None or training is None:
            return None
        device = DeviceMemory(engine, training, self)
        device.changed.connect(self._timer.start)
        return device

    def _make_footer(self) -> QWidget:
        footer = QFrame()
        footer.setObjectName("layers_footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(4)
        self._totals.setObjectName("layers_totals")
        self._memory.setObjectName("layers_memory")
        self._memory.setProperty("role", "muted")
        self._memory.setMinimumWidth(1)  # it says less in a narrower window, and must not keep it from becoming so
        row.addWidget(self._totals)
        row.addWidget(self._memory)
        row.addStretch()
        row.addWidget(self._buttons)
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(4)
        for button in (self._make_filter_button(), self._flat, self._make_copy_button()):
            buttons.addWidget(button)
        return footer

    def _make_filter_button(self) -> QToolButton:
        button, listing = QToolButton(), self._session.listing
        self._prepare(button, "layers_filter_button", "Filter the layer table", "Ctrl+Shift+L")
        button.clicked.connect(listing.filter_asked)
        self._prepare(self._flat, "layers_flat", "List all layers side by side")
        self._flat.setCheckable(True)
        self._flat.toggled.connect(listing.show_flat)
        return button

    @staticmethod
    def _prepare(button: QToolButton, name: str, words: str, keys: str = "") -> None:
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({keys})" if keys else words)
        button.setFixedSize(28, 28)

    def _make_copy_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("layers_copy")
        button.setText("Copy table")
        button.setToolTip("Copies the rows that are unfolded")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.setObjectName("menu_copy_table")
        for name in FORMATS:
            action = menu.addAction(f"As {name}")
            action.setObjectName(f"action_copy_table_{name.lower()}")
            action.triggered.connect(lambda _=False, name=name: self.copy_table(name))
        button.setMenu(menu)
        return button

    def _show_flat(self) -> None:
        self._flat.setChecked(self._session.listing.arrangement.flat)

    def _show_totals(self) -> None:
        analysis = self._session.analysis
        self._totals.setText(totals.sentence(analysis, flops=self._session.flops))
        set_look(self._totals, "role", "problem" if analysis.partial else "")
        self._timer.start()

    def _show_rest(self) -> None:
        """What takes a walk over the network, or over a long selection: behind the paint."""
        selection, analysis = self._session.selection, self._session.analysis
        if len(selection) > 1:
            rows = [row for row in map(analysis.row, topmost(selection)) if row is not None]
            self._totals.setText(totals.of_several(analysis, rows, len(selection), flops=self._session.flops))
            set_look(self._totals, "role", "")
            self._say_memory([])
            return
        self._totals.setText(totals.sentence(analysis, flops=self._session.flops))
        set_look(self._totals, "role", "problem" if analysis.partial else "")
        self._say_memory(self._memory_words())

    def _memory_words(self) -> list[str]:
        training, own = self._session.training, self._session.analysis
        if training is None or own.counted is None:
            return []
        config = training.config
        analysis = totals.at_largest_size(own, config)
        needed = training_memory(analysis, config.batch_size, config.optimizer, config.momentum)
        if analysis.partial and not needed:
            return ["· memory to train not known yet"]
        least = "at least " if analysis.partial else ""
        size = analysis.network.input_shape[1:]
        images = "" if size == own.network.input_shape[1:] else f" of {format_shape(size)}"
        words = [f"· {least}{figures.data(needed)} to train at batch {config.batch_size:,}{images}"]
        if self._device is None or self._device.free is None or analysis.partial:
            return words
        largest = totals.largest_batch(analysis, config.optimizer, config.momentum, self._device.free)
        return [*words, f"{words[0]}, {largest:,} at most"]

    def _say_memory(self, forms: list[str]) -> None:
        """Says what is known of memory, as far as there is room for it; the tooltip has all of it."""
        self._memory_forms = forms
        self._memory.setToolTip("\n".join((*(words.removeprefix("· ") for words in forms[-1:]), _MEMORY_HELP)))
        self._fit_memory()

    def _fit_memory(self) -> None:
        others = self._buttons.sizeHint().width() + self._totals.sizeHint().width()
        room, metrics = self.width() - others - _FOOTER_MARGINS, self._memory.fontMetrics()
        fitting = [words for words in self._memory_forms if metrics.horizontalAdvance(words) <= room]
        self._memory.setText(fitting[-1] if fitting else "")

    def copy_table(self, name: str) -> None:
        """Copies the rows that are unfolded.

        Args:
            name: A key of :data:`explorer.gui.table_text.FORMATS`.
        """
        rows = self._table.rows_unfolded()
        as_listed = name == "CSV" or self._session.listing.arrangement.is_list
        named = [(address(row) if as_listed else f"{'  ' * depth}{row.name}", row) for row, depth in rows]
        QGuiApplication.clipboard().setText(text_of(self._session, named, name))
        self._session.message.emit(f"Copied {amount(len(named), 'row')} as {name}.")

    def _show_menu(self, place: QPoint) -> None:
        extra = (("Unfold all", self._table.open_all), ("Fold all", self._table.collapseAll))
        open_menu(self._session, self, self._table.viewport().mapToGlobal(place), extra)

    # Qt's overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_memory()


register(Panel("layers", "Layers", "design", "bottom", LayersPanel))
