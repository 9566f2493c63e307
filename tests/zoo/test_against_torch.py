"""The analysis of every network equals what its assembled module does, block by block."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import explorer
from explorer.core.analysis import Analysis, Row
from explorer.core.compose import MAIN_OUTPUT, Recall, Tap
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.zoo.base import ZOO
from tests.zoo.quick import marked

BATCH = 2

#  options that change what a network is made of
VARIANTS = [
    ("lenet5", {"activation": "tanh", "pooling": "average", "padding": 2}),
    ("alexnet", {"stem": "5x5"}),
    ("vgg11", {"head": "average", "ceil_mode": True}),
    ("vgg13_bn", {"head": "small", "ceil_mode": True}),
    ("googlenet_paper", {"stem": "3x3", "batch_norm": True, "branch3_kernel": "3x3"}),
    ("resnet18", {"activation": "pre", "shortcut": "projection", "stem": "3x3"}),
    ("resnet50", {"activation": "pre", "shortcut": "zero_pad", "stride_in": "1x1"}),
    ("resnet20", {"activation": "pre"}),
    ("googlenet", {"stem": "3x3", "aux_logits": True, "transform_input": True}),
    ("inception_v3", {"stem": "small", "aux_logits": False}),
    ("squeezenet1_1", {"stem": "small"}),
    ("mobilenet_v2", {"stem": "small", "width": 0.35}),
    ("mobilenet_v3_small", {"stem": "small"}),
    ("mnasnet0_5", {"stem": "small"}),
    ("shufflenet_v2_x0_5", {"stem": "small"}),
    ("densenet121", {"stem": "3x3", "dropout": 0.2}),
    ("efficientnet_b0", {"stem": "small", "stochastic_depth": 0.0}),
    ("regnet_x_400mf", {"stem": "small"}),
    ("convnext_tiny", {"stem": "3x3"}),
    ("plain20", {"activation": "pre"}),
    ("se_resnet50", {"stem": "3x3", "reduction": 4}),
    ("se_resnext50_32x4d", {"stem": "3x3"}),
    ("senet154", {"stem": "small", "reduction": 8}),
    ("bn_inception", {"stem": "3x3", "first": "full"}),
    ("inception_resnet_v1", {"stem": "small", "scale": 0.1}),
    ("lenet5_1998", {"padding": 2}),
    ("fractalnet", {"columns": 4}),
]


def modules_by_path(model: nn.Module, analysis: Analysis) -> dict[tuple[str, ...], nn.Module]:
    """The module of every row that has one: those with a name, except for what only remembers and brings back."""
    found = {}
    for row in analysis.rows:
        module: nn.Module | None = model
        for name in row.path:
            module = module._modules.get(name) if module is not None else None
        if module is not None:
            found[row.path] = module
    return found


def check(network: Network, model: nn.Module) -> None:
    """Holds each row against what a forward hook sees, and the totals against torch's own counts."""
    analysis = explorer.analyse(network)
    modules = modules_by_path(model, analysis)
    named = (row for row in analysis.rows if not isinstance(row.block, Tap | Recall))
    assert {row.path for row in named if not row.path[-1].startswith("#")} == set(modules)
    seen: dict[tuple[str, ...], Shape] = {}
    for path, module in modules.items():
        module.register_forward_hook(_noting(seen, path))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        result = model.train()(torch.empty(BATCH, *network.input_shape, device="meta"))
    assert seen == {path: row.output_shape for path in modules if (row := analysis.row(path))}
    outputs = result if isinstance(result, dict) else {MAIN_OUTPUT: result}
    assert {name: tuple(output.shape) for name, output in outputs.items()} == {
        name: (BATCH, *shape) for name, shape in analysis.outputs.items()
    }
    assert analysis.macs == counter.get_total_flops() / 2 / BATCH
    for row in analysis.rows:
        if row.path in modules:
            assert row.parameters == _parameters(modules[row.path]), row
    assert analysis.parameters == _parameters(model)


def _noting(seen: dict[tuple[str, ...], Shape], path: tuple[str, ...]) -> Callable[[nn.Module, object, Tensor], None]:
    def note(module: nn.Module, arguments: object, output: Tensor) -> None:
        seen[path] = tuple(output.shape[1:])

    return note


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("key", marked(ZOO))
def test_every_row_equals_its_module(key: str, on_meta: Callable[[Network], nn.Module]) -> None:
    network = explorer.network(key)
    check(network, on_meta(network))


@pytest.mark.parametrize(("key", "options"), VARIANTS)
def test_options_too(key: str, options: dict[str, object], on_meta: Callable[[Network], nn.Module]) -> None:
    network = explorer.network(key, input_shape=(1, 28, 28), classes=10, **options)
    check(network, on_meta(network))


def test_a_row_without_a_name_has_no_parameters_of_its_own() -> None:
    rows: list[Row] = [row for row in explorer.analyse(explorer.network("resnet18")).rows if row.path[-1][0] == "#"]
    assert len(rows) == 8  # a sum in each of the eight blocks
    assert {row.parameters for row in rows} == {0}
