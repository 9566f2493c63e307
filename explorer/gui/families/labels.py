"""Where the names of points stand: each so that it can be read as its own point's alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF

_GAPS = (7.0, 16.0, 28.0, 44.0, 64.0)  # pixels between a point and its name, the nearest first
_DOT = 5.0  # pixels around a point that stay free
_CLEAR = 3.0  # pixels that a name without a line is nearer to its own point than to any other
_ONE = 4.0  # pixels; points that lie closer together look like one


def place_labels(
    places: Sequence[QPointF], sizes: Sequence[QSizeF], area: QRectF, faint: Sequence[QPointF] = ()
) -> list[QRectF | None]:
    """Finds a place for each name; None for one that has none, which is read by pointing at it.

    A name covers no other name, point or line. Where it has no line, no other point lies as near as its own; where it
    has one, that passes clear of all other points, names and lines.

    Args:
        places: Where the points are.
        sizes: How large their names are.
        area: Where names may stand.
        faint: Where points without a name are, which a name may cover and a line may not.
    """
    found: list[QRectF | None] = []
    lines: list[QLineF] = []
    for place, size in zip(places, sizes, strict=True):
        names = [spot for spot in found if spot is not None]
        spots = (spot for spot in _spots(place, size) if area.contains(spot))
        spot = next((spot for spot in spots if _is_plain(place, spot, places, faint, names, lines)), None)
        found.append(spot)
        end = None if spot is None else leader(place, spot)
        if end is not None:
            lines.append(QLineF(place, end))
    return found


def leader(place: QPointF, spot: QRectF) -> QPointF | None:
    """Where a line from a point to its name ends; None where the name stands so near that it needs none.

    Args:
        place: The point.
        spot: Its name.
    """
    end = _nearest(place, spot)
    return end if QLineF(place, end).length() > _GAPS[0] + 1 else None


def _is_plain(
    place: QPointF,
    spot: QRectF,
    places: Sequence[QPointF],
    faint: Sequence[QPointF],
    names: Sequence[QRectF],
    lines: Sequence[QLineF],
) -> bool:
    """Whether a name at that spot is plainly that of the point."""
    marks = [QRectF(other.x() - _DOT, other.y() - _DOT, 2 * _DOT, 2 * _DOT) for other in places]
    if any(map(spot.intersects, [*marks, *names])) or any(crosses(line, spot) for line in lines):
        return False
    others = [other for other in places if QLineF(place, other).length() > _ONE]
    end = leader(place, spot)
    if end is None:
        own = QLineF(place, _nearest(place, spot)).length()
        return all(QLineF(other, _nearest(other, spot)).length() > own + _CLEAR for other in others)
    line = QLineF(place, end)
    return not (
        any(_distance(other, line) <= _DOT + 1 for other in [*others, *faint])
        or any(crosses(line, name) for name in names)
        or any(line.intersects(other)[0] is QLineF.IntersectionType.BoundedIntersection for other in lines)
    )


def crosses(line: QLineF, spot: QRectF) -> bool:
    """Whether a line runs through a rectangle, or touches it."""
    corners = [spot.topLeft(), spot.topRight(), spot.bottomRight(), spot.bottomLeft()]
    edges = [QLineF(corner, corners[index - 1]) for index, corner in enumerate(corners)]
    return spot.contains(line.p1()) or any(
        line.intersects(edge)[0] is QLineF.IntersectionType.BoundedIntersection for edge in edges
    )


def _nearest(place: QPointF, spot: QRectF) -> QPointF:
    """The point of a rectangle that lies nearest."""
    return QPointF(min(max(place.x(), spot.left()), spot.right()), min(max(place.y(), spot.top()), spot.bottom()))


def _distance(place: QPointF, line: QLineF) -> float:
    """How far a point lies from a line."""
    x, y = line.dx(), line.dy()
    along = ((place.x() - line.x1()) * x + (place.y() - line.y1()) * y) / max(x * x + y * y, 1e-9)
    return QLineF(place, line.pointAt(min(max(along, 0.0), 1.0))).length()


def _spots(place: QPointF, size: QSizeF) -> list[QRectF]:
    """The places around a point, the best first."""
    width, height = size.width(), size.height()
    spots = []
    for gap in _GAPS:
        slant, flat = gap * 0.7, gap * 0.4
        corners = (
            (gap, -height / 2),
            (-gap - width, -height / 2),
            (-width / 2, -gap - height),
            (-width / 2, gap),
            (slant, -slant - height),
            (slant, slant),
            (-slant - width, -slant - height),
            (-slant - width, slant),
            (gap, -flat - height),
            (gap, flat),
            (-gap - width, -flat - height),
            (-gap - width, flat),
            (flat, -gap - height),
            (flat, gap),
            (-flat - width, -gap - height),
            (-flat - width, gap),
        )
        spots += [QRectF(place.x() + x, place.y() + y, width, height) for x, y in corners]
    return spots
