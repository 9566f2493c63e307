"""The fields that kinds of block have in common, so that several blocks can be changed at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from explorer.core.block import Block
from explorer.core.fields import ChoiceField, Field, FloatField, IntField, SizeField


def common_fields(kinds: Sequence[type[Block]]) -> Mapping[str, Field]:
    """The fields by name that all kinds have, with what suits all of them; for one kind its own.

    Fields are one and the same where they have one name and are of one sort; one number and a pair are one number.
    Of their limits the narrower ones hold, of their choices those that all of them have.
    """
    first, *others = kinds
    if not others:
        return first.fields()
    found: dict[str, Field] = {}
    for name, field in first.fields().items():
        common: Field | None = field
        for kind in others:
            other = kind.fields().get(name)
            common = None if common is None or other is None else _merged(common, other)
        if common is not None:
            found[name] = common
    return found


def _merged(one: Field, other: Field) -> Field | None:
    """What suits both fields; None where nothing does."""
    if isinstance(one, SizeField) and type(other) is IntField:
        one, other = other, one
    if type(one) is not type(other) and not (type(one) is IntField and isinstance(other, SizeField)):
        return None
    changes: dict[str, object] = {}
    if isinstance(one, IntField | FloatField) and isinstance(other, IntField | FloatField):
        changes["minimum"] = max(one.minimum, other.minimum)
        changes["maximum"] = min(one.maximum, other.maximum)
        if min(one.maximum, other.maximum) < max(one.minimum, other.minimum):
            return None
    if isinstance(one, ChoiceField) and isinstance(other, ChoiceField):
        changes["choices"] = tuple(word for word in one.choices if word in other.choices)
        if not changes["choices"]:
            return None
    if one.help != other.help:
        changes["help"] = ""
    if one.unit != other.unit:
        changes["unit"] = ""
    return dataclasses.replace(one, **changes)  # type: ignore[arg-type]
