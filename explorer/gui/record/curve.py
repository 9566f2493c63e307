"""Arrays that grow with a run."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]

_ROOM = 1024  # points, to begin with


class Curve:
    """Points that come one by one, kept in an array that doubles when it is full."""

    def __init__(self) -> None:
        self._points = np.empty((2, _ROOM), dtype=np.float64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Numbers:
        """Where the points lie; a view that is good until the next point."""
        return self._points[0, : self._count]

    @property
    def y(self) -> Numbers:
        """Their values, which may be NaN; a view that is good until the next point."""
        return self._points[1, : self._count]

    def append(self, x: float, y: float | None) -> None:
        """Adds a point; None is a value nobody knows."""
        if self._count == self._points.shape[1]:
            self._points = np.concatenate([self._points, np.empty_like(self._points)], axis=1)
        self._points[:, self._count] = x, np.nan if y is None else y
        self._count += 1
