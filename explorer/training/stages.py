"""The stages of a run: which part of the network each trains, at which rate and for how long. Without torch.

People fine-tune a network in stages: the new head alone first, then more and more of what is before it, at a lower
rate. What a stage trains is said in words that fit any network, or by the names of blocks; which paths are frozen then
follows from the network, which a run never changes, so a run that goes on has the same stages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.core.address import find_counted, named_parts
from explorer.core.analysis import analyse
from explorer.core.compose import Path
from explorer.core.fields import Field, FloatField, IntField, declare
from explorer.core.freezing import Frozen, frozen_with, thawed
from explorer.core.heads import heads
from explorer.core.network import Network
from explorer.errors import TrainingError

ALL, DESIGN, HEAD = "all", "design", "head"
_LAST = re.compile(r"last-([1-9]\d{0,3})\Z")
_RATE = FloatField(label="rate", minimum=1e-6, maximum=1000.0)
_EPOCHS = IntField(label="epochs", minimum=0, maximum=100_000)
MOST = 12


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a run.

    Attributes:
        trains: ``head``: the layers that give the classes; ``last-3``: the head and the two blocks with weights before
            it; ``all``; ``design``: what is not frozen in the network; or the names of blocks joined by ``+``, such as
            ``layer3.1+layer4+fc``. All else is frozen.
        rate: Times the learning rate of the run.
        epochs: How long it lasts; 0 for the last stage, which has the rest of the run.
    """

    trains: str
    rate: float = 1.0
    epochs: int = 0

    def __str__(self) -> str:
        length = f":{self.epochs}" if self.epochs else ""
        return f"{self.trains}:{self.rate:g}{length}"

    @property
    def title(self) -> str:
        """What it trains, for people."""
        found = _LAST.match(self.trains)
        named = {HEAD: "the head", ALL: "everything", DESIGN: "what is not frozen in Design"}
        if found:
            return "the last block" if found[1] == "1" else f"the last {found[1]} blocks"
        return named.get(self.trains, self.trains.replace("+", ", "))

    def frozen(self, network: Network) -> Frozen:
        """What of a network it keeps as it is.

        Raises:
            TrainingError: If it names a block that is not there.
        """
        if self.trains == DESIGN:
            return network.frozen
        if self.trains == ALL:
            return frozenset()
        counted, trained = network.count(), frozenset(self._trained(network))
        everything = frozen_with(frozenset(), frozenset((name,) for name, _ in named_parts(counted) if name))
        if any(find_counted(counted, path) is None for path in trained):
            raise TrainingError(
                f"The stage {self.trains!r} trains a block that {network.name} does not have; name others, or write "
                "head, last-2 or all."
            )
        return thawed(everything, counted, trained)

    def _trained(self, network: Network) -> Iterator[Path]:
        found = _LAST.match(self.trains)
        if self.trains == HEAD or found:
            for unit in parts_from_behind(network)[: int(found[1]) if found else 1]:
                yield from unit
        else:
            yield from (tuple(name.split(".")) for name in self.trains.split("+"))


def parts_from_behind(network: Network) -> list[tuple[Path, ...]]:
    """The parts of a network with weights in the order in which people unfreeze them: the head, then block by block.

    A normalisation that stands alone belongs to the block before it; what stands in one block with the head comes next.
    """
    first, units = heads(network), list[tuple[Path, ...]]()
    waiting: tuple[Path, ...] = ()
    for name, part in reversed(list(named_parts(network.count()))):
        if not part.parameters or (name,) in first:
            continue
        waiting = ((name,), *waiting)
        if part.block.category != "normalisation":
            units.append(waiting)
            waiting = ()
    return [first, *units, *([waiting] if waiting else [])]


@dataclass(frozen=True, slots=True)
class StagesField(Field):
    """A short list of stages; none where the whole run trains the same part at the same rate."""

    kind: ClassVar[str] = "stages"

    @property
    def expects(self) -> str:
        return (
            f"at most {MOST} stages such as head:1:2, last-2:0.1:2 and last-3:0.1 (what is trained, times which rate, "
            "for how many epochs), the last of them without epochs"
        )

    def _normal(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return None
        stages = tuple(_stage(entry) for entry in value)
        return None if None in stages else stages

    def _outside(self, value: Any) -> str | None:
        if len(value) > MOST:
            return f"has {len(value)} stages; it must be {self.expects}"
        for place, stage in enumerate(value, 1):
            if not _is_right(stage, last=place == len(value)):
                return f"is wrong at {stage.trains!r}, stage {place}; it must be {self.expects}"
        return None


def stages_field(words: str) -> Any:
    """A dataclass field that holds stages."""
    return declare((), StagesField(help=words))


def _stage(entry: object) -> Stage | None:
    if isinstance(entry, Stage):
        entry = {"trains": entry.trains, "rate": entry.rate, "epochs": entry.epochs}
    if not isinstance(entry, dict) or set(entry) != {"trains", "rate", "epochs"}:
        return None
    trains, rate, epochs = entry["trains"], _RATE.normalise(entry["rate"]), _EPOCHS.normalise(entry["epochs"])
    kinds = isinstance(trains, str), isinstance(rate, float), isinstance(epochs, int)
    return Stage(str(trains), rate, epochs) if all(kinds) else None


def _is_right(stage: Stage, *, last: bool) -> bool:
    if _RATE.problem(stage.rate) or _EPOCHS.problem(stage.epochs) or bool(stage.epochs) == last:
        return False
    return bool(stage.trains) and all(part and not part.startswith(".") for part in stage.trains.split("+"))


def stages_from_text(text: str) -> tuple[Stage, ...]:
    """Stages as they are written on the command line, such as ``head:1:2,last-2:0.1:2,last-3:0.1``.

    Raises:
        ValueError: If a number is none.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        trains, rate, epochs = (*part.split(":", 2), "", "")[:3]
        found.append(Stage(trains.strip(), float(rate or 1), int(epochs or 0)))
    return tuple(found)


def boundaries(stages: Sequence[Stage], epochs: int) -> tuple[int, ...]:
    """How many epochs are behind each stage when it begins, and last how many behind the run; of no stages: one."""
    ends = [0]
    for stage in stages[:-1]:
        ends.append(ends[-1] + stage.epochs)
    return (*ends, epochs)


def stage_at(stages: Sequence[Stage], epochs: int, epoch: int) -> int:
    """The number, from 0, of the stage to which an epoch belongs, which has ``epoch`` epochs before it."""
    begins = boundaries(stages, epochs)[:-1]
    return max(index for index, begin in enumerate(begins) if begin <= epoch or index == 0)


def forms(network: Network, stages: Sequence[Stage]) -> tuple[Network, ...]:
    """The network as each stage trains it, with what that keeps frozen; without stages as it is.

    Raises:
        TrainingError: If a stage names a block that is not there.
    """
    return tuple(network.with_frozen(stage.frozen(network)) for stage in stages) or (network,)


def require_trainable(network: Network, stages: Sequence[Stage]) -> None:
    """Refuses stages that a network does not have, or in which nothing would be trained.

    Raises:
        TrainingError: If there is one.
    """
    for stage, form in zip(stages, forms(network, stages), strict=False):
        if not analyse(form).trainable_parameters:
            raise TrainingError(f"In the stage {stage.trains!r} no parameter is trained; let it train another block.")
