"""Networks against the tables of their papers: shapes stage by stage, and counts."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.blocks.squeeze_excite import SqueezeExcite
from explorer.blocks.stochastic_depth import StochasticDepth
from explorer.zoo.base import ZOO, rounded
from tests.zoo.stage_tables import STAGES
from tests.zoo.tables import analysed, depth, shapes


@pytest.mark.parametrize("key", [entry.key for entry in ZOO.values() if entry.stages])
def test_stages_are_those_of_the_paper(key: str) -> None:
    assert shapes(analysed(key), *STAGES[key]) == STAGES[key]


def test_every_table_is_claimed() -> None:
    assert set(STAGES) == {entry.key for entry in ZOO.values() if entry.stages}


@pytest.mark.parametrize(
    ("key", "blocks"),
    [
        ("se_resnet50", (3, 4, 6, 3)),
        ("se_resnet101", (3, 4, 23, 3)),
        ("se_resnet152", (3, 8, 36, 3)),
        ("se_resnext50_32x4d", (3, 4, 6, 3)),
        ("se_resnext101_32x4d", (3, 4, 23, 3)),
        ("senet154", (3, 8, 36, 3)),
    ],
)
def test_gates_of_se_networks_are_those_of_the_paper(key: str, blocks: tuple[int, ...]) -> None:
    # Hu et al., 2017, table 1; the ratio of 16 is that of the appendix too
    analysis = analysed(key)
    squeezed = {"layer1": 16, "layer2": 32, "layer3": 64, "layer4": 128}
    gates = [row.block for row in analysis.rows if isinstance(row.block, SqueezeExcite)]
    expected = [number for number, count in zip(squeezed.values(), blocks, strict=True) for _ in range(count)]
    assert [block.squeeze_channels for block in gates] == expected


@pytest.mark.parametrize(("reduction", "parameters"), [(4, "35.7 M"), (8, "30.7 M"), (16, "28.1 M"), (32, "26.9 M")])
def test_se_resnet50_counts_as_published_for_every_ratio(reduction: int, parameters: str) -> None:
    # Hu et al., 2017, section 6.1, which counts the statistics of the batch norms with their weights
    analysis = analysed("se_resnet50", reduction=reduction)
    statistics = sum(row.parameters or 0 for row in analysis.rows if row.type == "BatchNorm2d")
    assert rounded(parameters, "Hu et al., 2017").met_by(analysis.parameters + statistics)


def test_blocks_are_left_out_ever_more_often() -> None:
    # Huang et al., 2016, equation 4 and figure 2: 54 blocks, from hardly ever to every other time
    analysis = analysed("stochastic_depth_resnet110")
    drops = [row.block.p for row in analysis.rows if isinstance(row.block, StochasticDepth)]
    assert drops == pytest.approx([number / 54 * 0.5 for number in range(1, 55)])
    assert sum(1 - drop for drop in drops) == pytest.approx(40, abs=0.3)  # blocks in an expected network, section 3
    assert depth(analysis) == 110


def test_convolutions_of_xception_are_those_of_the_paper() -> None:
    # Chollet, 2016, figure 5
    separable = sum(row.type == "SeparableConv" for row in analysed("xception").rows)
    assert separable + 2 == 36  # and the two of the stem


def test_the_first_convolution_of_inception_v2_is_separable() -> None:
    first = analysed("bn_inception").row(("conv1", "conv", "depthwise"))
    assert first is not None
    assert first.output_shape == (24, 112, 112)  # the depth multiplier of 8, section 4.2


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("inception_v4", ("a4", "b7", "c3")),
        ("inception_resnet_v1", ("a5", "b10", "c5")),
        ("inception_resnet_v2", ("a5", "b10", "c5")),
    ],
)
def test_modules_of_inception_v4_and_its_kin_are_those_of_the_paper(key: str, rows: tuple[str, ...]) -> None:
    # Szegedy et al., 2016, figures 9 and 15
    analysis = analysed(key)
    last = {name[0]: int(name[1:]) for name in rows}
    modules = [row.path[0] for row in analysis.rows if len(row.path) == 1 and row.path[0].startswith("inception_")]
    assert modules == [f"inception_{letter}{number}" for letter in last for number in range(1, last[letter] + 1)]


@pytest.mark.parametrize(("width", "published"), [(16, "39 k"), (32, "151 k")])
def test_highway_layers_have_two_convolutions_each(width: int, published: str) -> None:
    # Srivastava et al., 2015, equation 3: a transform and a gate; 3 x 3 pixels reach the classifier
    assert rounded(published, "table 1").met_by(analysed("highway", width=width).parameters)
    layer = 2 * (9 * width**2 + width)
    assert analysed("highway", width=width).parameters == 10 * width + 8 * layer + 10 * (9 * width + 1)


def test_u_net_has_the_convolutions_of_the_paper() -> None:
    rows = analysed("u_net").rows
    assert sum(row.type in {"Conv2d", "ConvTranspose2d"} for row in rows) == 23  # Ronneberger et al., 2015, section 2


def test_padding_keeps_the_size_of_the_image_and_all_weights() -> None:
    padded = explorer.analyse(explorer.network("u_net", input_shape=(1, 512, 512), padding="same"))
    assert padded.output_shape == (2, 512, 512)
    assert padded.parameters == analysed("u_net").parameters


@pytest.mark.parametrize("image", [224, 320, 500])
def test_fcn_gives_a_score_for_every_pixel(image: int) -> None:
    # Long et al., 2015, table 1: 134 M parameters, a receptive field of 404 pixels and a stride of 32
    analysis = explorer.analyse(explorer.network("fcn32s", input_shape=(3, image, image), image=image))
    assert analysis.output_shape == (21, image, image)
    score, upscore = analysis.row(("score",)), analysis.row(("upscore",))
    assert score is not None
    assert score.field is not None
    assert score.field.size == (404, 404)
    assert [float(stride) for stride in score.field.stride or ()] == [32, 32]
    assert upscore is not None
    assert round((analysis.parameters - (upscore.parameters or 0)) / 1e6) == 134


def test_spp_net_takes_images_of_any_size_with_the_same_weights() -> None:
    # He et al., 2014, section 2.3 trains on 180 and 224 pixels in turn
    counts = {
        explorer.analyse(explorer.network("spp_net", input_shape=(3, *size))).parameters
        for size in ((180, 180), (224, 224), (300, 200))
    }
    assert len(counts) == 1


def test_layers_of_yolo_are_those_of_the_paper() -> None:
    # Redmon et al., 2015, figure 3
    analysis = analysed("yolo")
    convolutions = [row for row in analysis.rows if row.type == "Conv2d"]
    assert len(convolutions) == 24
    pooled = [row.output_shape for row in analysis.rows if row.type == "MaxPool2d"]
    assert pooled == [(64, 112, 112), (192, 56, 56), (512, 28, 28), (1024, 14, 14)]
    assert convolutions[-3].output_shape == (1024, 7, 7)
    assert analysis.output_shape == (30, 7, 7)


def test_the_discriminator_gives_one_number() -> None:
    assert analysed("dcgan_discriminator").output_shape == (1,)


def test_r_cnn_has_the_features_of_the_paper() -> None:
    # Girshick et al., 2013, section 2.1 (4096 features) and appendix C (boxes from the 9,216 numbers of pool5)
    analysis = analysed("r_cnn")
    assert analysis.outputs == {"output": (20,), "boxes": (4 * 20,)}
    assert shapes(analysis, "flatten", "boxes.flatten", "classifier.5") == {
        "flatten": (9216,),
        "boxes.flatten": (9216,),
        "classifier.5": (4096,),
    }


def test_lenet5_of_1998_counts_layer_by_layer_as_the_paper() -> None:
    # LeCun et al., 1998, section II.B: trainable parameters of C1, S2, C3, S4, C5 and F6, 60,000 in all
    analysis = analysed("lenet5_1998")
    parameters = {"c1": 156, "s2": 12, "c3": 1_516, "s4": 32, "c5": 48_120, "f6": 10_164, "output": 0}
    rows = {name: analysis.row((name,)) for name in parameters}
    assert {name: row.parameters if row else None for name, row in rows.items()} == parameters
    assert analysis.parameters == sum(parameters.values()) == 60_000
    # its connections, of which each window of S2 and S4 takes five: here a mean, and a number for each channel
    macs = {name: row.macs if row else None for name, row in rows.items()}
    assert (macs["c1"], macs["c3"]) == (122_304 - 6 * 28 * 28, 151_600 - 16 * 10 * 10)


def test_each_map_of_c3_sees_the_maps_of_the_paper() -> None:
    # LeCun et al., 1998, table I, by its columns
    table = [{0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {4, 5, 0}, {5, 0, 1}, {0, 1, 2, 3}, {1, 2, 3, 4}]
    table += [{2, 3, 4, 5}, {3, 4, 5, 0}, {4, 5, 0, 1}, {5, 0, 1, 2}, {0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}]
    table.append({0, 1, 2, 3, 4, 5})
    layer = explorer.assemble(explorer.network("lenet5_1998")).get_submodule("c3")
    x = torch.zeros(6, 6, 5, 5) + torch.eye(6)[:, :, None, None]  # one map of S2 after the other
    nothing = layer(torch.zeros(1, 6, 5, 5))
    seen = (layer(x) - nothing).abs().flatten(1) > 1e-6  # (map of S2, map of C3)
    assert [set(column.nonzero().flatten().tolist()) for column in seen.T] == table


def test_outputs_of_lenet5_are_distances_to_fixed_codes() -> None:
    layer = explorer.assemble(explorer.network("lenet5_1998")).get_submodule("output")
    codes = layer.get_buffer("codes")
    assert set(codes.flatten().tolist()) == {-1.0, 1.0}
    x = torch.randn(3, 84, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(layer(x), -(torch.cdist(x, codes) ** 2), rtol=1e-4)
    assert layer(codes).argmax(1).tolist() == list(range(10))


def test_fractalnet_is_as_deep_as_the_paper_says() -> None:
    # Larsson et al., 2016, table 1 (20 layers) and figure 1
    analysis = analysed("fractalnet")
    convolutions = [row for row in analysis.rows if row.type == "Conv2d"]
    assert len(convolutions) == 5 * (1 + 2 + 4)
    plain = [row for row in analysed("fractalnet", columns=1).rows if row.type == "Conv2d"]
    assert len(plain) == 5


def test_boxes_of_ssd300_are_those_of_the_paper() -> None:
    # Liu et al., 2015, figure 2: 8,732 boxes of six maps
    analysis = analysed("ssd300")
    assert analysis.outputs == {"output": (8732, 21), "locations": (8732, 4)}
