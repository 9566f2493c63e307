"""The analysis of a network: every block's shapes, parameters, MACs, receptive field and memory, or located problems.

Counting (:mod:`explorer.core.counting`) has done the work and keeps it with the blocks; here it becomes absolute: nodes
with their paths, made level by level when somebody looks, and rows, made all at once when somebody asks.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from fractions import Fraction

from explorer.core.block import Block
from explorer.core.compose import MAIN_OUTPUT, Add, Concat, Multiply, Output, Path, Slot, Tap, is_unnamed_structure
from explorer.core.counted import Counted, OutputShape, Problem, join, positions, slot_path
from explorer.core.memory import NO_MEMORY, Memory, training_memory
from explorer.core.network import Network, find_counted
from explorer.core.network_problems import document_problems, input_problems, output_problems, shared_inputs
from explorer.core.receptive_field import FLOW, IDENTITY, NOWHERE, Reach, ReceptiveField, reach_after
from explorer.core.shape import Shape
from explorer.core.wording import spoken


class Row:
    """One block in its place, with all its figures.

    Attributes:
        path: Its address.
        slot: The slot it stands in.
        counted: Its relative figures.
    """

    __slots__ = ("__weakref__", "_analysis", "_children", "_reach", "_taps", "counted", "path", "slot")

    def __init__(
        self, analysis: Analysis, path: Path, slot: Slot, counted: Counted, reach: Reach, taps: Mapping[str, Reach]
    ) -> None:
        self._analysis = analysis
        self._reach = reach  # what its input depends on
        self._taps = taps
        self._children: tuple[Row, ...] | None = None
        self.path = path
        self.slot = slot
        self.counted = counted

    def __repr__(self) -> str:
        return f"<Row {'.'.join(self.path)} {self.type} {self.output_shape}>"

    @property
    def name(self) -> str:
        """The name of the slot; for a structure without one, what it is."""
        return self.slot.name or self.type.lower()

    @property
    def where(self) -> str:
        """What a person calls the block in a sentence."""
        return spoken(self.path, self.block.called())

    @property
    def network(self) -> Network:
        """The network it belongs to."""
        return self._analysis.network

    @property
    def block(self) -> Block:
        """The block."""
        return self.counted.block

    @property
    def type(self) -> str:
        """The kind of block."""
        return self.block.type_name()

    @property
    def enabled(self) -> bool:
        """Whether the block takes part."""
        return self.slot.enabled

    @property
    def input_shape(self) -> Shape | None:
        """The shape that arrives; None behind a problem or where the block is switched off."""
        return self.counted.input_shape if self.enabled else None

    @property
    def output_shape(self) -> Shape | None:
        """The shape that leaves; None with or behind a problem or where the block is switched off."""
        return self.counted.output_shape if self.enabled else None

    @property
    def parameters(self) -> int | None:
        """Parameters of the block with all that is in it; None where they are not known."""
        return self.counted.parameters if self._known else None

    @property
    def trainable_parameters(self) -> int | None:
        """Those that are not frozen."""
        return self._analysis.trainable(self.path, self.counted) if self._known else None

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates for one image."""
        return self.counted.macs if self._known else None

    @property
    def memory(self) -> Memory | None:
        """Bytes kept for the backward pass on the CPU."""
        return self._analysis.memory_by_path().get(self.path) if self._known else None

    @property
    def field(self) -> ReceptiveField | None:
        """The interval maps from the output to the first input."""
        if self.output_shape is None:
            return None
        sources: dict[str, Reach] = {FLOW: self._reach, **self._taps}
        return reach_after(self.counted.reach, sources, positions(self.output_shape)).get(FLOW, NOWHERE)

    @property
    def receptive_field(self) -> tuple[int, int] | None:
        """Height and width in input pixels; None: the whole image, or not known (see :attr:`field`)."""
        field = self.field
        return None if field is None else field.size

    @property
    def stride(self) -> tuple[Fraction, Fraction] | None:
        """Input pixels from one output position to the next."""
        field = self.field
        return None if field is None else field.stride

    @property
    def leaves_aside(self) -> bool:
        """Whether the receptive field leaves normalisation statistics or 1 x 1 gates on the way aside."""
        field = self.field
        return field is not None and field.aside

    @property
    def problem(self) -> Problem | None:
        """The first problem at this block itself."""
        own = next((problem.under(self.path) for problem in self.counted.problems if not problem.path), None)
        if own is None and isinstance(self.block, Output):  # whether its name is taken shows in the network alone
            return next((problem for problem in self._analysis.problems if problem.path == self.path), None)
        return own

    @property
    def taps(self) -> tuple[str, ...]:
        """What a recall in this place can name: the taps in sight, the nearest first, then the further inputs."""
        return tuple(self._taps)[::-1]

    @property
    def side_output(self) -> OutputShape | None:
        """What an Output sends out of the network; None for other blocks, and where the shape is not known."""
        if not isinstance(self.block, Output) or not self._known:
            return None
        return self.counted.outputs[-1]  # those from inside its own body come before it

    @property
    def children(self) -> tuple[Row, ...]:
        """The blocks inside, in the order in which they run; a merge without a name stands behind its branches."""
        if self._children is None:
            self._children = tuple(self._inside(self.counted, self.path, self._reach, self._taps))
        return self._children

    @property
    def _known(self) -> bool:
        return self.enabled and self.counted.input_shape is not None and self.counted.output_shape is not None

    def _inside(self, counted: Counted, path: Path, arriving: Reach, taps: Mapping[str, Reach]) -> Iterator[Row]:
        for index, (slot, child, relative) in enumerate(counted.children):
            at = join(path, slot_path(slot, index))
            reach = self._absolute(relative, arriving, taps, child.input_shape)
            if not is_unnamed_structure(slot):
                yield Row(self._analysis, at, slot, child, reach, taps)
            else:
                yield from self._inside(child, at, reach, taps)
                if not slot.enabled:  # nothing inside is counted, so it stands for itself
                    yield Row(self._analysis, at, slot, child, reach, taps)
                elif isinstance(child.block, Add | Concat | Multiply):
                    yield _Merge(self._analysis, at, slot, child, reach, taps)
            if isinstance(child.block, Tap) and slot.enabled:
                taps = {**taps, child.block.name: reach}

    @staticmethod
    def _absolute(relative: Reach, arriving: Reach, taps: Mapping[str, Reach], shape: Shape | None) -> Reach:
        if len(relative) == 1 and relative.get(FLOW) is IDENTITY:
            return arriving
        return reach_after(relative, {FLOW: arriving, **taps}, positions(shape))


