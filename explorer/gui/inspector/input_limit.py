"""The smallest input of the network in front, looked for while nothing else is to be done."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.core.smallest_input import smallest_input

DELAY = 500  # milliseconds from an edit to the search: typing and painting come first
SLICE = 0.006  # seconds of it at once


class InputLimit(QObject):
    """Looks for the smallest input and remembers it until the blocks change.

    Args:
        parent: Its owner.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network: Network | None = None
        self._steps: Iterator[Shape | None] = iter(())
        self._shape: Shape | None = None
        self._wait = QTimer(self, singleShot=True, interval=DELAY)
        self._wait.timeout.connect(self._begin)
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._step)

    @property
    def shape(self) -> Shape | None:
        """The smallest input; None while it is not known, or where no size would do."""
        return self._shape

    def follow(self, network: Network) -> None:
        """Looks at another network, or the same one after an edit."""
        before, self._network = self._network, network
        if before is not None and before.body is network.body and before.input_shape[:1] == network.input_shape[:1]:
            return
        self._turn.stop()
        self._shape = None
        self._wait.start()
        self.changed.emit()

    def _begin(self) -> None:
        if self._network is not None:
            self._steps = smallest_input(self._network)
            self._turn.start()

    def _step(self) -> None:
        until = time.perf_counter() + SLICE
        while time.perf_counter() < until:
            shape = next(self._steps, ())
            if shape is None:
                continue
            self._turn.stop()
            self._shape = shape or None
            if self._network is not None:
                analyse(self._network)  # the sizes that were tried have taken the place of its own in the cache
            self.changed.emit()
            return
