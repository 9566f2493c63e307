"""Where the minimap, the legend and the hint lie over a canvas: in corners in which they cover nothing.

The legend is left out where it has no such corner. The minimap stays, but never on a block that is selected while
another corner is left. The line above which everything is frozen lies where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, QTimer

from explorer.gui.canvas import walk
from explorer.gui.canvas.figure import Bracket, Frame
from explorer.gui.canvas.freeze_line import FreezeLine
from explorer.gui.canvas.overlay import MARGIN, Hint, Legend, Minimap
from explorer.gui.canvas.sketch import HEADER

if TYPE_CHECKING:
    from explorer.gui.canvas.canvas import NetworkCanvas
    from explorer.gui.session import Session

_LOOKED_FOR = 40  # selected blocks that the minimap steps aside for
_NARROWEST = 480  # pixels of a canvas that has a legend


class Corners:
    """Places what lies over a canvas.

    Args:
        canvas: The canvas.
        session: What it shows.
    """

    def __init__(self, canvas: NetworkCanvas, session: Session) -> None:
        self._canvas = canvas
        self._session = session
        self._minimap, self._legend, self._hint = Minimap(canvas), Legend(canvas), Hint(canvas)
        self._freeze_line = FreezeLine(canvas, session)
        self._timer = QTimer(canvas, singleShot=True, interval=0)  # once for all that one event changes
        self._timer.timeout.connect(self.place)
        canvas.looked.connect(self._timer.start)
        session.selection_changed.connect(self._timer.start)

    # The room that is left

    def rooms(self) -> tuple[QRectF, ...]:
        """Parts of the viewport for a figure that is fitted: all of it, beside the legend, and below it."""
        whole = QRectF(self._canvas.viewport().rect())
        if not self._has_legend():
            return (whole,)
        width, height = self._legend.width() + MARGIN, self._legend.height() + MARGIN
        return whole, whole.adjusted(0, 0, -width, 0), whole.adjusted(0, height, 0, 0)

    def leave_room(self, taken: Sequence[QRect]) -> bool:
        """Whether the legend has a corner beside what is drawn, if there is a legend."""
        corners = places(self._legend.size(), self._canvas.viewport().size())
        return not self._has_legend() or _first(corners, lambda place: _is_free(place, taken)) is not None

    def strip(self) -> float:
        """Pixels that minimap and legend take at the side where they usually are, across the flow."""
        drawing, vertical = self._session.drawing, self._canvas.item.flow.vertical
        shown = [part for part, is_shown in ((self._minimap, drawing.shows_minimap), (self._legend, self._has_legend()))
                 if is_shown]  # fmt: skip
        if not shown:
            return 0.0
        return max(part.width() if vertical else part.height() for part in shown) + 2.0 * MARGIN

    def _has_legend(self) -> bool:
        room = self._canvas.viewport().size()
        fits = room.height() > self._legend.height() + 2 * MARGIN and room.width() > _NARROWEST
        return self._session.drawing.shows_legend and fits

    # Placing

    def place(self) -> None:
        """Shows what there is room for."""
        room, taken = self._canvas.viewport().size(), self._canvas.taken()
        self._minimap.lie_along(self._canvas.item.flow)
        map_place = self._place_of_minimap(room, taken)
        self._minimap.setVisible(map_place is not None)
        if map_place is not None and not self._minimap.is_held:
            self._minimap.move(map_place.topLeft())
        legend_place = self._place_of_legend(room, taken)
        self._legend.setVisible(legend_place is not None)
        if legend_place is not None:
            self._legend.move(legend_place.topLeft())
        self._freeze_line.place()
        self._place_hint()

    def _place_of_minimap(self, room: QSize, taken: Sequence[QRect]) -> QRect | None:
        is_useful = room.height() > self._minimap.height() + 2 * MARGIN and not self._canvas.shows_all
        if not self._session.drawing.shows_minimap or not is_useful:
            return None
        corners = places(self._minimap.size(), room)
        free = _first(corners, lambda place: _is_free(place, taken))
        if free is not None:
            return free
        here = self._minimap.geometry()
        corners = [here, *corners] if not self._minimap.isHidden() and here in corners else corners
        selected = list(self._selected())
        return (
            _first(corners, lambda place: _is_free(place, selected) and not self._covers_cards(place))
            or _first(corners, lambda place: _is_free(place, selected))
            or corners[0]
        )

    def _place_of_legend(self, room: QSize, taken: Sequence[QRect]) -> QRect | None:
        if not self._has_legend():
            return None
        beside = [self._minimap.geometry().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)]
        beside = beside if not self._minimap.isHidden() else []
        corners = [place for place in self._legend_places(room) if _is_free(place, beside)]
        here = self._legend.geometry()
        stay = [here] if not self._legend.isHidden() and here in corners else []
        return _first(corners, lambda place: _is_free(place, taken)) or _first(
            [*stay, *corners], lambda place: not self._covers_cards(place)
        )

    def _legend_places(self, room: QSize) -> Iterator[QRect]:
        size = self._legend.size()
        if not self._minimap.isHidden():  # below it, or beside it where it lies
            minimap = self._minimap.geometry()
            below = QPoint(room.width() - MARGIN - size.width(), minimap.bottom() + 1 + MARGIN)
            beside = QPoint(minimap.left() - MARGIN - size.width(), MARGIN)
            for place in (QRect(below, size), QRect(beside, size)):
                if QRect(QPoint(0, 0), room).contains(place):
                    yield place
        yield from places(size, room)

    def _selected(self) -> Iterator[QRect]:
        """What must be seen of the blocks that are selected."""
        for path in self._session.selection[:_LOOKED_FOR]:
            found = walk.find(self._canvas.item.figure, path)
            if found is not None:
                yield self._face_of(found)

    def _covers_cards(self, place: QRect) -> bool:
        canvas = self._canvas
        part = canvas.item.mapRectFromScene(canvas.mapToScene(place).boundingRect())
        window = canvas.item.window_of(part)
        return any(self._face_of(found).intersects(place) for found in walk.seen(canvas.item.figure, window))

    def _face_of(self, found: walk.Seen) -> QRect:
        """What must be seen of a figure: of a frame that is its title."""
        face = found.figure.face
        if face is None or isinstance(face, Bracket):
            return QRect()
        rect = self._canvas.place_of(found)
        if isinstance(face, Frame):
            rect.setHeight(HEADER * self._canvas.zoom)
        return rect.toRect()

    def _place_hint(self) -> None:
        is_empty = not self._session.network.body.slots
        self._hint.setVisible(is_empty)
        end = walk.pill(self._canvas.item.figure, "output") if is_empty else None
        if end is not None:
            self._hint.place_below(self._canvas.place_of(end).toRect())


def places(size: QSize, room: QSize) -> list[QRect]:
    """The corners of a room for something of a size, the usual one first."""
    left, top = MARGIN, MARGIN
    right, bottom = room.width() - MARGIN - size.width(), room.height() - MARGIN - size.height()
    corners = ((right, top), (left, top), (right, bottom), (left, bottom))
    return [QRect(QPoint(*corner), size) for corner in corners]


def _is_free(place: QRect, taken: Sequence[QRect]) -> bool:
    return not any(place.intersects(rect) for rect in taken)


def _first(corners: Sequence[QRect], suits: Callable[[QRect], bool]) -> QRect | None:
    return next((place for place in corners if suits(place)), None)
