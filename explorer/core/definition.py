"""What a person's own block is: a chain under a name, some of whose fields can be set from outside.

A definition is a value. Its parameters stand for fields of blocks inside and take their limits from them; there are no
expressions. :mod:`explorer.core.user_block` makes the kind of block that a network holds.
"""

from __future__ import annotations

import dataclasses
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, get_args

from explorer.core.address import Place
from explorer.core.block import Block, Category, Composite, snake_case
from explorer.core.compose import Chain, Container, Path, Repeat, Slot
from explorer.core.counted import join, slot_path
from explorer.core.fields import Field, shortened
from explorer.core.joined_field import join_fields
from explorer.core.names import RESERVED_NAMES
from explorer.core.outline import MAX_LEVELS, outline
from explorer.core.refusals import MAX_BLOCKS

CATEGORIES: tuple[Category, ...] = get_args(Category)
LONGEST_NAME = 60  # characters of a definition's name
LONGEST_SUMMARY = 200
MAX_PARAMETERS = 64
MAX_TARGETS = 1_000

_PARAMETER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
# What a block has beside its fields, in Python and in a file.
_TAKEN = frozenset(dir(Composite)) | {"type", "definition", "slots", "block", "names", "name"}
_Values: TypeAlias = Mapping[Place, Mapping[str, Any]]
_C = TypeVar("_C", bound=Container)


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a block inside.

    Attributes:
        path: The block, from the definition's body on; one inside a repeat by the name of the first copy.
        field: Its field.
    """

    path: Path
    field: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of the new block: one name for one or several fields inside.

    Attributes:
        name: What it is called.
        targets: The fields that take its value.
        default: Its value in a new block.
        help: One line that explains it; that of the first field inside where it is empty.
    """

    name: str
    targets: tuple[Target, ...]
    default: Any
    help: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A block that a person made of others.

    Attributes:
        name: What it is called.
        body: The chain it stands for.
        parameters: The fields it has.
        summary: One line that says what it is.
        category: What the diagram colours it by.
    """

    name: str
    body: Chain
    parameters: tuple[Parameter, ...] = ()
    summary: str = ""
    category: Category = "other"

    def __post_init__(self) -> None:
        if self.problem() is None:
            fields = self.fields()
            normal = tuple(
                dataclasses.replace(parameter, default=fields[parameter.name].normalise(parameter.default))
                for parameter in self.parameters
            )
            object.__setattr__(self, "parameters", normal)

    def problem(self) -> str | None:
        """What keeps it from being a block, as a sentence; None where nothing does."""
        return (
            block_name_problem(self.name)
            or _words_problem(self)
            or body_problem(self.body)
            or _parameters_problem(self.parameters, inside(self.body))
        )

    def fields(self) -> dict[str, Field]:
        """The fields of the new block by name, with the limits of those they stand for."""
        blocks = inside(self.body)
        found = {}
        for parameter in self.parameters:
            joined = join_fields([blocks[target.path][1].fields()[target.field] for target in parameter.targets])
            if joined is not None:
                help_line = parameter.help or joined.help
                found[parameter.name] = dataclasses.replace(joined, label=parameter.name, help=help_line)
        return found

    def with_values(self, values: Mapping[str, Any]) -> Chain:
        """The body with values for its parameters."""
        places = inside(self.body)
        changes: dict[Place, dict[str, Any]] = {}
        for parameter in self.parameters:
            for target in parameter.targets:
                changes.setdefault(places[target.path][0], {})[target.field] = values[parameter.name]
        return _rebuilt(self.body, changes) if changes else self.body

    @property
    def slot_name(self) -> str:
        """How a new slot that holds the block is named, before its number."""
        stem = re.sub(r"[^a-z0-9]+", "_", snake_case(self.name)).strip("_")[:40]
        if not stem or not stem.isascii() or stem in RESERVED_NAMES:
            return "block"
        return f"{stem}_" if stem[-1].isdigit() else stem


def inside(body: Chain) -> dict[Path, tuple[Place, Block]]:
    """Every block in a chain that a person could edit, by its path; in a repeat those of the first copy."""
    return {path: (place, block) for path, place, block in _walk(body, (), ())}


def _walk(container: Container, path: Path, place: Place) -> Iterator[tuple[Path, Place, Block]]:
    # not the slots of a repeat: a file can ask for a million copies
    slots = (
        tuple(Slot(name, container.block) for name in container.names[:1])
        if isinstance(container, Repeat)
        else container.slots
    )
    for index, slot in enumerate(slots):
        here, at = join(path, slot_path(slot, index)), (*place, index)
        yield here, at, slot.block
        if isinstance(slot.block, Container):
            yield from _walk(slot.block, here, at)


def _rebuilt(container: _C, changes: _Values) -> _C:
    """The structure with other values in fields of blocks inside; what lies elsewhere is shared."""
    deeper: dict[int, dict[Place, Mapping[str, Any]]] = {}
    for place, values in changes.items():
        deeper.setdefault(place[0], {})[place[1:]] = values
    if isinstance(container, Repeat):
        return dataclasses.replace(container, block=_changed(container.block, deeper[0]))
    slots = list(container.slots)
    for index, values_below in deeper.items():
        slots[index] = slots[index].holding(_changed(slots[index].block, values_below))
    return container.with_slots(tuple(slots))


def _changed(block: Block, changes: _Values) -> Block:
    deeper = {place: values for place, values in changes.items() if place}
    if deeper and isinstance(block, Container):
        block = _rebuilt(block, deeper)
    own = changes.get(())
    return dataclasses.replace(block, **own) if own else block  # type: ignore[type-var]


# What is wrong with a definition


def block_name_problem(name: str) -> str | None:
    """What is wrong with the name of a definition, as a sentence; None if it is fine."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return f"A block needs a name of 1 to {LONGEST_NAME} characters."
    if name != name.strip() or not name.isprintable() or "@" in name:
        return f"The name {shortened(name)!r} has spaces around it, an @ or characters that cannot be seen."
    return None


