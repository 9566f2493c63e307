"""Numbers of things and addresses of blocks, as sentences put them."""

from __future__ import annotations


def amount(number: int, one: str, many: str = "") -> str:
    """``1 thread`` or ``1,024 threads``.

    Args:
        number: How many.
        one: The word for one.
        many: The word for several; by default that for one with an s.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
