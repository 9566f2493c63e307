"""Loss and accuracy of the steps, kept on the device and fetched together a few times a second.

Asking a device for one number makes it finish everything before; asked at each step, that is most of the time on a fast
one. The sums of an epoch are added up in the order of the steps, so they do not depend on when somebody looked.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch
from torch import Tensor

INTERVAL = 0.075  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Reading:
    """What was fetched.

    Attributes:
        losses: The loss of each step.
        correct: Images predicted right in each step.
        images: Images of each step.
        bad: The first step, counted from 0, with a loss or gradient that is not finite; None if all are.
        seconds: Time since the last look.
    """

    losses: tuple[float, ...]
    correct: tuple[int, ...]
    images: tuple[int, ...]
    bad: int | None
    seconds: float


class Meter:
    """Collects the figures of steps until somebody looks."""

    def __init__(self) -> None:
        self._losses: list[Tensor] = []
        self._correct: list[Tensor] = []
        self._bad: list[Tensor] = []
        self._images: list[int] = []
        self._since = time.perf_counter()

    def __len__(self) -> int:
        return len(self._images)

    def restart(self) -> None:
        """Lets the clock start now, after a halt or other work."""
        self._since = time.perf_counter()

    @property
    def due(self) -> bool:
        """Whether it is time to look."""
        return bool(self._images) and time.perf_counter() - self._since >= INTERVAL

    def add(self, loss: Tensor, correct: Tensor, bad: Tensor, images: int) -> None:
        """Adds a step.

        Args:
            loss: Its mean loss. ()
            correct: Images predicted right. ()
            bad: 1 where the loss or a gradient is not finite, else 0. ()
            images: Its images.
        """
        self._losses.append(loss)
        self._correct.append(correct)
        self._bad.append(bad)
        self._images.append(images)

    def read(self) -> Reading:
        """Fetches what came since the last look; this waits for the device."""
        fetched = torch.stack([torch.stack(part).double() if part[0].device.type != "mps" else torch.stack(part).float()
                               for part in (self._losses, self._correct, self._bad)]).tolist()  # fmt: skip
        now = time.perf_counter()
        bad = next((index for index, flag in enumerate(fetched[2]) if flag), None)
        correct = tuple(int(number) for number in fetched[1])
        reading = Reading(tuple(fetched[0]), correct, tuple(self._images), bad, now - self._since)
        self._losses, self._correct, self._bad, self._images = [], [], [], []
        self._since = now
        return reading
