"""From what a person types to a query: words, shapes, fields beside values, and a sentence where that fails.

``conv``, ``layer2.0``, ``64x56x56``, ``kernel=5``, ``out_channels>=256``, ``params>1M``, ``type=Conv2d``, ``off``,
``frozen``, ``note``, ``problem``; what stands between spaces must hold together.
"""

from __future__ import annotations

import difflib
import re

from explorer.core.block import BLOCKS
from explorer.core.fields import shortened
from explorer.gui.search.query import (
    FIGURES,
    FLAGS,
    Compares,
    Condition,
    Flag,
    HasShape,
    Query,
    SaysInNote,
    Word,
    is_meant,
)

HELP = (
    "A name, a kind, a shape such as 64x56x56, or a field such as kernel=5, params>1M; also off, frozen, note, problem"
)

_SIGN = re.compile(r"\s*(<=|>=|!=|==|=|<|>)\s*")
_TIMES = re.compile(r"(?<=\d)\s*[x×*]\s*(?=\d)")
_SHAPE = re.compile(r"\d{1,10}(x\d{1,10}){1,3}")
_NUMBER = re.compile(r"(-?\d+(?:\.\d*)?(?:e-?\d+)?|-?\.\d+)([kmgt]?)b?")
_STEPS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class _QueryError(ValueError):
    """A word that asks for nothing there can be; the text is a sentence."""


def read(text: str) -> Query:
    """The query that a text stands for; a text that is none finds nothing and has a problem."""
    tidy = _SIGN.sub(lambda sign: f"{sign[1]}", _TIMES.sub("x", text.lower()))
    try:
        return Query(tuple(_condition(word) for word in tidy.split()))
    except _QueryError as error:
        return Query(problem=str(error))


def _condition(word: str) -> Condition:
    sign = _SIGN.search(word)
    if sign is not None:
        return _comparison(word[: sign.start()], sign[1], word[sign.end() :])
    if word in FLAGS:
        return Flag(word)
    return HasShape(_numbers(word)) if _SHAPE.fullmatch(word) else Word(word)


def _comparison(key: str, sign: str, text: str) -> Condition:
    if not key:
        raise _QueryError(f"Say which field is {shortened(sign + text)}, such as kernel{sign}{text or 3}.")
    if not text:
        raise _QueryError(f"Say what {shortened(key)} is beside {sign}, such as {shortened(key)}{sign}3.")
    if key == "note":
        return SaysInNote(text)
    if key not in FIGURES and not any(is_meant(key, name) for name in _field_names()):
        raise _QueryError(f"No block has a field {shortened(key)!r}.{_proposal(key)}")
    value, plain = _value(text), "=" if sign == "==" else sign
    if plain not in ("=", "!=") and (not isinstance(value, float)):
        raise _QueryError(f"{shortened(text)!r} is no number, so nothing is {plain} it; write {shortened(key)}=…")
    return Compares(key, plain, text, value)


def _field_names() -> set[str]:
    return {name for cls in BLOCKS.values() for name in cls.fields()}


def _proposal(key: str) -> str:
    close = difflib.get_close_matches(key, sorted(_field_names() | set(FIGURES)), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _value(text: str) -> object:
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _SHAPE.fullmatch(text):
        return _numbers(text)
    number = _NUMBER.fullmatch(text)
    return text if number is None else float(number[1]) * _STEPS[number[2]]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("x")))
