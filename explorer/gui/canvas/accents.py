"""What is emphasised in a drawing: selected, found, compared, frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from explorer.core.compose import Path
from explorer.core.freezing import Frozen
from explorer.core.pair import Mark
from explorer.gui.canvas.figure import Card

FOUND = "validation"  # the colour of what a search has found
MARKED: dict[str, str] = {"added": "good", "removed": "bad", "changed": "activation", "inside": "activation"}


@dataclass(frozen=True)
class Accents:
    """What is emphasised in a drawing.

    Attributes:
        selected: Blocks with a strong border.
        around: Blocks in which something selected is hidden.
        found: Blocks that a search has found.
        around_found: Blocks in which a find may be hidden.
        marks: What a comparison says of blocks.
        frozen: Blocks that are not trained, with all that is in them.
        total: Parameters of the whole network, for the bars of the shares.
    """

    selected: Collection[Path] = ()
    around: Collection[Path] = ()
    found: Collection[Path] = ()
    around_found: Collection[Path] = ()
    marks: Mapping[Path, Mark] = field(default_factory=dict)
    frozen: Frozen = frozenset()
    total: int = 0

    def mark_of(self, paths: tuple[Path, ...]) -> Mark | None:
        """What a comparison says of blocks, where it is more than that other shapes arrive."""
        return next((self.marks[path] for path in paths if self.marks.get(path) in MARKED), None)

    def is_frozen(self, paths: tuple[Path, ...]) -> bool:
        """Whether none of the blocks is trained."""
        frozen = self.frozen
        return bool(frozen) and all(any(path[:n] in frozen for n in range(1, len(path) + 1)) for path in paths)


def paths_of(path: Path, card: Card) -> tuple[Path, ...]:
    """The blocks that a card stands for."""
    return tuple((*path[:-1], name) for name in card.members) if card.members else (path,)
