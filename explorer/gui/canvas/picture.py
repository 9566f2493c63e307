"""The diagram as a picture of its own: the whole network or the selection, in a scheme of one's choice."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QPainter

from explorer.core.compose import Path
from explorer.gui import style
from explorer.gui.canvas import walk
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.brush import Brush
from explorer.gui.canvas.figure import Figure, Flow
from explorer.gui.canvas.ink import Ink
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.sketch import Paper
from explorer.gui.session import Session

MARGIN = 24.0  # pixels around the diagram


@dataclass(frozen=True)
class DiagramPicture:
    """A diagram that can be painted anywhere.

    Attributes:
        figure: What is painted.
        flow: Its direction.
        ink: Colours and fonts.
        accents: What is frozen, and the parameters of the whole network for the bars of the shares.
        part: The rectangle of it that is painted, in pixels.
        path: The block that the figure is; that of the network for all of it.
    """

    figure: Figure
    flow: Flow
    ink: Ink
    accents: Accents
    part: QRectF
    path: Path = ()

    @property
    def size(self) -> QSizeF:
        """Width and height in pixels, with a margin."""
        return self.part.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).size()

    def paint(self, painter: QPainter) -> None:
        """Paints it with its corner at the origin, ground included."""
        size = self.size
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(self.ink.palette.ground))
        painter.save()
        painter.translate(MARGIN - self.part.left(), MARGIN - self.part.top())
        low, high = self.part.topLeft(), self.part.bottomRight()
        window = walk.Window(self.flow.turned(low.x(), low.y()), self.flow.turned(high.x(), high.y()))
        Brush(painter, self.flow, self.ink, self.accents).paint(self.figure, window, self.path)
        painter.restore()


def picture_of(session: Session, *, dark: bool, selection: bool = False) -> DiagramPicture:
    """The diagram of the document in front as it is folded now.

    Args:
        session: The session.
        dark: The scheme.
        selection: Whether only what is selected is in the picture; all of it, where nothing is.
    """
    family = QFontInfo(QGuiApplication.font()).family()
    ink, flow = Ink(style.DARK if dark else style.LIGHT, family), session.drawing.flow
    figure = Layout(Paper(flow, ink.width)).draw(session.analysis, session.drawing.folds(session.document))
    chosen = session.selection if selection else ()
    accents = Accents(frozen=session.network.frozen, total=session.analysis.parameters)
    alone = _alone(figure, chosen)
    if alone is not None:
        return DiagramPicture(alone.figure, flow, ink, accents, _extents(alone.figure, flow), alone.path)
    part = QRectF()
    for path in chosen:
        found = walk.find(figure, path)
        if found is not None:
            part = part.united(_rect(found, flow))
    return DiagramPicture(figure, flow, ink, accents, part if chosen else _extents(figure, flow))


def _alone(figure: Figure, chosen: tuple[Path, ...]) -> walk.Seen | None:
    """The figure of a single block, without what runs past it."""
    found = {id(seen.figure): seen for path in chosen if (seen := walk.find(figure, path)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _extents(figure: Figure, flow: Flow) -> QRectF:
    width, height = flow.turned(figure.across, figure.along)
    return QRectF(0, 0, width, height)


def _rect(found: walk.Seen, flow: Flow) -> QRectF:
    left, top = flow.turned(*found.at)
    width, height = flow.turned(found.figure.across, found.figure.along)
    return QRectF(left, top, width, height)
