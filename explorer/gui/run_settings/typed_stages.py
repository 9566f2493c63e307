"""The stages of the next run as a person types them, what each means for a network, and what is wrong with it.

Plain Python, without Qt and torch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from explorer.core.address import find_counted, named_parts
from explorer.core.analysis import analyse
from explorer.core.counted import Counted
from explorer.core.fields import Invalid
from explorer.core.lr_factors import FACTOR
from explorer.core.network import Network
from explorer.core.wording import amount
from explorer.errors import ExplorerError, TrainingError
from explorer.training.config import TrainConfig
from explorer.training.stages import ALL, DESIGN, HEAD, Stage, forms, parts_from_behind

Part: TypeAlias = Literal["", "trains", "rate", "epochs"]

WORDS = (HEAD, "last-2", "last-3", ALL, DESIGN)  # that fit any network
_LAST = re.compile(r"last-(\d+)\Z")
LONGEST = 100_000  # epochs
_LOWER = "0.1"  # times the rate, for all but the head


@dataclass(frozen=True, slots=True)
class TypedStage:
    """What stands in one row.

    Attributes:
        trains: Which part of the network; see :class:`explorer.training.stages.Stage`.
        rate: Times the learning rate of the run, as it was typed.
        epochs: How long. The last stage has the rest of the run, and keeps this for when another one comes behind it.
    """

    trains: str
    rate: str = "1"
    epochs: int = 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a row means.

    Attributes:
        words: Its epochs, what it trains and at which rate; where it is wrong, a sentence that says so.
        wrong: Which part of it is wrong.
    """

    words: str
    wrong: Part = ""


def typed(stages: Sequence[Stage]) -> tuple[TypedStage, ...]:
    """The rows of some stages."""
    return tuple(TypedStage(stage.trains, f"{stage.rate:.12g}", stage.epochs or 1) for stage in stages)


def stages_of(rows: Sequence[TypedStage]) -> tuple[Stage, ...] | Invalid:
    """The stages that rows stand for, right or wrong; where a rate is no number there are none."""
    found = [_stage(row, last=place == len(rows)) for place, row in enumerate(rows, 1)]
    stages = tuple(stage for stage in found if stage is not None)
    if len(stages) < len(found):
        return Invalid.keep(", ".join(f"{row.trains}:{row.rate}:{row.epochs}" for row in rows))
    normal: tuple[Stage, ...] | Invalid = TrainConfig.fields()["stages"].normalise(stages)
    return normal


def _stage(row: TypedStage, *, last: bool) -> Stage | None:
    rate = _number(row.rate)
    trains = "+".join(part.strip() for part in row.trains.split("+"))
    return None if rate is None else Stage(trains, rate, 0 if last else row.epochs)


def _number(text: str) -> float | None:
    try:
        number = float(text.strip().removeprefix("×"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def following(rows: Sequence[TypedStage], network: Network) -> TypedStage:
    """The stage that people would add: the head first, then a block more each time, at a tenth of the rate."""
    if not rows:
        return TypedStage(HEAD)
    last = rows[-1]
    found = _LAST.match(last.trains)
    count = int(found[1]) + 1 if found else 2
    more = last.trains == HEAD or found is not None
    rate = _LOWER if last.trains == HEAD else last.rate
    return TypedStage(f"last-{count}" if more and count <= len(parts_from_behind(network)) else ALL, rate)


def meanings(rows: Sequence[TypedStage], network: Network, lr: float, epochs: int) -> list[Meaning]:
    """What each row means.

    Args:
        rows: The rows.
        network: Whose parts are trained.
        lr: The learning rate of the run.
        epochs: How many it has.
    """
    found, begin = list[Meaning](), 0
    for place, row in enumerate(rows, 1):
        last = place == len(rows)
        end = epochs if last else begin + row.epochs
        found.append(_wrong(row, begin, epochs, last=last) or _meaning(row, network, lr, (begin, min(end, epochs))))
        begin = end
    return found


def _wrong(row: TypedStage, begin: int, epochs: int, *, last: bool) -> Meaning | None:
    """What is wrong with a row whatever the network."""
    rate = _number(row.rate)
    if not all(part.strip() for part in row.trains.split("+")):
        return Meaning("Say what the stage trains, such as head; names of blocks have one + between them.", "trains")
    if rate is None or FACTOR.problem(rate):
        return Meaning(f"The rate is {row.rate.strip() or 'missing'}; it must be {FACTOR.expects}.", "rate")
    if not last and not 1 <= row.epochs <= LONGEST:
        return Meaning(f"A stage has from 1 to {LONGEST:,} epochs.", "epochs")
    if begin >= epochs:
        return Meaning(f"The run ends before this stage: those before it have all of its {epochs:,} epochs.", "epochs")
    return None


def _meaning(row: TypedStage, network: Network, lr: float, span: tuple[int, int]) -> Meaning:
    stage = _stage(row, last=True)
    if stage is None:
        return Meaning("")
    try:
        parameters = analyse(forms(network, (stage,))[0]).trainable_parameters
    except TrainingError:
        counted, names = network.count(), stage.trains.split("+")
        missing = [name for name in names if find_counted(counted, tuple(name.split("."))) is None]
        return Meaning(f"{network.name} has no block called {' or '.join(missing)}.", "trains")
    except ExplorerError as error:
        return Meaning(str(error), "trains")
    if not parameters:
        return Meaning("No parameter would be trained; let the stage train another block.", "trains")
    rate = f"{lr * stage.rate:.3g}"
    return Meaning(f"{_epochs(*span)}: {stage.title}, {amount(parameters, 'parameter')}, learning rate {rate}")


def _epochs(begin: int, end: int) -> str:
    return f"epoch {end:,}" if end == begin + 1 else f"epochs {begin + 1:,} to {end:,}"


def names_in(network: Network) -> list[str]:
    """The names of the blocks with parameters, each before what is inside it."""
    return list(_names(network.count(), ""))


def _names(counted: Counted, above: str) -> Iterator[str]:
    for name, part in named_parts(counted):
        if part.parameters:
            yield f"{above}{name}"
            yield from _names(part, f"{above}{name}.")


def without(rows: Sequence[TypedStage], place: int) -> tuple[TypedStage, ...]:
    """The rows but for one of them."""
    return tuple(row for other, row in enumerate(rows) if other != place)
