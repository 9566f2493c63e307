"""The composites against torchvision's modules, and what they promise of themselves: names, unpacking, problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torchvision.models import resnet
from torchvision.models.googlenet import BasicConv2d
from torchvision.models.googlenet import Inception as TorchvisionInception

import explorer
from explorer.blocks.conv_block import ACTIVATIONS, ConvBlock
from explorer.blocks.convnext import CNBlock
from explorer.blocks.dense import DenseBlock, DenseLayer, Transition
from explorer.blocks.fire import Fire
from explorer.blocks.fractal import FractalBlock
from explorer.blocks.highway import HighwayLayer
from explorer.blocks.inception import Inception
from explorer.blocks.inception_resnet import InceptionResNetA, InceptionResNetB, InceptionResNetReduction
from explorer.blocks.inception_v2 import InceptionV2, InceptionV2Reduction
from explorer.blocks.inception_v3 import InceptionA, InceptionB, InceptionC, InceptionD, InceptionE
from explorer.blocks.inception_v4 import (
    InceptionV4A,
    InceptionV4B,
    InceptionV4C,
    InceptionV4ReductionA,
    InceptionV4ReductionB,
)
from explorer.blocks.inverted_residual import InvertedResidual
from explorer.blocks.lenet import ScaledTanh, TrainableSubsampling
from explorer.blocks.mbconv import FusedMBConv, MBConv
from explorer.blocks.nin import NiNBlock
from explorer.blocks.regnet import RegNetBlock
from explorer.blocks.residual import BasicBlock, Bottleneck, ResidualStage
from explorer.blocks.se_residual import SEBottleneck
from explorer.blocks.separable import SeparableBlock
from explorer.blocks.shuffle import ChannelShuffle, ChannelSplit, ShuffleUnit
from explorer.blocks.squeeze_excite import SqueezeExcite
from explorer.blocks.stochastic_residual import StochasticBlock
from explorer.blocks.vgg import VGGBlock
from explorer.blocks.xception import SeparableConv, XceptionModule
from explorer.core.block import BLOCKS, Block, Composite
from explorer.core.compose import Chain
from explorer.core.counted import Problem
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.core.storage import dumps, loads

SHAPE = (16, 12, 10)


def network_of(block: Block, shape: Shape = SHAPE) -> Network:
    """A network of that one block."""
    return Network.of("one block", shape, Chain(("block", block)))


def assembled(block: Block, shape: Shape = SHAPE) -> nn.Module:
    """The module of the block with random weights and statistics, in eval mode."""
    torch.manual_seed(0)
    module = explorer.assemble(network_of(block, shape)).get_submodule("block").eval()
    for buffer in module.buffers():
        if buffer.is_floating_point():
            buffer.uniform_(0.5, 1.5)
    return module


def images(shape: Shape = SHAPE) -> Tensor:
    """A batch of two."""
    return torch.randn(2, *shape, generator=torch.Generator().manual_seed(1))


def problems(block: Block, shape: Shape = SHAPE) -> tuple[Problem, ...]:
    """What the analysis says about the block."""
    return explorer.analyse(network_of(block, shape)).problems


def projection(out_channels: int, stride: int) -> nn.Module:
    """The shortcut of torchvision's blocks where the shape changes."""
    return nn.Sequential(nn.Conv2d(16, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels))


#  our block, torchvision's module for 16 channels
TWINS: list[tuple[Block, Callable[[], nn.Module]]] = [
    (
        Inception(8, (4, 12), (2, 6), 5, branch3_kernel="3x3", batch_norm=True),
        lambda: TorchvisionInception(16, 8, 4, 12, 2, 6, 5),
    ),
    (BasicBlock(16), lambda: resnet.BasicBlock(16, 16)),
    (BasicBlock(24, stride=2), lambda: resnet.BasicBlock(16, 24, 2, projection(24, 2))),
    (BasicBlock(16, shortcut="projection"), lambda: resnet.BasicBlock(16, 16, 1, projection(16, 1))),
    (Bottleneck(16, 4), lambda: resnet.Bottleneck(16, 4)),
    (Bottleneck(32, 8, stride=2), lambda: resnet.Bottleneck(16, 8, 2, projection(32, 2))),
    # a ResNeXt block: torchvision gives the width of 64 channels, here 4 groups of 8 * 8 / 64 = 1
    (Bottleneck(32, 4, groups=4), lambda: resnet.Bottleneck(16, 8, 1, projection(32, 1), groups=4, base_width=8)),
]


