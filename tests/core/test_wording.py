"""Numbers and addresses as sentences put them."""

from __future__ import annotations

import pytest

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.core.analysis import analyse
from explorer.core.compose import MAIN_OUTPUT, Add, Chain, Concat, Multiply, Output, Slot
from explorer.core.network import Network
from explorer.core.wording import amount


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 classes"), (1, "1 class"), (2, "2 classes"), (65_536, "65,536 classes")]
)
def test_one_thing_is_not_several(number: int, words: str) -> None:
    assert amount(number, "class", "classes") == words


def test_most_words_take_an_s() -> None:
    assert [amount(number, "thread") for number in (1, 2)] == ["1 thread", "2 threads"]


BRANCHES = (Conv2d(4, 3), Chain())


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (Add(Chain(("a", BRANCHES[0])), Chain()), "the sum"),
        (Chain(("block", Chain(Add(Chain(("a", BRANCHES[0])), Chain()), ("relu", ReLU())))), "the sum in block"),
        (Chain(("stage", Chain(("0", Chain(Multiply(Chain(("a", BRANCHES[0])), Chain())))))), "the product in stage.0"),
        (Concat(Chain(("a", BRANCHES[0])), Chain()), "the concatenation"),
        (Chain(("sum", Add(Chain(("a", BRANCHES[0])), Chain()))), "sum"),
        (Chain(Slot("", Conv2d(4))), "the Conv2d"),
        (Chain(Output(MAIN_OUTPUT, Chain())), "the output"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_problem_names_its_block_as_a_person_does(broken: Chain | Add | Concat, where: str) -> None:
    problem = analyse(Network.of("broken", (3, 16, 16), Chain(broken))).problems[0]
    assert problem.where == where
    assert str(problem).startswith(f"{where}: ")


def test_rows_are_named_as_a_person_does() -> None:
    rows = analyse(explorer.network("resnet18")).rows
    assert {row.where for row in rows if row.type == "Add"} >= {"the sum in layer1.0", "the sum in layer4.1"}
    assert not any("#" in row.where for row in rows)
    assert next(row for row in rows if row.type == "Linear").where == "fc"
