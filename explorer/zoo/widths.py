"""Channel counts of networks that come in several widths: multiples of eight, as all mobile networks round them."""

from __future__ import annotations


def multiple_of(divisor: int, width: float) -> int:
    """The nearest multiple, at least one of it, and not more than a tenth below ``width``.

    The rule of the authors' code for MobileNet, which the networks after it took over.
    """
    nearest = max(divisor, int(width + divisor / 2) // divisor * divisor)
    return nearest + divisor if nearest < 0.9 * width else nearest
