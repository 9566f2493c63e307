"""Paints figures: cards, frames, nodes, lines and their labels; the nearer one looks, the more words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from explorer.core.compose import Path
from explorer.core.counting import join
from explorer.core.difference_words import SIGNS
from explorer.core.pair import Mark
from explorer.gui.canvas.figure import Bracket, Card, Face, Figure, Flow, Frame, Label, Node, Pill, Point, moved
from explorer.gui.canvas.ink import NO_LABELS, NO_TEXT, NO_WORDS, Ink
from explorer.gui.canvas.pencil import Pencil, rounded
from explorer.gui.canvas.sketch import HEADER, ROW
from explorer.gui.canvas.walk import SLACK, Window

DOT = 2.5  # pixels on the screen: what is smaller is one spot of colour, whatever is inside
CAPTION = 22.0  # pixels on the screen: how long a stage is that has its name beside it
BADGE = 17.0  # pixels across
STRIPE = 4.0  # width of the category's mark
FOUND = "validation"  # the colour of what a search has found
MARKED: dict[str, str] = {"added": "good", "removed": "bad", "changed": "activation", "inside": "activation"}


@dataclass(frozen=True)
class Accents:
    """What is emphasised in a drawing.

    Attributes:
        selected: Blocks with a strong border.
        around: Blocks in which something selected is hidden.
        found: Blocks that a search has found.
        around_found: Blocks in which a find may be hidden.
        marks: What a comparison says of blocks.
        total: Parameters of the whole network, for the bars of the shares.
    """

    selected: Collection[Path] = ()
    around: Collection[Path] = ()
    found: Collection[Path] = ()
    around_found: Collection[Path] = ()
    marks: Mapping[Path, Mark] = field(default_factory=dict)
    total: int = 0


class Brush:
    """Paints a figure.

    Args:
        painter: Where to.
        flow: The direction of the figure.
        ink: Colours and fonts.
        accents: What is emphasised.
        zoom: Pixels on the screen for one of the figure.
        captions: Whether stages have their names beside them where cards have lost their words.
    """

    def __init__(
        self,
        painter: QPainter,
        flow: Flow,
        ink: Ink,
        accents: Accents,
        zoom: float = 1.0,
        *,
        captions: bool = False,
    ) -> None:
        self._captions = captions
        self._sight: QRectF | None = None
        self._painter = painter
        self._flow = flow
        self._ink = ink
        self._accents = accents
        self._zoom = zoom
        self._turned = flow.turned
        self._pencil = Pencil(painter, flow, ink, zoom)

    def paint(self, figure: Figure, window: Window | None = None) -> None:
        """Paints what lies in a window, or all."""
        self._sight = None if window is None else self._around(window)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._zoom > NO_TEXT)
        self._paint(figure, (0.0, 0.0), (), window)

    def _paint(self, figure: Figure, at: Point, path: Path, window: Window | None) -> None:
        if figure.face is not None:
            self._face(figure, figure.face, at, path)
        if figure.along * self._zoom < DOT:
            return
        for line in figure.lines:
            self._pencil.line(line, at, window)
        if self._zoom >= NO_LABELS:
            for label in figure.labels:
                self._label(label, at)
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
        painter, ink = self._painter, self._ink
        if self._zoom < NO_TEXT:
            found = any(one in self._accents.found for one in self._paths(path, card))
            color = "line" if not card.enabled else "bad" if card.problem else FOUND if found else card.category
            painter.fillRect(rect, ink.color(color, 255 if self._is_selected(path, card) else 170))
            return
        if card.count > 1:
            painter.setPen(self._border(card, ()))
            painter.setBrush(ink.color("pane"))
            painter.drawRoundedRect(rect.translated(5, 5), 6, 6)
        if card.shortcut:
            self._loop(rect, card)
        self._box(rect, card, self._paths(path, card))
        self._share(rect, card)
        self._card_words(rect, card)
        self._badge(rect, self._paths(path, card))

    def _box(self, rect: QRectF, card: Card, paths: tuple[Path, ...]) -> None:
        painter, ink = self._painter, self._ink
        pen = self._border(card, paths)
        if pen.color() == ink.color("line") and any(path in self._accents.around_found for path in paths):
            pen = QPen(ink.color(FOUND), 1.6, Qt.PenStyle.DashLine)  # folded, it hides a find
        painter.setPen(pen)
        painter.setBrush(ink.color("pane"))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.color(card.category, 255 if card.enabled else 110))
        painter.drawRoundedRect(QRectF(rect.left(), rect.top(), STRIPE, rect.height()), 2, 2)

    def _border(self, card: Card, paths: tuple[Path, ...]) -> QPen:
        accents, ink = self._accents, self._ink
        if any(path in accents.selected for path in paths):
            return QPen(ink.color("accent"), 2.2)
        if card.problem:
            return QPen(ink.color("bad"), 1.6)
        if any(path in accents.found for path in paths):
            return QPen(ink.color(FOUND), 2.2)
        mark = self._mark_of(paths)
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

    def _mark_of(self, paths: tuple[Path, ...]) -> Mark | None:
        """What a comparison says of blocks, where it is more than that other shapes arrive."""
        marks = self._accents.marks
        return next((marks[path] for path in paths if marks.get(path) in MARKED), None)

    def _share(self, rect: QRectF, card: Card) -> None:
        if not card.parameters or not self._accents.total:
            return
        share = card.parameters / self._accents.total
        room = rect.width() - 2 * STRIPE - 8
        bar = QRectF(rect.left() + STRIPE + 6, rect.bottom() - 3.6, max(1.5, share * room), 2.4)
        self._painter.fillRect(bar, self._ink.color("accent", 200))

    def _card_words(self, rect: QRectF, card: Card) -> None:
        inside = rect.adjusted(STRIPE + 10, 0, -10, 0)
        if card.tall:
            first = QRectF(inside.left(), inside.top() + 5, inside.width(), 18)
            second = QRectF(inside.left(), first.bottom(), inside.width(), 17)
        else:
            first = second = inside
        right = self._signs(first, card)
        self._title(QRectF(first.left(), first.top(), right - first.left(), first.height()), card)
        if self._zoom >= NO_WORDS and card.words:
            side = Qt.AlignmentFlag.AlignLeft if card.tall else Qt.AlignmentFlag.AlignRight
            room = second if card.tall else QRectF(second.left(), second.top(), right - second.left(), second.height())
            self._pencil.text(room, card.words, "words", "muted", side)

    def _signs(self, rect: QRectF, card: Card) -> float:
        """Writes what stands at the right end of a card; gives where the rest must end."""
        right = rect.right()
        signs = (
            ("!" if card.problem else "", "bad"),
            ("✎" if card.noted else "", "muted"),
            (f"× {card.count}" if card.count > 1 else "", "text"),
        )
        for text, color in signs:
            if text:
                width = self._ink.width(text, "title")
                self._pencil.text(QRectF(right - width, rect.top(), width, rect.height()), text, "title", color)
                right -= width + 10
        return right

    def _badge(self, rect: QRectF, paths: tuple[Path, ...]) -> None:
        """The sign of a comparison, on the corner, where it takes no room from the words."""
        mark = self._mark_of(paths)
        if mark is not None:
            place = QRectF(0, 0, BADGE, BADGE)
            place.moveCenter(rect.topRight() + QPointF(-2, 2))
            self._painter.setPen(QPen(self._ink.color(MARKED[mark]), 1.6))
            self._painter.setBrush(self._ink.color("pane"))
            self._painter.drawEllipse(place)
            self._pencil.text(place, SIGNS[mark], "title", "text", Qt.AlignmentFlag.AlignHCenter)

    def _title(self, rect: QRectF, card: Card) -> None:
        color = "text" if card.enabled else "muted"
        self._pencil.text(rect, card.title, "title", color)
        if card.name and self._zoom >= NO_WORDS:
            width = self._ink.width(card.title, "title") + 8
            self._pencil.text(rect.adjusted(width, 0, 0, 0), card.name, "words", "muted")

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

    def _frame(self, rect: QRectF, frame: Frame, path: Path) -> None:
        painter, ink, card = self._painter, self._ink, frame.card
        if self._zoom < NO_TEXT:
            along = (rect.height() if self._flow.vertical else rect.width()) * self._zoom
            painter.fillRect(rect, ink.color(card.category, 150 if along < 3 * DOT else 26))
            if self._captions and len(path) == 1 and along >= CAPTION:
                self._caption(rect, card)
            return
        pen = self._border(card, self._paths(path, card))
        if pen.color() == ink.color("line"):
            pen = QPen(ink.color(card.category, 130), 1.2)
        shown = rect if self._sight is None else rect.intersected(self._sight)  # a stage can be twenty screens long
        painter.fillRect(shown.adjusted(2, 2, -2, -2), ink.color(card.category, 20))  # a path would be filled smoothly
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(shown, 8, 8)
        strip = QRectF(rect.left() + 12, rect.top(), rect.width() - 24, HEADER)
        self._badge(rect, self._paths(path, card))
        right = self._signs(strip, card)
        self._title(QRectF(strip.left(), strip.top(), right - strip.left(), HEADER), card)
        if self._zoom >= NO_WORDS:
            used = ink.width(card.title, "title") + (ink.width(card.name, "words") + 8 if card.name else 0) + 10
            self._pencil.text(
                QRectF(strip.left() + used, strip.top(), right - strip.left() - used, HEADER),
                card.words,
                "words",
                "muted",
            )

    def _caption(self, rect: QRectF, card: Card) -> None:
        """Says beside a stage what it is, in letters that stay readable from afar."""
        painter, words = self._painter, f"{card.name or card.title}  ·  {card.words}"
        edge = (
            QPointF(rect.left(), rect.center().y()) if self._flow.vertical else QPointF(rect.center().x(), rect.top())
        )
        place = painter.transform().map(edge)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._flow.vertical and self._ink.width(words, "words") > rect.width() * painter.transform().m11():
            words = card.name or card.title  # side by side there is only so much room for each
        width, height = self._ink.width(words, "words") + 4, float(ROW)
        if not self._flow.vertical and width > rect.width() * painter.transform().m11():
            return
        if self._flow.vertical:
            room = QRectF(place.x() - width - 10, place.y() - height / 2, width, height)
        else:
            room = QRectF(place.x() - width / 2, place.y() - height - 4, width, height)
        self._pencil.text(room, words, "words", "text", Qt.AlignmentFlag.AlignHCenter)
        painter.restore()

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
            self._pencil.text(rect, pill.text, "words", "text", Qt.AlignmentFlag.AlignHCenter)

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

    def _label(self, label: Label, at: Point) -> None:
        left, top = self._turned(*moved(label.at, at))
        width, height = self._turned(*label.size)
        self._pencil.text(QRectF(left, top, width + 1, height), label.text, "label", "muted")

    def _paths(self, path: Path, card: Card) -> tuple[Path, ...]:
        return tuple((*path[:-1], name) for name in card.members) if card.members else (path,)

    def _is_selected(self, path: Path, card: Card) -> bool:
        return any(one in self._accents.selected for one in self._paths(path, card))


_FACES: dict[type, Callable[..., None]] = {
    Card: Brush._card,
    Frame: Brush._frame,
    Node: Brush._node,
    Pill: Brush._pill,
    Bracket: Brush._bracket,
}