@pytest.mark.parametrize(("block", "reference"), TWINS)
def test_torchvision_has_the_same_names_and_outputs(block: Block, reference: Callable[[], nn.Module]) -> None:
    ours, theirs = assembled(block), reference().eval()
    theirs.load_state_dict(ours.state_dict(), strict=True)
    with torch.no_grad():
        assert torch.equal(ours(images()), theirs(images()))
    ours.load_state_dict(theirs.state_dict(), strict=True)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_conv_block_is_torchvisions(activation: str) -> None:
    block = ConvBlock(24, 5, stride=2, padding=2, groups=2, activation=activation)
    ours = assembled(block)
    layer = list(ours.children())[-1]
    theirs = torchvision.ops.Conv2dNormActivation(
        16, 24, 5, 2, 2, groups=2, activation_layer=type(layer), inplace=None
    ).eval()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    with torch.no_grad():
        assert torch.equal(ours(images()), theirs(images()))


def test_conv_block_is_named_as_googlenets() -> None:
    theirs = BasicConv2d(16, 24, kernel_size=3, padding=1)
    ours = assembled(ConvBlock(24, eps=1e-3))
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert [name for name, _ in ours.named_children()] == ["conv", "bn", "relu"]


@pytest.mark.parametrize(
    ("block", "kinds"),
    [
        (ConvBlock(24), [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]),
        (ConvBlock(24, norm="group"), [nn.Conv2d, nn.GroupNorm, nn.ReLU]),
        (ConvBlock(24, norm="none", activation="none"), [nn.Conv2d]),
        (ConvBlock(24, activation="silu"), [nn.Conv2d, nn.BatchNorm2d, nn.SiLU]),
        (VGGBlock(2, 24), [nn.Conv2d, nn.ReLU] * 2 + [nn.MaxPool2d]),
        (VGGBlock(1, 24, batch_norm=True, pool=False), [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]),
        (NiNBlock(24, (20, 12)), [nn.Conv2d, nn.ReLU] * 3),
        (BasicBlock(16, residual=False), [nn.Conv2d, nn.BatchNorm2d, nn.ReLU] * 2),
        (BasicBlock(16, residual=False, activation="pre"), [nn.BatchNorm2d, nn.ReLU, nn.Conv2d] * 2),
    ],
)
def test_layers_in_order(block: Block, kinds: list[type[nn.Module]]) -> None:
    module = assembled(block)
    assert [type(child) for child in module.children()] == kinds
    sequential = nn.Sequential(*module.children())
    with torch.no_grad():
        assert torch.equal(module(images()), sequential(images()))


@pytest.mark.parametrize(("channels", "groups"), [(64, 32), (24, 8), (7, 1)])
def test_group_norm_always_divides_the_channels(channels: int, groups: int) -> None:
    norm = assembled(ConvBlock(channels, norm="group")).get_submodule("norm")
    assert isinstance(norm, nn.GroupNorm)
    assert norm.num_groups == groups


def test_fields_of_conv_block_reach_its_layers() -> None:
    module = assembled(ConvBlock(24, (3, 5), 2, (1, 2), 2, 4, bias=True, eps=0.5))
    convolution, norm = module.get_submodule("conv"), module.get_submodule("bn")
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    assert (convolution.kernel_size, convolution.stride, convolution.padding) == ((3, 5), (2, 2), (1, 2))
    assert (convolution.dilation, convolution.groups, norm.eps) == ((2, 2), 4, 0.5)
    assert convolution.bias is not None


def test_inception_3a_counts_as_in_caffe() -> None:
    analysis = explorer.analyse(network_of(Inception(64, (96, 128), (16, 32), 32), (192, 28, 28)))
    assert analysis.parameters == 163_696  # of inception_3a in BVLC's GoogLeNet
    assert analysis.output_shape == (256, 28, 28)
    row = analysis.row(("block", "branch3", "1", "conv"))
    assert row is not None
    assert row.block.describe().startswith("5 × 5")


@pytest.mark.parametrize("batch_norm", [False, True])
def test_inception_has_either_a_bias_or_a_norm(batch_norm: bool) -> None:
    rows = explorer.analyse(network_of(Inception(batch_norm=batch_norm))).rows
    biases = {getattr(row.block, "bias") for row in rows if row.type == "Conv2d"}  # noqa: B009 - of any block
    assert biases == {not batch_norm}
    assert any(row.type == "BatchNorm2d" for row in rows) == batch_norm


