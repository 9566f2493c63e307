"""How figures are written for a person: counts, bytes, shares, windows and receptive fields."""

from __future__ import annotations

from fractions import Fraction

from explorer.core.analysis import Row
from explorer.core.block import Block
from explorer.core.counted import OutputShape
from explorer.core.fields import Invalid, shortened
from explorer.core.shape import format_shape, pair

UNKNOWN = "—"
LEFT_ASIDE = "Statistics of normalisation and 1 × 1 gates are left aside."
_STEPS = ((1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))


def count(number: int | None) -> str:
    """``11,689,512``; a dash where the number is not known."""
    return UNKNOWN if number is None else f"{number:,}"


def short(number: int | None) -> str:
    """``3.67 M``: three digits and the unit."""
    if number is None:
        return UNKNOWN
    for size, unit in _STEPS:
        if number >= size * 0.9995:
            return f"{_three_digits(number / size)} {unit}"
    return str(number)


def size_of(number: int) -> str:
    """``11.7 M`` or ``270 k``, for a narrow column."""
    return short(number) if number >= 1_000 else str(number)


def data(number: int | None) -> str:
    """``49 kB``: bytes in decimal units."""
    if number is None:
        return UNKNOWN
    for size, unit in _STEPS:
        if number >= size * 0.9995:
            return f"{_three_digits(number / size)} {unit}B"
    return f"{number} B"


def share(part: int | None, whole: int) -> str:
    """``0.03 %`` of the whole; nothing where there is no part."""
    if not part or not whole:
        return ""
    percent = 100 * part / whole
    return "<0.01 %" if percent < 0.01 else f"{_two_digits(percent)} %"


def percent(share: float | None) -> str:
    """``91.7 %`` for 0.917; a dash for what is not known."""
    return UNKNOWN if share is None else f"{100 * share:.1f} %"


def loss(value: float | None) -> str:
    """``0.283``, ``12.3``, ``1,466`` or, where a run diverges, ``1.5e+22``; a dash for what is not known."""
    if value is None:
        return UNKNOWN
    return f"{value:#.3g}" if value < 99.95 else f"{value:,.0f}" if value < 999_999.5 else f"{value:.3g}"


def operations(macs: int | None, *, flops: bool) -> int | None:
    """Multiply-accumulates as they are, or as floating-point operations: two each."""
    return macs if macs is None or not flops else 2 * macs


def window(block: Block) -> str:
    """``3 × 3 / 2``: height and width of a block's window, and its stride; empty without a window."""
    kernel, stride = getattr(block, "kernel_size", None), getattr(block, "stride", 1)
    if isinstance(kernel, Invalid) or isinstance(stride, Invalid):
        return ""
    step = "" if stride in (1, None) else f"/ {'×'.join(map(str, stride)) if isinstance(stride, tuple) else stride}"
    if kernel is None:
        return step
    return f"{' × '.join(map(str, pair(kernel)))} {step}".rstrip()


def side_output(output: OutputShape) -> str:
    """``aux1: 1000, loss × 0.3, only while training``."""
    when = ", only while training" if output.training_only else ""
    return f"{shortened(output.name)}: {format_shape(output.shape)}, loss × {output.weight:g}{when}"


def receptive_field(row: Row, *, long: bool = False) -> str:
    """``67`` or ``67 × 35``, in input pixels; the long form names the stride as well."""
    field = row.field
    if field is None:
        return UNKNOWN
    if field.size is None or field.stride is None:
        return "whole image" if long else "image"
    height, width = field.size
    if not long:
        return str(height) if height == width else f"{height} × {width}"
    down, across = map(_fraction, field.stride)
    stride = down if down == across else f"{down} × {across}"
    return f"{height} × {width}, stride {stride}"


def _fraction(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def _two_digits(percent: float) -> str:
    return f"{percent:.0f}" if percent >= 9.95 else f"{percent:.1f}" if percent >= 0.95 else f"{percent:.2f}"
