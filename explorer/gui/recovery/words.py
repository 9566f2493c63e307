"""What a person reads about copies: the state of a document, and what was found at the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from explorer.gui.recovery.store import Base, Found

_NAMED = 3  # titles in one sentence


def state(saved_at: dt.datetime | None, *, modified: bool, has_copy: bool) -> str:
    """What the line at the bottom says about the document in front; nothing where there is nothing to say."""
    saved = "" if saved_at is None else f"Saved {saved_at:%H:%M}"
    if not modified:
        return saved
    if has_copy:
        return f"{saved or 'Not saved'}, recovered copy kept"
    return f"{saved}, changed since" if saved else "Not saved"


def title(copy: Found) -> str:
    """What a copy is called."""
    return copy.snapshot.title if copy.snapshot else copy.path.name


def offer(found: Sequence[Found]) -> str:
    """The sentence at the start."""
    many = len(found) > 1
    named = ", ".join(title(copy) for copy in found[:_NAMED])
    others = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    what = f"{len(found)} networks with unsaved changes were" if many else "A network with unsaved changes was"
    changed = sum(copy.base is Base.CHANGED for copy in found)
    warning = ""
    if changed:
        verb = "has" if changed == 1 else "have"
        warning = f" {changed} of their files {verb} changed since." if many else " Its file has changed since."
    return f"{what} left behind when the application ended unexpectedly: {named}{others}.{warning}"


def remark(copy: Found) -> str:
    """What is to be known about a copy before it is restored."""
    if copy.snapshot is None:
        return copy.problem.replace(str(copy.path), "It", 1)
    return "" if copy.base is Base.SAME else copy.base.value.capitalize()


def restored(found: Sequence[Found]) -> str:
    """What is said behind the restoring."""
    readable = [copy for copy in found if copy.snapshot is not None]
    unreadable = len(found) - len(readable)
    parts = [f"{len(readable)} restored; save {'them' if len(readable) > 1 else 'it'} to keep the changes."]
    for copy in readable:
        if copy.snapshot is not None and copy.base is Base.CHANGED:
            parts.append(f"{copy.snapshot.file} has changed since; saving asks before it is replaced.")
        elif copy.snapshot is not None and copy.base is Base.MISSING:
            parts.append(f"{copy.snapshot.file} is gone; saving writes it again.")
    if unreadable:
        parts.append(f"{unreadable} cannot be read; File → Recover Documents… says why.")
    return " ".join(parts)