def test_post_and_pre_activation_put_the_same_layers_in_another_order() -> None:
    post, pre = (
        assembled(BasicBlock(24, stride=2, activation=kind, projection_norm=False)) for kind in ("post", "pre")
    )
    assert sorted(post.state_dict()) == sorted(pre.state_dict())
    with torch.no_grad():
        assert post(images()).min() >= 0  # a ReLU behind the sum
        assert pre(images()).min() < 0  # none


def test_an_activated_input_leaves_the_first_norm_out() -> None:
    block = BasicBlock(16, activation="pre", input_activated=True)
    module = assembled(block)
    assert [name for name, _ in module.named_children()] == ["conv1", "bn2", "relu2", "conv2"]
    with torch.no_grad():
        branch = nn.Sequential(*module.children())
        assert torch.equal(module(images()), branch(images()) + images())


def test_a_stage_is_its_blocks() -> None:
    stage = ResidualStage("bottleneck", 3, out_channels=32, width=8, stride=2)
    ours = assembled(stage)
    theirs = nn.Sequential(
        resnet.Bottleneck(16, 8, 2, projection(32, 2)), resnet.Bottleneck(32, 8), resnet.Bottleneck(32, 8)
    ).eval()
    theirs.load_state_dict(ours.state_dict(), strict=True)
    with torch.no_grad():
        assert torch.equal(ours(images()), theirs(images()))


def test_a_single_block_of_a_stage_is_not_folded() -> None:
    body = ResidualStage("basic", 2, out_channels=32, stride=2).body(Shape((16, 8, 8)))
    assert [(slot.name, slot.block.type_name()) for slot in body.slots] == [("0", "BasicBlock"), ("1", "BasicBlock")]


COMPOSITES = [
    ConvBlock(24),
    VGGBlock(2, 24, batch_norm=True),
    NiNBlock(24, (20, 12)),
    Inception(8, (4, 12), (2, 6), 5, batch_norm=True),
    *(
        BasicBlock(24, 2, shortcut, activation, residual)
        for shortcut in ("auto", "projection", "zero_pad")
        for activation in ("post", "pre")
        for residual in (True, False)
    ),
    Bottleneck(32, 8, stride=2, stride_in="1x1", bias=True, projection_norm=False),
    ResidualStage("basic", 3, out_channels=16),
    ResidualStage("bottleneck", 3, out_channels=32, width=8, stride=2, activation="pre", input_activated=True),
    Fire(4, 8, 12),
    InceptionA(4, 5, (3, 6), (4, 7)),
    InceptionB(5, (3, 6)),
    InceptionC(4, 6),
    InceptionD((3, 6), 5),
    InceptionE(3, 4, 5, 6),
    InvertedResidual(16, 3),
    InvertedResidual(24, 2, 5, 2, "relu", naming="mnasnet"),
    SqueezeExcite(4, "silu", "hardsigmoid"),
    MBConv(16, 32, 5, squeeze_channels=4, drop=0.5),
    FusedMBConv(16, 32, drop=0.5),
    DenseLayer(4, dropout=0.5),
    DenseBlock(3, 4),
    Transition(),
    ShuffleUnit(16),
    ShuffleUnit(24, 2),
    RegNetBlock(16, 4, squeeze_ratio=0.25),
    RegNetBlock(24, 8, 2),
    CNBlock(drop=0.5),
    SeparableBlock(24, 5, 2),
    SEBottleneck(32, 8, 2, reduction=8),
    SEBottleneck(16, 8, stride_in="3x3"),
    SEBottleneck(32, 8, 2, stride_in="3x3", reduction=8, groups=4, narrowing=2, projection="3x3"),
    StochasticBlock(16),
    StochasticBlock(24, 2, 0.2),
    SeparableConv(24, 5, 2, multiplier=3),
    XceptionModule((16, 16)),
    XceptionModule((12, 24), halves=True, starts_activated=False),
    InceptionV2(4, (5, 6), (7, 8), 9, "max"),
    InceptionV2Reduction((5, 6), (7, 8)),
    InceptionV4A(6),
    InceptionV4B(8),
    InceptionV4C(4),
    InceptionV4ReductionA(4, 5, 6, 7),
    InceptionV4ReductionB(4, 5),
    InceptionResNetA(4, 5, (4, 8)),
    InceptionResNetB(4, (4, 6), 3, 0.1),
    InceptionResNetReduction((4, 5), (4, 6), (4, 6)),
    HighwayLayer(),
    TrainableSubsampling(),
    ScaledTanh(),
    FractalBlock(8, 1),
    FractalBlock(8, 4),
]