class _Merge(Row):
    """A merge without a name: its branches stand before it in the same scope; its own figures are those of the join."""

    __slots__ = ()

    @property
    def parameters(self) -> int | None:
        return 0 if self._known else None

    @property
    def trainable_parameters(self) -> int | None:
        return self.parameters

    @property
    def macs(self) -> int | None:
        return self.parameters

    @property
    def children(self) -> tuple[Row, ...]:
        return ()


class Analysis:
    """What :func:`analyse` found out.

    Attributes:
        network: The network as it was.
        parameters: All parameters; a lower bound where ``partial``.
        macs: Multiply-accumulates for one image, likewise.
        output_shape: The shape of the main output; None where ``partial``.
        problems: All problems, in the order of the blocks.
    """

    def __init__(self, network: Network, counted: Counted | None, problems: tuple[Problem, ...]) -> None:
        self.network = network
        self.counted = counted
        self.problems = problems
        self.parameters = counted.parameters if counted else 0
        self.macs = counted.macs if counted else 0
        self.output_shape = counted.output_shape if counted else None

    @property
    def partial(self) -> bool:
        """Whether the totals miss what lies at or behind a problem."""
        return self.output_shape is None

    @functools.cached_property
    def trainable_parameters(self) -> int:
        """Parameters that are not frozen."""
        return self.trainable((), self.counted) if self.counted else 0

    @property
    def outputs(self) -> dict[str, Shape]:
        """Every output by name, the main one as ``output`` first; those only for training included."""
        shapes = {} if self.output_shape is None else {MAIN_OUTPUT: self.output_shape}
        return shapes | {output.name: output.shape for output in self.further_outputs}

    @property
    def further_outputs(self) -> tuple[OutputShape, ...]:
        """What leaves the network beside the main output, in the order in which the blocks run."""
        return self.counted.outputs if self.counted else ()

    @functools.cached_property
    def root(self) -> Row | None:
        """The network as a row, with the blocks as its children; None for a network without an input shape."""
        if self.counted is None:
            return None
        slot = Slot("", self.network.body)
        taps: dict[str, Reach] = {entry.name: {entry.name: IDENTITY} for entry in self.network.inputs[1:]}
        return Row(self, (), slot, self.counted, {FLOW: IDENTITY}, taps)

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every block at every depth, in the order in which they run, each before what is in it."""
        return tuple(_flatten(self.root)) if self.root else ()

    def row(self, path: Path) -> Row | None:
        """The row of the block at ``path``, or None."""
        row = self.root
        for depth in range(len(path)):
            children = row.children if row else ()
            row = next((child for child in children if child.path == path[: depth + 1]), None)
        return row

    def trainable(self, path: Path, counted: Counted) -> int:
        """Parameters of the block at ``path`` that are not frozen."""
        frozen = self.network.frozen
        if any(path[: len(part)] == part for part in frozen):
            return 0
        inner = {part for part in frozen if part[: len(path)] == path}
        outermost = [part for part in inner if not any(part[:n] in inner for n in range(len(part)))]
        found = [find_counted(counted, part[len(path) :]) for part in outermost]
        return counted.parameters - sum(child.parameters for child in found if child)

    def memory_by_path(self, device: str = "cpu") -> dict[Path, Memory]:
        """What each block keeps for the backward pass when trained on ``device``."""
        if self.counted is None:
            return {}
        kept: dict[str, dict[Path, Memory]] = self.__dict__.setdefault("_memory", {})
        if device not in kept:
            inputs = {entry.name: entry.shape for entry in self.network.inputs[1:]}
            kept[device] = training_memory(self.counted, self.network.frozen, inputs, device)
        return kept[device]

    def memory(self, device: str = "cpu") -> Memory:
        """What the network keeps for the backward pass."""
        return self.memory_by_path(device).get((), NO_MEMORY)


def _flatten(row: Row) -> Iterator[Row]:
    for child in row.children:
        yield child
        yield from _flatten(child)


def analyse(network: Network) -> Analysis:
    """Counts a network.

    What did not change since the last analysis of a network that shares its blocks is not counted again.
    """
    problems = (*input_problems(network.inputs), *document_problems(network))
    if problems and not {"inputs", "body"}.isdisjoint(problem.field for problem in problems):
        return Analysis(network, None, problems)
    counted = network.count()
    of_names = (*output_problems(counted), *shared_inputs(network.inputs, counted))
    return Analysis(network, counted, (*problems, *counted.problems, *of_names))
