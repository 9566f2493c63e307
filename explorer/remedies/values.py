"""Fields outside their limits or of the wrong kind: the nearest value that is allowed, and the usual one."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator
from typing import Any

from explorer.core.block import Block
from explorer.core.fields import (
    BoolField,
    ChoiceField,
    Field,
    FloatField,
    IntField,
    IntsField,
    Invalid,
    SizeField,
    TextField,
    for_kind,
)
from explorer.core.wording import written
from explorer.remedies.base import Case, Fix, mends

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@mends("value")
def allowed_values(case: Case) -> Iterator[Fix | None]:
    """The nearest value, then the one a new block has."""
    name, block = case.problem.field, case.block
    if name not in block.fields():  # a composite makes it from fields of other names
        return
    limits = case.failing.block.fields().get(name, block.fields()[name])
    near = nearest(limits, getattr(block, name))
    if near is not None:
        yield case.with_fields(f"Set {name} to {written(near)}", **{name: near})
    usual = default(block, name)
    if usual != near:
        yield case.with_fields(f"Set {name} to {written(usual)} (default)", **{name: usual})


def default(block: Block, name: str) -> Any:
    """The value of a field in a new block."""
    return type(block).__dataclass_fields__[name].default  # type: ignore[attr-defined]


def nearest(field: Field, value: Any) -> Any:
    """The allowed value nearest to one that is not; None where there is no telling."""
    meant = value.value() if isinstance(value, Invalid) else value
    rule = for_kind(field, _RULES)
    found = rule(field, meant) if rule is not None and meant is not None else None
    return None if found is None or field.problem(field.normalise(found)) is not None else found


def _number(value: Any) -> float | None:
    """The number a value stands for, also one written as text."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


def _whole(field: IntField, value: Any) -> int | None:
    number = _number(value)
    return None if number is None else round(min(max(number, field.minimum), field.maximum))


def _size(field: SizeField, value: Any) -> Any:
    if not isinstance(value, tuple | list):
        return _whole(field, value)
    axes = [_whole(field, item) for item in value[:2]]
    if not axes or None in axes:
        return None
    return tuple(axes) if len(axes) == 2 and axes[0] != axes[1] else axes[0]


def _list(field: IntsField, value: Any) -> tuple[int, ...] | None:
    items = value if isinstance(value, tuple | list) else [value]
    numbers = [_whole(field, item) for item in items[: field.most]]
    known = tuple(number for number in numbers if number is not None)
    return known if known and len(known) == len(numbers) else None


def _real(field: FloatField, value: Any) -> float | None:
    number = _number(value)
    return None if number is None else min(max(number, field.minimum), field.maximum)


def _switch(_: BoolField, value: Any) -> bool | None:
    if isinstance(value, str):
        return _WORDS.get(value.lower())
    return bool(value) if value in (0, 1) else None


def _choice(field: ChoiceField, value: Any) -> str | None:
    close = difflib.get_close_matches(str(value).lower(), field.choices, n=1, cutoff=0.5)
    return close[0] if close else None


def _text(field: TextField, value: Any) -> str | None:
    return str(value)[: field.longest] if isinstance(value, str | int | float) else None


_RULES: tuple[tuple[type[Field], Callable[[Any, Any], Any]], ...] = (
    (SizeField, _size),
    (IntsField, _list),
    (IntField, _whole),
    (FloatField, _real),
    (BoolField, _switch),
    (ChoiceField, _choice),
    (TextField, _text),
)
