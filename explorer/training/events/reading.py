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


def from_json(record: Mapping[str, Any]) -> Event | None:
    """The event that `Event.to_json` wrote, NaN where it wrote null; None for one that this version does not know."""
    kind = _RECORDED.get(str(record.get("event")))
    if kind is None:
        return None
    fields = dataclasses.fields(kind)
    found = ((field.name, record[field.name]) for field in fields if field.name in record)
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in found}
    lost = {field.name: math.nan for field in fields if field.type == "float" and values.get(field.name, "") is None}
    if "alternatives" in values:  # JSON has no tuples
        values["alternatives"] = tuple((name, _no_list(value)) for name, value in values["alternatives"])
    try:
        return kind(**values | lost)
    except TypeError:  # an older or a later version had other fields
        return None


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
