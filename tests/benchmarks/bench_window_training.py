"""LeNet-5 trained in the window and without one: what the curves cost, and whether the window stays quick meanwhile.

    python tests/benchmarks/bench_window_training.py [--pairs 5] [--epochs 8] [--size 1280x800]

Both train the bundled images in batches of 256 with the same settings: alone in a process of its own, as the command
line does; the window shows the Train workspace with both plots and answers its event loop throughout. Pairs are
interleaved, so that a busy machine slows both; the ratio is the median of the pairs'. A timer of 10 ms measures how
long the event loop is kept from its next turn. Without a display the window is Qt's offscreen one, which paints all the
same. Exits with 1 outside the required figures.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer

import explorer
from explorer.gui.app import Application, make
from explorer.gui.settings import Settings
from explorer.gui.training_session import State
from explorer.training.config import TrainConfig
from explorer.training.events import EpochFinished, Event

RATIO, P99 = 0.85, 60.0  # at least; milliseconds at most
TICK = 10  # milliseconds
IMAGES = 9_000  # of the bundled ones, those that are trained on


class Ticks:
    """Measures how far apart the turns of the event loop are."""

    def __init__(self) -> None:
        self.gaps: list[float] = []  # milliseconds
        self.seconds = self.busy = 0.0  # on the clock, and of those the GUI thread's own on a core
        self._last = 0.0
        self._timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begins to measure."""
        self._last = time.perf_counter()
        self.seconds -= time.perf_counter()
        self.busy -= time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """Ends it."""
        self._timer.stop()
        self.seconds += time.perf_counter()
        self.busy += time.thread_time()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now

    def percentile(self, percent: float) -> float:
        """A percentile of the gaps, in milliseconds."""
        return sorted(self.gaps)[min(int(len(self.gaps) * percent / 100), len(self.gaps) - 1)]


def throughput(epochs: list[EpochFinished], images: int) -> float:
    """Images a second, validation and checkpoints aside, and without the first epoch, in which torch makes its plans.

    Args:
        epochs: What they told.
        images: Training images of each.
    """
    rest = epochs[1:]
    return len(rest) * images / sum(images / epoch.images_per_second for epoch in rest)


def wait_until(reached: Callable[[], bool]) -> None:
    """Runs the event loop until something holds."""
    loop, timer = QEventLoop(), QTimer(interval=TICK)

    def look() -> None:
        if reached():
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()


def alone(config: TrainConfig) -> float:
    """Images a second of the engine alone, in a process of its own, as the command line trains."""
    command = [sys.executable, __file__, "--alone", json.dumps(config.to_json())]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def train_alone(config: TrainConfig) -> float:
    """What the process of `alone` does."""
    from explorer.datasets.base import DATASETS, DEFAULT
    from explorer.training.data import TrainingData
    from explorer.training.trainer import train

    data = TrainingData.load(DATASETS[DEFAULT])
    with tempfile.TemporaryDirectory() as folder:
        events = list(train(explorer.network("lenet5"), data, config, Path(folder) / "run"))
    return throughput([event for event in events if isinstance(event, EpochFinished)], IMAGES)


def in_window(application: Application, ticks: Ticks) -> float:
    """Images a second of a run that is started in the window and watched in it."""
    training = application.session.training
    if training is None:
        raise SystemExit("The window does not train.")
    epochs: list[EpochFinished] = []
    take = type(training.record).take

    def keep(event: Event) -> None:
        if isinstance(event, EpochFinished):
            epochs.append(event)
        take(training.record, event)

    training.start(application.session.network)
    training.record.take = keep  # type: ignore[method-assign]
    wait_until(lambda: training.state is State.RUNNING)
    ticks.start()
    wait_until(lambda: not training.active)
    ticks.stop()
    if training.error:
        raise SystemExit(training.error)
    return throughput(epochs, IMAGES)


def measure(application: Application, pairs: int, config: TrainConfig) -> tuple[float, Ticks]:
    """Runs the pairs; the median ratio and the ticks."""
    ratios, ticks = [], Ticks()
    for pair in range(1, pairs + 1):
        bare, shown = alone(config), in_window(application, ticks)
        ratios.append(shown / bare)
        sys.stdout.write(f"pair {pair}: alone {bare:,.0f}, in the window {shown:,.0f} images/s: {ratios[-1]:.3f}\n")
        sys.stdout.flush()
    return statistics.median(ratios), ticks


def main() -> int:
    """Measures and prints; 1 outside the required figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--size", default="1280x800", help="of the window, in pixels")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        sys.stdout.write(str(train_alone(TrainConfig.from_json(json.loads(options.alone)))))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        application = make([sys.argv[0]], Settings(folder / "settings.ini"))
        try:
            ratio, ticks = prepare_and_measure(application, options, folder)
        finally:
            application.close()
    p50, p99 = ticks.percentile(50), ticks.percentile(99)
    good = ratio >= RATIO and p99 < P99
    sys.stdout.write(
        f"throughput in the window over alone, median of {options.pairs} pairs: {ratio:.3f} (at least {RATIO})\n"
        f"event loop, {len(ticks.gaps):,} ticks of {TICK} ms: p50 {p50:.1f} ms, p99 {p99:.1f} ms (under {P99:.0f}), "
        f"worst {max(ticks.gaps, default=math.nan):.1f} ms\n"
        f"the GUI thread had work for {ticks.busy / ticks.seconds:.1%} of the time\n"
    )
    return 0 if good else 1


def prepare_and_measure(application: Application, options: argparse.Namespace, folder: Path) -> tuple[float, Ticks]:
    """Opens the window, lets torch load, then measures."""
    session, window = application.session, application.window
    if session.training is None or session.engine is None:
        raise SystemExit("The window does not train.")
    window.resize(*map(int, options.size.split("x")))
    window.show()
    application.engine.start()
    wait_until(lambda: application.engine.is_ready)
    session.open_network(explorer.network("lenet5"))
    window.show_workspace("train")
    session.training.set_runs_folder(folder / "runs")
    session.training.change("batch_size", 256)
    session.training.change("epochs", options.epochs)
    return measure(application, options.pairs, session.training.config)


if __name__ == "__main__":
    sys.exit(main())
