"""JSON within limits: nothing that a file holds may cost unbounded time or memory, and nothing may be ambiguous."""

from __future__ import annotations

import json
import re
from typing import Any

from explorer.errors import FileError

MAX_BYTES = 8_000_000
MAX_NESTING = 200  # of lists and objects
MAX_STRUCTURES = 400_000  # lists and objects
MAX_DIGITS = 4_300  # of a whole number; Python reads no longer ones
_MEGABYTES = MAX_BYTES // 1_000_000

# an unfinished string reaches to the end, so that no part of the text is looked at twice
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_BOM = b"\xef\xbb\xbf"


def parse(text: str | bytes, source: str) -> Any:
    """JSON without NaN, infinity or a key twice, of bounded size and nesting, which is checked before parsing.

    Args:
        text: UTF-8 or text.
        source: What the text is called in a sentence.

    Raises:
        FileError: If it is not that.
    """
    if len(text) > MAX_BYTES:
        raise FileError(f"{source} is larger than {_MEGABYTES} MB, which no network document is.")
    content = text.encode(errors="surrogatepass") if isinstance(text, str) else text.removeprefix(_BOM)
    check_limits(content, source)
    try:
        return json.loads(
            content.decode(errors="surrogatepass"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError) as error:
        raise FileError(f"{source} is not readable JSON: {error}.") from error


def write(value: Any, what: str) -> str:
    """The text of a JSON value, which :func:`parse` reads again; every object with a name starts a line.

    Args:
        value: A JSON value.
        what: What the value is called in a sentence.

    Raises:
        FileError: If :func:`parse` would refuse the text.
    """
    text = _laid_out(json.dumps(value, ensure_ascii=False, allow_nan=False))
    if len(text) > MAX_BYTES // 4:  # characters of up to four bytes
        if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
            raise FileError(f"{what} takes more than {_MEGABYTES} MB, so it cannot be saved; remove blocks or notes.")
    check_limits(text.encode(errors="surrogatepass"), what)
    return text


def _laid_out(text: str) -> str:
    """The text with a line for every named object; inside a string the quotes would have backslashes."""
    first, *rest = text.split('{"name": ')
    lines, depth = [first.rstrip(" ")], first.count("[") - first.count("]")
    for piece in rest:
        lines.append(" " * min(depth, MAX_NESTING) + '{"name": ' + piece.rstrip(" "))
        depth += piece.count("[") - piece.count("]")
    return "\n".join(lines)


def check_limits(content: bytes, source: str) -> None:
    """Refuses lists and objects that are too deep or too many.

    Raises:
        FileError: If they are.
    """
    brackets = _STRINGS.sub(b"", content).translate(None, _BUT_BRACKETS)
    if len(brackets) > 2 * MAX_STRUCTURES:
        raise FileError(
            f"{source} holds more than {MAX_STRUCTURES:,} lists and objects, which no network document does."
        )
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_NESTING:
            raise FileError(f"{source} is nested more than {MAX_NESTING} levels deep, which no network document is.")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"the number {text[:20]}… has more than {MAX_DIGITS:,} digits")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("an object has the same key twice")
    return result
