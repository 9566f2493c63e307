"""What several processes cannot train; refused at the start, since they would compute something else."""

from __future__ import annotations

from explorer.errors import TrainingError
from explorer.training.config import TrainConfig


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
    if config.sync_batch_norm and config.activation_checkpointing:
        raise TrainingError(
            "Several processes cannot train with both sync_batch_norm and activation_checkpointing; switch one of them "
            "off, or train in one process."
        )
