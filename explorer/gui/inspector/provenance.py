"""Whether a network of the zoo is still the one that was checked, and what has changed since."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from explorer.core.analysis import Analysis
from explorer.core.block import Block
from explorer.core.compose import Container, Repeat, Slot
from explorer.core.network import Network, Provenance
from explorer.core.shape import format_shape
from explorer.core.wording import amount
from explorer.errors import ExplorerError
from explorer.zoo.base import ZOO, Entry, make
from explorer.zoo.claims import claims, in_words


@dataclass(frozen=True, slots=True)
class Badge:
    """What is said about a network that came from the zoo.

    Attributes:
        text: What was checked, in words, such as ``count, MACs, outputs``; or that it has changed since.
        met: Whether something was checked, and the network as it stands is what was checked.
        note: What has changed since, or why nothing could be checked.
        checks: What was checked, a sentence each.
        summary: What the network it came from brought, a sentence.
        paper: Where that network was described.
    """

    text: str
    met: bool
    note: str
    checks: tuple[str, ...]
    summary: str
    paper: str


def badge(analysis: Analysis) -> Badge | None:
    """The badge of a network; None if it did not come from the zoo."""
    origin = analysis.network.provenance
    if not isinstance(origin, Provenance) or origin.network not in ZOO:
        return None
    entry = ZOO[origin.network]
    changes = _changes(entry, origin, analysis)
    if changes or not entry.parameters.met_by(analysis.parameters):
        return Badge("changed since", False, _since(changes), _of_the_original(entry), entry.summary, entry.paper)
    found = tuple(f"✓ {claim.sentence}" for claim in claims(entry))
    if not found:
        unchecked = "No published count of it was found."
        return Badge(f"{entry.parameters} computed", False, unchecked, (), entry.summary, entry.paper)
    return Badge(in_words(entry), True, "", found, entry.summary, entry.paper)


def _since(changes: list[str]) -> str:
    return f"Changed since: {', '.join(changes) or 'its parameters'}."


def _of_the_original(entry: Entry) -> tuple[str, ...]:
    checked = in_words(entry)
    return (f"Checked of the original: {checked}. It has {entry.parameters} parameters.",) if checked else ()


def _changes(entry: Entry, origin: Provenance, analysis: Analysis) -> list[str]:
    network, changes = analysis.network, []
    shape, published = network.input_shape, entry.input_shape
    if not shape:
        return ["its input"]
    if len(network.inputs) > 1:
        changes.append(amount(len(network.inputs), "input"))
    if network.task != entry.task:
        changes.append(f"its task {network.task or 'none'}")
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
        "changed": sum(1 for name in old.keys() & new.keys() if _differ(old[name], new[name])),
    }
    words = [f"{amount(number, 'block')} {what}" for what, number in counts.items() if number]
    return words or ([] if list(old) == list(new) else ["the order of its blocks"])


def _differ(old: Slot, new: Slot) -> bool:
    """Whether more than notes is another in what stands there; most slots are equal, which is quick to see."""
    if old == new:
        return False
    return (old.name, old.enabled) != (new.name, new.enabled) or _blocks_differ(old.block, new.block)


def _blocks_differ(old: Block, new: Block) -> bool:
    if old == new:
        return False
    if isinstance(old, Repeat) and isinstance(new, Repeat):
        return old.names != new.names or _blocks_differ(old.block, new.block)
    if not isinstance(old, Container) or type(old) is not type(new) or len(old.slots) != len(new.slots):
        return True
    return old.with_slots(new.slots) != new or any(map(_differ, old.slots, new.slots))


def _by_name(slots: tuple[Slot, ...]) -> dict[str, Slot]:
    return {slot.name or f"#{index}": slot for index, slot in enumerate(slots)}
