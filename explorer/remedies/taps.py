"""Recalls that find no tap, or one whose shape does not fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.blocks.reshape import Upsample
from explorer.core.address import taps_before
from explorer.core.compose import Recall, Tap
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.remedies import changes
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.changes import Place
from explorer.remedies.projection import project

_MOST_UP = 64  # the factor of an Upsample


@mends("no_tap")
def tap_for_the_recall(case: Case) -> Iterator[Fix | None]:
    """A tap that is there, a new one where the shape fits, or no recall."""
    recall = case.block
    if not isinstance(recall, Recall):
        return
    yield from _other_taps(case, recall)
    yield case.first(_new_taps(case, recall))
    yield case.without(f"Remove {case.name}")


@mends("sum_shapes", "concat_shapes", "product_shapes", "concat_dim")
def fit_the_recall(case: Case) -> Iterator[Fix | None]:
    """The flow brought to the shape that was remembered, another tap, another merge, or no recall."""
    recall = case.block
    if not isinstance(recall, Recall):
        return
    tapped = _tapped(case, recall)
    if tapped is not None:
        yield _resized(case, tapped)
        yield _projected(case, tapped)
    yield from _other_taps(case, recall)
    if recall.merge != "concat":
        yield case.with_fields("Put the channels one behind the other", merge="concat")
    yield case.without(f"Remove {case.name}")


def _visible(case: Case) -> list[str]:
    inputs = {entry.name for entry in case.network.inputs[1:]}
    return sorted(taps_before(case.network.body, case.place) | inputs)


def _other_taps(case: Case, recall: Recall) -> Iterator[Fix | None]:
    """The taps in sight, the one with the most similar name first."""
    names = [name for name in _visible(case) if name != recall.name]
    for name in difflib.get_close_matches(recall.name, names, n=4, cutoff=0.0):
        yield case.with_fields(f"Recall {name}", name=name)


def _tapped(case: Case, recall: Recall) -> Shape | None:
    """The shape of the tap; None where it is not known."""
    for entry in case.network.inputs[1:]:
        if entry.name == recall.name:
            found: Shape | None = entry.shape
            break
    else:
        found = None
    counted = case.network.count()
    for place in _before(case.network, case.place):
        block = changes.block_at(case.network, place)
        if isinstance(block, Tap) and block.name == recall.name:
            child = changes.counted_at(counted, place)
            return child.output_shape if child is not None else found
    return found


def _before(network: Network, place: Place) -> Iterator[Place]:
    """The places of what runs before a place in the chains around it, the nearest first."""
    for depth in range(len(place), 0, -1):
        here = place[:depth]
        if changes.in_sequence(network, here):
            yield from ((*here[:-1], index) for index in range(here[-1] - 1, -1, -1))


def _new_taps(case: Case, recall: Recall) -> Iterator[Fix | None]:
    """A tap in front of the nearest block that leads away from the recall's shape; else as far before as it fits."""
    counted, shape = case.network.count(), case.shape
    matching: list[Place] = []
    for place in _before(case.network, case.place):
        child = changes.counted_at(counted, place)
        if child is None or child.input_shape is None:
            continue
        fits = child.input_shape[1:] == shape[1:] if recall.merge == "concat" else child.input_shape == shape
        leads_away = child.output_shape is not None and child.output_shape[1:] != shape[1:]
        if fits and leads_away:
            yield _tap_before(case, place, recall)
        matching += [place] if fits else []
    for place in reversed(matching):
        yield _tap_before(case, place, recall)


def _tap_before(case: Case, place: Place, recall: Recall) -> Fix | None:
    def edit() -> tuple[Network, Place]:
        network, behind = changes.preceded(case.network, place, [Tap(recall.name)])
        return network, (*behind[:-1], behind[-1] - 1)

    return case.fix(f"Put a Tap before {changes.title(case.network, place)}", edit)


def _resized(case: Case, tapped: Shape) -> Fix | None:
    """The flow as large as what was remembered."""
    shape = case.shape
    if len(shape) != 3 or len(tapped) != 3 or shape[1:] == tapped[1:]:
        return None
    factor = tapped[1] // shape[1]
    if 1 < factor <= _MOST_UP and (shape[1] * factor, shape[2] * factor) == tapped[1:]:
        return case.with_first(f"Enlarge {factor} times first", Upsample(factor))
    height, width = tapped[1:]
    return case.with_first(f"Resize to {height} × {width} first", AdaptiveAvgPool2d((height, width)))


def _projected(case: Case, tapped: Shape) -> Fix | None:
    projection = project(case.shape, tapped)
    if projection is None:
        return None
    how = "a Linear layer" if len(tapped) == 1 else "a 1 × 1 convolution"
    return case.with_first(f"Project the flow with {how}", projection)
