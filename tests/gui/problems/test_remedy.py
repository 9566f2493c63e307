"""A network that does not fit the images is put right in one step."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.pool import GlobalAvgPool
from explorer.core.compose import Chain
from explorer.core.network import CLASSIFICATION, Network
from explorer.datasets.base import DATASETS
from explorer.errors import EditError
from explorer.gui.problems.remedy import misfit
from explorer.remedies.classifier import as_classifier
from explorer.training.checks import require_fit
from explorer.training.config import TrainConfig
from explorer.zoo.base import ZOO

CONFIG = TrainConfig()
SAMPLE, CIFAR100 = DATASETS["fashion-mnist-sample"], DATASETS["cifar100"]


@pytest.mark.parametrize("key", ["resnet18", "lenet5", "vgg11", "nin", "alexnet", "googlenet_paper", "resnet20"])
@pytest.mark.parametrize("dataset", [SAMPLE, CIFAR100], ids=lambda dataset: dataset.key)
def test_every_kind_of_network_can_be_fitted(key: str, dataset: object) -> None:
    network = explorer.network(key)
    found = misfit(network, dataset, CONFIG)  # type: ignore[arg-type]
    if found is None:
        return
    assert found.fix is not None, found.sentence
    fitting = found.fix.network
    require_fit(fitting, dataset, CONFIG)  # type: ignore[arg-type]
    channels, height, width = fitting.input_shape
    classes = (explorer.analyse(fitting).output_shape or (0,))[0]
    if fitting.inputs == explorer.network(key).inputs:
        assert found.fix.label == f"Set {classes} classes"
    else:
        assert found.fix.label == f"Use {channels} × {height} × {width} and {classes} classes"


def test_the_remedy_of_the_main_job_takes_the_images_own_shape() -> None:
    found = misfit(explorer.network("resnet18"), SAMPLE, CONFIG)
    assert found is not None
    assert found.fix is not None
    assert found.fix.label == "Use 1 × 28 × 28 and 10 classes"
    assert (
        explorer.analyse(found.fix.network).parameters == 11_175_370
    )  # torchvision's resnet18 with conv1 of one channel


def test_a_network_that_needs_larger_images_keeps_its_size() -> None:
    found = misfit(explorer.network("alexnet"), SAMPLE, CONFIG)
    assert found is not None
    assert found.fix is not None
    assert found.fix.label == "Use 1 × 224 × 224 and 10 classes"


def test_only_what_does_not_fit_changes() -> None:
    network = explorer.network("resnet18", input_shape=(1, 64, 64), classes=10)
    assert misfit(network, SAMPLE, CONFIG) is None


def test_a_network_with_a_problem_says_it_and_offers_nothing_it_cannot_do() -> None:
    broken = Network.of("Broken", (1, 28, 28), Chain(("conv", Conv2d(4, 3, groups=3)), ("fc", Linear(10))))
    found = misfit(broken, SAMPLE, CONFIG)
    assert found is not None
    assert "cannot be trained" in found.sentence
    assert found.fix is None


def test_a_network_that_ends_in_maps_has_no_remedy_but_a_sentence() -> None:
    maps = Network.of("Maps", (1, 28, 28), Chain(("conv", Conv2d(10, 3))))
    found = misfit(maps, SAMPLE, CONFIG)
    assert found is not None
    assert found.fix is None
    pooled = Network.of("Pooled", (1, 28, 28), Chain(("conv", Conv2d(7, 3)), ("pool", GlobalAvgPool())))
    found = misfit(pooled, SAMPLE, CONFIG)
    assert found is not None
    assert found.fix is not None or "Flatten" in found.sentence


OTHERS = [entry.key for entry in ZOO.values() if entry.task != CLASSIFICATION]
HAVE_NO_CLASSIFIER = {"dcgan_generator", "ssd300"}  # one takes no image, the other gives thousands of boxes


@pytest.mark.parametrize("key", OTHERS)
def test_a_network_that_does_not_classify_says_so_and_is_made_a_classifier(key: str) -> None:
    network = explorer.network(key)
    found = misfit(network, SAMPLE, CONFIG)
    assert found is not None
    assert f"{network.name} is made for {ZOO[key].task}, but a run here learns one class" in found.sentence
    assert (found.fix is None) == (key in HAVE_NO_CLASSIFIER)
    if found.fix is not None:
        assert found.fix.label.startswith("Make a classifier: 1 × ")
        assert found.fix.network.task == CLASSIFICATION
        assert misfit(found.fix.network, SAMPLE, CONFIG) is None


def test_a_classifier_counts_only_its_classes() -> None:
    made = as_classifier(explorer.network("r_cnn"), 7)
    assert [output.weight for output in explorer.analyse(made).further_outputs] == [0.0]
    assert explorer.analyse(made).outputs["output"] == (7,)
    maps = explorer.network("u_net", input_shape=(1, 32, 32), padding="same", width=4)
    made = as_classifier(maps, 3)
    assert [slot.block for slot in made.body.slots[-2:]] == [GlobalAvgPool(), Linear(3)]
    with torch.no_grad():
        assert explorer.assemble(made).eval()(torch.zeros(2, 1, 32, 32)).shape == (2, 3)
    with pytest.raises(EditError, match="Flatten and Linear"):
        as_classifier(explorer.network("ssd300"), 3)


def test_images_whose_classes_are_yet_unknown_fit_as_far_as_anybody_can_say() -> None:
    assert misfit(explorer.network("resnet18"), DATASETS["image-folder"], CONFIG) is None
