"""Fonts and colours of a drawing, and how wide its texts are."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontMetricsF

from explorer.gui.canvas.figure import Stroke
from explorer.gui.canvas.sketch import Font
from explorer.gui.style import Palette

NO_LABELS, NO_SECOND_LINE, NO_TEXT = 0.56, 0.5, 0.42  # zooms below which there is no room for letters that are read
LEAST: dict[Font, float] = {"title": 9.0, "words": 7.7, "label": 7.7}  # pixels on the screen: as small as texts become
PIXELS: dict[Font, int] = {"title": 13, "words": 12, "label": 11}
DASHES: dict[Stroke, tuple[float, ...]] = {"projection": (5, 3.5), "zero_pad": (0.1, 3), "tap": (9, 3, 2, 3)}


@functools.cache
def font(family: str, role: Font) -> QFont:
    """The font of a role in a drawing; in pixels, so that zoom alone decides its size."""
    made = QFont(family)
    made.setPixelSize(PIXELS[role])
    if role == "title":
        made.setWeight(QFont.Weight.DemiBold)
    return made


@dataclass(frozen=True)
class Ink:
    """What a drawing is drawn with.

    Attributes:
        palette: The colours.
        family: The family of its fonts.
    """

    palette: Palette
    family: str

    def font(self, role: Font) -> QFont:
        """The font of a role."""
        return font(self.family, role)

    @functools.cached_property
    def _metrics(self) -> dict[Font, QFontMetricsF]:
        return {role: QFontMetricsF(self.font(role)) for role in PIXELS}

    @functools.cached_property
    def _widths(self) -> dict[tuple[str, Font], float]:
        return {}

    def width(self, text: str, role: Font) -> float:
        """The width of a text in pixels."""
        known = self._widths.get((text, role))
        if known is None:
            known = self._widths[text, role] = self._metrics[role].horizontalAdvance(text)
        return known

    @staticmethod
    def growth(role: Font, zoom: float) -> float:
        """How much larger than the figure a text is drawn, so that it can be read from afar."""
        return max(1.0, LEAST[role] / (PIXELS[role] * max(zoom, NO_TEXT)))

    @functools.cached_property
    def _colors(self) -> dict[str, QColor]:
        return {}

    def color(self, name: str, alpha: int = 255) -> QColor:
        """A colour of the palette by its name, or of a category."""
        key = f"{name}/{alpha}"
        if key not in self._colors:
            made = QColor(getattr(self.palette, name))
            made.setAlpha(alpha)
            self._colors[key] = made
        return self._colors[key]
