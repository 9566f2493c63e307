from __future__ import annotations

import random
from collections.abc import Generator
from pathlib import Path

import torch
from torch import Tensor

from explorer.training.isolation import Isolation, RandomState, isolated

CPU = torch.device("cpu")


def _draws(closed: list[bool] | None = None) -> Generator[tuple[float, float, int], None, None]:
    torch.manual_seed(7)
    random.seed(7)
    try:
        for _ in range(4):
            yield float(torch.rand(())), random.random(), torch.get_num_threads()
    finally:
        if closed is not None:
            closed.append(torch.get_num_threads() == 1)


def test_neither_side_sees_the_others_random_numbers_or_threads() -> None:
    threads = torch.get_num_threads()
    alone = [numbers[:2] for numbers in _draws()]
    torch.manual_seed(1)
    quiet = [float(torch.rand(())) for _ in range(4)]

    torch.manual_seed(1)
    seen, drawn = [], []
    for first, second, used in isolated(_draws(), Isolation(CPU, threads=1)):
        seen.append((first, second))
        drawn.append(float(torch.rand(())))
        random.random()
        assert used == 1
        assert torch.get_num_threads() == threads
    assert seen == alone
    assert drawn == quiet


def test_closing_early_closes_the_generator_in_its_own_state() -> None:
    closed: list[bool] = []
    events = isolated(_draws(closed), Isolation(CPU, threads=1))
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_the_random_state_survives_what_a_checkpoint_allows(tmp_path: Path) -> None:
    torch.manual_seed(5)
    random.seed(5)
    random.gauss(0, 1)  # leaves the second of a pair behind
    saved = RandomState.capture(CPU).to_checkpoint()
    path = tmp_path / "state.pt"
    torch.save(saved, path)
    expected: tuple[Tensor, float] = torch.rand(3), random.gauss(0, 1)
    torch.manual_seed(6)
    random.seed(6)
    RandomState.from_checkpoint(torch.load(path, weights_only=True)).restore(CPU)
    assert torch.equal(torch.rand(3), expected[0])
    assert random.gauss(0, 1) == expected[1]


def test_cudnn_computes_alike_each_time_within_a_run_and_as_before_outside() -> None:
    before = torch.backends.cudnn.deterministic
    with Isolation(CPU, threads=torch.get_num_threads()):
        assert torch.backends.cudnn.deterministic
    assert torch.backends.cudnn.deterministic == before
