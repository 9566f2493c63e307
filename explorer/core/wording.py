"""Numbers of things and addresses of blocks, as sentences put them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def amount(number: int, one: str, many: str = "") -> str:
    """``1 thread`` or ``1,024 threads``.

    Args:
        number: How many.
        one: The word for one.
        many: The word for several; by default that for one with an s.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def written(value: Any) -> str:
    """A value of a field as a person reads and types it; a list has commas."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def spoken(path: Sequence[str], noun: str) -> str:
    """What a person calls the block at an address, who does not see places such as ``#1``.

    Args:
        path: The address, which ends in a place where the block has no name.
        noun: What such a block is called; see :meth:`explorer.core.block.Block.called`.

    Returns:
        ``layer1.0.conv1``, or ``the sum in layer1.0``; empty for the network itself.
    """
    if not path or not path[-1].startswith("#"):
        return ".".join(path)
    around = ".".join(path[:-1])
    return f"the {noun} in {around}" if around else f"the {noun}"
