"""Events as they were written down in ``metrics.jsonl``, by this version or another."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from explorer.training.events.event import Event
from explorer.training.events.learning import BlockStatistics, CheckpointSaved, EpochFinished, SavingFailed, Step
from explorer.training.events.run import Finished, Paused, Resumed, StageStarted, Started
from explorer.training.events.trials import DryRun

_RECORDED: dict[str, type[Event]] = {
    kind.kind: kind
    for kind in (
        Started,
        DryRun,
        StageStarted,
        Step,
        EpochFinished,
        BlockStatistics,
        CheckpointSaved,
        SavingFailed,
        Paused,
        Resumed,
        Finished,
    )
}


_PLAIN = {"int": int, "float": int | float, "str": str, "bool": bool, "None": type(None)}


def from_json(record: Mapping[str, Any]) -> Event | None:
    """The event that `Event.to_json` wrote, NaN where it wrote null; None for one that this version does not know.

    That is also one in which something is missing or of another type, as in a file that somebody has edited.
    """
    kind = _RECORDED.get(str(record.get("event")))
    if kind is None:
        return None
    fields = {field.name: str(field.type) for field in dataclasses.fields(kind)}
    values = {name: _read(record[name], fields[name]) for name in fields if name in record}
    try:
        if "alternatives" in values:  # JSON has no tuples
            values["alternatives"] = tuple((name, _no_list(value)) for name, value in values["alternatives"])
        event = kind(**values)
    except (TypeError, ValueError):  # an older or a later version had other fields
        return None
    return event if all(_is_of(value, fields[name]) for name, value in values.items()) else None


def _read(value: Any, kind: str) -> Any:
    return math.nan if value is None and kind == "float" else _no_list(value)


def _is_of(value: object, kind: str) -> bool:
    """Whether a value is of the type of a field, as far as that is a plain one."""
    if kind.startswith("tuple["):
        return isinstance(value, tuple)
    return any(isinstance(value, _PLAIN.get(name, object)) for name in kind.split(" | "))


def told_by(records: Iterable[Mapping[str, Any]], run: Path) -> tuple[Event, ...]:
    """The events that the metrics of a run tell, without those that this version does not know.

    Args:
        records: The metrics.
        run: The run folder; where it lay when it was trained may be elsewhere.
    """
    known = (from_json({**record, "run": str(run)}) for record in records)
    return tuple(event for event in known if event is not None)


def _no_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
