"""Paints a card: its border, its mark, what is written on it, and the shortcut around what is inside."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from explorer.core.compose import Path
from explorer.core.difference_words import SIGNS
from explorer.gui.canvas.accents import FOUND, MARKED, Accents, paths_of
from explorer.gui.canvas.figure import Card, Flow
from explorer.gui.canvas.ink import NO_SECOND_LINE, NO_TEXT, Ink
from explorer.gui.canvas.pencil import Pencil

BADGE = 17.0  # pixels across
STRIPE = 4.0  # width of the category's mark
SPACE = 8.0  # between the kind of a block and its name
RING = 2.0  # pixels, around what is emphasised from afar
GAP = 6.0  # at least, between its kind and its words
FLAKE = 11.0  # pixels across, of the sign of what is frozen


class CardBrush:
    """Paints cards, and the parts of them that frames have too.

    Args:
        painter: Where to.
        flow: The direction of the figure.
        ink: Colours and fonts.
        accents: What is emphasised.
        zoom: Pixels on the screen for one of the figure.
    """

    def __init__(self, painter: QPainter, flow: Flow, ink: Ink, accents: Accents, zoom: float) -> None:
        self._painter = painter
        self._flow = flow
        self._ink = ink
        self._accents = accents
        self._zoom = zoom
        self._pencil = Pencil(painter, flow, ink, zoom)
        self._growth, self._words_growth = ink.growth("title", zoom), ink.growth("words", zoom)

    def paint(self, rect: QRectF, card: Card, path: Path) -> None:
        """Paints a card, with as many words as can be read."""
        painter, ink, paths = self._painter, self._ink, paths_of(path, card)
        if self._zoom < NO_TEXT:
            self._flat(rect, card, paths)
            return
        if card.count > 1:
            painter.setPen(self.border(card, ()))
            painter.setBrush(ink.color("pane"))
            painter.drawRoundedRect(rect.translated(5, 5), 6, 6)
        if card.shortcut:
            self._loop(rect, card)
        self._box(rect, card, paths)
        self._share(rect, card)
        self._words(rect, card, paths)
        self.badge(rect, paths)

    def _flat(self, rect: QRectF, card: Card, paths: tuple[Path, ...]) -> None:
        """What is left of a card from afar: one colour, with a ring where it is selected or found."""
        color = "line" if not card.enabled else "bad" if card.problem else card.category
        self._painter.fillRect(rect, self._ink.color(color, 70 if self._is_frozen(card, paths) else 170))
        selected = any(path in self._accents.selected for path in paths)
        if selected or any(path in self._accents.found for path in paths):
            pen = QPen(self._ink.color("accent" if selected else FOUND), RING)
            pen.setCosmetic(True)
            self._painter.setPen(pen)
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRect(rect)

    def _box(self, rect: QRectF, card: Card, paths: tuple[Path, ...]) -> None:
        painter, ink = self._painter, self._ink
        pen = self.border(card, paths)
        if pen.color() == ink.color("line") and any(path in self._accents.around_found for path in paths):
            pen = QPen(ink.color(FOUND), 1.6, Qt.PenStyle.DashLine)  # folded, it hides a find
        painter.setPen(pen)
        frozen = self._is_frozen(card, paths)
        painter.setBrush(ink.color("hover" if frozen else "pane"))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.color(card.category, 255 if card.enabled and not frozen else 110))
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), STRIPE, rect.height()), 2, 2)

    def border(self, card: Card, paths: tuple[Path, ...]) -> QPen:
        """The border of a card or frame: the most that there is to say of its blocks."""
        accents, ink = self._accents, self._ink
        if any(path in accents.selected for path in paths):
            return QPen(ink.color("accent"), 2.2)
        if card.problem:
            return QPen(ink.color("bad"), 1.6)
        if any(path in accents.found for path in paths):
            return QPen(ink.color(FOUND), 2.2)
        mark = accents.mark_of(paths)
        if mark is not None:
            return QPen(
                ink.color(MARKED[mark]), 2.0, Qt.PenStyle.DashLine if mark == "inside" else Qt.PenStyle.SolidLine
            )
        if any(path in accents.around for path in paths):
            return QPen(ink.color("accent"), 1.4, Qt.PenStyle.DashLine)
        pen = QPen(ink.color("line"), 1.2)
        if not card.enabled:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def _share(self, rect: QRectF, card: Card) -> None:
        if not card.parameters or not self._accents.total:
            return
        share = card.parameters / self._accents.total
        room = rect.width() - 2 * STRIPE - 8
        bar = QRectF(rect.left() + STRIPE + 6, rect.bottom() - 3.6, max(1.5, share * room), 2.4)
        self._painter.fillRect(bar, self._ink.color("accent", 200))

    def _is_frozen(self, card: Card, paths: tuple[Path, ...]) -> bool:
        """Whether the parameters of a block stay as they are; what has none is neither frozen nor trained."""
        return card.parameters > 0 and self._accents.is_frozen(paths)

    def _words(self, rect: QRectF, card: Card, paths: tuple[Path, ...]) -> None:
        inside = rect.adjusted(STRIPE + 10, 0, -10, 0)
        if not card.tall or self._zoom < NO_SECOND_LINE or not self._shortened(card.words, inside.width()):
            right = self.signs(inside, card, paths)
            end = self.title(QRectF(inside.left(), inside.top(), right - inside.left(), inside.height()), card)
            if not card.tall:
                beside = QRectF(end + GAP, inside.top(), right - end - GAP, inside.height())
                self.words(beside, card, Qt.AlignmentFlag.AlignRight)
            return
        first = QRectF(inside.left(), inside.top() + 5, inside.width(), 18)
        right = self.signs(first, card, paths)
        self.title(QRectF(first.left(), first.top(), right - first.left(), first.height()), card)
        self.words(QRectF(inside.left(), first.bottom(), inside.width(), 17), card)

    def words(self, room: QRectF, card: Card, side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        """Writes what else there is to say of a block, where there is room for it."""
        words = self._shortened(card.words, room.width())
        if words:
            self._pencil.text(room, words, "words", "muted", side, growth=self._words_growth)

    def _shortened(self, words: str, room: float) -> str:
        """As much of the words as there is room for from afar, in whole statements; up close that is all of them."""
        said, text = words, words
        while text and self._words_growth > 1.0 and self._ink.width(text, "words") * self._words_growth > room:
            said = said.rpartition(", ")[0]
            text = f"{said} …" if said else ""
        return text

    def signs(self, rect: QRectF, card: Card, paths: tuple[Path, ...]) -> float:
        """Writes what stands at the right end of a card; gives where the rest must end."""
        right = rect.right()
        signs = (
            ("!" if card.problem else "", "bad"),
            ("✎" if card.noted else "", "muted"),
            (f"× {card.count}" if card.count > 1 else "", "text"),
        )
        for text, color in signs:
            if text:
                width = self._ink.width(text, "title") * self._growth
                place = QRectF(right - width, rect.top(), width, rect.height())
                self._pencil.text(place, text, "title", color, growth=self._growth)
                right -= width + 10
        if self._is_frozen(card, paths):
            size = FLAKE * self._growth
            self._flake(QPointF(right - size / 2, rect.center().y()), size / 2)
            right -= size + 8
        return right

    def _flake(self, middle: QPointF, radius: float) -> None:
        """A snowflake: drawn, since not every font has the sign."""
        arm = QLineF.fromPolar(radius, 90).translated(middle)
        self._painter.setPen(QPen(self._ink.color("muted"), 1.4))
        for angle in range(90, 450, 60):
            arm.setAngle(angle)
            self._painter.drawLine(arm)
            for side in (-45, 45):
                twig = QLineF(arm.pointAt(0.55), arm.p2())
                twig.setAngle(angle + side)
                self._painter.drawLine(twig)

    def badge(self, rect: QRectF, paths: tuple[Path, ...]) -> None:
        """The sign of a comparison, on the corner, where it takes no room from the words."""
        mark = self._accents.mark_of(paths)
        if mark is not None:
            place = QRectF(0, 0, BADGE, BADGE)
            place.moveCenter(rect.topRight() + QPointF(-2, 2))
            self._painter.setPen(QPen(self._ink.color(MARKED[mark]), 1.6))
            self._painter.setBrush(self._ink.color("pane"))
            self._painter.drawEllipse(place)
            self._pencil.text(place, SIGNS[mark], "title", "text", Qt.AlignmentFlag.AlignHCenter)

    def title(self, rect: QRectF, card: Card) -> float:
        """Writes the kind and the name, from afar as large as there is room; gives where they end."""
        kind, name = self._ink.width(card.title, "title"), self._ink.width(card.name, "words")
        width = kind + (SPACE + name if card.name else 0)
        growth = max(1.0, min(self._growth, rect.width() / width)) if width else 1.0
        self._pencil.text(rect, card.title, "title", "text" if card.enabled else "muted", growth=growth)
        if card.name:
            beside = rect.adjusted((kind + SPACE) * growth, 0, 0, 0)
            self._pencil.text(beside, card.name, "words", "muted", growth=growth)
        return rect.left() + width * growth

    def _loop(self, rect: QRectF, card: Card) -> None:
        """The shortcut around what is inside a folded card."""
        path = QPainterPath()
        if self._flow.vertical:
            low, high, out = rect.top() + rect.height() * 0.22, rect.bottom() - rect.height() * 0.22, rect.right() + 30
            path.moveTo(rect.right(), low)
            path.cubicTo(out, low - 5, out, high + 5, rect.right(), high)
        else:
            low, high, out = rect.left() + rect.width() * 0.3, rect.right() - rect.width() * 0.3, rect.bottom() + 28
            path.moveTo(low, rect.bottom())
            path.cubicTo(low - 10, out, high + 10, out, high, rect.bottom())
        self._painter.setPen(self._pencil.pen(card.shortcut or "identity"))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawPath(path)
