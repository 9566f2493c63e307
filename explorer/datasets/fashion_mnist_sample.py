"""The sample of Fashion-MNIST that comes with the application: real images, at once and offline.

``packaging/make_dataset_sample.py`` chose 1,000 training and 200 test images of each class from the full set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer import resources
from explorer.datasets.base import DATASETS, Dataset
from explorer.datasets.fashion_mnist import FASHION_MNIST
from explorer.datasets.idx_set import read_idx_images
from explorer.datasets.images import Images
from explorer.datasets.progress import CancelCheck, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledSample(Dataset):
    """The sample in ``resources/datasets``; it is never looked for anywhere else."""

    def find(self, root: Path | None = None) -> Path | None:
        """The bundled folder, whatever the root.

        Raises:
            FileError: If the installation has lost it.
        """
        return resources.path("datasets", self.key)

    def files(self, root: Path | None = None) -> tuple[Path, ...]:
        """The bundled files, whatever the root."""
        return tuple(path for path in resources.path("datasets", self.key).iterdir() if path.is_file())

    def load(
        self,
        root: Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        cancelled: CancelCheck | None = None,
    ) -> Images:
        """See `Dataset.load`."""
        return read_idx_images(resources.path("datasets", self.key), self.title, progress, cancelled)


DATASETS.add(
    "fashion-mnist-sample",
    BundledSample(
        key="fashion-mnist-sample",
        title="Fashion-MNIST sample",
        shape=FASHION_MNIST.shape,
        classes=FASHION_MNIST.classes,
        # The full set's: a network trained on one must see the other alike. The sample's own are within 0.001.
        mean=FASHION_MNIST.mean,
        std=FASHION_MNIST.std,
        licence=FASHION_MNIST.licence,
        source=f"10,000 training and 2,000 test images of the full set: {FASHION_MNIST.source}",
        train_images=10_000,
        test_images=2_000,
    ),
)
