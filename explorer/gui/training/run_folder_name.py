"""What the folder of a new run is called."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path


def new_folder(runs: Path, name: str, today: dt.date | None = None) -> Path:
    """A folder that does not exist yet: ``2026-11-22-3-resnet-18``, the third run of the day."""
    day = (today or dt.datetime.now().astimezone().date()).isoformat()
    taken = {path.name for path in runs.glob(f"{day}-*")} if runs.is_dir() else set()
    number = next(number for number in itertools.count(1) if not any(_numbered(old, day, number) for old in taken))
    return runs / "-".join(part for part in (day, str(number), slug(name)) if part)


def slug(name: str) -> str:
    """A name for files: ``resnet-18`` for ResNet-18; empty if nothing of it can stay."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")


def _numbered(folder: str, day: str, number: int) -> bool:
    return folder == f"{day}-{number}" or folder.startswith(f"{day}-{number}-")
