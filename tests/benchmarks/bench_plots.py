"""A curve of a million points redrawn, beside the empty axes.

    python tests/benchmarks/bench_plots.py [--points 1000000] [--redraws 30]

The two plots of the Train workspace, 900 x 450 pixels each, offscreen. A redraw takes in one new point, reduces the
curves to what can be seen, and paints. Exits with 1 where those of one plot add more than the budget to the empty axes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from explorer.gui import style
from explorer.gui.plots.run_plots import RunPlots
from explorer.gui.record.run_record import RunRecord
from explorer.training.events import Started, Step

BUDGET = 16.0  # milliseconds a plot
EPOCHS = 100
SIZE = (900, 900)  # pixels, of both


def record_of(points: int) -> RunRecord:
    """A run of so many points."""
    record = RunRecord()
    steps = max(points // EPOCHS, 1)
    record.take(
        Started(
            run=str(Path("run")), network="n", dataset="d", step=0, epoch=1, steps_per_epoch=steps, epochs=EPOCHS + 1,
            batch_size=256, train_images=256 * steps, validation_images=0, test_images=0, parameters=1, device="cpu",
            device_name="cpu", threads=1, precision="float32", memory_format="contiguous", resident=True, seed=0,
        )
    )  # fmt: skip
    noise = np.random.default_rng(0).normal(1.0, 0.1, points + 1)
    for number in range(1, points + 1):
        take(record, number, float(noise[number]))
    return record


def take(record: RunRecord, step: int, loss: float) -> None:
    """Takes in a step."""
    epoch = -(-step // record.steps_per_epoch)
    record.take(Step(step, epoch, 1, 256, loss, 1 / (1 + loss), 0.001, 1000.0, step / 10))


def redraws(plots: RunPlots, record: RunRecord, count: int) -> float:
    """The median of so many redraws, in milliseconds, each with one more point where there are some."""
    plots.show_record(record)
    times = []
    for number in range(count + 1):
        if len(record.loss):
            take(record, record.step + 1, 1.0)
        begun = time.perf_counter()
        plots.redraw_now()
        for card in (plots.loss, plots.accuracy):
            card.plot.viewport().repaint()
        if number:  # the first one makes what all need
            times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def main() -> int:
    """Measures and prints; 1 over budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--redraws", type=int, default=30)
    options = parser.parse_args()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    style.use(application, style.LIGHT)
    plots = RunPlots()
    plots.resize(*SIZE)
    plots.show()
    application.processEvents()
    empty = redraws(plots, record_of(0), options.redraws)
    full = redraws(plots, record_of(options.points), options.redraws)
    added = (full - empty) / 2
    sys.stdout.write(
        f"both plots: empty axes {empty:.1f} ms, {options.points:,} points {full:.1f} ms, "
        f"so the curves of a plot cost {added:.1f} ms (under {BUDGET:.0f})\n"
    )
    return 0 if added < BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