def parameter_name_problem(name: str) -> str | None:
    """What is wrong with the name of a parameter, as a sentence; None if it is fine."""
    if not _PARAMETER_NAME.match(name):
        return f"The parameter name {shortened(name)!r} is not a letter followed by letters, digits and underscores."
    if keyword.iskeyword(name) or name in _TAKEN:
        return f"The parameter name {name!r} is taken; choose another one."
    return None


def body_problem(body: Chain) -> str | None:
    """What keeps a chain from being the body of a definition, as a sentence; None where nothing does."""
    found = outline(body)
    if not body.slots:
        return "A block of one's own needs at least one block inside."
    if found.levels > MAX_LEVELS or found.size > MAX_BLOCKS:
        return f"A block cannot hold more than {MAX_BLOCKS:,} blocks, nor structures more than {MAX_LEVELS} deep."
    return None


def _words_problem(definition: Definition) -> str | None:
    if len(definition.summary) > LONGEST_SUMMARY:
        return f"The description is longer than {LONGEST_SUMMARY} characters."
    if definition.category not in CATEGORIES:
        return f"The category is {shortened(definition.category)!r}; it must be one of {', '.join(CATEGORIES)}."
    return None


def _parameters_problem(parameters: tuple[Parameter, ...], blocks: Mapping[Path, tuple[Place, Block]]) -> str | None:
    targets = [target for parameter in parameters for target in parameter.targets]
    if len(parameters) > MAX_PARAMETERS or len(targets) > MAX_TARGETS:
        return f"A block has at most {MAX_PARAMETERS} parameters for {MAX_TARGETS:,} fields inside."
    names = Counter(parameter.name for parameter in parameters)
    twice = next((name for name, number in names.items() if number > 1), None)
    if twice is not None:
        return f"Two parameters are called {shortened(twice)!r}."
    target, number = next(iter(Counter(targets).most_common(1)), (None, 0))
    if target is not None and number > 1:
        return f"Two parameters set {_spoken(target)}."
    problems = (_parameter_problem(parameter, blocks) for parameter in parameters)
    return next((problem for problem in problems if problem is not None), None)


def _parameter_problem(parameter: Parameter, blocks: Mapping[Path, tuple[Place, Block]]) -> str | None:
    problem = parameter_name_problem(parameter.name)
    if problem is not None:
        return problem
    if not parameter.targets:
        return f"The parameter {parameter.name!r} stands for no field."
    missing = next((target for target in parameter.targets if not _is_there(target, blocks)), None)
    if missing is not None:
        return f"The parameter {parameter.name!r} stands for {_spoken(missing)}, which is not there."
    if join_fields([blocks[target.path][1].fields()[target.field] for target in parameter.targets]) is None:
        return f"The fields that {parameter.name!r} stands for share no value; give them names of their own."
    return None


def _is_there(target: Target, blocks: Mapping[Path, tuple[Place, Block]]) -> bool:
    return target.path in blocks and target.field in blocks[target.path][1].fields()


def _spoken(target: Target) -> str:
    return f"{shortened(target.field)!r} of {shortened('.'.join(target.path))!r}"
