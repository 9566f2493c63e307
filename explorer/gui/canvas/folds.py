"""Which blocks of a drawing are folded into a card and which are unfolded: a value, one for each open document."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from explorer.core.compose import Path

GROUP = "×"  # before the name of its first block: the fold of neighbours that are equal by chance


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """The folds of a scope.

    Compared by identity, so that what was laid out for one can be found again.

    Attributes:
        opened: Whether the block itself is unfolded; None leaves it to what it is.
        rest: The same for all blocks inside that nobody has touched.
        inside: The folds of blocks inside that somebody has touched, by name.
    """

    opened: bool | None = None
    rest: bool | None = None
    inside: dict[str, Folds] = field(default_factory=dict)

    def at(self, name: str) -> Folds:
        """The folds of the block by that name in this scope."""
        found = self.inside.get(name)
        return found if found is not None else _REST[self.rest]

    def turned(self, path: Path, opened: bool | None) -> Folds:
        """The same folds with the block at ``path`` unfolded or folded."""
        if not path:
            return replace(self, opened=opened)
        return replace(self, inside={**self.inside, path[0]: self.at(path[0]).turned(path[1:], opened)})


AUTOMATIC = Folds()
ALL_OPEN = Folds(True, True)
ALL_CLOSED = Folds(False, False)
_REST = {None: AUTOMATIC, True: ALL_OPEN, False: ALL_CLOSED}
