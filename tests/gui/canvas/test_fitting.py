"""How a whole figure is fitted, with what is written beside it, and where it stands beside something else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from explorer.gui.canvas.fitting import Drawn, aside, fitted

ROOM = QRectF(20, 20, 760, 430)


def tall(zoom: float, beside: float) -> Drawn:
    """A figure of 110 × 10,000 pixels, from afar as wide as that, with a caption at its left."""
    return Drawn(QRectF(0, 0, 110, 10_000 * zoom), (QRectF(-beside, 5, beside - 8, 15),))


@pytest.mark.parametrize("beside", [100, 300])
def test_it_stands_in_the_middle_with_its_captions_in_the_room(beside: float) -> None:
    found = fitted(lambda zoom: tall(zoom, beside), 0.043, ROOM, vertical=True)
    assert found.zoom == 0.043
    assert found.drawn.figure.center() == ROOM.center()
    assert ROOM.contains(found.drawn.whole)


def test_it_gives_way_to_captions_that_need_the_room() -> None:
    found = fitted(lambda zoom: tall(zoom, 500), 0.043, ROOM, vertical=True)
    assert found.drawn.whole.left() == ROOM.left()
    assert found.drawn.figure.center().y() == ROOM.center().y()


def test_it_becomes_shorter_for_captions_along_the_flow() -> None:
    def wide(zoom: float) -> Drawn:
        along = 5_000 * zoom
        return Drawn(QRectF(0, 0, along, 60), (QRectF(along - 10, -30, 90, 15),))

    found = fitted(wide, 0.152, ROOM, vertical=False)
    assert found.drawn.whole.width() == pytest.approx(ROOM.width(), abs=1)
    assert ROOM.contains(found.drawn.whole.adjusted(0.5, 0.5, -0.5, -0.5))


@pytest.mark.parametrize(
    ("extent", "at_end", "middle"),
    [(200, True, 400), (600, True, 360), (600, False, 440), (700, True, 400)],
    ids=["narrow", "beside it", "behind it", "too wide"],
)
def test_a_strip_at_the_side_stays_free_where_it_can(extent: float, at_end: bool, middle: float) -> None:
    assert aside(extent, 800, 140, at_end=at_end) == middle
