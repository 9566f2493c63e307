"""Networks without a reference implementation against the tables of their papers: shapes stage by stage, and counts."""

from __future__ import annotations

import pytest

import explorer
from explorer.blocks.squeeze_excite import SqueezeExcite
from explorer.blocks.stochastic_depth import StochasticDepth
from explorer.core.analysis import Analysis
from explorer.core.shape import Shape
from explorer.zoo.base import rounded


def analysed(key: str, **options: object) -> Analysis:
    """The analysis of a network as published, or with options."""
    return explorer.analyse(explorer.network(key, **options))  # type: ignore[arg-type]


def shapes(analysis: Analysis, *paths: str) -> dict[str, Shape | None]:
    """The output shapes of some blocks by their dotted paths."""
    rows = {path: analysis.row(tuple(path.split("."))) for path in paths}
    return {path: row.output_shape if row else None for path, row in rows.items()}


@pytest.mark.parametrize(
    ("key", "blocks"), [("se_resnet50", (3, 4, 6, 3)), ("se_resnet101", (3, 4, 23, 3)), ("se_resnet152", (3, 8, 36, 3))]
)
def test_stages_of_se_resnets_are_those_of_the_paper(key: str, blocks: tuple[int, ...]) -> None:
    # Hu et al., 2017, table 1
    analysis = analysed(key)
    table = {
        "maxpool": (64, 56, 56),
        "layer1": (256, 56, 56),
        "layer2": (512, 28, 28),
        "layer3": (1024, 14, 14),
        "layer4": (2048, 7, 7),
    }
    assert shapes(analysis, *table) == table
    squeezed = {"layer1": 16, "layer2": 32, "layer3": 64, "layer4": 128}
    gates = [row.block for row in analysis.rows if isinstance(row.block, SqueezeExcite)]
    expected = [number for number, count in zip(squeezed.values(), blocks, strict=True) for _ in range(count)]
    assert [block.squeeze_channels for block in gates] == expected


@pytest.mark.parametrize(("reduction", "parameters"), [(2, "45.7 M"), (16, "28.1 M")])
def test_se_resnet50_counts_as_published_for_every_ratio(reduction: int, parameters: str) -> None:
    # Hu et al., 2017, table of the reduction ratios
    assert rounded(parameters, "Hu et al., 2017").met_by(analysed("se_resnet50", reduction=reduction).parameters)


@pytest.mark.parametrize(
    ("key", "parameters"), [("se_resnet50", 28_088_024), ("se_resnet101", 49_326_872), ("se_resnet152", 66_821_848)]
)
def test_se_resnets_count_as_others_count_them(key: str, parameters: int) -> None:
    # Cadene/pretrained-models.pytorch, whose networks have the authors' weights
    assert analysed(key).parameters == parameters


def test_blocks_are_left_out_ever_more_often() -> None:
    # Huang et al., 2016, equation 4 and figure 2: 54 blocks, from hardly ever to every other time
    analysis = analysed("stochastic_depth_resnet110")
    drops = [row.block.p for row in analysis.rows if isinstance(row.block, StochasticDepth)]
    assert drops == pytest.approx([number / 54 * 0.5 for number in range(1, 55)])
    assert sum(1 - drop for drop in drops) == pytest.approx(40, abs=0.3)  # blocks in an expected network, section 3
    assert sum(row.type in {"Conv2d", "Linear"} for row in analysis.rows) == 110


def test_flows_of_xception_are_those_of_the_paper() -> None:
    # Chollet, 2016, figure 5: 19 x 19 x 728 between entry and middle flow, 2048 numbers at the end, 36 convolutions
    analysis = analysed("xception")
    table: dict[str, Shape] = {f"block{number}": (728, 19, 19) for number in range(3, 12)}
    table |= {"block12": (1024, 10, 10), "conv4": (2048, 10, 10), "flatten": (2048,)}
    assert shapes(analysis, *table) == table
    separable = sum(row.type == "SeparableConv" for row in analysis.rows)
    assert separable + 2 == 36  # and the two of the stem
