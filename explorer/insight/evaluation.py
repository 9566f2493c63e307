"""How right a network is on a set of images: accuracy, loss and the confusion between classes, in float32."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.datasets.images import Split
from explorer.errors import Cancelled
from explorer.insight.preprocessing import Preprocessor, main_output

TOP = 5


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How one class fares; a figure without a denominator is 0, as in scikit-learn.

    Attributes:
        name: The class.
        images: How many images it has.
        precision: Of the images called so, the share that is.
        recall: Of its images, the share that is called so.
        f1: The harmonic mean of both.
    """

    name: str
    images: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What an evaluation found.

    Attributes:
        confusion: How often an image of the row's class was taken for the column's. (classes, classes)
        loss: The mean cross-entropy.
        top5: The share of images whose class is among the five most likely; None with five classes or fewer.
    """

    confusion: npt.NDArray[np.int64]
    loss: float
    top5: float | None

    @property
    def images(self) -> int:
        """How many images were looked at."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The share of images predicted right, between 0 and 1."""
        return float(np.trace(self.confusion)) / max(self.images, 1)

    def by_class(self, names: tuple[str, ...]) -> tuple[ClassFigures, ...]:
        """Precision, recall and F1 of each class.

        Args:
            names: The classes in the order of their labels.
        """
        hits = np.diagonal(self.confusion)
        actual, called = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        return tuple(
            ClassFigures(
                name,
                int(actual[index]),
                _share(hits[index], called[index]),
                _share(hits[index], actual[index]),
                _share(2 * hits[index], actual[index] + called[index]),
            )
            for index, name in enumerate(names)
        )

    def to_json(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The figures as JSON.

        Args:
            names: The classes in the order of their labels.
        """
        return {
            "images": self.images,
            "accuracy": self.accuracy,
            "loss": self.loss if np.isfinite(self.loss) else None,
            "top5": self.top5,
            "classes": [
                {"name": figures.name, "images": figures.images, "precision": figures.precision,
                 "recall": figures.recall, "f1": figures.f1}
                for figures in self.by_class(names)
            ],
            "confusion": self.confusion.tolist(),
        }  # fmt: skip


class Tally:
    """Adds up an evaluation batch by batch, on the device, without waiting for it.

    Args:
        classes: How many classes there are.
        device: Where logits and labels lie.
    """

    def __init__(self, classes: int, device: torch.device | str = "cpu") -> None:
        self._classes = classes
        self._confusion = torch.zeros(classes * classes, dtype=torch.int64, device=device)
        self._losses: list[Tensor] = []
        self._top: list[Tensor] = []

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """Adds a batch.

        Args:
            logits: (N, classes)
            labels: (N,)
        """
        logits = logits.float()
        self._losses.append(F.cross_entropy(logits, labels, reduction="sum"))
        cells = labels * self._classes + logits.argmax(dim=1)
        self._confusion += torch.bincount(cells, minlength=self._classes**2)
        if self._classes > TOP:
            self._top.append((logits.topk(TOP, dim=1).indices == labels[:, None]).any(dim=1).sum())

    def result(self) -> Evaluation:
        """The figures so far; this waits for the device."""
        confusion = self._confusion.cpu().numpy().reshape(self._classes, self._classes)
        images = max(int(confusion.sum()), 1)
        loss = sum(torch.stack(self._losses).tolist()) / images if self._losses else float("nan")
        top5 = sum(torch.stack(self._top).tolist()) / images if self._top else None
        return Evaluation(confusion, loss, top5)


@torch.inference_mode()
def add_batch(module: nn.Module, images: Tensor, labels: Tensor, tally: Tally) -> None:
    """Runs one prepared batch through a module in evaluation mode and adds what comes out."""
    tally.add(main_output(module(images)), labels)


def evaluate(
    module: nn.Module,
    split: Split,
    preprocess: Preprocessor,
    *,
    classes: int,
    batch_size: int = 256,
    device: torch.device | str = "cpu",
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Evaluation:
    """Evaluates a module on a split; its mode is restored afterwards.

    Args:
        module: What maps prepared images to logits, on ``device``.
        split: The images.
        preprocess: Prepares them.
        classes: How many classes there are.
        batch_size: Images at once.
        device: Where to compute.
        progress: Told how many images are done, and of how many.
        cancelled: Asked whether to stop.

    Raises:
        Cancelled: If the person asked for it.
        DataError: If an image file cannot be read.
    """
    training = module.training
    module.eval()
    tally = Tally(classes, device)
    try:
        for done, images, labels in batches(split, batch_size):
            if cancelled is not None and cancelled():
                raise Cancelled("The evaluation")
            add_batch(module, preprocess(images), labels.to(device), tally)
            if progress is not None:
                progress(done, len(split))
    finally:
        module.train(training)
    return tally.result()


def batches(split: Split, batch_size: int) -> Iterator[tuple[int, Tensor, Tensor]]:
    """The split in order: how many images came so far, the bytes (N, C, H, W) and the labels (N,)."""
    for start in range(0, len(split), batch_size):
        chosen = np.arange(start, min(start + batch_size, len(split)))
        yield int(chosen[-1]) + 1, torch.from_numpy(split.read(chosen)), torch.from_numpy(split.labels[chosen])


def _share(part: np.integer[Any], whole: np.integer[Any]) -> float:
    return float(part) / float(whole) if whole else 0.0
