"""Training in the window beside a bare loop: what the app costs, and whether the window stays quick meanwhile.

    python tests/benchmarks/bench_window_training.py [--pairs 5] [--network lenet5] [--epochs 8] [--size 1280x800]

LeNet-5 in batches of 256 and ResNet-20 in batches of 128 train the bundled images in float32. The bare loop runs over
normalised images that lie in memory, in a process of its own: forward, backward and step, nothing else. The window
shows the Train workspace with both plots. Pairs are interleaved, so that a busy machine slows both; the ratio is the
median of the pairs'. In a run behind them a timer of 10 ms measures how long the event loop is kept from its next turn,
from the second second on: in those of the pairs it would slow the training, since it wakes the GUI thread ten times as
often as the app does. Without a display the window is Qt's offscreen one, which paints all the same. Exits with 1
outside the required figures.
"""

from __future__ import annotations

import argparse
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
from explorer.core.network import Network
from explorer.datasets.base import DATASETS, DEFAULT
from explorer.datasets.images import ArraySplit
from explorer.gui.app import Application, make
from explorer.gui.settings import Settings
from explorer.gui.training.run_state import State
from explorer.training.events import EpochFinished, Event

RATIO, P99, WORST = 0.9, 50.0, 150.0  # at least; milliseconds at most
FIRST = 1.0  # seconds of a run in which torch makes its plans and the plots appear
CASES = {"lenet5": (256, 8), "resnet20": (128, 2)}  # images a batch, and epochs that are enough to measure
TICK = 10  # milliseconds
LOOK = 200  # milliseconds between two looks whether a run has ended
IMAGES = 9_000  # of the bundled ones, those that are trained on


class Ticks:
    """Measures how far apart the turns of the event loop are."""

    def __init__(self) -> None:
        self.gaps: list[float] = []  # milliseconds
        self.seconds = self.busy = 0.0  # on the clock, and of those the GUI thread's own on a core
        self._last = self._from = 0.0
        self._timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begins to measure."""
        self._last = time.perf_counter()
        self._from = self._last + FIRST
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
        if self._last >= self._from:
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
    loop, timer = QEventLoop(), QTimer(interval=LOOK)

    def look() -> None:
        if reached():
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()


def bare(network: str, batch: int, epochs: int) -> float:
    """Images a second of the bare loop, in a process of its own."""
    command = [sys.executable, __file__, "--bare", network, str(batch), str(epochs)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_bare(key: str, batch: int, epochs: int) -> float:
    """What the process of `bare` does."""
    import torch

    split = DATASETS[DEFAULT].load().train
    if not isinstance(split, ArraySplit):
        raise SystemExit("The bundled images are in memory.")
    facts = DATASETS[DEFAULT]
    images = (torch.from_numpy(split.images[:IMAGES]) / 255 - facts.mean[0]) / facts.std[0]
    labels = torch.from_numpy(split.labels[:IMAGES])
    module, criterion = explorer.assemble(network_of(key)), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(module.parameters(), 0.001, fused=True)  # as the app's
    begun = 0.0
    for epoch in range(epochs):
        if epoch == 1:
            begun = time.perf_counter()
        for chosen in torch.randperm(IMAGES).split(batch):  # type: ignore[no-untyped-call]
            loss = criterion(module(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return (epochs - 1) * IMAGES / (time.perf_counter() - begun)


def network_of(key: str) -> Network:
    """A network for the bundled images."""
    return explorer.network(key, input_shape=(1, 28, 28)) if key == "resnet20" else explorer.network(key)


def in_window(application: Application, ticks: Ticks | None = None) -> float:
    """Images a second of a run that is started in the window and watched in it.

    Args:
        application: With the window.
        ticks: Measures the event loop meanwhile.
    """
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
    if ticks is not None:
        ticks.start()
    wait_until(lambda: not training.active)
    if ticks is not None:
        ticks.stop()
    if training.error:
        raise SystemExit(training.error)
    return throughput(epochs, IMAGES)


def measure(application: Application, case: str, pairs: int, epochs: int, ticks: Ticks) -> float:
    """Runs the pairs; the median ratio."""
    import torch

    batch = CASES[case][0]
    session, ratios = application.session, []
    session.open_network(network_of(case))
    application.window.show_workspace("train")
    if session.training is None:
        raise SystemExit("The window does not train.")
    session.training.change("batch_size", batch)
    session.training.change("epochs", epochs)
    session.training.change("memory_format", "contiguous")  # as the bare loop's
    session.training.change("threads", torch.get_num_threads())
    for pair in range(1, pairs + 1):
        plain, shown = bare(case, batch, epochs), in_window(application)
        ratios.append(shown / plain)
        sys.stdout.write(f"{case}, pair {pair}: bare {plain:,.0f}, window {shown:,.0f} images/s: {ratios[-1]:.3f}\n")
        sys.stdout.flush()
    in_window(application, ticks)
    return statistics.median(ratios)


def main() -> int:
    """Measures and prints; 1 outside the required figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--network", choices=CASES, help="one of them (default: both)")
    parser.add_argument("--epochs", type=int, help="of each run (default: enough to measure)")
    parser.add_argument("--size", default="1280x800", help="of the window, in pixels")
    parser.add_argument("--bare", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        key, batch, epochs = options.bare
        sys.stdout.write(str(run_bare(key, int(batch), int(epochs))))
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        application = make([sys.argv[0]], Settings(folder / "settings.ini"))
        try:
            prepare(application, options.size, folder)
            cases = [options.network] if options.network else [*CASES]
            results = [judge(application, case, options.pairs, options.epochs or CASES[case][1]) for case in cases]
        finally:
            application.close()
    return 0 if all(results) else 1


def judge(application: Application, case: str, pairs: int, epochs: int) -> bool:
    """Measures one network and prints what came of it; whether that is enough."""
    ticks = Ticks()
    ratio = measure(application, case, pairs, epochs, ticks)
    p50, p99, worst = ticks.percentile(50), ticks.percentile(99), max(ticks.gaps, default=math.nan)
    sys.stdout.write(
        f"{case}: throughput in the window over bare, median of {pairs} pairs: {ratio:.3f} (at least {RATIO})\n"
        f"event loop, {len(ticks.gaps):,} ticks of {TICK} ms: p50 {p50:.1f} ms, p99 {p99:.1f} ms (under {P99:.0f}), "
        f"worst {worst:.1f} ms (under {WORST:.0f})\n"
        f"the GUI thread had work for {ticks.busy / ticks.seconds:.1%} of the time\n"
    )
    return ratio >= RATIO and p99 < P99 and worst < WORST


def prepare(application: Application, size: str, folder: Path) -> None:
    """Opens the window and lets torch load."""
    session, window = application.session, application.window
    if session.training is None or session.engine is None:
        raise SystemExit("The window does not train.")
    window.resize(*map(int, size.split("x")))
    window.show()
    application.engine.start()
    wait_until(lambda: application.engine.is_ready)
    session.training.set_runs_folder(folder / "runs")


if __name__ == "__main__":
    sys.exit(main())
