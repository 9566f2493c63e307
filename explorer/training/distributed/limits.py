"""What several processes cannot train; refused at the start, since they would compute something else."""

from __future__ import annotations

from explorer.errors import TrainingError
from explorer.training.config import FASTEST, TrainConfig


def require_shareable(config: TrainConfig, processes: int) -> None:
    """Refuses settings that several processes cannot follow.

    Raises:
        TrainingError: If there are any; the sentence says what to change.
    """
    least, parts = 2 * processes * config.accumulation, config.accumulation
    if least > config.batch_size:
        in_parts = f" in {parts} parts" if parts > 1 else ""
        or_less = ", or accumulation to less" if parts > 1 else ""
        raise TrainingError(
            f"A batch of {config.batch_size}{in_parts} is too small for {processes} processes; set batch_size to "
            f"{least} or more{or_less}."
        )
    for name, asked, remedy in _refused(config):
        if asked:
            raise TrainingError(f"Several processes cannot train with {name}; {remedy}, or train in one process.")


def _refused(config: TrainConfig) -> list[tuple[str, bool, str]]:
    synchronised = config.sync_batch_norm
    return [
        ("precision fastest, which each would measure for itself", config.precision == FASTEST, "set precision"),
        (
            "memory_format fastest, which each would measure for itself",
            config.memory_format == FASTEST,
            "set memory_format",
        ),
        (
            "both sync_batch_norm and activation_checkpointing",
            synchronised and config.activation_checkpointing,
            "switch one of them off",
        ),
    ]
