"""One field for several: what all of them take."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from explorer.core.fields import ChoiceField, Field, FloatField, IntField, TextField


def join_fields(fields: Sequence[Field]) -> Field | None:
    """The field that takes the values all of some fields take; None where they are of different kinds or no value is.

    Choices keep the order of the first.
    """
    first = fields[0]
    if any(type(field) is not type(first) for field in fields):
        return None
    if isinstance(first, IntField | FloatField):
        return _narrowed(first, fields)
    if isinstance(first, ChoiceField):
        choices = tuple(word for word in first.choices if all(word in _choices(field) for field in fields))
        return dataclasses.replace(first, choices=choices) if choices else None
    if isinstance(first, TextField):
        # what is inside has names of its own: no list of the network's could be offered
        return dataclasses.replace(
            first, longest=min(getattr(field, "longest", first.longest) for field in fields), refers_to=""
        )
    return first


def _choices(field: Field) -> tuple[str, ...]:
    return field.choices if isinstance(field, ChoiceField) else ()


def _narrowed(first: IntField | FloatField, fields: Sequence[Field]) -> Field | None:
    numbers = [field for field in fields if isinstance(field, IntField | FloatField)]
    minimum, maximum = max(field.minimum for field in numbers), min(field.maximum for field in numbers)
    return dataclasses.replace(first, minimum=minimum, maximum=maximum) if minimum <= maximum else None  # type: ignore[arg-type]
