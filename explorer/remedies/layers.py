"""Layers whose own fields do not fit what arrives: groups, paddings, dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from explorer.blocks.conv import Conv2d
from explorer.blocks.reshape import ZeroPadShortcut
from explorer.core.shape import MAX_CHANNELS, pair
from explorer.core.wording import amount
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.sizes import each, said


@mends("groups")
def dividing_groups(case: Case) -> Iterator[Fix | None]:
    """The largest number of groups that divides the channels, then channels that the groups divide."""
    layer, channels = case.failing.block, case.shape[0] if case.shape else 0
    groups, out_channels = getattr(layer, "groups", 0), getattr(layer, "out_channels", 0)
    if not channels or "groups" not in case.block.fields():
        return
    common = gcd(channels, out_channels)
    fewer = max(number for number in range(1, min(groups, common) + 1) if common % number == 0)
    yield case.with_fields(f"Use {amount(fewer, 'group')}", groups=fewer)
    more = -(-out_channels // groups) * groups
    if out_channels and more <= MAX_CHANNELS and "out_channels" in case.block.fields():
        yield case.with_fields(f"Use {more} channels", out_channels=more)


@mends("pool_padding")
def half_a_window(case: Case) -> Iterator[Fix | None]:
    """The most padding that every window allows, then a window that allows the padding."""
    block = case.block
    kernel, padding = getattr(block, "kernel_size", 1), getattr(block, "padding", 0)
    least = each(min, padding, each(lambda size, _: size // 2, kernel, kernel))
    yield case.with_fields(f"Use padding {said(least)}", padding=least)
    wider = each(max, kernel, each(lambda size, _: 2 * size, padding, padding))
    yield case.with_fields(f"Use kernel {said(wider)}", kernel_size=wider)


@mends("output_padding")
def smaller_output_padding(case: Case) -> Iterator[Fix | None]:
    """The most that the stride and the dilation allow."""
    block = case.block
    stride, dilation = getattr(block, "stride", 1), getattr(block, "dilation", 1)
    most = each(lambda one, other: max(one, other) - 1, stride, dilation)
    extra = each(min, getattr(block, "output_padding", 0), most)
    yield case.with_fields(f"Use output_padding {said(extra)}", output_padding=extra)


@mends("cut_off")
def less_cut_off(case: Case) -> Iterator[Fix | None]:
    """The most padding that leaves something of the image."""
    widest = max(pair(getattr(case.block, "padding", 0)))
    smaller = (case.with_fields(f"Use padding {number}", padding=number) for number in range(widest - 1, -1, -1))
    yield case.first(smaller)


@mends("norm_dims")
def as_many_dimensions(case: Case) -> Iterator[Fix | None]:
    """All dimensions that there are."""
    yield case.with_fields(f"Set dims to {len(case.shape)}", dims=len(case.shape))


@mends("fewer_channels")
def projection(case: Case) -> Iterator[Fix | None]:
    """A projection, which can also take channels away, in place of the padded shortcut."""
    if "shortcut" in case.block.fields():
        yield case.with_fields("Use a projection shortcut", shortcut="auto")
    elif isinstance(case.block, ZeroPadShortcut):
        convolution = Conv2d(case.block.out_channels, 1, stride=case.block.stride, bias=False)
        yield case.with_block("Project with a 1 × 1 convolution", convolution)
        yield case.with_fields(f"Use {case.shape[0]} channels", out_channels=case.shape[0])


@mends("two_numbers")
def both_numbers(case: Case) -> Iterator[Fix | None]:
    """A reduction to half the channels in front of those that were given."""
    for name in ("branch2", "branch3"):
        numbers: tuple[int, ...] = getattr(case.block, name, ())
        if len(numbers) == 1:
            wide = numbers[0]
            reduced = max(1, wide // 2)
            yield case.with_fields(f"Set {name} to {reduced}, {wide}", **{name: (reduced, wide)})
