"""The bases of all blocks: layers, which know their rules, and composites, which are expressions over layers.

A block is a frozen dataclass of parameters only. Input channels are never among them: they follow from the shape that
arrives. One file a block, registered with :func:`register`; its fields are its constructor, its inspector form and its
JSON (see :mod:`explorer.core.fields`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar

from explorer.core.fields import Field, specifications
from explorer.core.receptive_field import IDENTITY, ReceptiveField
from explorer.core.shape import Shape, elements, format_shape, pair
from explorer.registry import Registry

if TYPE_CHECKING:
    from explorer.core.compose import Chain

Category: TypeAlias = Literal["convolution", "normalisation", "activation", "pooling", "linear", "merge", "other"]
FLOAT = 4  # bytes of a float32

# What is wrong with a network, for what mends it (:mod:`explorer.remedies`): the sentences are for people alone.
ProblemKind: TypeAlias = Literal[
    "other",
    # of any block
    "value", "unknown", "empty_output", "parameters", "output_size", "too_deep", "too_many",
    # of names
    "name", "name_taken", "output_name",
    # of structures
    "no_copies", "no_branches", "no_tap", "sum_shapes", "product_shapes", "concat_shapes", "concat_dim",
    # of layers
    "no_image", "no_vector", "groups", "pool_padding", "output_padding", "cut_off", "norm_dims", "fewer_channels",
    "two_numbers",
    # of the network
    "no_input", "input_shape", "input_name", "unread",
    # of the network beside the images chosen for training
    "misfit",
]  # fmt: skip


class BlockError(Exception):
    """A block that cannot take the shape that arrives; the analysis turns it into a located problem.

    Args:
        message: What is wrong, as a sentence with the numbers in it.
        remedy: What to do about it, as a sentence.
        kind: What is wrong, for what mends it.
    """

    def __init__(self, message: str, remedy: str, kind: ProblemKind = "other") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """How torch makes a layer: a dotted name and its arguments. Assembly calls it, the Python export prints it."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str, *arguments: Any, **keywords: Any) -> ModuleCall:
        """The call ``name(*arguments, **keywords)``."""
        return cls(name, arguments, tuple(keywords.items()))


@dataclass(frozen=True, slots=True)
class Saved:
    """What autograd keeps of one layer for the backward pass, in training mode, parameters and buffers aside.

    Attributes:
        input: Whether the storage of the input is kept.
        output: Whether the storage of the output is kept.
        per_image: Bytes of further tensors that grow with the batch.
        per_batch: Bytes of further tensors that do not.
    """

    input: bool = False
    output: bool = False
    per_image: int = 0
    per_batch: int = 0


NOTHING_SAVED = Saved()


@dataclass(frozen=True, slots=True)
class Backward:
    """The circumstances under which a layer saves tensors.

    Attributes:
        input_needs_grad: Whether something before the layer is trained.
        trainable: Whether the layer is trained rather than frozen; a frozen batch norm also keeps to its running
            statistics.
        device: Where the training runs, such as ``cpu`` or ``cuda``.
    """

    input_needs_grad: bool
    trainable: bool
    device: str = "cpu"


class Block:
    """Anything that can stand in a slot.

    Attributes:
        category: What the diagram colours it by.
        group: Where the library lists it: "layer", "block", "structure" or, for a person's own, "user"; empty keeps it
            out of the library.
        slot_name: How a new slot that holds it is named, before its number.
        noun: What one without a name is called in a sentence, such as "sum" for Add; empty: by its kind.
        summary: One line that says what it is.
        paper: Author, title, year, figure; empty for a block without one.
        year: Year of the paper, or None.
    """

    __slots__ = ("_counts",)

    category: ClassVar[Category] = "other"
    group: ClassVar[str] = "layer"
    slot_name: ClassVar[str] = "block"
    noun: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    year: ClassVar[int | None] = None

    _counts: dict[Any, Any]  # results of counting by what arrives; made by the first count, dies with the block

    def __post_init__(self) -> None:
        for name, spec in specifications(type(self)).items():
            value = getattr(self, name)
            normal = spec.normalise(value)
            if normal is not value:
                object.__setattr__(self, name, normal)

    @classmethod
    def type_name(cls) -> str:
        """What this kind is called in tables, sentences and printed modules."""
        return cls.__name__

    @classmethod
    def called(cls) -> str:
        """What one without a name is called in a sentence."""
        return cls.noun or cls.type_name()

    @classmethod
    def key(cls) -> str:
        """What files call this kind; it never changes."""
        return cls.type_name()

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """The fields by name."""
        return specifications(cls)

    def field_problems(self) -> list[tuple[str, str]]:
        """Each bad field's name and what is wrong with it, as a sentence."""
        found = []
        for name, spec in specifications(type(self)).items():
            problem = spec.problem(getattr(self, name))
            if problem is not None:
                found.append((name, f"{name} {problem}."))
        return found

    def describe(self) -> str:
        """The telling fields in few words, for a card and the table, such as ``3 × 3, 64, stride 2``."""
        return ""


