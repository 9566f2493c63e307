"""The zoo's registry: what an entry says about itself, and how a network is made from it.

One file a family: a table and a loop. Every entry carries its parameters and MACs, with the source where they are
published; figures nobody published are labelled "computed". A test holds each entry against both.
"""

from __future__ import annotations

import inspect
import itertools
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from explorer.core.block import Block
from explorer.core.compose import Chain, Part, Repeat
from explorer.core.network import MAIN_INPUT, Input, Network, Provenance
from explorer.core.shape import Shape
from explorer.errors import EditError
from explorer.registry import Registry

COMPUTED = "computed"
TORCHVISION = "torchvision 0.29, weight metadata"
IMAGENET, CIFAR_10 = "ImageNet", "CIFAR-10"
_UNITS = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}

OptionValue: TypeAlias = str | int | float | bool
Builder: TypeAlias = Callable[..., Chain]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its source.

    Attributes:
        value: The number.
        source: Where it is published, or "computed".
        rounding: The step to which the source rounds it.
        text: How the source writes it, where it is rounded.
    """

    value: int
    source: str = COMPUTED
    rounding: int = 1
    text: str = ""

    @property
    def published(self) -> bool:
        """Whether somebody else published it."""
        return self.source != COMPUTED

    def met_by(self, number: int) -> bool:
        """Whether ``number`` rounds to this figure."""
        return 2 * abs(number - self.value) <= self.rounding

    def __str__(self) -> str:
        return self.text or f"{self.value:,}"


def rounded(text: str, source: str) -> Figure:
    """A published figure with as many digits as its source gives: ``rounded("0.27 M", "table 6")``."""
    number, unit = text.split()
    step = _UNITS[unit] // 10 ** len(number.partition(".")[2])
    return Figure(round(float(number) * _UNITS[unit]), source, step, text)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a network was right, as those who trained it published it.

    Attributes:
        percent: Of the images of which its first guess was right.
        data: The images: of ImageNet those for validation, of CIFAR-10 those for the test.
        source: Where it is published.
    """

    percent: float
    data: str
    source: str

    def __str__(self) -> str:
        return f"{self.percent:.2f} % on {self.data}"


def imagenet(percent: float, source: str = TORCHVISION) -> Accuracy:
    """An accuracy on ImageNet; torchvision's is that of its first weights for images of the published size."""
    return Accuracy(percent, IMAGENET, source)


def cifar_10(error: float, source: str) -> Accuracy:
    """An accuracy on CIFAR-10, of which papers publish the error."""
    return Accuracy(round(100 - error, 2), CIFAR_10, source)


@dataclass(frozen=True, slots=True)
class Option:
    """A natural choice of a network.

    Attributes:
        default: The published choice; its type is the option's type.
        help: One line that explains it.
        choices: The words it takes; empty for numbers and switches.
    """

    default: OptionValue
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One network of the zoo.

    Attributes:
        key: Its name for programs, which never changes.
        title: Its name for people.
        family: Under which the library lists it.
        year: Of the paper.
        paper: Authors, title, year, table.
        summary: What it brought, in one sentence.
        input_shape: The published input, channels first.
        classes: The published number of classes, or of whatever else the last layer tells apart.
        parameters: Of the published network.
        macs: Of the published network, for one image.
        build: Makes the chain: ``build(classes, **options)``. It needs no shape: channels follow from what arrives.
        options: The natural choices by name.
        twin: Name of the same network in ``torchvision.models``; empty without one.
        task: What is learned, as in :class:`~explorer.core.network.Network`.
        accuracy: How often it was right once it had been trained; None where nobody published it.
        stages: The table, figure or section of the paper whose shapes it has, stage by stage; empty where none is held
            to it.
    """

    key: str
    title: str
    family: str
    year: int
    paper: str
    summary: str
    input_shape: Shape
    classes: int
    parameters: Figure
    macs: Figure
    build: Builder
    options: dict[str, Option] = field(default_factory=dict)
    twin: str = ""
    task: str = "classification"
    accuracy: Accuracy | None = None
    stages: str = ""


ZOO: Registry[Entry] = Registry("network", "explorer.zoo")


def register(entry: Entry) -> None:
    """Adds an entry to the zoo.

    Raises:
        explorer.errors.DuplicateKeyError: If its key is taken.
        explorer.errors.EditError: If its options are not what its builder takes.
    """
    _, *parameters = inspect.signature(entry.build).parameters.values()
    required = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
    if not required <= set(entry.options) <= {parameter.name for parameter in parameters}:
        names = ", ".join(parameter.name for parameter in parameters)
        raise EditError(f"The builder of {entry.key!r} takes {names}; its options are {', '.join(entry.options)}.")
    ZOO.add(entry.key, entry)


def sequence(*blocks: Block) -> Chain:
    """Blocks one after the other, named by their numbers, as torch names the entries of a Sequential."""
    return Chain(*((str(number), block) for number, block in enumerate(blocks)))


def in_runs(*blocks: Block) -> Chain:
    """Blocks as in :func:`sequence`, those that are equal and stand side by side folded into one repeat."""
    parts: list[Part] = []
    for block, run in itertools.groupby(enumerate(blocks), key=lambda numbered: numbered[1]):
        names = tuple(str(number) for number, _ in run)
        parts.append((names[0], block) if len(names) == 1 else Repeat(names, block))
    return Chain(*parts)


def make(name: str, *, input_shape: Shape | None = None, classes: int | None = None, **options: Any) -> Network:
    """A network from the zoo.

    Raises:
        explorer.errors.ExplorerError: If there is no such network or option.
    """
    entry = ZOO[name]
    chosen = {key: option.default for key, option in entry.options.items()}
    for key, value in options.items():
        chosen[key] = _checked(entry, key, value)
    shape = entry.input_shape if input_shape is None else _checked_shape(entry, input_shape)
    number = entry.classes if classes is None else classes
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise EditError(f"{entry.title} cannot tell {number!r} classes apart; give a whole number from 1.")
    body = entry.build(number, **chosen)
    recorded = {"input_shape": "x".join(map(str, shape)), "classes": number, **chosen}
    provenance = Provenance(name, tuple(sorted(recorded.items())))
    return Network(entry.title, (Input(MAIN_INPUT, shape),), body, entry.task, provenance=provenance)


def _checked_shape(entry: Entry, shape: Any) -> Shape:
    try:
        return tuple(operator.index(extent) for extent in shape)
    except TypeError as error:
        example = ", ".join(map(str, entry.input_shape))
        raise EditError(
            f"{shape!r} is no input shape for {entry.title}; give whole numbers, as ({example})."
        ) from error


def option_of(entry: Entry, key: str) -> Option:
    """An option of a network by its name.

    Raises:
        EditError: If the network has no such option.
    """
    option = entry.options.get(key)
    if option is None:
        known = ", ".join(entry.options) or "none"
        raise EditError(f"{entry.title} has no option {key!r}. Its options: {known}.")
    return option


def _checked(entry: Entry, key: str, value: Any) -> OptionValue:
    option = option_of(entry, key)
    if option.choices and value not in option.choices:
        raise EditError(f"{key} of {entry.title} is one of {', '.join(option.choices)}, not {value!r}.")
    if isinstance(option.default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(option.default):
        kind = type(option.default).__name__
        raise EditError(f"{key} of {entry.title} is a value of type {kind}, such as {option.default!r}, not {value!r}.")
    checked: OptionValue = value
    return checked
