"""What would need less memory than a run that did not fit: settings to change, one at a time. Without torch."""

from __future__ import annotations

from typing import TypeAlias

from explorer.training.config import FASTEST, TrainConfig

Alternative: TypeAlias = tuple[str, int | str | bool | tuple[int, int]]

_SMALLEST_IMAGE = 16  # pixels; of less, few networks leave anything


def smaller(config: TrainConfig, size: tuple[int, int], device: str) -> tuple[Alternative, ...]:
    """Settings and values, each of which alone needs less memory; those that change the result least come first.

    Args:
        config: The settings that did not fit.
        size: Height and width that the network takes.
        device: ``cpu``, ``cuda`` or ``mps``.
    """
    found: list[Alternative] = []
    parts = 2 * config.accumulation
    if config.batch_size >= 2 * parts:
        found.append(("accumulation", parts))
    if not config.activation_checkpointing:
        found.append(("activation_checkpointing", True))
    if config.batch_size >= 4:
        found.append(("batch_size", config.batch_size // 2))
    if config.precision in {"float32", FASTEST} and device != "mps":
        found.append(("precision", "bf16"))
    half = (size[0] // 2, size[1] // 2)
    if min(half) >= _SMALLEST_IMAGE and _decides(size, half, config.further_sizes):
        found.append(("image_size", half))
    return tuple(found)


def _decides(size: tuple[int, int], half: tuple[int, int], further: tuple[int, ...]) -> bool:
    """Whether half of the network's own size needs less: it is the largest of a run's, and half is not there yet."""
    return all(side * side < size[0] * size[1] and (side, side) != half for side in further)
