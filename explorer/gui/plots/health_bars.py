"""How each block learns, as bars: gradient, update or dead units of the last epoch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from explorer.gui import style
from explorer.gui.widgets.form import words
from explorer.training.events import BlockStatistics

KINDS: tuple[tuple[str, str], ...] = (
    ("gradient", "gradient norm"),
    ("weight", "weight norm"),
    ("update", "update ratio"),
    ("dead", "dead channels"),
)
_ROW, _NAME, _FIGURE = 20, 78, 58  # pixels
_HINT = "Switch block statistics on (settings, Record), and each epoch says here how every block learns."


class HealthBars(QWidget):
    """A choice of figures, a bar for each block, and what they say in words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("health")
        self._blocks: BlockStatistics | None = None
        self._which, self._bars, self._words = QComboBox(), _Bars(), words("health_words", "muted")
        self._which.setObjectName("choice_health")
        self._which.setAccessibleName("What the bars show")
        self._which.setToolTip("What the bars show of each block")
        for key, text in KINDS:
            self._which.addItem(text, key)
        self._which.activated.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._which, self._bars, self._words):
            column.addWidget(part)
        self._show()

    def show_blocks(self, blocks: BlockStatistics | None) -> None:
        """Shows the statistics of an epoch; None: there are none."""
        if blocks is not self._blocks:
            self._blocks = blocks
            self._show()

    def _show(self) -> None:
        blocks, key = self._blocks, self._which.currentData()
        self._which.setVisible(blocks is not None)
        self._bars.setVisible(blocks is not None)
        if blocks is None:
            self._words.setText(_HINT)
            return
        values: Sequence[float | None] = getattr(blocks, key)
        self._bars.show_values(blocks.blocks, values, percent=key == "dead")
        self._words.setText(in_words(blocks, self._which.currentText()))


class _Bars(QWidget):
    """Bars beside names and figures; painted, since a deep network has dozens."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("health_bars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: list[tuple[str, float, str]] = []
        style.THEME.changed.connect(self.update)

    def show_values(self, names: Sequence[str], values: Sequence[float | None], *, percent: bool) -> None:
        """Shows a bar for each value that is known; the longest fills the width, or all of a share."""
        known = [(name, value) for name, value in zip(names, values, strict=True) if value is not None]
        most = 1.0 if percent else max((value for _, value in known), default=0.0) or 1.0
        form = "{:.0%}" if percent else "{:.2g}"
        self._rows = [(name, value / most, form.format(value)) for name, value in known]
        self.setAccessibleName(", ".join(f"{name} {text}" for name, _, text in self._rows))
        self.setToolTip("\n".join(f"{name}: {text}" for name, _, text in self._rows))
        self.updateGeometry()
        self.update()

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(_NAME + _FIGURE + 40, _ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = style.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, width = self.fontMetrics(), self.width() - _NAME - _FIGURE
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, (name, share, text) in enumerate(self._rows):
            top = place * _ROW
            painter.setPen(QColor(palette.text))
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME - 8)
            painter.drawText(QRectF(0, top, _NAME, _ROW), middle | Qt.AlignmentFlag.AlignLeft, cut)
            right = QRectF(self.width() - _FIGURE, top, _FIGURE, _ROW)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, text)
            painter.setPen(Qt.PenStyle.NoPen)
            for color, part in ((palette.line, 1.0), (palette.accent, share)):
                painter.setBrush(QColor(color))
                painter.drawRoundedRect(QRectF(_NAME, top + _ROW / 2 - 3, max(width * part, 1.0), 6), 3, 3)


def in_words(blocks: BlockStatistics, what: str) -> str:
    """What the bars show, and whether a block learns nothing."""
    dead = [name for name, share in zip(blocks.blocks, blocks.dead, strict=True) if share is not None and share >= 1]
    lost = [
        name
        for name, gradient, weight in zip(blocks.blocks, blocks.gradient, blocks.weight, strict=True)
        if gradient is None and weight is not None
    ]
    parts = [f"no finite gradient in {', '.join(lost)}" if lost else "all finite"]
    parts.append(f"all channels dead in {', '.join(dead)}" if dead else "no block is dead")
    return f"{what} by block, epoch {blocks.epoch:,} · {', '.join(parts)}"
