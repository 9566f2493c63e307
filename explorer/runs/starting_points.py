"""The checkpoints of a run from which it can go on, as their ``meta.json`` describe them. Without torch."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import FileError
from explorer.runs.checkpoint_facts import META, CheckpointFacts, is_whole
from explorer.runs.json_file import read_json
from explorer.runs.reading import Reading
from explorer.runs.rotation import BEST, LAST
from explorer.runs.run import Run


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """A checkpoint from which a run can go on.

    Attributes:
        name: Its name in the run's folder of checkpoints.
        facts: Where the run stood there.
        is_last: Whether the run goes on from it unless another one is asked for.
        is_best: Whether no complete epoch was better.
    """

    name: str
    facts: CheckpointFacts
    is_last: bool
    is_best: bool


def starting_points(run: Run) -> tuple[StartingPoint, ...]:
    """The checkpoints of a run that are whole and say where they stand, the last one first, then by age."""
    checkpoints = run.checkpoints
    best = checkpoints.pointed(BEST)
    found: list[StartingPoint] = []
    for name in checkpoints.newest_first():
        if not is_whole(checkpoints.path(name)):
            continue  # a damaged one cannot be gone on from, and the run itself passes over it
        try:
            facts = _facts(run, name)
        except FileError:
            continue
        found.append(StartingPoint(name, facts, not found, name == best))
    return tuple(found)


def starting_point(run: Run, which: str) -> str:
    """The name of a checkpoint that a person asks for.

    Args:
        run: The run.
        which: ``last``, ``best`` or the name of one, which is its step.

    Raises:
        FileError: If the run has no such checkpoint; the sentence says which there are.
    """
    checkpoints = run.checkpoints
    name = checkpoints.pointed(which) if which in {LAST, BEST} else which
    if name not in checkpoints.names():
        there = ", ".join(checkpoints.names()) or "none yet"
        raise FileError(f"{run.folder} has no checkpoint {which}; there are: {there}.")
    return str(name)


def complete_epochs(run: Run) -> int:
    """How many epochs of a run are complete at the checkpoint from which it goes on."""
    points = starting_points(run)
    return points[0].facts.epoch if points else 0


def _facts(run: Run, name: str) -> CheckpointFacts:
    path = run.checkpoints.path(name) / META
    return CheckpointFacts.read(Reading(read_json(path), str(path)))
