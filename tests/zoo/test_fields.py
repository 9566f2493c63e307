"""Where the field of every block begins and ends, in every network as it is published.

Fields of hundreds of pixels need images that are larger still, which are too many where each has one row of its own.
Here they are filled from a cut on: a position whose field ends just before a cut sees nothing of what lies behind it,
and the next pixel it sees. The images are as long as half of the largest field, and as narrow as the network allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

import explorer
from explorer.core.analysis import Analysis, Row
from explorer.core.compose import Recall, Tap
from explorer.core.network import Network
from explorer.core.receptive_field import AxisMap
from explorer.zoo.base import ZOO
from tests.contract.field_oracles import depends_on
from tests.zoo.quick import marked

KEYS = [entry.key for entry in ZOO.values() if len(entry.input_shape) == 3]  # a generator's input has no pixels
QUICK = frozenset({"lenet5", "resnet20", "squeezenet1_1", "mobilenet_v3_small", "highway"})
AT_ONCE = 8  # cuts, since the widest networks fill gigabytes with more
LARGEST_STRIDE = 64  # pixels, of convolutions and poolings with windows
STEP = 64  # pixels by which images grow, so that sizes that a network needs stay multiples of what they were


@dataclass(frozen=True)
class Ends:
    """The fields of a block along one axis; those that the border may have cut off have no use here.

    Attributes:
        low: The first pixel of the field of every position.
        high: The last one.
        begins: Whether a field begins well inside the image.
        ends: Whether it ends there.
    """

    low: Tensor
    high: Tensor
    begins: Tensor
    ends: Tensor

    @classmethod
    def of(cls, axis: AxisMap, positions: int, extent: int) -> Ends:
        low, high = torch.tensor([axis.interval(position) for position in range(positions)]).T
        # near the border, positions that are not there would be looked at; but no cell of a pyramid leaves the image
        margin = 1 + min(int(2 * axis.stride), 2 * LARGEST_STRIDE)
        return cls(low, high, low >= margin, high < extent - margin)

    def edges(self) -> Iterator[list[int]]:
        """The pixels at which fields begin, and those at which they end: cuts before and behind one tell it."""
        yield self.low[self.begins].tolist()
        yield self.high[self.ends].tolist()


def along(row: Row, axis: int) -> AxisMap | None:
    """The field of a block that gives an image; None where it is the whole image, or there is none."""
    if row.field is None or len(row.output_shape or ()) != 3:
        return None
    return row.field.rows if axis == 1 else row.field.columns


def stretched(key: str, axis: int) -> Network:
    """The network for images that are long along one axis."""
    shape = list(ZOO[key].input_shape)
    maps = [found for row in explorer.analyse(explorer.network(key)).rows if (found := along(row, axis))]
    needed = max(one.extent for one in maps) // 2 + 8 * int(max(one.stride for one in maps)) + 16
    shape[axis] += STEP * max(0, -(-(needed - shape[axis]) // STEP))
    across = shape[3 - axis]
    for shape[3 - axis] in range(across % 8 or 8, across + 1, 8):
        network = explorer.network(key, input_shape=tuple(shape), classes=7)
        if not explorer.analyse(network).problems:
            return network
    raise AssertionError(f"{key} takes no images of {shape}")


def ends_of(analysis: Analysis, axis: int) -> dict[str, Ends]:
    extent = analysis.network.input_shape[axis]
    return {
        ".".join(row.path): Ends.of(found, row.output_shape[axis], extent)
        for row in analysis.rows
        if row.output_shape and (found := along(row, axis))
    }


def chosen(ends: dict[str, Ends]) -> Tensor:
    """Few cuts by which the fields of every block are told from smaller and from larger ones."""
    cuts: set[int] = set()
    for name in reversed(ends):  # the last blocks have the fewest fields inside, the first ones can take theirs
        for edges in ends[name].edges():
            assert edges, f"no field of {name} is well inside the image"
            best = max(edges, key=lambda edge: (edge in cuts) + (edge + 1 in cuts))
            cuts |= {best, best + 1}
    return torch.tensor(sorted(cuts))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("axis", [1, 2], ids=["rows", "columns"])
@pytest.mark.parametrize("key", marked(KEYS, QUICK))
def test_fields_begin_and_end_where_torch_says(key: str, axis: int) -> None:
    network = stretched(key, axis)
    analysis = explorer.analyse(network)
    ends = ends_of(analysis, axis)
    cuts = chosen(ends)[:, None]
    is_before = torch.arange(network.input_shape[axis]) < cuts
    before = depends_on(network, axis, is_before, AT_ONCE)
    behind = depends_on(network, axis, ~is_before, AT_ONCE)
    without_module = {".".join(row.path) for row in analysis.rows if row.path[-1].startswith("#") or is_passing(row)}
    assert set(ends) - set(before) <= without_module
    for name in ends.keys() & before.keys():
        end = ends[name]
        assert torch.equal(before[name][:, end.begins], end.low[end.begins] < cuts), name
        assert torch.equal(behind[name][:, end.ends], end.high[end.ends] >= cuts), name
    for row in analysis.rows:  # that they depend on all of the image
        name = ".".join(row.path)
        if name in before and name not in ends:
            assert before[name].all(), name
            assert behind[name].all(), name


def is_passing(row: Row) -> bool:
    """Whether a block only remembers or brings back, and so has no module."""
    return isinstance(row.block, Tap | Recall)
