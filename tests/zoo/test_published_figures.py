"""Every network has the parameters and MACs that its entry states, and that others published."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest
import torchvision

import explorer
from explorer.zoo.base import CIFAR_10, COMPUTED, IMAGENET, TORCHVISION, ZOO, Accuracy, Entry, Figure, rounded
from tests.zoo.tables import analysed, depth

# The counts that the networks are known by, to the last parameter.
PARAMETERS = {
    "lenet5": 44_426,
    "alexnet": 61_100_840,
    "alexnet_gray": 46_764_746,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
    "nin": 966_986,
    "googlenet_paper": 6_998_552,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnet18_gray": 11_178_378,
    "plain18": 11_515_688,
    "plain34": 21_623_848,
    "resnet20": 269_722,
    "resnet32": 464_154,
    "resnet44": 658_586,
    "resnet56": 853_018,
    "resnet110": 1_727_962,
    "resnet1202": 19_421_274,
    "plain20": 269_722,
    "plain32": 464_154,
    "plain44": 658_586,
    "plain56": 853_018,
    "plain110": 1_727_962,
    "plain1202": 19_421_274,
    # as others count them: osmr/imgclsmob, tables of its models, and several implementations of SSD300 and YOLO
    "se_resnext50_32x4d": 27_559_896,
    "se_resnext101_32x4d": 48_955_416,
    "senet154": 115_088_984,
    "densenet_bc_100_12": 769_162,
    "densenet_bc_250_24": 15_324_406,
    "densenet_bc_190_40": 25_624_430,
    "wrn_28_10": 36_479_194,
    "ssd300": 26_285_486,
    "yolo": 271_703_550,
}
TWINS = [entry.key for entry in ZOO.values() if entry.twin]


# the classic networks beyond torchvision's
CLASSIC = """
    lenet5 lenet5_1998 alexnet_2012 nin googlenet_paper bn_inception inception_v4 inception_resnet_v1
    inception_resnet_v2 xception mobilenet_v1 se_resnet50 se_resnet101 se_resnet152 se_resnext50_32x4d
    se_resnext101_32x4d senet154 preact_resnet110 preact_resnet164 preact_resnet1001 wrn_28_10 fractalnet
    stochastic_depth_resnet110 spp_net highway u_net fcn32s yolo ssd300 r_cnn fast_rcnn_vgg16 dcgan_generator
    dcgan_discriminator
