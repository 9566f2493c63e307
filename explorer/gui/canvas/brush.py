"""Paints figures: cards, frames, nodes, lines and their labels; the nearer one looks, the more words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.core.compose import Path
from explorer.core.counted import join
from explorer.gui.canvas.accents import FOUND, Accents, paths_of
from explorer.gui.canvas.card_brush import CardBrush
from explorer.gui.canvas.figure import Bracket, Card, Face, Figure, Flow, Frame, Label, Node, Pill, Point, moved
from explorer.gui.canvas.ink import LEAST, NO_LABELS, NO_TEXT, PIXELS, Ink
from explorer.gui.canvas.pencil import Pencil, rounded
from explorer.gui.canvas.sketch import HEADER
from explorer.gui.canvas.walk import SLACK, Window

DOT = 2.5  # pixels on the screen: what is smaller is one spot of colour, whatever is inside
BEYOND = 8.0  # of a figure: what a shape that is drawn larger may stick out of it


class Brush:
    """Paints a figure.

    Args:
        painter: Where to.
        flow: The direction of the figure.
        ink: Colours and fonts.
        accents: What is emphasised.
        zoom: Pixels on the screen for one of the figure.
    """

    def __init__(self, painter: QPainter, flow: Flow, ink: Ink, accents: Accents, zoom: float = 1.0) -> None:
        self._sight: QRectF | None = None
        self._painter = painter
        self._flow = flow
        self._ink = ink
        self._accents = accents
        self._zoom = zoom
        self._turned = flow.turned
        self._pencil = Pencil(painter, flow, ink, zoom)
        self._label_growth = ink.growth("label", zoom)
        self._cards = CardBrush(painter, flow, ink, accents, zoom)

    def paint(self, figure: Figure, window: Window | None = None, path: Path = ()) -> None:
        """Paints what lies in a window, or all.

        Args:
            figure: What is painted.
            window: Where; None for all of it.
            path: The block that it is; that of the network where it is all.
        """
        self._sight = None if window is None else self._around(window)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._zoom > NO_TEXT)
        self._paint(figure, (0.0, 0.0), path, window)

    def _paint(self, figure: Figure, at: Point, path: Path, window: Window | None) -> None:
        if figure.face is not None:
            self._face(figure, figure.face, at, path)
        if figure.along * self._zoom < DOT:
            return
        for line in figure.lines:
            self._pencil.line(line, at, window)
        if self._zoom >= NO_LABELS:
            for label in figure.labels:
                self._label(label, at, figure)
        for part in figure.parts:
            place = moved(part.at, at)
            if window is None or window.meets(place, part.figure):
                self._paint(part.figure, place, join(path, part.path), window)

    def _around(self, window: Window) -> QRectF:
        low, high = self._turned(*window.low), self._turned(*window.high)
        return QRectF(QPointF(*low), QPointF(*high)).adjusted(-SLACK, -SLACK, SLACK, SLACK)

    # Faces

    def _face(self, figure: Figure, face: Face, at: Point, path: Path) -> None:
        left, top = self._turned(*at)
        width, height = self._turned(figure.across - figure.margin, figure.along)
        rect = QRectF(left, top, width, height)
        paint = _FACES[type(face)]
        paint(self, rect, face, path)

    def _card(self, rect: QRectF, card: Card, path: Path) -> None:
        self._cards.paint(rect, card, path)

    def _frame(self, rect: QRectF, frame: Frame, path: Path) -> None:
        painter, ink, card = self._painter, self._ink, frame.card
        if self._zoom < NO_TEXT:
            along = (rect.height() if self._flow.vertical else rect.width()) * self._zoom
            painter.fillRect(rect, ink.color(card.category, 150 if along < 3 * DOT else 26))
            return
        pen = self._cards.border(card, paths_of(path, card))
        if pen.color() == ink.color("line"):
            pen = QPen(ink.color(card.category, 130), 1.2)
        shown = rect if self._sight is None else rect.intersected(self._sight)  # a stage can be twenty screens long
        painter.fillRect(shown.adjusted(2, 2, -2, -2), ink.color(card.category, 20))  # a path would be filled smoothly
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(shown, 8, 8)
        strip = QRectF(rect.left() + 12, rect.top(), rect.width() - 24, HEADER)
        self._cards.badge(rect, paths_of(path, card))
        right = self._cards.signs(strip, card, paths_of(path, card))
        end = self._cards.title(QRectF(strip.left(), strip.top(), right - strip.left(), HEADER), card) + 10
        self._cards.words(QRectF(end, strip.top(), right - end, HEADER), card)

    def _node(self, rect: QRectF, node: Node, path: Path) -> None:
        painter, ink = self._painter, self._ink
        if self._zoom < NO_TEXT:
            painter.fillRect(rect, ink.color("merge"))
            return
        selected, found = path in self._accents.selected, path in self._accents.found
        color = "accent" if selected else "bad" if node.problem else FOUND if found else "merge"
        painter.setPen(QPen(ink.color(color), 2.4 if selected or found else 1.6))
        painter.setBrush(ink.color("pane"))
        painter.drawEllipse(rect)
        if node.sign == "‖":
            self._bars(rect)
        else:
            self._pencil.text(rect, node.sign, "title", "text", Qt.AlignmentFlag.AlignHCenter)
        if node.problem:
            beside = QRectF(rect.left() - 12, rect.top() - 6, 12, 16)
            self._pencil.text(beside, "!", "title", "bad", Qt.AlignmentFlag.AlignHCenter)

    def _bars(self, rect: QRectF) -> None:
        """Two bars: one behind the other; drawn, since not every font has the sign."""
        middle = rect.center()
        self._painter.setPen(QPen(self._ink.color("text"), 1.8))
        for side in (-2.5, 2.5):
            self._painter.drawLine(
                QPointF(middle.x() + side, middle.y() - 5), QPointF(middle.x() + side, middle.y() + 5)
            )

    def _pill(self, rect: QRectF, pill: Pill, path: Path) -> None:
        painter, ink = self._painter, self._ink
        painter.setPen(QPen(ink.color("line"), 1.2))
        painter.setBrush(ink.color("hover"))
        radius = min(rect.width(), rect.height()) / 2
        painter.drawRoundedRect(rect, radius, radius)
        if self._zoom >= NO_TEXT:
            room = rect.width() - radius  # the letters keep off the round ends
            growth = min(LEAST["title"] / (PIXELS["words"] * self._zoom), room / ink.width(pill.text, "words"))
            self._pencil.text(rect, pill.text, "words", "text", Qt.AlignmentFlag.AlignHCenter, growth=growth)

    def _bracket(self, rect: QRectF, bracket: Bracket, path: Path) -> None:
        """Two corners and, between them, the sign that folds."""
        painter, ink = self._painter, self._ink
        painter.setPen(QPen(ink.color(bracket.card.category, 160), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._flow.vertical:
            corners = (rect.topRight(), rect.topLeft(), rect.bottomLeft(), rect.bottomRight())
        else:
            corners = (rect.bottomLeft(), rect.topLeft(), rect.topRight(), rect.bottomRight())
        painter.drawPath(rounded(list(corners)))
        if self._zoom >= NO_TEXT:
            sign = QRectF(0, 0, 15, 15)
            sign.moveCenter((corners[1] + corners[2]) / 2)
            painter.setBrush(ink.color("pane"))
            painter.drawRoundedRect(sign, 3, 3)
            painter.drawLine(sign.center() - QPointF(4, 0), sign.center() + QPointF(4, 0))

    # Words

    def _label(self, label: Label, at: Point, figure: Figure) -> None:
        """Writes a shape; from afar larger than it is, unless it would leave the figure or reach the next card."""
        left, top = self._turned(*moved(label.at, at))
        width, height = self._turned(*label.size)
        growth = self._label_growth
        room = figure.across + BEYOND - label.at[0] if self._flow.vertical else width + BEYOND
        if growth == 1.0 or width * growth <= room:
            self._pencil.text(QRectF(left, top, width + 1, height), label.text, "label", "muted", growth=growth)


_FACES: dict[type, Callable[..., None]] = {
    Card: Brush._card,
    Frame: Brush._frame,
    Node: Brush._node,
    Pill: Brush._pill,
    Bracket: Brush._bracket,
}
