"""What the card of a block says, and which kind of shortcut leads around what is inside."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from explorer.blocks.conv import Conv2d
from explorer.blocks.reshape import ZeroPadShortcut
from explorer.core.block import Block, Composite, Layer
from explorer.core.compose import Add, Chain, Container, Output, Repeat, Slot
from explorer.core.counted import Counted
from explorer.core.outline import scope
from explorer.core.shape import pair
from explorer.gui.canvas.figure import Card, Shortcut

LONGEST_WORDS = 48  # characters; the inspector has all of them


def card_of(slot: Slot, counted: Counted) -> Card:
    """The card of a block, folded."""
    block = counted.block
    subject = block.block if isinstance(block, Repeat) else block
    inner = counted.children[0][1] if isinstance(block, Repeat) and counted.children else counted
    is_layer, shortcut = isinstance(block, Layer), shortcut_inside(inner)
    is_titled = isinstance(block, Chain) and bool(slot.name) and not slot.name.isdecimal()  # a number says too little
    return Card(
        title=slot.name if is_titled else subject.type_name(),
        name="" if is_layer or isinstance(block, Chain) or slot.name.isdecimal() else slot.name,
        words=_words(subject, shortcut),
        category=subject.category,
        parameters=counted.parameters if slot.enabled else 0,
        count=len(block.names) if isinstance(block, Repeat) else 1,
        members=_members(block) if slot.enabled and not slot.name else (),
        shortcut=shortcut,
        folds=bool(counted.children) or isinstance(block, Container),
        enabled=slot.enabled,
        problem=_problem(slot, counted),
        noted=bool(slot.note),
        tall=isinstance(block, Composite | Repeat) or (not is_layer and bool(counted.children)),
    )


def group_card(slots: list[Slot], counted: Counted) -> Card:
    """The card of neighbours that are equal."""
    one = card_of(slots[0], counted)
    return Card(
        title=one.title,
        name=f"{one.name} … {slots[-1].name}" if one.name else "",
        words=one.words,
        category=one.category,
        parameters=counted.parameters * len(slots),
        count=len(slots),
        members=tuple(slot.name for slot in slots),
        shortcut=one.shortcut,
        folds=True,
        problem=one.problem,
        tall=one.tall,
    )


def _members(block: Block) -> tuple[str, ...]:
    """The names of what is in a structure without a name; a merge is selected as such, and so is what is off."""
    if not isinstance(block, Chain | Repeat):
        return ()
    return tuple(slot.name for _, slot in scope(block) if slot.name)


def _words(block: Block, shortcut: Shortcut | None) -> str:
    if block.field_problems():
        return ""
    words = block.describe()
    if shortcut is not None and "shortcut" not in words and isinstance(block, Composite):
        words = ", ".join(part for part in (words, f"{shortcut.replace('_', '-')} shortcut") if part)
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1].rstrip(" ,") + "…"


def _problem(slot: Slot, counted: Counted) -> str:
    if not slot.enabled or not counted.problems:
        return ""
    return f"{counted.problems[0].message} {counted.problems[0].remedy}"


def shortcut_inside(counted: Counted) -> Shortcut | None:
    """The shortcut of the first sum that is directly in a block."""
    for slot, child, _ in counted.children:
        if isinstance(child.block, Add) and slot.enabled:
            kinds = [shortcut_of(part, branch) for part, branch, _ in child.children]
            found = [kind for kind in kinds if kind is not None]
            return found[0] if found and len(found) < len(kinds) else None
    return None


def shortcut_of(slot: Slot, counted: Counted) -> Shortcut | None:
    """Which kind of shortcut a branch of a sum is; None for one that is more than that."""
    leaves = list(itertools.islice(_leaves(slot, counted), 4))
    if not leaves:
        return "identity"
    if len(leaves) == 1 and isinstance(leaves[0], ZeroPadShortcut):
        return "zero_pad"
    first, *rest = leaves
    # by 1x1, or where the image is halved also by 3x3, as in SENet-154
    projects = isinstance(first, Conv2d) and (pair(first.kernel_size) == (1, 1) or pair(first.stride) != (1, 1))
    is_plain = len(rest) < 2 and all(block.category == "normalisation" for block in rest)
    return "projection" if projects and is_plain else None


def _leaves(slot: Slot, counted: Counted) -> Iterator[Block]:
    """The layers of a branch, at any depth."""
    if not slot.enabled:
        return
    if isinstance(counted.block, Chain):
        for part, child, _ in counted.children:
            yield from _leaves(part, child)
    elif not isinstance(counted.block, Output):
        yield counted.block
