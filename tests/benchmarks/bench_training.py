"""An epoch of LeNet-5 on the full Fashion-MNIST: this app beside the plain loop of a textbook and beside accelerate.

    python tests/benchmarks/bench_training.py [--pairs 5] [--data-dir DIR]

The textbook's loop is torchvision's data set with ToTensor and Normalize in a DataLoader with two workers, and
``.item()`` at every step. Both see all 60,000 images in batches of 256 with Adam and lr 0.001, in float32 with the same
number of threads. Pairs are interleaved, so that a busy machine slows both; the figures are medians. A bare loop over
resident tensors, without checkpoints, events or anything else, and the textbook's loop with Hugging Face's accelerate
are printed for comparison; without accelerate, which is no dependency of the app, a sentence says so. "fastest" takes
what the app's probe of a second finds best: precision, layout and threads. Exits with 1 below a required ratio.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

import explorer
from explorer.core.network import Network
from explorer.datasets.base import DATASETS
from explorer.datasets.images import ArraySplit
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import EpochFinished, Started
from explorer.training.trainer import train

try:
    from accelerate import Accelerator
except ImportError:
    Accelerator = None

REQUIRED = {"app": 1.8, "app, fastest": 2.5}
BATCH, LR = 256, 0.001


@dataclass
class Bench:
    """The contestants and what they need.

    Attributes:
        data: The full set, as the app has it.
        folder: A temporary folder.
        network: LeNet-5.
        seconds: The time of each epoch by contestant.
    """

    data: TrainingData
    folder: Path
    network: Network = field(default_factory=lambda: explorer.network("lenet5"))
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def app(self, name: str, **settings: object) -> None:
        """An epoch of this app, with its events, metrics and checkpoints; computed as by the others, if not told."""
        alike = {"memory_format": "contiguous", "threads": torch.get_num_threads()}
        config = TrainConfig.from_json(
            {"epochs": 1, "batch_size": BATCH, "lr": LR, "validation_fraction": 0.0, **alike, **settings}
        )
        begun = 0.0
        for event in train(self.network, self.data, config, Path(tempfile.mkdtemp(dir=self.folder))):
            if isinstance(event, Started):
                begun = time.perf_counter()
            elif isinstance(event, EpochFinished):
                self.seconds.setdefault(name, []).append(time.perf_counter() - begun)

    def _loader(self) -> DataLoader[Any]:
        facts = self.data.dataset
        transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize(facts.mean, facts.std)])
        images = datasets.FashionMNIST(self.folder, train=True, transform=transform)
        return DataLoader(images, BATCH, shuffle=True, num_workers=2)

    def accelerated(self) -> None:
        """An epoch of the same loop with accelerate, over the same loader."""
        accelerator = Accelerator(cpu=True)
        module, optimizer, criterion = self._fresh()
        module, optimizer, loader = accelerator.prepare(module, optimizer, self._loader())
        begun = time.perf_counter()
        total = 0.0
        for batch, labels in loader:
            loss = criterion(module(batch), labels)
            optimizer.zero_grad()
            accelerator.backward(loss)
            optimizer.step()
            total += loss.item() * len(labels)
        self.seconds.setdefault("accelerate", []).append(time.perf_counter() - begun)

    def textbook(self) -> None:
        """An epoch of the plain loop."""
        loader = self._loader()
        module, optimizer, criterion = self._fresh()
        begun = time.perf_counter()
        total, correct = 0.0, 0
        for batch, labels in loader:
            outputs = module(batch)
            loss = criterion(outputs, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            correct += (outputs.argmax(1) == labels).sum().item()
        self.seconds.setdefault("textbook", []).append(time.perf_counter() - begun)

    def bare(self) -> None:
        """An epoch over normalised tensors that lie in memory, and nothing else."""
        split, facts = self.data.images.train, self.data.dataset
        assert isinstance(split, ArraySplit)
        images = (torch.from_numpy(split.images) / 255 - facts.mean[0]) / facts.std[0]
        labels = torch.from_numpy(split.labels)
        module, optimizer, criterion = self._fresh()
        begun = time.perf_counter()
        for chosen in torch.randperm(len(labels)).split(BATCH):  # type: ignore[no-untyped-call]
            loss = criterion(module(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        self.seconds.setdefault("bare loop", []).append(time.perf_counter() - begun)

    def _fresh(self) -> tuple[nn.Module, torch.optim.Optimizer, nn.Module]:
        torch.manual_seed(0)
        module = explorer.assemble(self.network)
        return module, torch.optim.Adam(module.parameters(), LR), nn.CrossEntropyLoss()


def unpacked(data: TrainingData, root: Path | None, folder: Path) -> None:
    """Lays the files out as torchvision wants them."""
    found = data.dataset.find(root)
    if found is None:
        sys.exit("The full Fashion-MNIST is not on this computer; install dataset-fashion-mnist or give --data-dir.")
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for packed in found.glob("*-ubyte*"):
        content = gzip.decompress(packed.read_bytes()) if packed.suffix == ".gz" else packed.read_bytes()
        (raw / packed.name.removesuffix(".gz")).write_bytes(content)


def main() -> int:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    dataset = DATASETS["fashion-mnist"].resolve(options.data_dir)
    data = TrainingData.load(dataset, options.data_dir)
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(data, Path(name))
        unpacked(data, options.data_dir, bench.folder)
        for pair in range(options.pairs + 1):
            bench.textbook()
            bench.app("app")
            bench.app("app, fastest", precision="fastest", memory_format="fastest", threads=0)
            if Accelerator is not None:
                bench.accelerated()
            bench.bare()
            bench.app("app, channels last", memory_format="channels_last")
            bench.app("app, bf16, channels last", memory_format="channels_last", precision="bf16")
            if not pair:
                bench.seconds.clear()  # the first round warms up
    medians = {name: statistics.median(times) for name, times in bench.seconds.items()}
    for name, seconds in medians.items():
        speed = len(data.images.train) / seconds
        ratio = medians["textbook"] / seconds
        sys.stdout.write(f"{name:26} {seconds:6.2f} s an epoch  {speed:8,.0f} images/s  {ratio:5.2f} x\n")
    if Accelerator is None:
        sys.stdout.write("accelerate is not installed, so it is left out; pip install accelerate to see it here.\n")
    results = [judge(bench, name, required) for name, required in REQUIRED.items()]
    return 0 if all(results) else 1


def judge(bench: Bench, name: str, required: float) -> bool:
    """Prints how many times as fast as the textbook's loop a contestant is; whether that is enough."""
    pairs = [slow / fast for slow, fast in zip(bench.seconds["textbook"], bench.seconds[name], strict=True)]
    ratio = statistics.median(pairs)
    sys.stdout.write(f"textbook over {name}, median of {len(pairs)} pairs: {ratio:.2f} (required {required})\n")
    return ratio >= required


if __name__ == "__main__":
    sys.exit(main())