@pytest.mark.parametrize("block", COMPOSITES)
def test_unpacking_changes_neither_keys_nor_numbers_nor_outputs(block: Block) -> None:
    packed = network_of(block)
    unpacked = packed.unpack(("block",))
    while (
        row := next((row for row in explorer.analyse(unpacked).rows if _can_unpack(unpacked, row.path)), None)
    ) is not None:
        unpacked = unpacked.unpack(row.path)
    one, other = explorer.analyse(packed), explorer.analyse(unpacked)
    assert (one.parameters, one.macs, one.output_shape) == (other.parameters, other.macs, other.output_shape)
    first, second = explorer.assemble(packed).eval(), explorer.assemble(unpacked).eval()
    assert list(first.state_dict()) == list(second.state_dict())
    second.load_state_dict(first.state_dict(), strict=True)
    with torch.no_grad():
        assert torch.equal(first(images()), second(images()))


def _can_unpack(network: Network, path: tuple[str, ...]) -> bool:
    return isinstance(network.block(path), Composite)


@pytest.mark.parametrize("block", COMPOSITES)
def test_saved_and_read_again_is_equal(block: Block) -> None:
    network = network_of(block)
    assert loads(dumps(network)) == network


@pytest.mark.parametrize("block", COMPOSITES)
def test_describes_itself_in_few_words(block: Block) -> None:
    assert 0 < len(block.describe()) < 60


def test_a_plain_stage_says_so() -> None:
    words = ResidualStage("basic", 6, out_channels=256, stride=2, residual=False).describe()
    assert words == "6 × BasicBlock, 256 channels, stride 2, plain"


@pytest.mark.parametrize(
    ("block", "shape", "message"),
    [
        (Inception(8, (4,), (2, 6), 5), SHAPE, "branch2 of Inception holds one number"),
        (Inception(8, (4, 8), (2, 6, 7), 5), SHAPE, "branch3 has 3 numbers"),
        (Inception(0), SHAPE, "branch1 is 0"),
        (Inception(branch3_kernel="7x7"), SHAPE, "branch3_kernel is '7x7'"),
        (ConvBlock(24, norm="layer"), SHAPE, "norm is 'layer'"),
        (ConvBlock(24, groups=5), SHAPE, "cannot split 16 input channels"),
        (VGGBlock(2), (16, 1, 1), "Nothing would be left"),
        (NiNBlock(24, ()), SHAPE, "mlp has 0 numbers"),
        (BasicBlock(8, shortcut="zero_pad"), SHAPE, "can only add channels"),
        (BasicBlock(16), (16,), "needs an image"),
        (Bottleneck(32, 6, groups=4), SHAPE, "cannot split 6"),
        (ResidualStage("dense"), SHAPE, "block is 'dense'"),
        (InceptionA(branch5x5=(4,)), SHAPE, "branch5x5 of InceptionA holds one number"),
        (ShuffleUnit(15), SHAPE, "15 output channels"),
        (RegNetBlock(24, 7), SHAPE, "groups of 7"),
        (ChannelSplit(3), SHAPE, "16 channels into 3"),
        (ChannelSplit(2, 2), SHAPE, "index 1, not 2"),
        (ChannelShuffle(3), SHAPE, "16 channels out from 3 groups"),
        (ChannelShuffle(16), SHAPE, "16 channels out from 16 groups"),
    ],
)
def test_bad_fields_are_problems_with_a_remedy(block: Block, shape: Shape, message: str) -> None:
    found = problems(block, shape)
    assert found
    assert message in found[0].message
    assert found[0].path[0] == "block"
    assert found[0].remedy.endswith(".")


def test_all_of_them_are_in_the_library() -> None:
    for name in ("ConvBlock", "VGGBlock", "NiNBlock", "Inception", "BasicBlock", "Bottleneck", "ResidualStage"):
        cls: Any = BLOCKS[name]
        assert issubclass(cls, Composite)
        assert cls.group == "block"
        assert cls.summary.endswith(".")
        assert str(cls.year) in cls.paper
        assert all(field.help for field in cls.fields().values())
