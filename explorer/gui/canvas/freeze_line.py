"""A line across the diagram, above which everything is frozen; dragged along the flow, or moved by the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.core.freezing import frozen_above
from explorer.gui import style
from explorer.gui.canvas.view import DiagramView
from explorer.gui.canvas.walk import gaps
from explorer.gui.editing import freezing
from explorer.gui.session import Session

_THICK = 14  # pixels that can be caught
_PAST = 40  # pixels that the line goes past the figure on both sides
_ABOVE = 10  # of the figure, before the middle of a gap, where the shape stands
_WORD = 11  # pixels: the height of the words at the end of the line
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}


class FreezeLine(QWidget):
    """The line over a view; it lies in a gap between two blocks at the top of the network.

    Args:
        view: The view it lies over.
        session: Whose network it freezes.
    """

    def __init__(self, view: DiagramView, session: Session) -> None:
        super().__init__(view.viewport())
        self._view, self._session = view, session
        self._is_dragged = False
        self.setObjectName("freeze_line")
        self.setAccessibleName("Line above which everything is frozen")
        self.setToolTip("Everything above this line is frozen; drag it, or move it with the arrow keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()
        style.THEME.changed.connect(self.update)

    @property
    def index(self) -> int:
        """How many blocks at the top of the network are frozen, before the first that is not."""
        network = self._session.network
        return frozen_above(network.frozen, network.body)

    @property
    def _word(self) -> str:
        vertical = self._view.item.flow.vertical
        return f"frozen {'above' if vertical else 'to the left'}" if self.index else "nothing frozen"

    def place(self) -> None:
        """Moves to where the line belongs, if that is in sight."""
        before = [gap for gap in self._gaps() if gap[0] <= self.index]
        wanted = self._session.drawing.shows_freeze_line or self.index > 0
        self.setVisible(wanted and bool(before))
        if not self.isHidden():
            self.setGeometry(self._around(max(before)[1]))
            self.setAccessibleDescription(
                f"{self._word}: {self.index} of {len(self._session.network.body.slots)} blocks"
            )
            self.update()

    def _gaps(self) -> list[tuple[int, int]]:
        """The places in sight between the blocks at the top: how many lie before, and where, in pixels of the flow."""
        view, item = self._view, self._view.item
        sight = view.mapToScene(view.viewport().rect()).boundingRect()
        window = item.window_of(item.mapRectFromScene(sight))
        found = []
        for at, gap, into in gaps(item.figure, window):
            if not into and not gap.branch:
                place = item.rect((at[0], at[1] - _ABOVE), (0, 0)).topLeft()
                point = view.mapFromScene(item.mapToScene(place))
                found.append((gap.index, self._along(point)))
        return found

    def _along(self, point: QPoint) -> int:
        return point.y() if self._view.item.flow.vertical else point.x()

    def _around(self, along: int) -> QRect:
        view, item = self._view, self._view.item
        whole = item.mapRectToScene(item.rect((0, 0), (item.figure.across, item.figure.along)))
        figure, room = view.mapFromScene(whole).boundingRect(), view.viewport().rect()
        if item.flow.vertical:
            words = self.fontMetrics().horizontalAdvance(self._word)
            across = QRect(figure.left() - _PAST, along - _THICK // 2, figure.width() + 2 * _PAST + words, _THICK)
        else:
            across = QRect(along - _THICK // 2, figure.top() - _PAST, _THICK, figure.height() + 2 * _PAST)
        return across.intersected(room)

    def _move_to(self, position: QPoint) -> None:
        along = self._along(position)
        nearest = min(self._gaps(), key=lambda gap: abs(gap[1] - along), default=None)
        if nearest is not None and nearest[0] != self.index:
            freezing.freeze_before(self._session, nearest[0])

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(_THICK, _THICK)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_dragged = event.button() == Qt.MouseButton.LeftButton

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._move_to(self.mapToParent(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragged = False
        self._session.settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        freezing.move_freeze_line(self._session, step)

    def enterEvent(self, event: object) -> None:
        self.setCursor(Qt.CursorShape.SplitVCursor if self._view.item.flow.vertical else Qt.CursorShape.SplitHCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, area = style.current(), QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._view.item.flow.vertical:
            font = painter.font()
            font.setPixelSize(_WORD)
            painter.setFont(font)
            painter.setPen(QColor(colors.muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, self._word)
        pen = QPen(QColor(colors.accent), 2.0 if self.hasFocus() else 1.5)
        pen.setDashPattern([5, 3])
        painter.setPen(pen)
        middle = area.center()
        if self._view.item.flow.vertical:
            end = self.width() - painter.fontMetrics().horizontalAdvance(self._word) - 6
            painter.drawLine(QPoint(0, round(middle.y())), QPoint(end, round(middle.y())))
        else:
            painter.drawLine(QPoint(round(middle.x()), 0), QPoint(round(middle.x()), self.height()))
