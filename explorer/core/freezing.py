"""Which blocks are not trained: a set of paths that follows the blocks when they are renamed or moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from explorer.core.address import find_counted, named_like, named_parts
from explorer.core.compose import Container, Path
from explorer.core.counted import Counted
from explorer.core.outline import names_brought
from explorer.errors import EditError

Frozen: TypeAlias = frozenset[Path]


def thawed_with(frozen: Frozen, body: Container, path: Path) -> Frozen:
    """Without the block at ``path``, which is taken out of ``body``."""
    return frozenset(part for part in frozen if not _lies_in(part, named_like(body, path))) if frozen else frozen


def renamed(frozen: Frozen, body: Container, path: Path, name: str) -> Frozen:
    """With the block at ``path`` of ``body`` called ``name``; one without a name so far becomes a level of its own."""
    if not frozen:
        return frozen
    levels, last = named_like(body, path), len(path) - 1
    behind = last if path[-1].startswith("#") else last + 1
    return frozenset((*part[:last], name, *part[behind:]) if _lies_in(part, levels) else part for part in frozen)


def moved(frozen: Frozen, body: Container, old: Path, new: Path) -> Frozen:
    """With the block at ``old`` of ``body`` at ``new``."""
    if not frozen:
        return frozen
    levels, last = named_like(body, old), len(old) - 1
    result = set()
    for part in frozen:
        if not _lies_in(part, levels):
            result.add(part)
        elif part[:last] == old[:last]:  # the other copies of a repeat go
            result.add((*new[:-1], *part[last:]) if new[-1].startswith("#") else new + part[last + 1 :])
    return frozenset(result)


def packed_in(frozen: Frozen, body: Container, paths: Iterable[Path], name: str) -> Frozen:
    """With the blocks at ``paths`` of ``body``, which stand in one scope, inside a block called ``name``."""
    if not frozen:
        return frozen
    found = [named_like(body, path) for path in paths]
    last = len(found[0]) - 1
    return frozenset(
        (*part[:last], name, *part[last:]) if any(_lies_in(part, levels) for levels in found) else part
        for part in frozen
    )


def _lies_in(part: Path, levels: tuple[frozenset[str], ...]) -> bool:
    return len(part) >= len(levels) and all(name in names for name, names in zip(part, levels, strict=False))


def frozen_with(frozen: Frozen, paths: frozenset[Path]) -> Frozen:
    """With those blocks frozen as well."""
    if all(any(path[:n] in frozen for n in range(len(path) + 1)) for path in paths):
        return frozen
    return frozenset(part for part in frozen if not _lies_under(part, paths)) | paths


def thawed(frozen: Frozen, counted: Counted, paths: frozenset[Path]) -> Frozen:
    """With those blocks trained; of a frozen block around them the rest stays frozen.

    Raises:
        EditError: If what is inside such a block is not known, because no shape reaches it.
    """
    result = {part for part in frozen if not _lies_under(part, paths)}
    for path in paths:
        for around in [path[:n] for n in range(len(path)) if path[:n] in result]:
            inside = find_counted(counted, around)
            if inside is None or find_counted(inside, path[len(around) :]) is None:
                raise EditError("Mend the problem before this block first: what is inside depends on the shape.")
            result.remove(around)
            result.update(_beside(inside, around, path))
    return frozenset(result)


def _beside(counted: Counted, at: Path, path: Path) -> Iterator[Path]:
    """The parts of the block at ``at`` without the one at ``path``."""
    for name, part in named_parts(counted):
        here = (*at, name)
        if path[: len(here)] != here:
            yield here
        elif path != here:
            yield from _beside(part, here, path)


def _lies_under(part: Path, paths: frozenset[Path]) -> bool:
    return any(part[:n] in paths for n in range(len(part) + 1))


def frozen_above(frozen: Frozen, body: Container) -> int:
    """How many slots from the top are frozen, each as a whole, before the first that is not."""
    if not frozen:
        return 0
    kept = (all((name,) in frozen for name in names_brought(slot)) for slot in body.slots)
    return next((index for index, whole in enumerate(kept) if not whole), len(body.slots))
