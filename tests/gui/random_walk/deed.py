"""What a deed of a walk is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from PySide6.QtCore import Qt

from tests.gui.random_walk.world import World

Do: TypeAlias = Callable[[World, Random], str]

_Modifier = Qt.KeyboardModifier
NONE, CTRL, SHIFT = _Modifier.NoModifier, _Modifier.ControlModifier, _Modifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
NOTHING = ""  # said by a deed that finds nothing to do


@dataclass(frozen=True)
class Deed:
    """Something that a person does.

    Attributes:
        name: What it is called in the log.
        weight: How often it is done.
        do: Does it, and says what it was.
    """

    name: str
    weight: int
    do: Do


DEEDS: list[Deed] = []


def deed(weight: int) -> Callable[[Do], Do]:
    """Adds a function to what is done in a walk."""

    def add(do: Do) -> Do:
        DEEDS.append(Deed(do.__name__, weight, do))
        return do

    return add
