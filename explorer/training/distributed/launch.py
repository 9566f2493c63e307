"""Whether this process is one of several, said without torch, so that a plain process pays nothing."""

from __future__ import annotations

import os


def is_launched() -> bool:
    """Whether ``torchrun``, or whoever sets the same variables, started this process beside others."""
    return "RANK" in os.environ and os.environ.get("WORLD_SIZE", "1") not in {"", "1"}


def writes() -> bool:
    """Whether this process is the one that writes the run and speaks to the person."""
    return not is_launched() or os.environ["RANK"] == "0"
