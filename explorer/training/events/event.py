"""What all events have in common."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """The base of all events.

    Attributes:
        kind: Its name in JSON.
    """

    kind: ClassVar[str] = "event"

    def to_json(self) -> dict[str, Any]:
        """The event as JSON, which has no NaN and no infinity: they become null."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"event": self.kind, **{name: finite(value) for name, value in values.items()}}


def finite(value: Any) -> Any:
    """The value, or None for a NaN or an infinity, which JSON does not have."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
