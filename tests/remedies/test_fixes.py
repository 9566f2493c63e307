"""What is offered for each kind of problem mends it, and torch takes the network it leads to."""

from __future__ import annotations

import dataclasses
import json
from typing import get_args

import pytest
import torch

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.conv_block import ConvBlock
from explorer.blocks.linear import Linear
from explorer.blocks.pool import MaxPool2d
from explorer.core.block import ProblemKind
from explorer.core.compose import Add, Chain, numbered
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.core.storage import dumps, loads, slot_from_json
from explorer.remedies.base import MENDERS
from explorer.remedies.propose import MOST, fixes
from tests.remedies.broken import CASES, CONV, Broken, network

OF_THE_WINDOW = {"misfit"}  # told beside the images chosen for training, and mended there
WITHOUT = {"other"}
MOST_ASSEMBLED = 1_000  # blocks; torch takes a millisecond for each


def forward(sound: Network) -> dict[str, Shape]:
    """What torch gives for an image, by output; without numbers, so that large networks take no time."""
    with torch.no_grad(), torch.device("meta"):
        module = explorer.assemble(sound).eval()
        image, *further = [torch.empty(2, *entry.shape) for entry in sound.inputs]
        result = module(image, **{entry.name: value for entry, value in zip(sound.inputs[1:], further, strict=True)})
    outputs = result if isinstance(result, dict) else {"output": result}
    return {name: tuple(output.shape[1:]) for name, output in outputs.items()}


@pytest.mark.parametrize("broken", CASES.values(), ids=list(CASES))
def test_a_fix_mends_the_problem_and_torch_takes_it(broken: Broken) -> None:
    problem = explorer.analyse(broken.network).problems[0]
    assert problem.kind == broken.kind
    found = fixes(broken.network, problem)
    labels = [fix.label for fix in found]
    assert broken.label in labels
    assert labels.index(broken.label) == 0 or not broken.is_first, labels
    assert len(labels) == len(set(labels)) <= MOST
    mended = found[labels.index(broken.label)].network
    analysis = explorer.analyse(mended)
    assert analysis.problems == ()
    assert analysis.output_shape == broken.output
    if analysis.counted is not None and analysis.counted.blocks < MOST_ASSEMBLED:
        assert forward(mended) == analysis.outputs


@pytest.mark.parametrize("broken", CASES.values(), ids=list(CASES))
def test_every_fix_leads_to_the_block_it_mended(broken: Broken) -> None:
    problem = explorer.analyse(broken.network).problems[0]
    for fix in fixes(broken.network, problem):
        assert problem not in explorer.analyse(fix.network).problems, fix.label
        assert all(explorer.analyse(fix.network).row(path) is not None for path in fix.select), fix.label
        if fix.label == broken.label and broken.select:
            assert fix.select == (broken.select,)


def test_every_kind_of_problem_has_a_network_here_and_something_that_mends_it() -> None:
    mended = {kind for mender in MENDERS.values() for kind in mender.kinds}
    assert mended == set(get_args(ProblemKind)) - OF_THE_WINDOW - WITHOUT
    assert {broken.kind for broken in CASES.values()} == mended - {"unread"}


@pytest.mark.parametrize(
    ("key", "value"), [("name", 3), ("task", None), ("frozen", "all"), ("provenance", 1), ("inputs", 5), ("more", {})]
)
def test_what_a_file_had_in_no_readable_form_is_left_out(key: str, value: object) -> None:
    document = json.loads(dumps(network(("conv", CONV)))) | {key: value}
    broken = loads(json.dumps(document))
    problem = next(problem for problem in explorer.analyse(broken).problems if problem.kind == "unread")
    (fix,) = fixes(broken, problem)
    assert fix.label == f"Leave out {key}"
    assert json.loads(dumps(fix.network)).get(key) != value
    assert all(problem.kind != "unread" for problem in explorer.analyse(fix.network).problems)


def test_of_two_that_look_the_same_each_can_be_taken_out() -> None:
    """Behind the first one the second comes to its address, with the same words about it."""
    broken = network(("conv", CONV), slot_from_json("no slot"), slot_from_json("no slot either"), ("last", CONV))
    while problems := explorer.analyse(broken).problems:
        (fix,) = fixes(broken, problems[0])
        assert fix.label == "Remove the unknown block"
        broken = fix.network
    assert broken == network(("conv", CONV), ("last", CONV))


def test_a_fix_may_uncover_the_next_problem() -> None:
    broken = network(("pool", MaxPool2d(8, 8)), ("bad", Conv2d(4, 3)), ("fc", Linear(10)))
    problem = explorer.analyse(broken).problems[0]
    assert problem.path == ("bad",)
    found = fixes(broken, problem)
    assert "Reduce the pooling: remove pool" in [fix.label for fix in found]
    for fix in found:
        assert explorer.analyse(fix.network).problems[0].path == ("fc",)


def test_a_fix_makes_no_problem_before_the_one_it_mends() -> None:
    """Without pool or with stride 1 in conv the window would fit, but the sum in front of it would break."""
    first = Add(Chain(("conv", Conv2d(3, 3, stride=2, padding=1))), Chain(("pool", MaxPool2d())))
    broken = network(first, ("bad", Conv2d(4, 9)))
    found = fixes(broken, explorer.analyse(broken).problems[0])
    labels = [fix.label for fix in found]
    assert labels == ["Use padding 1", "Use kernel 7", "Use an input of 3 × 32 × 32"]


def test_only_what_must_change_does() -> None:
    broken = network(("first", CONV), ("conv", Conv2d(9, 1, groups=2)), ("last", CONV))
    fix = fixes(broken, explorer.analyse(broken).problems[0])[0]
    for path in (("first",), ("last",)):
        assert fix.network.slot(path) is broken.slot(path)


def test_a_projection_that_stands_there_is_mended_and_no_second_one_added() -> None:
    resnet = explorer.network("resnet18")
    opened = resnet.unpack(("layer2",)).unpack(("layer2", "0"))
    path = ("layer2", "0", "downsample", "0")
    for values in ({"out_channels": 96}, {"stride": 4}, {"out_channels": 96, "stride": 1}):
        broken = opened.replace(path, dataclasses.replace(opened.block(path), **values))  # type: ignore[type-var]
        first = fixes(broken, explorer.analyse(broken).problems[0])[0]
        assert first.network == opened, "the network from before, with as many parameters"


def test_a_problem_inside_a_composite_is_mended_by_its_fields() -> None:
    broken = network(("many", numbered(3, ConvBlock(3, 3, padding=0))), shape=(3, 2, 2))
    problem = explorer.analyse(broken).problems[0]
    assert problem.path == ("many", "0", "conv")
    fix = fixes(broken, problem)[0]
    assert fix.select == (("many", "0"),)
    assert explorer.analyse(fix.network).problems == ()


def test_a_larger_input_is_large_enough_for_all_that_follows() -> None:
    vgg = explorer.network("vgg16").with_input_shape((3, 5, 5))
    found = fixes(vgg, explorer.analyse(vgg).problems[0])
    labels = [fix.label for fix in found]
    assert labels[0].startswith("Reduce the pooling: remove MaxPool2d ")
    larger = next(fix for fix in found if fix.label.startswith("Use an input"))
    assert larger.label == "Use an input of 3 × 40 × 40"
    assert forward(larger.network) == {"output": (1_000,)}


def test_nothing_is_offered_where_nothing_helps() -> None:
    broken = network(("conv", Conv2d(4, 1)), shape=(12,))
    assert fixes(broken, explorer.analyse(broken).problems[0]) == ()
