from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import nn

from explorer.training.criterion import balanced_weights, make_criterion

LABELS = np.repeat([0, 1, 2], [70, 20, 10])


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    expected = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    torch.testing.assert_close(balanced_weights(LABELS, 3), torch.from_numpy(expected).float())


def test_a_class_without_images_counts_for_nothing_and_changes_no_other() -> None:
    weights = balanced_weights(LABELS, 4)
    assert weights[3] == 0
    assert torch.equal(weights[:3], balanced_weights(LABELS, 3))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_labels_and_shares_of_one_class_have_the_same_loss(smoothing: float) -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(100, 3), torch.from_numpy(LABELS)
    criterion = make_criterion(smoothing, balanced_weights(LABELS, 3))
    shares = nn.functional.one_hot(labels, 3).float()
    torch.testing.assert_close(criterion(logits, labels), criterion(logits, shares))
    # over a set with the counts that made the weights, torch's own mean is the same
    theirs = nn.CrossEntropyLoss(balanced_weights(LABELS, 3), label_smoothing=smoothing)
    torch.testing.assert_close(criterion(logits, labels), theirs(logits, labels))


def test_shares_weigh_the_losses_of_their_classes() -> None:
    torch.manual_seed(0)
    logits = torch.randn(1, 3)
    criterion = make_criterion(0.0, None)
    mixed = criterion(logits, torch.tensor([[0.3, 0.7, 0.0]]))
    apart = 0.3 * criterion(logits, torch.tensor([0])) + 0.7 * criterion(logits, torch.tensor([1]))
    torch.testing.assert_close(mixed, apart)
