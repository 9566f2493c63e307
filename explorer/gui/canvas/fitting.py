"""How a whole figure is fitted into a room of the screen, with what is written beside it.

Captions keep their size while the figure shrinks, so that the zoom at which both fit is found step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

_STEPS = 3  # after those a caption may stick out


@dataclass(frozen=True)
class Drawn:
    """What a figure takes at a zoom, in pixels from its corner.

    Attributes:
        figure: The figure itself.
        captions: What is written beside it.
    """

    figure: QRectF
    captions: tuple[QRectF, ...] = ()

    @property
    def whole(self) -> QRectF:
        """Both together."""
        whole = QRectF(self.figure)
        for caption in self.captions:
            whole = whole.united(caption)
        return whole

    def moved(self, by: QPointF) -> Drawn:
        """The same elsewhere."""
        return Drawn(self.figure.translated(by), tuple(caption.translated(by) for caption in self.captions))


@dataclass(frozen=True)
class Fitted:
    """A figure in its room.

    Attributes:
        zoom: Its zoom.
        drawn: What it takes there.
    """

    zoom: float
    drawn: Drawn


def fitted(draw: Callable[[float], Drawn], zoom: float, room: QRectF, *, vertical: bool) -> Fitted:
    """Fits a figure into a room: in its middle, unless captions need the figure to give way.

    Args:
        draw: What the figure takes at a zoom.
        zoom: The zoom at which it would fit without captions.
        room: The room.
        vertical: Whether it flows from top to bottom.
    """
    drawn = draw(zoom)
    for _ in range(_STEPS):
        whole, figure = drawn.whole, drawn.figure
        excess = whole.height() - room.height() if vertical else whole.width() - room.width()
        along = figure.height() if vertical else figure.width()
        if excess <= 0.5 or along <= excess:
            break
        zoom *= (along - excess) / along
        drawn = draw(zoom)
    drawn = drawn.moved(room.center() - drawn.figure.center())
    whole = drawn.whole
    across = _inside(whole.left(), whole.right(), room.left(), room.right())
    down = _inside(whole.top(), whole.bottom(), room.top(), room.bottom())
    return Fitted(zoom, drawn.moved(QPointF(across, down)))


def _inside(low: float, high: float, least: float, most: float) -> float:
    """How far to move so that a range lies within another one; its end does where it is too long."""
    return min(0.0, most - high) if high > most else max(0.0, min(least - low, most - high))


def aside(extent: float, room: float, strip: float, *, at_end: bool) -> float:
    """Where the middle of a figure comes that leaves a strip at a side free, if there is room for both.

    Args:
        extent: Of the figure.
        room: Of the viewport.
        strip: What should stay free.
        at_end: Whether the strip is at the far side.
    """
    middle = room / 2
    if extent + strip > room:
        return middle
    return min(middle, room - strip - extent / 2) if at_end else max(middle, strip + extent / 2)
