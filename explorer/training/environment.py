"""What a run ran on, as it is recorded in ``environment.json``."""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime

from explorer import __version__
from explorer.runs.environment import DataFacts, Environment
from explorer.training.config import TrainConfig
from explorer.training.device import Hardware


def describe(hardware: Hardware, config: TrainConfig, facts: DataFacts) -> Environment:
    """The versions, the hardware and the data set of a run that begins now.

    Args:
        hardware: What it computes with.
        config: Its settings.
        facts: Its data set.
    """
    return Environment(
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=versions(),
        platform=platform.platform(),
        device=hardware.device.type,
        device_name=hardware.name,
        threads=hardware.threads,
        seed=config.seed,
        data=facts,
    )


def versions() -> dict[str, str]:
    """The versions of the app, of Python and of what computes."""
    computing = {name: importlib.metadata.version(name) for name in ("torch", "torchvision", "numpy", "safetensors")}
    return {"architecture-explorer": __version__, "python": platform.python_version(), **computing}
