from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics
from torch import Tensor, nn

from explorer.datasets.images import ArraySplit
from explorer.errors import Cancelled
from explorer.insight.evaluation import Evaluation, Tally, evaluate
from explorer.insight.preprocessing import Preprocessor

CLASSES = 7
NAMES = tuple("abcdefg")


def _case(images: int = 500, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Logits that are right more often than not; class 6 never occurs and class 5 is never predicted."""
    torch.manual_seed(seed)
    labels = torch.randint(0, 6, (images,))
    logits = torch.randn(images, CLASSES) + 1.5 * nn.functional.one_hot(labels, CLASSES)
    logits[:, 5] = -10
    return logits, labels


def _tally(logits: Tensor, labels: Tensor, batch: int = 64) -> Evaluation:
    tally = Tally(CLASSES)
    for start in range(0, len(labels), batch):
        tally.add(logits[start : start + batch], labels[start : start + batch])
    return tally.result()


def test_figures_are_those_of_scikit_learn() -> None:
    logits, labels = _case()
    found = _tally(logits, labels)
    predicted, probabilities = logits.argmax(1).numpy(), logits.softmax(1).double().numpy()
    every = list(range(CLASSES))
    assert found.images == 500
    assert found.accuracy == metrics.accuracy_score(labels, predicted)
    assert np.array_equal(found.confusion, metrics.confusion_matrix(labels, predicted, labels=every))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    assert found.loss == pytest.approx(metrics.log_loss(labels, probabilities, labels=every), rel=1e-5)
    assert found.top5 == pytest.approx(metrics.top_k_accuracy_score(labels, logits.numpy(), k=5, labels=every))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=every, zero_division=0
    )
    for index, figures in enumerate(found.by_class(NAMES)):
        assert figures.name == NAMES[index]
        assert figures.images == support[index]
        assert (figures.precision, figures.recall) == pytest.approx((precision[index], recall[index]))
        assert figures.f1 == pytest.approx(f1[index])


def test_the_batch_size_does_not_matter() -> None:
    logits, labels = _case()
    whole, parts = _tally(logits, labels, 500), _tally(logits, labels, 3)
    assert np.array_equal(whole.confusion, parts.confusion)
    assert whole.loss == pytest.approx(parts.loss, rel=1e-5)
    assert whole.top5 == parts.top5


def test_few_classes_have_no_top_five_and_no_images_no_loss() -> None:
    tally = Tally(3)
    tally.add(torch.eye(3), torch.tensor([0, 1, 1]))
    assert tally.result().top5 is None
    assert Tally(3).result().to_json(("a", "b", "c"))["loss"] is None


class Peek(nn.Module):
    """Tells the class by the brightest of its pixels, and must be in evaluation mode to do so."""

    def forward(self, images: Tensor) -> Tensor:
        assert not self.training
        return images.flatten(1)[:, :3]


def _split() -> ArraySplit:
    images = np.zeros((10, 1, 2, 2), dtype=np.uint8)
    labels = np.arange(10, dtype=np.int64) % 3
    images[np.arange(10), 0, labels // 2, labels % 2] = 255
    labels[9] = 1  # a mistake among the labels
    return ArraySplit(images, labels)


def test_a_split_is_evaluated_in_order_with_progress_and_the_mode_comes_back() -> None:
    module = Peek().train()
    told: list[tuple[int, int]] = []
    found = evaluate(
        module,
        _split(),
        Preprocessor((0.5,), (0.5,), (2, 2)),
        classes=3,
        batch_size=4,
        progress=lambda done, total: told.append((done, total)),
    )
    assert found.accuracy == 0.9
    assert found.confusion[1].tolist() == [1, 3, 0]
    assert told == [(4, 10), (8, 10), (10, 10)]
    assert module.training


def test_it_can_be_cancelled() -> None:
    module = Peek()
    with pytest.raises(Cancelled):
        evaluate(module, _split(), Preprocessor((0.5,), (0.5,), (2, 2)), classes=3, cancelled=lambda: True)
    assert module.training
