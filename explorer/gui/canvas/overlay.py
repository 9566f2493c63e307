"""What lies over a view: the whole figure small in a corner, and what its colours and lines mean."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from explorer.gui import style
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.brush import Brush
from explorer.gui.canvas.figure import Flow, Stroke
from explorer.gui.canvas.ink import DASHES
from explorer.gui.canvas.item import EMPTY
from explorer.gui.canvas.view import DiagramView
from explorer.gui.widgets.painting import MARK, paint_mark

_SIZE = QSize(104, 188)  # of a network from top to bottom
_PAD = 8
_THINNEST = 60  # pixels across of a figure that is much longer than it is wide
_DELAY = 80  # milliseconds from an edit to the small picture: the large one comes first
MARGIN = 12  # from the border of the view
CATEGORIES = ("convolution", "normalisation", "activation", "pooling", "linear", "merge")
STROKES: tuple[tuple[Stroke, str], ...] = (
    ("identity", "identity"),
    ("projection", "projection"),
    ("zero_pad", "zero padding"),
    ("tap", "tap and recall"),
)


class Minimap(QWidget):
    """The whole figure with the part in sight; a click or a drag goes there.

    Args:
        view: The view it lies over.

    Attributes:
        is_held: Whether the mouse leads the view through it, so that it must stay below the pointer.
    """

    def __init__(self, view: DiagramView) -> None:
        super().__init__(view)
        self.setObjectName("minimap")
        self.setAccessibleName("The whole network, small")
        self.setToolTip("The whole network; click or drag to go there")
        self._view = view
        self._picture = QPixmap()
        self._drawn = EMPTY
        self.is_held = False
        self._timer = QTimer(self, singleShot=True, interval=_DELAY)
        self._timer.timeout.connect(self._draw)
        self.resize(_SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        view.looked.connect(self._look)
        style.THEME.changed.connect(self._redraw)

    def _look(self) -> None:
        if self._view.item.figure is not self._drawn and not self._timer.isActive():  # however busy it is, once a while
            self._timer.start()
        self.update()

    def _redraw(self) -> None:
        self._drawn = EMPTY
        self._timer.start()

    def lie_along(self, flow: Flow) -> None:
        """Stands beside a flow to the bottom, lies above one to the right."""
        size = _SIZE if flow.vertical else _SIZE.transposed()
        if size != self.size():
            self.resize(size)
            self._redraw()

    @property
    def _extents(self) -> QRectF:
        item = self._view.item
        return item.rect((0, 0), (item.figure.across, item.figure.along))

    @property
    def _scales(self) -> tuple[float, float]:
        """Pixels of the small picture for one of the figure, in x and in y."""
        extents = self._extents
        if extents.isEmpty():
            return 1.0, 1.0
        room = self.rect().adjusted(_PAD, _PAD, -_PAD, -_PAD)
        x, y = room.width() / extents.width(), room.height() / extents.height()
        both = min(x, y)
        return min(x, max(both, _THINNEST / extents.width())), min(y, max(both, _THINNEST / extents.height()))

    @property
    def _origin(self) -> QPointF:
        extents, (x, y) = self._extents, self._scales
        return QPointF((self.width() - extents.width() * x) / 2, (self.height() - extents.height() * y) / 2)

    def _draw(self) -> None:
        item, (x, y) = self._view.item, self._scales
        self._drawn = item.figure
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._picture)
        painter.translate(self._origin)
        painter.scale(x, y)
        Brush(painter, item.flow, item.ink, Accents(), y if item.flow.vertical else x).paint(item.figure)
        painter.end()
        self.update()

    def _go(self, position: QPointF) -> None:
        (x, y), origin = self._scales, self._origin
        where = QPointF((position.x() - origin.x()) / x, (position.y() - origin.y()) / y)
        self._view.centerOn(self._view.item.mapToScene(where))

    # Qt's overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, view = style.current(), self._view
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.pane))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.drawPixmap(0, 0, self._picture)
        part = view.item.mapRectFromScene(view.mapToScene(view.viewport().rect()).boundingRect())
        (x, y), origin = self._scales, self._origin
        sight = QRectF(part.x() * x, part.y() * y, part.width() * x, part.height() * y).translated(origin)
        accent = QColor(colors.accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(36)
        painter.setBrush(accent)
        painter.drawRect(sight.intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.is_held = True
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.is_held = False
        self._view.looked.emit()


class Legend(QWidget):
    """What the colours and the lines mean.

    Args:
        view: The view it lies over.
    """

    def __init__(self, view: DiagramView) -> None:
        super().__init__(view)
        self.setObjectName("legend")
        self.setAccessibleName(f"Colours: {', '.join(CATEGORIES)}")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._line = self.fontMetrics().height() + 4
        width = max(self.fontMetrics().horizontalAdvance(word) for word in (*CATEGORIES, *dict(STROKES).values()))
        self.resize(width + 44, self._line * (len(CATEGORIES) + len(STROKES)) + 14)
        self._picture = QPixmap()  # it is painted with the figure below it, at each edit
        style.THEME.changed.connect(self._redraw)

    def _redraw(self) -> None:
        self._picture = QPixmap()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture.size() != self.size() * ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._draw(QPainter(self._picture))
        QPainter(self).drawPixmap(0, 0, self._picture)

    def _draw(self, painter: QPainter) -> None:
        colors = style.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colors.ground)
        ground.setAlpha(215)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect(), 6, 6)
        top = 5
        for category in CATEGORIES:
            paint_mark(painter, QRectF(8, top, MARK, self._line).toRect(), category)
            self._write(painter, top, category)
            top += self._line
        top += 4
        for stroke, word in STROKES:
            pen = QPen(QColor(colors.merge), 2.2 if stroke == "zero_pad" else 1.5)
            if stroke in DASHES:
                pen.setDashPattern(list(DASHES[stroke]))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap if stroke == "zero_pad" else Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(QLineF(4, top + self._line / 2, 26, top + self._line / 2))
            self._write(painter, top, word)
            top += self._line
        painter.end()

    def _write(self, painter: QPainter, top: float, text: str) -> None:
        painter.setPen(QColor(style.current().muted))
        room = QRectF(32, top, self.width() - 32, self._line)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class Hint(QLabel):
    """How to begin, below a network without blocks.

    Args:
        view: The view it lies over.
    """

    def __init__(self, view: DiagramView) -> None:
        super().__init__("Ctrl+L and the name of a block,\nor drag one from the library", view)
        self.setObjectName("canvas_hint")
        self.setProperty("role", "muted")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def place_below(self, rect: QRect) -> None:
        """Moves below a rectangle of the view."""
        self.adjustSize()
        self.move(rect.center().x() - self.width() // 2, rect.bottom() + 2 * MARGIN)
