"""What several processes cannot train yet; refused at the start, since they would compute something else."""

from __future__ import annotations

from explorer.errors import TrainingError
from explorer.training.config import FASTEST, TrainConfig


def require_shareable(config: TrainConfig, processes: int) -> None:
    """Refuses settings that several processes cannot follow.

    Raises:
        TrainingError: If there are any; the sentence says what to change.
    """
    if 2 * processes > config.batch_size:
        raise TrainingError(
            f"A batch of {config.batch_size} is too small for {processes} processes; set batch_size to "
            f"{2 * processes} or more."
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
        ("class_weights", config.class_weights != "none", "set class_weights to none"),
        ("accumulation", config.accumulation > 1, "set accumulation to 1"),
        ("mixup", config.mixup > 0, "set mixup to 0"),
        ("cutmix", config.cutmix > 0, "set cutmix to 0"),
        ("stages", bool(config.stages), "take the stages out"),
        ("block_statistics", config.block_statistics, "switch block_statistics off"),
        (
            "both sync_batch_norm and activation_checkpointing",
            synchronised and config.activation_checkpointing,
            "switch one of them off",
        ),
    ]
