"""The kinds of block that people made: one class a definition, so that such a block is a composite like any other.

Counting, assembly, unpacking, tables and forms see its fields and its body and need not know where they come from.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from explorer.core.block import Block, Composite
from explorer.core.compose import Chain, Container, Repeat
from explorer.core.definition import Definition
from explorer.core.definition_key import definition_key
from explorer.core.fields import declare
from explorer.core.outline import MAX_LEVELS, outline
from explorer.core.shape import Shape
from explorer.errors import EditError

_MAX_KEPT = 64  # bodies kept with one kind; a person who drags a number passes through thousands


class UserBlock(Composite):
    """A block of a kind that a person made; :func:`block_class` makes the kinds.

    Attributes:
        definition: What it is.
    """

    __slots__ = ()

    group: ClassVar[str] = "user"
    definition: ClassVar[Definition]
    _key: ClassVar[str]
    _bodies: ClassVar[dict[tuple[Any, ...], Chain]]

    if TYPE_CHECKING:

        def __init__(self, *values: Any, **named: Any) -> None: ...

    @classmethod
    def type_name(cls) -> str:
        return cls.definition.name

    @classmethod
    def key(cls) -> str:
        return cls._key

    def body(self, shape: Shape) -> Chain:
        values = {name: getattr(self, name) for name in self.fields()}
        key = tuple(values.values())
        body = self._bodies.get(key)
        if body is None:
            body = self.definition.with_values(values)
            if len(self._bodies) >= _MAX_KEPT:
                self._bodies.clear()
            self._bodies[key] = body  # equal blocks share what was counted of it
        return body

    def describe(self) -> str:
        return ", ".join(f"{name} {spoken_value(getattr(self, name))}" for name in [*self.fields()][:3])


def spoken_value(value: object) -> str:
    """A value of a field in a few characters."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def block_class(definition: Definition) -> type[UserBlock]:
    """The kind of block that a definition stands for; equal definitions give one class.

    Raises:
        EditError: If the definition is none; the sentence says why.
    """
    problem = definition.problem()
    if problem is not None:
        raise EditError(problem)
    key = definition_key(definition)
    found = _classes.get(key)
    return found if found is not None else _classes.setdefault(key, _make_class(definition, key))


_classes: dict[str, type[UserBlock]] = {}  # by key, which has the hash of all that a definition says


def _make_class(definition: Definition, key: str) -> type[UserBlock]:
    specs = definition.fields()
    facts = {
        "__doc__": definition.summary or f"{definition.name}, a block of one's own.",
        "__module__": __name__,
        "definition": definition,
        "category": definition.category,
        "slot_name": definition.slot_name,
        "summary": definition.summary,
        "_key": key,
        "_bodies": {},
    }
    fields = [(item.name, Any, declare(item.default, specs[item.name])) for item in definition.parameters]
    made = dataclasses.make_dataclass("UserBlock", fields, bases=(UserBlock,), namespace=facts, frozen=True, slots=True)
    return cast(type[UserBlock], made)


def user_blocks_in(blocks: Iterable[Block]) -> dict[str, type[UserBlock]]:
    """The kinds made by people that blocks need, at any depth and inside each other, by key."""
    found: dict[str, type[UserBlock]] = {}
    waiting, seen = list(blocks), set[int]()
    while waiting:
        block = waiting.pop()
        if isinstance(block, UserBlock) and block.key() not in found:
            found[block.key()] = type(block)
            waiting.append(block.definition.body)
        elif isinstance(block, Container) and id(block) not in seen:
            seen.add(id(block))
            waiting += [block.block] if isinstance(block, Repeat) else [slot.block for slot in block.slots]
    return dict(sorted(found.items()))


def carried_over(block: UserBlock, kind: type[UserBlock]) -> UserBlock:
    """A block of another kind with the values of this one where it has such a parameter and takes the value."""
    values = {
        name: getattr(block, name)
        for name, field in kind.fields().items()
        if name in block.fields() and field.problem(field.normalise(getattr(block, name))) is None
    }
    return kind(**values)


def with_kind(body: Chain, old: type[UserBlock], new: type[UserBlock]) -> Chain:
    """A chain in which all blocks of one kind are of another; their names stay.

    Raises:
        EditError: If its structures are nested too deeply to be edited.
    """
    if outline(body).levels > MAX_LEVELS:
        raise EditError(f"Structures nested more than {MAX_LEVELS} deep cannot be edited; unpack some of them.")
    return cast(Chain, _with_kind(body, old, new))


def _with_kind(block: Block, old: type[UserBlock], new: type[UserBlock]) -> Block:
    change = functools.partial(_with_kind, old=old, new=new)
    if isinstance(block, UserBlock) and type(block) is old:
        return carried_over(block, new)
    if isinstance(block, Repeat):
        inner = change(block.block)
        return block if inner is block.block else dataclasses.replace(block, block=inner)
    if not isinstance(block, Container):
        return block
    slots = tuple(slot.holding(change(slot.block)) for slot in block.slots)
    return block if all(a is b for a, b in zip(slots, block.slots, strict=True)) else block.with_slots(slots)
