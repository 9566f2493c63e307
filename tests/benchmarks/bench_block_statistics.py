"""What the statistics by block cost: LeNet-5 and ResNet-20 trained with and without them.

    python tests/benchmarks/bench_block_statistics.py [--pairs 5] [--network lenet5]

The bundled images, in epochs as a person has them, without validation. Pairs are interleaved; the figure is the median
of their ratios. Off is compared with off as well, which tells how far the measurement can be trusted: with the
statistics off no code of theirs runs. Exits with 1 where they cost more than the budget.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch

import explorer
from explorer.datasets.base import DATASETS, DEFAULT
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished
from explorer.training.trainer import train

BUDGET = 0.10  # of the time
CASES = {"lenet5": (256, 5), "resnet20": (128, 2)}  # images a batch, and epochs


def seconds(key: str, data: TrainingData, *, on: bool) -> float:
    """The time of the epochs behind the first, in which torch makes its plans."""
    batch, epochs = CASES[key]
    network = explorer.network(key, input_shape=(1, 28, 28)) if key == "resnet20" else explorer.network(key)
    threads = torch.get_num_threads()  # and one layout, for both sides alike
    config = TrainConfig(
        epochs=epochs, batch_size=batch, validation_fraction=0.0, block_statistics=on, threads=threads,
        memory_format="contiguous",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        events = train(network, data, config, Path(folder) / "run")
        ends = [time.perf_counter() for event in events if isinstance(event, EpochFinished)]
    return ends[-1] - ends[0]


def main() -> int:
    """Measures and prints; 1 over budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--network", choices=CASES, help="one of them (default: both)")
    options = parser.parse_args()
    data = TrainingData.load(DATASETS[DEFAULT])
    good = True
    for key in [options.network] if options.network else [*CASES]:
        on, off = [], []
        for _ in range(options.pairs):
            without, measured, again = (seconds(key, data, on=how) for how in (False, True, False))
            on.append(2 * measured / (without + again) - 1)
            off.append(again / without - 1)
        cost, noise = statistics.median(on), statistics.median(off)
        sys.stdout.write(
            f"{key}: statistics by block cost {cost:+.1%} (at most {BUDGET:.0%}); off beside off {noise:+.1%}\n"
        )
        good = good and cost <= BUDGET
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
