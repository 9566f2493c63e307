"""How many images a layer needs, against torch: in training as many as its rule says, in evaluation always one."""

from __future__ import annotations

import pytest
import torch

from explorer.assembly import assemble
from explorer.blocks.norm import GroupNorm
from explorer.core.analysis import analyse
from explorer.core.block import BLOCKS, Block, Layer
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.core.shape import Shape

LAYERS = [cls() for cls in BLOCKS.values() if issubclass(cls, Layer)]
SHAPES = [(32, 1, 1), (32, 1, 2), (32, 8, 8), (32,)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("layer", [*LAYERS, GroupNorm(16)], ids=lambda layer: type(layer).__name__)
def test_a_layer_takes_the_smallest_batch_it_states_and_no_smaller(layer: Layer, shape: Shape) -> None:
    network = Network.of("one layer", shape, Chain(("layer", layer)))
    if analyse(network).problems:
        pytest.skip("the layer does not take this shape")
    module, least = assemble(network), layer.smallest_batch(shape)
    module.train()(torch.rand(least, *shape))
    if least > 1:
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            module(torch.rand(least - 1, *shape))
    module.eval()(torch.rand(1, *shape))


@pytest.mark.parametrize(
    ("shape", "groups", "refused"),
    [((32, 1, 1), 32, True), ((32,), 32, True), ((1, 1, 1), 1, True), ((32, 1, 1), 16, False), ((32, 1, 2), 32, False)],
)
def test_group_norm_is_refused_where_torch_refuses_a_single_image(shape: Shape, groups: int, refused: bool) -> None:
    block: Block = GroupNorm(groups)
    problems = analyse(Network.of("one norm", shape, Chain(("norm", block)))).problems
    assert ["a single value" in str(problem) for problem in problems] == [True] * refused
    module = torch.nn.GroupNorm(groups, shape[0]).eval()
    if refused:
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            module(torch.rand(1, *shape))
    else:
        module(torch.rand(1, *shape))
