from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from explorer.training.augmentation.draws import USES, Draws, stream
from explorer.training.augmentation.mixing import SymmetricBeta

CPU = torch.device("cpu")


def _matrix(draws: Draws) -> torch.Tensor:
    return torch.stack([draws[use] for use in USES])


def test_the_stream_is_splitmix64() -> None:
    # the first numbers of the author's C program for the seed 1234567, as Rosetta Code prints them
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert stream(np.array([1234567], dtype=np.uint64), 5)[:, 0].tolist() == expected


def test_an_image_has_its_numbers_wherever_it_stands() -> None:
    whole = _matrix(Draws(7, 3, np.arange(100), CPU))
    part = _matrix(Draws(7, 3, np.array([42, 5]), CPU))
    assert torch.equal(whole[:, [42, 5]], part)


@pytest.mark.parametrize(("seed", "epoch"), [(8, 3), (7, 4), (3, 7), (7 + (1 << 62), 3)])
def test_another_seed_and_another_epoch_have_other_numbers(seed: int, epoch: int) -> None:
    assert (_matrix(Draws(7, 3, np.arange(50), CPU)) == _matrix(Draws(seed, epoch, np.arange(50), CPU))).sum() < 5


def test_the_numbers_are_uniform_and_independent_of_each_other() -> None:
    values = _matrix(Draws(0, 0, np.arange(20_000), CPU)).double()
    assert values.min() >= 0
    assert values.max() < 1
    assert all(stats.kstest(row.numpy(), "uniform").pvalue > 1e-4 for row in values)
    correlation = torch.corrcoef(values) - torch.eye(len(USES), dtype=torch.float64)
    assert correlation.abs().max() < 0.035  # five standard deviations
    neighbours = torch.corrcoef(torch.stack([values[0, :-1], values[0, 1:]]))[0, 1]
    epochs = torch.corrcoef(torch.stack([values[0], Draws(0, 1, np.arange(20_000), CPU)[USES[0]].double()]))[0, 1]
    assert max(neighbours.abs(), epochs.abs()) < 0.035


def test_whole_numbers_reach_each_value_alike() -> None:
    counts = torch.bincount(Draws(0, 0, np.arange(9_000), CPU).below("crop_down", 9))
    assert len(counts) == 9
    assert stats.chisquare(counts.numpy()).pvalue > 1e-4


@pytest.mark.parametrize("a", [0.1, 0.2, 0.5, 1.0, 2.5, 10.0])
def test_shares_are_of_the_beta_distribution(a: float) -> None:
    uniform = torch.linspace(0.0005, 0.9995, 1_000)
    expected = stats.beta.ppf(uniform.double().numpy(), a, a)
    found = SymmetricBeta(a, CPU)
    np.testing.assert_allclose(found(uniform).numpy(), expected, atol=2e-3)
    assert found(torch.tensor([0.0, 0.5, 1 - 2**-24])).tolist() == pytest.approx([0.0, 0.5, 1.0], abs=0.1)
