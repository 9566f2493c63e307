"""Fast R-CNN: its counts, and that regions reach the pooling wherever it stands, as torchvision pools them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import load_file
from torch import Tensor
from torchvision.ops import roi_pool

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.reshape import Flatten
from explorer.blocks.roi_pool import RoIPool
from explorer.core.compose import Add, Chain, Part, Repeat
from explorer.core.definition import Definition
from explorer.core.network import Input, Network
from explorer.core.storage import dumps, loads
from explorer.core.user_block import block_class
from explorer.errors import NetworkError
from explorer.export.base import EXPORTERS, TrainedModel
from tests.zoo.tables import analysed, shapes

KEY = "fast_rcnn_vgg16"
SHAPE = (3, 48, 64)
# the number of the image and two corners; the last is larger than the image
BOXES = torch.tensor([[0, 0, 0, 63, 47], [1, 8, 8, 40, 30], [1, 3, 5, 9, 9], [0, 30, 2, 100, 90]]).float()


def images() -> Tensor:
    return torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1))


def network(*parts: Part) -> Network:
    return Network.of("regions", SHAPE, Chain(("conv", Conv2d(4, 3, stride=4, padding=1)), *parts))


POOL = RoIPool(3, 0.25)
TAIL: tuple[Part, ...] = (("flatten", Flatten()), ("fc", Linear(5)))
OWN = block_class(Definition("Own", Chain(("pool", POOL), ("flatten", Flatten()))))
NESTED = {
    "in a chain": network(("outer", Chain(("inner", Chain(("pool", POOL))))), *TAIL),
    "in a chain without a name": network(Chain(("pool", POOL)), *TAIL),
    "in branches": network(Add(("one", POOL), Chain(("two", POOL), ("conv2", Conv2d(4, 1)))), *TAIL),
    "in a repeat": network(Repeat(("a", "b"), Chain(("conv2", Conv2d(4, 1)))), ("pool", POOL), *TAIL),
    "in a block of one's own": network(("own", OWN()), ("fc", Linear(5))),
}


def test_counts_are_those_of_vgg16_with_two_last_layers() -> None:
    analysis = analysed(KEY)
    vgg16 = analysed("vgg16").parameters
    last = 4097 * 1000  # VGG-16's, in whose place are the scores and the boxes of 21 classes
    assert analysis.parameters == vgg16 - last + 4097 * 21 + 4097 * 84
    assert analysis.outputs == {"output": (21,), "boxes": (84,)}
    table = {"features.28": (512, 37, 62), "roi_pool": (512, 7, 7), "flatten": (25088,), "classifier.3": (4096,)}
    assert shapes(analysis, *table) == table


def test_weights_of_vgg16_are_those_it_starts_from() -> None:
    # Girshick, 2015, section 2.1: all but the last layers come from a network trained on ImageNet
    with torch.device("meta"):
        vgg16, ours = torchvision.models.vgg16(weights=None), explorer.assemble(explorer.network(KEY))
    theirs = {key: value for key, value in vgg16.state_dict().items() if not key.startswith("classifier.6.")}
    result = ours.load_state_dict(theirs, strict=False, assign=True)
    assert result.unexpected_keys == []
    assert result.missing_keys == ["boxes.fc.weight", "boxes.fc.bias", "scores.weight", "scores.bias"]


@pytest.mark.parametrize("regions", [BOXES, [BOXES[:1, 1:], BOXES[1:, 1:]]], ids=["rows", "list"])
def test_outputs_are_those_of_torchvisions_pooling(regions: Tensor | list[Tensor]) -> None:
    model = explorer.assemble(explorer.network(KEY, input_shape=SHAPE, features=16)).eval()
    with torch.device("meta"):
        convolutions = torchvision.models.vgg16(weights=None).features[:-1]
    convolutions.load_state_dict(model.get_submodule("features").state_dict(), strict=True, assign=True)
    with torch.no_grad():
        found = model(images(), regions=regions)
        x = roi_pool(convolutions(images()), regions, (7, 7), 1 / 16).flatten(1)
        x = model.get_submodule("classifier")(x)
        assert x.std() > 0
        assert torch.equal(found["output"], model.get_submodule("scores")(x))
        assert torch.equal(found["boxes"], model.get_submodule("boxes.fc")(x))
    assert {name: tuple(output.shape) for name, output in found.items()} == {"output": (4, 21), "boxes": (4, 84)}


@pytest.mark.parametrize("extents", [(7, 7), (14, 21), (13, 20), (37, 62), (3, 5), (1, 1)])
def test_without_regions_each_map_is_one_as_a_whole(extents: tuple[int, int]) -> None:
    pool = explorer.assemble(Network.of("pool", (4, *extents), Chain(("pool", RoIPool(7, 1.0)))))
    x = torch.randn(2, 4, *extents, generator=torch.Generator().manual_seed(1))
    last = [extent - 1 for extent in reversed(extents)]  # corners are pixels that belong to the region
    whole = torch.tensor([[number, 0, 0, *last] for number in range(2)]).float()
    assert torch.equal(pool(x), roi_pool(x, whole, (7, 7), 1.0))
    assert torch.equal(pool(x), pool(x, regions=whole))


@pytest.mark.parametrize("nested", NESTED.values(), ids=list(NESTED))
def test_regions_reach_the_pooling_wherever_it_stands(nested: Network) -> None:
    assert not explorer.analyse(nested).problems
    model = explorer.assemble(nested).eval()
    expected = model(images(), regions=BOXES)
    assert expected.shape == (len(BOXES), 5)
    assert not torch.equal(expected[:2], model(images()))
    read = loads(dumps(nested))
    assert read == nested
    for other in (read, unpacked(nested)):
        again = explorer.assemble(other).eval()
        keys = dict(zip(again.state_dict(), model.state_dict().values(), strict=True))
        again.load_state_dict(keys)
        assert torch.equal(again(images(), regions=BOXES), expected)


def unpacked(of: Network) -> Network:
    path = ("own",)
    return of.unpack(path) if of.body.slots[1].name == "own" else of


def test_a_step_trains_what_the_regions_show() -> None:
    model = explorer.assemble(explorer.network(KEY, input_shape=SHAPE, features=16))
    x = images().requires_grad_()
    outputs = model(x, regions=torch.tensor([[1.0, 0, 0, 63, 47]]))
    torch.stack([output.square().mean() for output in outputs.values()]).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert [bool(image.any()) for image in x.grad] == [False, True]  # no region lies in the first
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize(("key", "load"), [("pt", torch.load), ("safetensors", load_file)])
def test_exported_weights_give_the_same_with_regions(
    key: str, load: Callable[[Path], dict[str, Tensor]], tmp_path: Path
) -> None:
    chosen = NESTED["in a block of one's own"]
    model = explorer.assemble(chosen).eval()
    trained = TrainedModel(chosen, OrderedDict(model.state_dict()))
    path, *_ = EXPORTERS[key].write(trained, tmp_path / trained.file_name(EXPORTERS[key].suffix))
    again = explorer.assemble(loads(trained.metadata()["network"])).eval()
    again.load_state_dict(load(path), strict=True)
    assert torch.equal(again(images(), regions=BOXES), model(images(), regions=BOXES))


@pytest.mark.parametrize("regions", [BOXES, BOXES.long(), BOXES[:0], [BOXES[:0, 1:], BOXES[1:, 1:]]])
def test_types_of_maps_and_regions_need_not_agree(regions: Tensor | list[Tensor]) -> None:
    model = explorer.assemble(network(("pool", POOL)))
    x = model.get_submodule("conv")(images())
    count = len(regions) if isinstance(regions, Tensor) else sum(map(len, regions))
    for dtype in (torch.float64, torch.bfloat16):
        found = model.get_submodule("pool")(x.to(dtype), regions)
        floats = regions.float() if isinstance(regions, Tensor) else regions
        assert found.shape == (count, 4, 3, 3)
        torch.testing.assert_close(found, roi_pool(x.to(dtype).float(), floats, (3, 3), 0.25).to(dtype))
    with torch.autocast("cpu", torch.bfloat16):
        assert model(images(), regions=regions).dtype == torch.bfloat16


def test_other_networks_take_no_regions() -> None:
    with pytest.raises(NetworkError, match="has no input 'regions'.* none"):
        explorer.assemble(explorer.network("lenet5"))(torch.zeros(2, 1, 28, 28), regions=BOXES)
    with pytest.raises(NetworkError, match="has no input 'boxes'.* 'regions'"):
        explorer.assemble(network(("pool", POOL), *TAIL))(images(), boxes=BOXES)


@pytest.mark.parametrize("nested", NESTED.values(), ids=list(NESTED))
def test_the_network_has_no_regions_of_its_own_beside_them(nested: Network) -> None:
    taken = replace(nested, inputs=(*nested.inputs, Input("regions", SHAPE, optional=True)))
    problems = explorer.analyse(taken).problems
    paths = {problem.path for problem in problems}
    assert paths == {row.path for row in explorer.analyse(nested).rows if isinstance(row.block, RoIPool)} != set()
    with pytest.raises(NetworkError, match="RoIPool takes an input 'regions' of its own, but the network has one"):
        explorer.assemble(taken)
    named = replace(nested, inputs=(*nested.inputs, Input("mask", SHAPE, optional=True)))
    assert explorer.assemble(named)(images(), regions=BOXES).shape == (len(BOXES), 5)
    first = replace(nested, inputs=(Input("regions", SHAPE),))  # which is given without its name
    assert explorer.assemble(first)(images(), regions=BOXES).shape == (len(BOXES), 5)


def test_a_pooling_that_is_switched_off_takes_no_regions() -> None:
    off = network(("pool", POOL), *TAIL).enable(("pool",), enabled=False)
    with pytest.raises(NetworkError, match="has no input 'regions'"):
        explorer.assemble(off)(images(), regions=BOXES)
