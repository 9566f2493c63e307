"""A network for each kind of problem, with the fix that must be offered for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d, ConvTranspose2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.inception import Inception
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d, GroupNorm, LayerNorm
from explorer.blocks.pool import AvgPool2d, GlobalAvgPool, MaxPool2d
from explorer.blocks.reshape import Flatten, Upsample, ZeroPadShortcut
from explorer.blocks.residual import BasicBlock, Bottleneck, ResidualStage
from explorer.blocks.vgg import VGGBlock
from explorer.core.block import Block, ProblemKind
from explorer.core.compose import (
    Add,
    Chain,
    Concat,
    Multiply,
    Output,
    Part,
    Path,
    Recall,
    Repeat,
    Slot,
    Tap,
    numbered,
)
from explorer.core.network import Input, Network
from explorer.core.shape import Shape
from explorer.core.storage import block_from_json

IMAGE = (3, 16, 16)
CONV = Conv2d(8, 3, padding=1)
PROJECTION = Chain(("0", Conv2d(4, 1, bias=False)), ("1", BatchNorm2d()))
ADD_8 = Add(Chain(("conv", CONV)), Chain())


def network(*parts: Part, shape: Shape = IMAGE) -> Network:
    return Network.of("broken", shape, Chain(*parts))


def nested(levels: int) -> Chain:
    chain = Chain(("relu", ReLU()))
    for _ in range(levels):
        chain = Chain(chain)
    return chain


def unknown(**values: Any) -> Block:
    return block_from_json(values)


@dataclass(frozen=True)
class Broken:
    """A network with one problem, the fix that must be among those offered, and what the mended network gives."""

    kind: ProblemKind
    network: Network
    label: str
    output: Shape
    select: Path = ()
    is_first: bool = True


CASES = {
    # sums
    "shortcut of other channels": Broken(
        "sum_shapes",
        network(("add", ADD_8)),
        "Project the shortcut with a 1 × 1 convolution",
        (8, 16, 16),
        ("add",),
    ),
    "shortcut past a stride": Broken(
        "sum_shapes",
        network(Add(Chain(("conv", Conv2d(3, 3, stride=2, padding=1))), Chain()), shape=(3, 15, 15)),
        "Project the shortcut with a 1 × 1 convolution",
        (3, 8, 8),
        ("#0",),
    ),
    "shortcut past a stride in one direction": Broken(
        "sum_shapes",
        network(("add", Add(Chain(("conv", Conv2d(6, 3, stride=(1, 2), padding=1))), Chain()))),
        "Project the shortcut with a 1 × 1 convolution",
        (6, 16, 8),
        ("add",),
    ),
    "shortcut of a vector": Broken(
        "sum_shapes",
        network(("flat", Flatten()), ("add", Add(Chain(("fc", Linear(5))), Chain()))),
        "Project the shortcut with a Linear layer",
        (5,),
        ("add",),
    ),
    "branch that is a block": Broken(
        "sum_shapes",
        network(("add", Add(("one", Conv2d(4, 3, padding=1)), ("other", Chain(("a", CONV), ("b", ReLU())))))),
        "Project to 8 × 16 × 16",
        (8, 16, 16),
        ("add",),
    ),
    "shortcut with a projection to other channels": Broken(
        "sum_shapes",
        network(("add", Add(Chain(("a", CONV), ("b", ReLU()), ("c", CONV)), ("downsample", PROJECTION)))),
        "Set the projection to 8 × 16 × 16",
        (8, 16, 16),
        ("add",),
    ),
    "shortcut with a projection to another size": Broken(
        "sum_shapes",
        network(("add", Add(Chain(("a", Conv2d(4, 3, (4, 2), 1)), ("b", ReLU()), ("c", ReLU())), Chain(PROJECTION)))),
        "Set the projection to 4 × 4 × 8",
        (4, 4, 8),
        ("add",),
    ),
    "projection longer than the branch beside it": Broken(
        "sum_shapes",
        network(("add", Add(("a", CONV), ("downsample", PROJECTION)))),
        "Set the projection to 8 × 16 × 16",
        (8, 16, 16),
        ("add",),
    ),
    "shortcut with a Linear layer of other features": Broken(
        "sum_shapes",
        network(("flat", Flatten()), ("add", Add(Chain(("a", Linear(5)), ("b", ReLU())), ("c", Linear(4))))),
        "Set the projection to 5",
        (5,),
        ("add",),
    ),
    "sum without padding": Broken(
        "sum_shapes",
        network(("add", Add(Chain(("conv", Conv2d(3, 5))), Chain()))),
        "Use padding that keeps the size",
        (3, 16, 16),
        ("add",),
        is_first=False,
    ),
    "padded shortcut of fewer channels": Broken(
        "fewer_channels",
        network(("conv", CONV), ("block", BasicBlock(4, shortcut="zero_pad"))),
        "Use a projection shortcut",
        (4, 16, 16),
        ("block",),
    ),
    "padded shortcut alone": Broken(
        "fewer_channels",
        network(("conv", CONV), ("pad", ZeroPadShortcut(4, 2))),
        "Project with a 1 × 1 convolution",
        (4, 8, 8),
        ("pad",),
    ),
    # products and concatenations
    "gate of other channels": Broken(
        "product_shapes",
        network(("mul", Multiply(Chain(("conv", CONV)), Chain()))),
        "Project the shortcut with a 1 × 1 convolution",
        (8, 16, 16),
        ("mul",),
    ),
    "branches of two sizes": Broken(
        "concat_shapes",
        network(("cat", Concat(("a", Conv2d(4, 1)), ("b", Conv2d(5, 3))))),
        "Use padding that keeps the size",
        (9, 16, 16),
        ("cat",),
    ),
    "branches of two strides": Broken(
        "concat_shapes",
        network(("cat", Concat(("a", Conv2d(4, 1)), ("b", Conv2d(5, 3, stride=2))))),
        "Use stride 1 and padding that keeps the size",
        (9, 16, 16),
        ("cat",),
    ),
    "a branch that halves": Broken(
        "concat_shapes",
        network(("cat", Concat(Chain(("a", Conv2d(4, 1))), Chain(("pool", MaxPool2d()))))),
        "Pool the branches to 8 × 8",
        (7, 8, 8),
        ("cat",),
    ),
    "an image beside a vector": Broken(
        "concat_shapes",
        network(("cat", Concat(Chain(("a", Conv2d(4, 1))), Chain(("pool", GlobalAvgPool()))))),
        "Flatten the branches",
        (4 * 256 + 3,),
        ("cat",),
    ),
    "concat along no dimension": Broken(
        "concat_dim",
        network(("flat", Flatten()), ("cat", Concat(Chain(), Chain(), dim=3))),
        "Join along the channels",
        (2 * 768,),
        ("cat",),
    ),
    # windows
    "kernel larger than the image": Broken(
        "empty_output", network(("conv", Conv2d(4, 3)), shape=(3, 1, 1)), "Use padding 1", (4, 1, 1), ("conv",)
    ),
    "kernel that can be smaller": Broken(
        "empty_output",
        network(("conv", Conv2d(4, 7)), shape=(3, 4, 6)),
        "Use kernel 3 × 5",
        (4, 2, 2),
        ("conv",),
        is_first=False,
    ),
    "dilated kernel": Broken(
        "empty_output",
        network(("conv", Conv2d(4, 3, dilation=4)), shape=(3, 8, 8)),
        "Use dilation 1",
        (4, 6, 6),
        ("conv",),
        is_first=False,
    ),
    "one pooling too many": Broken(
        "empty_output",
        network(("pool1", MaxPool2d()), ("pool2", AvgPool2d(4, 4)), shape=(3, 7, 7)),
        "Reduce the pooling: remove pool1",
        (3, 1, 1),
        ("pool2",),
        is_first=False,
    ),
    "last pooling": Broken(
        "empty_output",
        network(("pool1", MaxPool2d()), ("pool2", MaxPool2d()), ("pool3", MaxPool2d()), shape=(3, 4, 4)),
        "Reduce the pooling: remove pool3",
        (3, 1, 1),
        ("pool2",),
    ),
    "pooling of a VGG block": Broken(
        "empty_output",
        network(("block", VGGBlock(1, 4)), shape=(3, 1, 1)),
        "Reduce the pooling: none in block",
        (4, 1, 1),
        ("block",),
    ),
    "convolution before": Broken(
        "empty_output",
        network(("conv", Conv2d(4, 2, stride=4)), ("block", ConvBlock(5, 6, padding=0)), shape=(3, 18, 18)),
        "Use stride 1 in conv",
        (5, 12, 12),
        ("conv",),
        is_first=False,
    ),
    "copies that use the image up": Broken(
        "empty_output",
        network(("many", numbered(6, MaxPool2d(3, 3))), shape=(3, 27, 27)),
        "Repeat 3 times instead of 6",
        (3, 1, 1),
        ("many",),
        is_first=False,
    ),
    "image too small": Broken(
        "empty_output",
        network(("conv", Conv2d(4, 9, padding=0)), shape=(3, 3, 5)),
        "Use an input of 3 × 12 × 20",
        (4, 4, 12),
        ("conv",),
        is_first=False,
    ),
    # images and vectors
    "linear on an image": Broken("no_vector", network(("fc", Linear(10))), "Flatten first", (10,), ("fc",)),
    "linear on an image, pooled": Broken(
        "no_vector", network(("fc", Linear(10))), "Pool to 1 × 1 first", (10,), ("fc",), is_first=False
    ),
    "linear as a branch": Broken(
        "no_vector", network(Add(("one", Linear(7)), Chain(("f", Flatten()), ("fc", Linear(7))))), "Flatten first",
        (7,), ("one",),
    ),
    "convolution behind flatten": Broken(
        "no_image",
        network(("flat", Flatten()), ("conv", CONV), ("fc", Linear(10))),
        "Move conv in front of flat",
        (10,),
        ("conv",),
    ),
    "layers behind flatten": Broken(
        "no_image",
        network(("flat", Flatten()), ("conv", CONV), ("bn", BatchNorm2d()), ("relu", ReLU()), ("fc", Linear(10))),
        "Move flat behind relu",
        (10,),
        ("flat",),
        is_first=False,
    ),
    "sum behind flatten": Broken(
        "no_image",
        network(("flat", Flatten()), Add(Chain(("conv", Conv2d(3, 1))), Chain())),
        "Move Add in front of flat",
        (768,),
        ("#0",),
    ),
    "convolution behind a global pooling": Broken(
        "no_image",
        network(("pool", GlobalAvgPool()), ("conv", Conv2d(10, 1))),
        "Keep channels × 1 × 1 in pool",
        (10, 1, 1),
        ("conv",),
        is_first=False,
    ),
    # fields
    "groups": Broken("groups", network(("conv", Conv2d(9, 1, groups=2))), "Use 1 group", (9, 16, 16), ("conv",)),
    "groups that divide the input": Broken(
        "groups",
        network(("a", Conv2d(12, 1)), ("conv", Conv2d(10, 1, groups=6))),
        "Use 12 channels",
        (12, 16, 16),
        ("conv",),
        is_first=False,
    ),
    "groups in a composite": Broken(
        "groups",
        network(("a", Conv2d(12, 1)), ("block", Bottleneck(16, 12, groups=5))),
        "Use 4 groups",
        (16, 16, 16),
        ("block",),
    ),
    "groups of a norm": Broken("groups", network(("norm", GroupNorm(2))), "Use 1 group", IMAGE, ("norm",)),
    "padding of a pooling": Broken(
        "pool_padding", network(("pool", MaxPool2d(2, 2, 3))), "Use padding 1", (3, 9, 9), ("pool",)
    ),
    "output padding": Broken(
        "output_padding",
        network(("up", ConvTranspose2d(4, 2, 2, output_padding=(0, 3)))),
        "Use output_padding 0 × 1",
        (4, 32, 33),
        ("up",),
    ),
    "all cut off": Broken(
        "cut_off", network(("up", ConvTranspose2d(4, 2, 2, padding=20))), "Use padding 15", (4, 2, 2), ("up",)
    ),
    "dimensions of a norm": Broken(
        "norm_dims", network(("flat", Flatten()), ("norm", LayerNorm(3))), "Set dims to 1", (768,), ("norm",)
    ),
    "one number for two": Broken(
        "two_numbers",
        network(("block", Inception(4, (6,), (2, 3), 5))),
        "Set branch2 to 3, 6",
        (4 + 6 + 3 + 5, 16, 16),
        ("block",),
    ),
    "number out of limits": Broken("value", network(("conv", Conv2d(0, 1))), "Set out_channels to 1", (1, 16, 16)),
    "number in a pair": Broken(
        "value", network(("conv", Conv2d(2, (99, 1), padding=(31, 0)))), "Set kernel_size to 63, 1", (2, 16, 16)
    ),
    "number as text": Broken("value", network(("conv", Conv2d("8", 1))), "Set out_channels to 8", (8, 16, 16)),  # type: ignore[arg-type]
    "no number": Broken(
        "value",
        network(("conv", Conv2d("many", 1))),  # type: ignore[arg-type]
        "Set out_channels to 64 (default)",
        (64, 16, 16),
    ),
    "misspelt choice": Broken(
        "value", network(("block", BasicBlock(4, shortcut="project"))), "Set shortcut to projection", (4, 16, 16)
    ),
    "number where a switch is": Broken(
        "value",
        network(("conv", Conv2d(2, 1, bias=0))),  # type: ignore[arg-type]
        "Set bias to off",
        (2, 16, 16),
    ),
    "share out of limits": Broken("value", network(("bn", BatchNorm2d(momentum=2.5))), "Set momentum to 1", IMAGE),
    "field of a composite": Broken(
        "value", network(("block", ConvBlock(4, eps=0.0))), "Set eps to 1e-20", (4, 16, 16), ("block",)
    ),
    # names
    "bad name": Broken("name", network(("a b.c", ReLU())), "Rename to a_b_c", IMAGE, ("a_b_c",)),
    "no name": Broken("name", network(Slot("", ReLU())), "Rename to relu1", IMAGE, ("relu1",)),
    "reserved name": Broken("name", network(("train", ReLU())), "Rename to train_", IMAGE, ("train_",)),
    "name taken": Broken(
        "name_taken", network(("conv1", CONV), ("conv1", ReLU())), "Rename the second to conv2", (8, 16, 16), ("conv2",)
    ),
    "name taken in a chain without one": Broken(
        "name_taken",
        network(("a", CONV), Add(Chain(("a", ReLU())), Chain(("a", ReLU())))),
        "Rename the other 2",
        (8, 16, 16),
        ("a2",),
    ),
    "outputs of one name": Broken(
        "output_name",
        network(Output("aux"), ("conv", CONV), ("second", Output("aux"))),
        "Rename the second output to aux1",
        (8, 16, 16),
        ("second",),
    ),
    # structures
    "unknown block": Broken(
        "unknown", network(("conv", CONV), ("what", unknown(type="Wormhole"))), "Remove the unknown block", (8, 16, 16)
    ),
    "misspelt block": Broken(
        "unknown",
        network(("conv", unknown(type="conv2D", out_channels=5, kernel_size=1, stride=1, padding=0, dilation=1,
                                 groups=1, bias=True, colour="red"))),
        "Read it as Conv2d",
        (5, 16, 16),
        ("conv",),
    ),
    "unknown copies": Broken(
        "unknown", network(("conv", CONV), ("many", Repeat(("0", "1"), unknown(type="?")))),
        "Remove the unknown block", (8, 16, 16), ("conv",),
    ),
    "no copies": Broken("no_copies", network(Repeat((), ReLU())), "Give it one copy", IMAGE, ("relu1",)),
    "no branches": Broken("no_branches", network(("a", ReLU()), ("add", Add())), "Remove add", IMAGE, ("a",)),
    "no branches, one added": Broken(
        "no_branches", network(("add", Add())), "Add an empty branch", IMAGE, ("add",), is_first=False
    ),
    "too many copies": Broken(
        "too_many", network(("many", numbered(70_000, ReLU()))), "Repeat 17,500 times", IMAGE, ("many",)
    ),
    "too many blocks in a stage": Broken(
        "too_many", network(("many", Repeat(tuple("abcdefghijklmnopqrst"), ResidualStage("basic", 200, 4)))),
        "Repeat 10 times", (4, 16, 16), ("many",),
    ),
    "output too large": Broken(
        "output_size",
        network(("up", Upsample(63)), ("up2", Upsample(64)), ("pool", GlobalAvgPool())),
        "Set scale_factor to 4",
        (3,),
        ("up2",),
    ),
    "too many parameters": Broken(
        "parameters",
        network(("flat", Flatten()), ("wide", Linear(65_536)), ("fc", Linear(65_536)), shape=(1, 1, 1)),
        "Set out_features to 16,384",
        (16_384,),
        ("fc",),
    ),
    "chains in chains": Broken("too_deep", network(nested(40)), "Unpack the chains around it", IMAGE),
    # taps
    "no tap of that name": Broken(
        "no_tap", network(("tap", Tap("skip")), ("recall", Recall("skib"))), "Recall skip", (6, 16, 16), ("recall",)
    ),
    "no tap at all": Broken(
        "no_tap",
        network(("conv", CONV), ("pool", MaxPool2d()), ("up", Upsample()), ("recall", Recall("skip"))),
        "Put a Tap before pool",
        (16, 16, 16),
        ("tap1",),
    ),
    "no tap, recall removed": Broken(
        "no_tap", network(("conv", CONV), ("recall", Recall("skip"))), "Remove recall", (8, 16, 16), ("conv",), False
    ),
    "recall of a larger image": Broken(
        "concat_shapes",
        network(("tap", Tap("skip")), ("pool", MaxPool2d()), ("recall", Recall("skip"))),
        "Enlarge 2 times first",
        (6, 16, 16),
        ("recall",),
    ),
    "recall of an odd image": Broken(
        "concat_shapes",
        network(("tap", Tap("skip")), ("conv", Conv2d(2, 3)), ("recall", Recall("skip"))),
        "Resize to 16 × 16 first",
        (5, 16, 16),
        ("recall",),
    ),
    "recall of other channels": Broken(
        "sum_shapes",
        network(("tap", Tap("skip")), ("conv", CONV), ("recall", Recall("skip", "add"))),
        "Project the flow with a 1 × 1 convolution",
        IMAGE,
        ("recall",),
    ),
    "recall of other channels, concatenated": Broken(
        "sum_shapes",
        network(("tap", Tap("skip")), ("conv", CONV), ("recall", Recall("skip", "add"))),
        "Put the channels one behind the other",
        (11, 16, 16),
        ("recall",),
        is_first=False,
    ),
    # the network
    "no input": Broken(
        "no_input", replace(network(("conv", CONV)), inputs=()), "Use an input of 3 × 224 × 224", (8, 224, 224)
    ),
    "input without a shape": Broken(
        "input_shape", network(("conv", CONV), shape=()), "Use an input of 3 × 224 × 224", (8, 224, 224)
    ),
    "input too large": Broken(
        "input_shape", network(("conv", Conv2d(1, 1, 63)), shape=(3, 9_000, 63)), "Use an input of 3 × 4096 × 63",
        (1, 66, 1),
    ),
    "inputs of one name": Broken(
        "input_name",
        replace(network(("conv", CONV)), inputs=(Input("image", IMAGE), Input("image", IMAGE))),
        "Rename the inputs",
        (8, 16, 16),
    ),
}  # fmt: skip
