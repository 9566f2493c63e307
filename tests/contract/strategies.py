"""Hypothesis strategies for blocks and networks, made from the fields of whatever block is registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import reject
from hypothesis import strategies as st

from explorer.blocks.activation import Sigmoid
from explorer.blocks.conv import Conv2d
from explorer.blocks.pool import AdaptiveAvgPool2d
from explorer.core.address import path_to
from explorer.core.block import BLOCKS, Block, Composite, Layer
from explorer.core.compose import (
    Add,
    Chain,
    Concat,
    Container,
    Multiply,
    Output,
    Path,
    Recall,
    Repeat,
    Slot,
    Tap,
)
from explorer.core.counted import Counted
from explorer.core.counting import count
from explorer.core.fields import (
    BoolField,
    ChoiceField,
    Field,
    FloatField,
    IntField,
    IntsField,
    SizeField,
    TextField,
)
from explorer.core.network import Network
from explorer.core.shape import Shape, elements

LEAVES: tuple[type[Layer], ...] = tuple(cls for cls in BLOCKS.values() if issubclass(cls, Layer))
COMPOSITES: tuple[type[Composite], ...] = tuple(cls for cls in BLOCKS.values() if issubclass(cls, Composite))
NODES: tuple[type[Block], ...] = (*LEAVES, *COMPOSITES)
# They leave the channels last in memory, which torch turns round for some layers behind them, such as Flatten: what
# these keep is no matter of shapes. So the four are tried one by one, and in ConvNeXt, but not in any company.
STRIDED = frozenset({"LayerNorm2d", "PointwiseLinear", "PointwiseGELU", "CNBlock"})
MIXED_LEAVES = tuple(cls for cls in LEAVES if cls.type_name() not in STRIDED)
MIXED_COMPOSITES = tuple(cls for cls in COMPOSITES if cls.type_name() not in STRIDED)


def examples(default: int, slow: int) -> pytest.MarkDecorator:
    """Runs a property test with few examples by default, and with many when the slow tests are asked for."""
    many = pytest.param(slow, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])
    return pytest.mark.parametrize("count", [default, many])


LARGEST = 3_000
MOST_PARAMETERS = 60_000


def values(field: Field) -> st.SearchStrategy[Any]:
    """Small values of one field, within its limits."""
    for kind, strategy in KINDS.items():
        if isinstance(field, kind):
            return strategy(field)
    raise NotImplementedError(f"There is no strategy for fields of the kind {field.kind!r}; write one.")


def _sizes(field: SizeField) -> st.SearchStrategy[Any]:
    return _numbers(field) | st.tuples(_numbers(field), _numbers(field))


def _lists(field: IntsField) -> st.SearchStrategy[Any]:
    most = min(3, field.most)
    orders = st.integers(1, most).flatmap(lambda count: st.permutations(range(field.minimum, field.minimum + count)))
    return (st.lists(_numbers(field), min_size=1, max_size=most) | orders).map(tuple)


def _reals(field: FloatField) -> st.SearchStrategy[float]:
    places = (field.minimum, field.minimum + 0.25, field.minimum + 0.75, 1.0, field.maximum)
    return st.sampled_from([place for place in places if field.minimum <= place <= min(field.maximum, 2.0)])


def _numbers(field: IntField) -> st.SearchStrategy[int]:
    return st.integers(field.minimum, min(field.maximum, field.minimum + (3 if field.minimum else 2)))


KINDS: dict[type[Field], Callable[[Any], st.SearchStrategy[Any]]] = {
    SizeField: _sizes,
    IntsField: _lists,
    IntField: _numbers,  # behind the two that are made from it
    FloatField: _reals,
    BoolField: lambda _: st.booleans(),
    ChoiceField: lambda field: st.sampled_from(field.choices),
    TextField: lambda _: st.sampled_from(["a", "b"]),
}


def blocks(cls: type[Block]) -> st.SearchStrategy[Block]:
    """Blocks of one kind; a field keeps its default about half the time where that is small."""
    fields = cls.fields()
    keeps = {name for name in fields if _is_small(cls.__dataclass_fields__[name].default)}  # type: ignore[attr-defined]
    return st.fixed_dictionaries(
        {name: values(field) for name, field in fields.items() if name not in keeps},
        optional={name: values(field) for name, field in fields.items() if name in keeps},
    ).map(lambda chosen: cls(**chosen))


def _is_small(default: object) -> bool:
    return isinstance(default, str | float) or (isinstance(default, int) and default <= 3)


CHANNELS = 12  # which two, three, four and six groups divide


def variants(cls: type[Block]) -> list[Block]:
    """Blocks of one kind that differ from one with :data:`CHANNELS` channels in one field each."""
    fields = cls.fields()
    plain: dict[str, Any] = {name: CHANNELS for name in ("out_channels", "width", "out_features") if name in fields}
    found = [cls(**plain)]
    for name, field in fields.items():
        found += [cls(**{**plain, name: value}) for value in _places(field)]
    return found


def _places(field: Field) -> list[Any]:
    """A few values of a field."""
    if isinstance(field, SizeField):
        return [size for size in (1, 2, (1, 3), (3, 2)) if field.problem(size) is None]
    if isinstance(field, IntField) and not isinstance(field, IntsField):
        return [number for number in (0, 1, 2, 3, 4) if field.problem(number) is None]
    if isinstance(field, ChoiceField):
        return list(field.choices)
    return [False, True] if isinstance(field, BoolField) else []


def images(most: int = 9) -> st.SearchStrategy[Shape]:
    """Shapes of small images."""
    return st.tuples(st.integers(1, 6), st.integers(1, most), st.integers(1, most))


def shapes() -> st.SearchStrategy[Shape]:
    """Shapes of small images, sometimes of vectors and of tables of vectors."""
    vectors = st.tuples(st.integers(1, 12))
    return st.one_of(images(), images(), images(), vectors, st.tuples(st.integers(1, 4), st.integers(1, 6)))


class _Builder:
    """Draws the parts of one network, each with a name that no other has, so that any structure can go without one."""

    def __init__(self, draw: st.DrawFn, *, outputs: bool, largest: int) -> None:
        self._draw = draw
        self._outputs = outputs
        self._largest = largest
        self._names = 0

    def chain(self, shape: Shape, taps: dict[str, Shape], *, least: int, most: int, depth: int) -> Chain:
        """A chain that can take ``shape``; parts that would not fit are left out."""
        slots: list[Slot] = []
        visible = dict(taps)
        for _ in range(self._draw(st.integers(least, most))):
            found = self._fitting(shape, visible, depth)
            if found is None or found.output_shape is None:
                continue
            slots.append(self._slot(found.block))
            if slots[-1].enabled:
                shape = found.output_shape
                if isinstance(found.block, Tap):
                    visible[found.block.name] = shape
        return Chain(*slots)

    def _fitting(self, shape: Shape, taps: dict[str, Shape], depth: int) -> Counted | None:
        for _ in range(4):
            found = count(self._part(shape, taps, depth), shape, taps)
            if _is_modest(found, self._largest):
                return found
        return None

    def _slot(self, block: Block) -> Slot:
        self._names += 1
        nameless = isinstance(block, Container) and self._draw(st.booleans())
        enabled = self._draw(st.integers(0, 9)) > 0
        return Slot("" if nameless else f"{block.slot_name}{self._names}", block, enabled)

    def _part(self, shape: Shape, taps: dict[str, Shape], depth: int) -> Block:
        kinds = ["layer"] * 8 + ["composite"] + (["recall"] * 4 if taps else [])
        if depth:
            kinds += ["add", "concat", "gate", "multiply", "repeat", "chain", "tap", "tap"]
            kinds += ["output"] if self._outputs else []
        kind = self._draw(st.sampled_from(kinds))
        if kind == "layer":
            return self._layer()
        if kind == "composite":
            return self._draw(st.sampled_from(MIXED_COMPOSITES).flatmap(blocks))
        if kind == "recall":
            merge = self._draw(st.sampled_from(["replace", "add", "concat", "multiply"]))
            return Recall(self._draw(st.sampled_from(sorted(taps))), merge)
        if kind == "tap":
            return Tap(self._draw(st.sampled_from(["a", "b"])))
        if kind == "gate":
            return self._gate(shape)
        inner = [
            self.chain(shape, taps, least=0, most=2, depth=depth - 1) for _ in range(self._draw(st.integers(1, 3)))
        ]
        return self._structure(kind, inner, shape, taps)

    def _structure(self, kind: str, inner: list[Chain], shape: Shape, taps: dict[str, Shape]) -> Block:
        if kind == "repeat":
            layer = self._draw(st.sampled_from(MIXED_LEAVES).flatmap(blocks))
            self._names += 2
            return Repeat(
                (f"copy{self._names}", f"copy{self._names + 1}"), self._draw(st.sampled_from([inner[0], layer]))
            )
        if kind == "output":
            return Output(self._draw(st.sampled_from(["aux1", "aux2"])), inner[0], self._draw(st.booleans()))
        if kind == "chain":
            return inner[0]
        merges: dict[str, type[Add | Concat | Multiply]] = {"add": Add, "concat": Concat, "multiply": Multiply}
        merge = merges[kind]
        whole: Block = merge(*map(self._slot, [*inner, Chain()]))
        return merge(Chain()) if count(whole, shape, taps).problems else whole

    def _layer(self) -> Block:
        kinds = self._draw(st.sampled_from(sorted({cls.category for cls in MIXED_LEAVES})))
        return self._draw(st.sampled_from([cls for cls in MIXED_LEAVES if cls.category == kinds]).flatmap(blocks))

    def _gate(self, shape: Shape) -> Block:
        if len(shape) != 3:
            return Chain()
        squeeze = Chain(("pool", AdaptiveAvgPool2d(1)), ("fc", Conv2d(shape[0], 1)), ("gate", Sigmoid()))
        self._names += 1
        return Multiply(Chain(), (f"excite{self._names}", squeeze))


def _is_modest(found: Counted, largest: int) -> bool:
    shape = found.output_shape
    if shape is None or found.problems or elements(shape) > largest or found.parameters > MOST_PARAMETERS:
        return False
    return all(_is_modest(child, largest) for slot, child, _ in found.children if slot.enabled)


@st.composite
def networks(
    draw: st.DrawFn,
    *,
    most: int = 8,
    start: st.SearchStrategy[Shape] | None = None,
    outputs: bool = True,
    largest: int = LARGEST,
) -> Network:
    """Small networks of all registered blocks and structures, without a problem but perhaps two outputs of one name.

    Args:
        draw: Hypothesis' draw function.
        most: Blocks in the outermost chain.
        start: Shapes of the input.
        outputs: Whether there may be further outputs.
        largest: Values of one image anywhere in the network.
    """
    shape = draw(start if start is not None else images())
    body = _Builder(draw, outputs=outputs, largest=largest).chain(shape, {}, least=most // 2, most=most, depth=2)
    return Network.of("random", shape, body)


TRIES = 12


@st.composite
def in_context(
    draw: st.DrawFn, cls: type[Block], before: Chain, behind: Chain, start: st.SearchStrategy[Shape] | None = None
) -> Network:
    """A block of one kind under the name "block" between others, without a problem."""
    for _ in range(TRIES):
        shape = draw(start if start is not None else shapes())
        body = Chain(*before.slots, ("block", draw(blocks(cls))), *behind.slots)
        if not count(body, shape).problems:
            return Network.of("context", shape, body)
    return reject()  # a block of which one in twelve at most finds its place


def paths(network: Network) -> list[Path]:
    """The paths of all slots a person can edit, structures without a name by their place."""
    found: list[Path] = []

    def walk(container: Container, place: tuple[int, ...]) -> None:
        for index, slot in enumerate(container.slots):
            found.append(path_to(network.body, (*place, index)))
            if isinstance(slot.block, Container) and not (isinstance(container, Repeat) and index):
                walk(slot.block, (*place, index))

    walk(network.body, ())
    return found