def describe_window(block: Any, *parts: str) -> str:
    """``3 × 3, 64, stride 2`` from the usual fields of a windowed block, with further parts behind."""
    height, width = pair(block.kernel_size)
    words = [f"{height} × {width}", *parts]
    stride = getattr(block, "stride", 1)
    if stride != 1:
        words.append(f"stride {' × '.join(map(str, stride)) if isinstance(stride, tuple) else stride}")
    return ", ".join(words)


class Layer(Block):
    """A leaf: it alone knows a shape, a parameter, a MAC, a receptive-field and a memory rule.

    The rules see a block whose fields have been checked and get the shape of one image without the batch dimension.

    Attributes:
        statistics: Whether the output also depends on statistics over many positions, which the receptive field
            leaves aside.
        optional_input: The name by which the module of a network takes a further input for this layer, whose module
            gets it as its second argument, or None; empty for a layer that only takes what arrives. It is no part of
            the design: all rules hold for None.
    """

    __slots__ = ()

    statistics: ClassVar[bool] = False
    optional_input: ClassVar[str] = ""

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that leaves.

        Raises:
            BlockError: If the layer cannot take ``shape``.
        """
        return shape

    def parameter_terms(self, shape: Shape) -> tuple[tuple[int, ...], ...]:
        """The parameter tensors as products of their extents; the count is the sum of the products."""
        return ()

    def macs(self, shape: Shape, output: Shape) -> int:
        """Multiply-accumulates of convolutions and linear maps for one image."""
        return 0

    def receptive_field(self, shape: Shape, output: Shape) -> ReceptiveField:
        """The input positions an output position depends on."""
        return IDENTITY

    def saved(self, shape: Shape, output: Shape, backward: Backward) -> Saved:
        """What autograd keeps, asked only where some gradient flows through the layer."""
        return NOTHING_SAVED

    def smallest_batch(self, shape: Shape) -> int:
        """How many images a training step needs at least; evaluation always takes a single one."""
        return 1

    def shares_storage(self) -> bool:
        """Whether the output is a view of the input."""
        return False

    def module(self, shape: Shape) -> ModuleCall:
        """The torch constructor for the shape that arrives."""
        raise NotImplementedError


class Composite(Block):
    """A block made of others: an expression that reads like the paper's figure."""

    __slots__ = ("_body",)

    group: ClassVar[str] = "block"

    _body: Chain  # the last one that was made

    def body(self, shape: Shape) -> Chain:
        """The chain it stands for, given the shape that arrives.

        Raises:
            BlockError: If the block cannot take ``shape``.
        """
        raise NotImplementedError

    def expanded(self, shape: Shape) -> Chain:
        """The body, the same object as the last time where it is equal, so that what was counted of it stays known.

        Raises:
            BlockError: If the block cannot take ``shape``.
        """
        body = self.body(shape)
        last: Chain | None = getattr(self, "_body", None)
        if last is not None and last == body:
            return last
        object.__setattr__(self, "_body", body)
        return body


def parameter_count(terms: tuple[tuple[int, ...], ...]) -> int:
    """The sum of the products."""
    return sum(elements(term) for term in terms)


def require_image(block: Block, shape: Shape) -> tuple[int, int, int]:
    """Channels, height and width of a shape that must be an image.

    Raises:
        BlockError: If it is not.
    """
    if len(shape) != 3:
        raise BlockError(
            f"{block.type_name()} needs an image (channels × height × width), but {format_shape(shape)} arrives.",
            "Move it before the layer that flattens the image, or give the network an image as its input.",
            "no_image",
        )
    return shape[0], shape[1], shape[2]


BLOCKS: Registry[type[Block]] = Registry("block", "explorer.blocks")

B = TypeVar("B", bound=type[Block])


def register(cls: B) -> B:
    """Registers a block class under its name. Outermost decorator: ``slots=True`` makes the class a second time."""
    BLOCKS.add(cls.key(), cls)
    return cls


def snake_case(name: str) -> str:
    """``BatchNorm2d`` as ``batch_norm2d``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
