"""Whether a network of the zoo is still the published one, and what has changed since."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from explorer.core.analysis import Analysis
from explorer.core.compose import Slot
from explorer.core.network import Network, Provenance
from explorer.core.shape import format_shape
from explorer.core.wording import amount
from explorer.errors import ExplorerError
from explorer.zoo.base import ZOO, Entry, make


@dataclass(frozen=True, slots=True)
class Badge:
    """What is said about a network that came from the zoo.

    Attributes:
        text: The figure with what it is, such as ``11,689,512 published``.
        met: Whether it is published and the network as it stands has it.
        note: The source of the figure, or what has changed since.
        paper: Where the network was described.
    """

    text: str
    met: bool
    note: str
    paper: str


def badge(analysis: Analysis) -> Badge | None:
    """The badge of a network; None if it did not come from the zoo."""
    origin = analysis.network.provenance
    if not isinstance(origin, Provenance) or origin.network not in ZOO:
        return None
    entry = ZOO[origin.network]
    changes = _changes(entry, origin, analysis)
    figure = entry.parameters
    met = not changes and figure.met_by(analysis.parameters)
    if met and not figure.published:
        return Badge(f"{figure} computed", False, "Nobody has published a count of it.", entry.paper)
    text = f"{figure} {'published' if figure.published else 'computed'}"
    note = f"Source: {figure.source}." if met else f"Changed since: {', '.join(changes) or 'its parameters'}."
    return Badge(text, met, note, entry.paper)


def _changes(entry: Entry, origin: Provenance, analysis: Analysis) -> list[str]:
    network, changes = analysis.network, []
    shape, published = network.input_shape, entry.input_shape
    if not shape:
        return ["its input"]
    if shape[:1] != published[:1]:
        changes.append(amount(shape[0], "input channel"))
    if shape[1:] != published[1:]:
        changes.append(f"{format_shape(shape[1:])} pixels")
    classes = _classes(analysis)
    if classes is not None and classes != entry.classes:
        changes.append(amount(classes, "class", "classes"))
    options = dict(origin.options)
    for name, option in entry.options.items():
        if options.get(name, option.default) != option.default:
            changes.append(f"{name} {options[name]}")
    return changes + _changed_blocks(network, _original(origin, shape, classes or entry.classes))


def _classes(analysis: Analysis) -> int | None:
    output = analysis.output_shape
    return output[0] if output is not None and len(output) == 1 else None


@functools.lru_cache(maxsize=8)
def _original(origin: Provenance, shape: tuple[int, ...], classes: int) -> Network | None:
    """The network as the zoo makes it, for the same images and classes; None where it cannot."""
    entry = ZOO[origin.network]
    options = {name: value for name, value in origin.options if name in entry.options}
    try:
        return make(origin.network, input_shape=shape, classes=classes, **options)
    except ExplorerError:
        return None


def _changed_blocks(network: Network, original: Network | None) -> list[str]:
    if original is None or network.body == original.body:
        return []
    old, new = _by_name(original.body.slots), _by_name(network.body.slots)
    counts = {
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "changed": sum(1 for name in old.keys() & new.keys() if old[name] != new[name]),
    }
    words = [f"{amount(number, 'block')} {what}" for what, number in counts.items() if number]
    return words or ["the order of its blocks"]


def _by_name(slots: tuple[Slot, ...]) -> dict[str, Slot]:
    return {slot.name or f"#{index}": slot for index, slot in enumerate(slots)}
