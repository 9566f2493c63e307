"""A block in the making: the selection as its body, and the fields inside that are to be set from outside."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from explorer.core.analysis import analyse
from explorer.core.block import Block, Category
from explorer.core.compose import Chain, Output, Path, Repeat
from explorer.core.definition import CATEGORIES, Definition, Parameter, Target, inside, parameter_name_problem
from explorer.core.network import Network
from explorer.core.user_block import block_class
from explorer.errors import EditError
from explorer.gui.editing.placing import around, siblings, topmost, with_whole_repeats


@dataclass(frozen=True, slots=True)
class Exposed:
    """A field inside that is to be set from outside.

    Attributes:
        target: The field.
        value: What it has now.
        name: The parameter that stands for it; fields of one name share one parameter.
    """

    target: Target
    value: Any
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """The blocks that a new one is made of.

    Attributes:
        network: The network they stand in.
        paths: Where, in their order.
        body: Themselves.
    """

    network: Network
    paths: tuple[Path, ...]
    body: Chain

    @classmethod
    def of(cls, network: Network, selection: tuple[Path, ...]) -> Source:
        """The selected blocks.

        Raises:
            EditError: If they are not neighbours that a person can edit; the sentence says what to do.
        """
        paths = with_whole_repeats(network, topmost(selection))
        if not paths:
            raise EditError("Select one or more neighbouring blocks first.")
        slots = {path: network.slot(path) for path in paths}  # refuses what lies inside a composite
        beside = siblings(network, paths[0])
        holder = network.block(around(network, paths[0]))
        places = sorted(beside.index(path) for path in paths if path in beside)
        in_sequence = len(paths) == 1 or isinstance(holder, Chain | Output)
        if not in_sequence or places != list(range(places[0], places[0] + len(paths))):
            raise EditError("The selected blocks are not neighbours in one chain.")
        if isinstance(holder, Repeat):
            raise EditError("The copies of a repeat are all alike; unpack the repeat first.")
        source = cls(
            network, tuple(beside[place] for place in places), Chain(*(slots[beside[place]] for place in places))
        )
        block_class(Definition("probe", source.body))  # refuses what is too much for a block
        return source

    @property
    def category(self) -> Category:
        """What most of the blocks that are not plumbing are."""
        found = [block.category for _, block in inside(self.body).values()]
        wanted = [category for category in CATEGORIES if category in found and category != "other"]
        return max(wanted, key=found.count, default="other")

    def packed(self, definition: Definition) -> tuple[Network, Path]:
        """The network with a block of that definition in the place of the selection.

        Raises:
            EditError: If it would have problems that the selection has not.
        """
        network, path = self.network.pack(self.paths, block_class(definition)())
        before = Counter(problem.message for problem in analyse(self.network).problems)
        new = Counter(problem.message for problem in analyse(network).problems) - before
        if new:
            raise EditError(f"In the place of the selection it would break the network. {next(iter(new))}")
        return network, path

    def fields(self) -> Iterator[tuple[Path, Block]]:
        """The blocks inside that have fields, with their paths from the new block on."""
        for path, (_, block) in inside(self.body).items():
            if block.fields():
                yield path, block


def define(name: str, summary: str, category: Category, body: Chain, exposed: Iterable[Exposed]) -> Definition:
    """The definition of a new block; fields of one name become one parameter with the first one's value."""
    parameters: dict[str, Parameter] = {}
    for item in exposed:
        known = parameters.get(item.name)
        if known is None:
            parameters[item.name] = Parameter(item.name, (item.target,), item.value)
        else:
            parameters[item.name] = dataclasses.replace(known, targets=(*known.targets, item.target))
    return Definition(name, body, tuple(parameters.values()), summary, category)


def proposed_name(target: Target, taken: Collection[str]) -> str:
    """A name for a parameter: that of its field, else with the block's in front, else with a number behind."""
    stem = re.sub(r"\W", "_", f"{target.path[-1]}_{target.field}", flags=re.ASCII)
    stem = stem if parameter_name_problem(stem) is None else f"block_{stem.strip('_')}"
    candidates = [target.field, stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in candidates if name not in taken and parameter_name_problem(name) is None)


def differing(exposed: Iterable[Exposed]) -> list[str]:
    """The names of parameters whose fields have different values now, so that the first one's value goes to all."""
    values: dict[str, Any] = {}
    names: dict[str, None] = {}
    for item in exposed:
        if values.setdefault(item.name, item.value) != item.value:
            names[item.name] = None
    return list(names)
