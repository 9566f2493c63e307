"""How many training images each class has, as bars: with names for a few classes, side by side for many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import style

NAMED = 12  # classes up to which each has a row with its name
_ROW, _NAME, _FIGURE = 17, 84, 50  # pixels
_HEIGHT, _CAPTION = 52, 18  # pixels of the bars side by side, and of the words below them


class ClassHistogram(QWidget):
    """A bar for each class. Where they stand side by side, the pointer or the arrow keys read one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("class_histogram")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[int, ...] = ()
        self._read: int | None = None
        style.THEME.changed.connect(self.update)

    def show_counts(self, classes: Sequence[str], counts: Sequence[int]) -> None:
        """Shows the images of each class; none of them takes the chart away."""
        self._classes, self._counts, self._read = tuple(classes), tuple(int(count) for count in counts), None
        self.setVisible(bool(self._counts))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if self._is_named else Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Training images of each class: {summary(self._counts)}")
        lines = (f"{name}: {count:,}" for name, count in zip(self._classes, self._counts, strict=True))
        self.setAccessibleDescription(", ".join(lines))
        self.updateGeometry()
        self.update()

    @property
    def caption(self) -> str:
        """What is written below bars that stand side by side: the class that is read, or what they have in common."""
        if self._read is None:
            return summary(self._counts)
        return f"{self._classes[self._read]}: {self._counts[self._read]:,}"

    @property
    def _is_named(self) -> bool:
        return len(self._counts) <= NAMED

    @property
    def _most(self) -> int:
        return max(self._counts, default=0) or 1

    def _become(self, read: int | None) -> None:
        if read != self._read:
            self._read = read
            self.update()

    def _at(self, x: float) -> int:
        return min(max(int(x / max(self.width(), 1) * len(self._counts)), 0), len(self._counts) - 1)

    # Painting

    def _paint_rows(self, painter: QPainter) -> None:
        palette, metrics = style.current(), self.fontMetrics()
        middle, width = Qt.AlignmentFlag.AlignVCenter, self.width() - _NAME - _FIGURE
        for place, (name, count) in enumerate(zip(self._classes, self._counts, strict=True)):
            top = place * _ROW
            painter.setPen(QColor(palette.text))
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME - 8)
            painter.drawText(QRectF(0, top, _NAME, _ROW), middle | Qt.AlignmentFlag.AlignLeft, cut)
            right = QRectF(self.width() - _FIGURE, top, _FIGURE, _ROW)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, f"{count:,}")
            painter.setPen(Qt.PenStyle.NoPen)
            for color, share in ((palette.line, 1.0), (palette.accent, count / self._most)):
                painter.setBrush(QColor(color))
                painter.drawRoundedRect(QRectF(_NAME, top + _ROW / 2 - 3, max(width * share, 1.0), 6), 3, 3)

    def _paint_columns(self, painter: QPainter) -> None:
        palette, step = style.current(), self.width() / len(self._counts)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, count in enumerate(self._counts):
            height = max(count / self._most * _HEIGHT, 1.0)
            color = palette.validation if place == self._read else palette.accent
            gap = 1.0 if step >= 3 else 0.0
            painter.fillRect(QRectF(place * step, _HEIGHT - height, step - gap, height), QColor(color))
        painter.setPen(QColor(palette.grid))
        painter.drawLine(QPointF(0, _HEIGHT), QPointF(self.width(), _HEIGHT))
        painter.setPen(QColor(palette.accent if self.hasFocus() else palette.text))
        words = self.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, _HEIGHT, self.width(), _CAPTION), Qt.AlignmentFlag.AlignVCenter, words)

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(240, len(self._counts) * _ROW if self._is_named else _HEIGHT + _CAPTION)

    def minimumSizeHint(self) -> QSize:
        return QSize(_NAME + _FIGURE + 40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._is_named:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_rows(painter)
        else:
            self._paint_columns(painter)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._is_named:
            self._become(self._at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._become(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._become(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._is_named:
            super().keyPressEvent(event)
            return
        start = -1 if self._read is None and step > 0 else len(self._counts) if self._read is None else self._read
        self._become(min(max(start + step, 0), len(self._counts) - 1))


def summary(counts: Sequence[int]) -> str:
    """How many classes there are, and how many images they have."""
    if not counts:
        return "no classes"
    low, high = min(counts), max(counts)
    images = f"{low:,} images" if low == high else f"{low:,} to {high:,} images"
    return f"{len(counts):,} classes, {images} each"