""".split()  # noqa: SIM905 - words read better than thirty quoted strings


def test_every_network_is_there() -> None:
    assert {*PARAMETERS, *CLASSIC} <= set(ZOO)


@pytest.mark.parametrize("key", list(ZOO))
def test_figures_of_the_entry_are_met(key: str) -> None:
    entry = ZOO[key]
    analysis = explorer.analyse(explorer.network(key))
    assert analysis.problems == ()
    assert analysis.output_shape == (entry.classes,) or entry.task != "classification"
    assert entry.parameters.met_by(analysis.parameters), f"{analysis.parameters:,} is not {entry.parameters}"
    assert entry.macs.met_by(analysis.macs), f"{analysis.macs:,} is not {entry.macs}"


@pytest.mark.parametrize("key", PARAMETERS)
def test_parameters_to_the_last(key: str) -> None:
    assert analysed(key).parameters == PARAMETERS[key]


@pytest.mark.parametrize("key", TWINS)
def test_accuracies_are_those_that_torchvision_publishes(key: str) -> None:
    meta = published(ZOO[key])
    assert ZOO[key].accuracy == Accuracy(meta["_metrics"]["ImageNet-1K"]["acc@1"], IMAGENET, TORCHVISION)


def test_other_accuracies_name_their_source() -> None:
    others = [entry for entry in ZOO.values() if entry.accuracy is not None and not entry.twin]
    for entry in others:
        assert entry.accuracy is not None
        assert entry.accuracy.data in {IMAGENET, CIFAR_10}
        assert entry.accuracy.source not in {"", TORCHVISION}
        assert (entry.input_shape == (3, 32, 32)) == (entry.accuracy.data == CIFAR_10)
    # He, Zhang, Ren, Sun, 2015, table 6
    errors = {"resnet20": 8.75, "resnet32": 7.51, "resnet44": 7.17, "resnet56": 6.97, "resnet110": 6.43}
    found = {entry.key: entry.accuracy.percent for entry in others if entry.key in errors and entry.accuracy}
    assert found == {key: pytest.approx(100 - error) for key, error in errors.items()}


def test_accuracies_are_in_the_order_that_their_papers_tell() -> None:
    # Szegedy et al., 2016, section 5; Hu et al., 2017, table 2; Huang et al., 2016, table 2
    for better in (
        ("bn_inception", "inception_resnet_v1", "inception_v4", "inception_resnet_v2"),
        ("resnet152", "se_resnet152"),
        ("se_resnet50", "se_resnet101", "se_resnet152", "se_resnext50_32x4d", "se_resnext101_32x4d", "senet154"),
        ("densenet_40_12", "densenet_bc_100_12", "densenet_100_12", "densenet_100_24", "densenet_bc_190_40"),
        ("inception_v3", "xception"),
    ):
        assert list(better) == sorted(better, key=percent)


def percent(key: str) -> float:
    accuracy = ZOO[key].accuracy
    assert accuracy is not None
    return accuracy.percent


@pytest.mark.parametrize("key", TWINS)
def test_torchvision_publishes_the_same(key: str) -> None:
    entry = ZOO[key]
    meta = published(entry)
    analysis = explorer.analyse(explorer.network(key))
    assert entry.parameters == Figure(meta["num_params"], TORCHVISION)
    assert analysis.parameters == meta["num_params"]
    if key == "inception_v3":  # torchvision counts the parameters of its auxiliary head, but not what that computes
        analysis = analysed(key, aux_logits=False)
    else:
        assert entry.macs == rounded(f"{meta['_ops']} G", TORCHVISION)
    assert f"{analysis.macs / 1e9:.3f}" == f"{meta['_ops']:.3f}"


def published(entry: Entry) -> dict[str, Any]:
    """What torchvision says of the weights it has for images of the size of an entry."""
    enum = torchvision.models.get_model_weights(entry.twin)
    found: dict[str, Any] = next(w.meta for w in enum if w.transforms().crop_size == [entry.input_shape[1]])
    return found


def test_every_figure_names_its_source() -> None:
    for entry in ZOO.values():
        for figure in (entry.parameters, entry.macs):
            assert figure.source
            assert figure.published == (figure.source != COMPUTED)
            assert figure.published or figure.rounding == 1, f"{entry.key}: a computed figure is exact"


@pytest.mark.parametrize(("key", "published"), [("resnet101", "7.6 G"), ("resnet152", "11.3 G")])
def test_macs_of_2015_with_the_stride_in_the_first_convolution(key: str, published: str) -> None:
    # table 1 of He et al., 2015; for ResNet-50 it cuts 3.858 off to 3.8
    macs = analysed(key, stride_in="1x1").macs
    assert rounded(published, "He et al., 2015, table 1").met_by(macs)


def test_neurons_of_alexnet_are_those_of_the_paper() -> None:
    # Krizhevsky et al., 2012, figure 2, "number of neurons"; its first, 253,440, is of no integral image
    analysis = analysed("alexnet_2012")
    neurons = [prod(row.output_shape or ()) for row in analysis.rows if row.type in {"Conv2d", "Linear"}]
    assert neurons == [96 * 55 * 55, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]


@pytest.mark.parametrize(
    ("width", "parameters", "macs"), [(0.75, "2.6 M", "325 M"), (0.5, "1.3 M", "149 M"), (0.25, "0.5 M", "41 M")]
)
def test_narrow_mobilenets_cost_what_the_paper_says(width: float, parameters: str, macs: str) -> None:
    # Howard et al., 2017, table 6
    analysis = analysed("mobilenet_v1", width=width)
    assert rounded(parameters, "table 6").met_by(analysis.parameters)
    assert rounded(macs, "table 6").met_by(analysis.macs)


def test_wide_resnet_for_cifar_100_counts_as_published() -> None:
    # 36.5 M in Zagoruyko, Komodakis, 2016, table 4; to the last in osmr/imgclsmob, table of CIFAR-100 models
    assert analysed("wrn_28_10", classes=100).parameters == 36_536_884


def test_resnet1202_fits_the_limit_of_blocks() -> None:
    analysis = analysed("resnet1202")
    assert analysis.counted is not None
    assert analysis.counted.blocks < 20_000
    assert depth(analysis) == 1202
