"""One horizontal axis for several plots: linear or logarithmic, all of it or the part that somebody looks at."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from explorer.gui.plots.backdrop import Axis
from explorer.gui.plots.plot import CurvePlot
from explorer.gui.plots.ranges import epoch_ticks, kept, log_ticks, moved, ticks, zoomed

_MOST_TICKS = 10


class LinkedZoom:
    """What the horizontal axis of some plots shows; each of them zooms and moves all.

    Args:
        plots: The plots.
        redraw: Draws them again.

    Attributes:
        log: Whether the axis is logarithmic.
        is_tall: Whether the vertical axes reach what they leave out else, since it lies far from all the rest.
    """

    def __init__(self, plots: Sequence[CurvePlot], redraw: Callable[[], None]) -> None:
        self._redraw = redraw
        self._whole = (0.0, 1.0)
        self._part: tuple[float, float] | None = None
        self._epochs = 1
        self.log = self.is_tall = False
        for plot in plots:
            plot.zoom_asked.connect(self._zoom)
            plot.move_asked.connect(self._move)
            plot.whole_asked.connect(self._reset)

    # What is shown

    @property
    def is_whole(self) -> bool:
        """Whether all of the axis is shown."""
        return self._part is None

    @property
    def epochs(self) -> tuple[float, float]:
        """The first and the last epoch that are shown."""
        low, high = self._part or self._whole
        return (10.0**low, 10.0**high) if self.log else (low, high)

    def axis(self, epochs: int, first: float) -> Axis:
        """The axis with its ticks.

        Args:
            epochs: The end of all of it.
            first: The first epoch with a point, where a logarithmic axis begins.
        """
        self._epochs = epochs
        begin = math.floor(math.log10(max(min(first, epochs / 10), 1e-6)))
        self._whole = (float(begin), math.log10(epochs)) if self.log else (0.0, float(epochs))
        self._part = None if self._part is None else kept(self._part, self._whole)
        low, high = self._part or self._whole
        return Axis(low, high, self._log_marks(low, high) if self.log else self._marks(low, high))

    def _marks(self, low: float, high: float) -> tuple[tuple[float, str], ...]:
        if self._part is None:
            return tuple((float(epoch), f"{epoch:,}") for epoch in epoch_ticks(self._epochs))
        return tuple((epoch, f"{epoch:,.7g}") for epoch in ticks(low, high, 8))

    def _log_marks(self, low: float, high: float) -> tuple[tuple[float, str], ...]:
        values = log_ticks(low, high)
        if len(values) > _MOST_TICKS:
            values = [value for value in values if math.log10(value).is_integer()]
        if len(values) < 2:
            values = [value for value in ticks(10.0**low, 10.0**high, 6) if value > 0]
        return tuple((math.log10(value), f"{value:,.4g}") for value in values)

    # Changing it

    def set_log(self, log: bool) -> None:
        """Counts the epochs on a logarithmic axis, or on a linear one."""
        self.log = log
        self.show_whole()

    def show_whole(self) -> None:
        """Shows all of it again."""
        self._part, self.is_tall = None, False
        self._redraw()

    def _reset(self) -> None:
        """Shows all of it; if that is so already, what lies far above too, or no longer."""
        self._part, self.is_tall = None, self.is_whole and not self.is_tall
        self._redraw()

    def _zoom(self, where: float, factor: float) -> None:
        self.is_tall = self.is_whole and factor > 1  # further away there is only what lies far above
        self._part = zoomed(self._part or self._whole, self._whole, where, factor)
        self._redraw()

    def _move(self, share: float) -> None:
        if self._part is not None:
            self._part = moved(self._part, self._whole, share)
            self._redraw()
