"""Where the names of points stand: beside them, over no other name and over no other point of those named."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF

_GAPS = (7.0, 16.0, 28.0)  # pixels between a point and its name, the nearest first
_DOT = 5.0  # pixels around a point that stay free


def place_labels(places: Sequence[QPointF], sizes: Sequence[QSizeF], area: QRectF) -> list[QRectF | None]:
    """Finds a place for each name; None for one that has none, which is read by pointing at it.

    Args:
        places: Where the points are.
        sizes: How large their names are.
        area: Where names may stand.
    """
    taken = [QRectF(place.x() - _DOT, place.y() - _DOT, 2 * _DOT, 2 * _DOT) for place in places]
    found: list[QRectF | None] = []
    for place, size in zip(places, sizes, strict=True):
        free = (spot for spot in _spots(place, size) if area.contains(spot) and not any(map(spot.intersects, taken)))
        spot = next(free, None)
        found.append(spot)
        if spot is not None:
            taken.append(spot)
    return found


def leader(place: QPointF, spot: QRectF) -> QPointF | None:
    """Where a line from a point to its name ends; None where the name stands so near that it needs none.

    Args:
        place: The point.
        spot: Its name.
    """
    end = QPointF(min(max(place.x(), spot.left()), spot.right()), min(max(place.y(), spot.top()), spot.bottom()))
    return end if QLineF(place, end).length() > _GAPS[0] + 1 else None


def _spots(place: QPointF, size: QSizeF) -> list[QRectF]:
    """The places around a point, the best first."""
    width, height = size.width(), size.height()
    spots = []
    for gap in _GAPS:
        slant = gap * 0.7
        corners = (
            (gap, -height / 2),
            (-gap - width, -height / 2),
            (-width / 2, -gap - height),
            (-width / 2, gap),
            (slant, -slant - height),
            (slant, slant),
            (-slant - width, -slant - height),
            (-slant - width, slant),
        )
        spots += [QRectF(place.x() + x, place.y() + y, width, height) for x, y in corners]
    return spots
