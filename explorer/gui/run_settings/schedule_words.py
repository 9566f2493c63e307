"""What a schedule does to the learning rate, in words. Plain Python, without Qt and torch."""

from __future__ import annotations

from explorer.core.wording import amount
from explorer.training.config import TrainConfig

_NAMED = 3  # drops that are named


def schedule_words(config: TrainConfig, steps_per_epoch: int) -> str:
    """The length of the run, its highest rate, and when the rate rises or drops.

    Args:
        config: The settings.
        steps_per_epoch: Steps of one epoch.
    """
    ways = {"step": _steps, "multi_step": _drops, "cosine": _cosine, "one_cycle": _cycle}
    first = f"learning rate over {amount(config.epochs, 'epoch')}, at most {config.lr:.3g}"
    way = ways[config.schedule](config, steps_per_epoch) if config.schedule in ways else ""
    return f"{first}; {way}" if way else first


def _steps(config: TrainConfig, steps_per_epoch: int) -> str:  # noqa: ARG001 - one signature
    if config.step_size >= config.epochs:
        return f"it would drop after epoch {config.step_size:,}, which the run does not reach"
    return f"{config.gamma:g} of it after every {config.step_size:,} epochs"


def _drops(config: TrainConfig, steps_per_epoch: int) -> str:
    total, drops = config.epochs * steps_per_epoch, sorted(config.milestones)
    reached = [
        f"{config.lr * config.gamma**number:.2g} from epoch {step / steps_per_epoch + 1:.4g}"
        for number, step in enumerate(drops, start=1)
        if step < total
    ]
    said = [", ".join(reached[:_NAMED])] if reached else []
    lost = [step for step in drops if step >= total]
    if lost:
        said.append(f"step {lost[0]:,} is never reached, the run has {total:,}")
    return "; ".join(said)


def _cosine(config: TrainConfig, steps_per_epoch: int) -> str:  # noqa: ARG001 - one signature
    return f"{config.eta_min:.2g} at the end"


def _cycle(config: TrainConfig, steps_per_epoch: int) -> str:  # noqa: ARG001 - one signature
    first = config.lr / config.div_factor
    rising = config.pct_start * config.epochs
    return f"it rises from {first:.2g} for {rising:.3g} epochs and ends at {first / config.final_div_factor:.2g}"
