"""How long work tells how far it is, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from explorer.errors import Cancelled

# What is being done, how much of it is done, and of how much (0: not known): bytes of a download, or images.
# Called on the thread that asked for the work.
Progress: TypeAlias = Callable[[str, int, int], None]

# True once the person has asked to stop; asked between files and between chunks of a download.
CancelCheck: TypeAlias = Callable[[], bool]

ASK_EVERY = 0.2  # seconds between two questions whether to stop, of whoever waits for something


def stop_if(cancelled: CancelCheck | None, work: str) -> None:
    """Ends the work if the person has asked for that.

    Args:
        cancelled: Says whether to stop; None is never.
        work: What was being done, as the start of a sentence.

    Raises:
        Cancelled: If so.
    """
    if cancelled is not None and cancelled():
        raise Cancelled(work)
