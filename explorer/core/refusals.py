"""What counting refuses: networks beyond the limits, and names that are bad or taken."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.core.block import Block
from explorer.core.compose import Container, Unknown
from explorer.core.counted import Counted, Problem, slot_path
from explorer.core.fields import shortened
from explorer.core.names import name_problem
from explorer.core.outline import names_brought, outline
from explorer.core.shape import MAX_CHANNELS, MAX_FEATURES, MAX_IMAGE, Shape, elements, format_shape

MAX_BLOCKS = 20_000
MAX_DEPTH = 32
MAX_PARAMETERS = 2_000_000_000
MAX_NAMES_TOLD = 6  # of the taps that a recall could use


def check_limits(counted: Counted) -> None:
    """Refuses a block with too many parameters or too large an output."""
    shape = counted.output_shape or ()
    too_wide = len(shape) == 3 and (shape[0] > MAX_CHANNELS or shape[1] > MAX_IMAGE or shape[2] > MAX_IMAGE)
    if counted.parameters > MAX_PARAMETERS:
        counted.refuse(
            f"{counted.block.type_name()} has {counted.parameters:,} parameters, more than {MAX_PARAMETERS:,}.",
            "Use fewer channels or features.",
            "parameters",
        )
    elif too_wide or elements(shape) > MAX_FEATURES:
        counted.refuse(
            f"The output {format_shape(shape)} is larger than {MAX_CHANNELS:,} channels of "
            f"{MAX_IMAGE:,} × {MAX_IMAGE:,} pixels or {MAX_FEATURES:,} values.",
            "Use fewer channels or a larger stride.",
            "output_size",
        )


def refused_depth(block: Block, shape: Shape | None) -> Counted:
    """The result for a block too many levels down."""
    counted = Counted(block, shape)
    counted.refuse(f"Blocks are nested more than {MAX_DEPTH} deep.", "Unpack some of them.", "too_deep")
    return counted


def refuse_many(counted: Counted) -> None:
    """Refuses a network of too many blocks."""
    counted.refuse(f"There are more than {MAX_BLOCKS:,} blocks.", "Remove some, or repeat fewer times.", "too_many")


def refuse_recall(counted: Counted, name: str, taps: Iterable[str]) -> None:
    """Refuses a recall of a tap that is not in sight, and names those that are."""
    what = f"Nothing is called {shortened(name)!r} here"
    why = "no Tap of that name comes before this Recall in its chain."
    counted.refuse(f"{what}: {why}", _tap_remedy(taps), "no_tap", "name")


def _tap_remedy(taps: Iterable[str]) -> str:
    names = ", ".join(repr(shortened(name)) for name in list(taps)[-MAX_NAMES_TOLD:])
    put = "ut a Tap of that name before it, in its own chain or in one around it."
    return f"Choose one that is seen here ({names}), or p{put}" if names else f"P{put}"


def check_names(counted: Counted, container: Container) -> None:
    """Names that are bad or taken, in the slots of this structure and, for duplicates, in the scope it shares."""
    if outline(container).is_sound:
        return
    seen: set[str] = set()
    for index, slot in enumerate(container.slots):
        problem = name_problem(slot.name) if slot.name or not isinstance(slot.block, Container | Unknown) else None
        if problem is not None:
            at = slot_path(slot, index)
            counted.problems += (Problem(at, problem, "Rename the block.", kind="name", noun=slot.block.called()),)
        names = names_brought(slot)
        if not seen.isdisjoint(names):
            name = min(seen & names)
            message = f"The name {shortened(name)!r} is used twice in one place."
            counted.problems += (Problem((name,), message, "Rename one of the blocks.", kind="name_taken"),)
        seen |= names
