"""What a run makes small: the cross-entropy, with label smoothing and, if wanted, a weight for each class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class WeightedCrossEntropy(nn.Module):
    """The mean over the images of each one's cross-entropy times the weight of its class.

    torch's own mean divides by the weights of the batch instead, so that a batch of a common class would count as much
    as one of a rare class, and labels and shares of classes would not agree.

    Args:
        weight: Of each class. (classes,)
        label_smoothing: The share of the target that is spread over all classes.
    """

    weight: Tensor

    def __init__(self, weight: Tensor, label_smoothing: float) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self._label_smoothing = label_smoothing

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss.

        Args:
            logits: (N, classes)
            labels: (N,), or the share of each class in each image (N, classes).
        """
        summed = F.cross_entropy(
            logits, labels, self.weight.to(logits.dtype), reduction="sum", label_smoothing=self._label_smoothing
        )
        return summed / len(logits)


def make_criterion(label_smoothing: float, weight: Tensor | None) -> nn.Module:
    """The loss of a run.

    Args:
        label_smoothing: The share of the target that is spread over all classes.
        weight: Of each class (classes,); None weighs all alike.
    """
    if weight is None:
        return nn.CrossEntropyLoss(label_smoothing=label_smoothing)
    return WeightedCrossEntropy(weight, label_smoothing)


def class_weight(kind: str, labels: npt.NDArray[np.int64], classes: int, device: torch.device) -> Tensor | None:
    """How much each class counts in the loss of a run (classes,); None if all count alike.

    Args:
        kind: The setting ``class_weights``.
        labels: Those of the training images. (N,)
        classes: How many classes there are.
        device: Where the loss is computed.
    """
    return balanced_weights(labels, classes).to(device) if kind == "balanced" else None


def balanced_weights(labels: npt.NDArray[np.int64], classes: int) -> Tensor:
    """Weights by which each class counts alike, scaled to a mean of 1 over the images; 0 for a class without images.

    Args:
        labels: Those of the training images. (N,)
        classes: How many classes there are.

    Returns:
        (classes,)
    """
    counts = np.bincount(labels, minlength=classes)
    weights = np.divide(len(labels), counts * np.count_nonzero(counts), out=np.zeros(classes), where=counts > 0)
    return torch.from_numpy(weights).float()
