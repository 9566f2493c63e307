"""The bundled sample: what it holds, and that the committed script makes it from the full set."""

from __future__ import annotations

import gzip
import runpy
from pathlib import Path

import numpy as np
import pytest

from explorer import resources
from explorer.datasets.base import DATASETS, DEFAULT
from explorer.datasets.idx import read_idx, write_idx
from explorer.datasets.idx_set import NAMES
from explorer.datasets.images import ArraySplit

DEBIANS = Path("/usr/share/datasets/fashion-mnist")
SAMPLE = resources.path("datasets", "fashion-mnist-sample")
SCRIPT = runpy.run_path(str(SAMPLE.parents[2] / "packaging" / "make_dataset_sample.py"))

full_set = pytest.mark.skipif(not DEBIANS.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_it_is_the_default_and_needs_nothing() -> None:
    assert DEFAULT == "fashion-mnist-sample"
    images = DATASETS[DEFAULT].load(download=False)
    for split, count in ((images.train, 1000), (images.test, 200)):
        assert isinstance(split, ArraySplit)
        assert split.shape == (1, 28, 28)
        assert np.bincount(split.labels).tolist() == [count] * 10
        assert len(np.unique(split.images.reshape(len(split), -1), axis=0)) > 0.99 * len(split)


def test_its_brightness_is_the_full_sets() -> None:
    images = DATASETS[DEFAULT].load().train
    assert isinstance(images, ArraySplit)
    pixels = images.images / 255
    assert abs(pixels.mean() - DATASETS["fashion-mnist"].mean[0]) < 0.001
    assert abs(pixels.std() - DATASETS["fashion-mnist"].std[0]) < 0.001


def test_its_size_and_its_papers() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 5.5e6
    licence = (SAMPLE / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert "Copyright © 2017 Zalando SE" in licence
    assert "make_dataset_sample.py" in (SAMPLE / "README.md").read_text(encoding="utf-8")


@full_set
def test_the_script_makes_it_from_the_full_set(tmp_path: Path) -> None:
    SCRIPT["make_sample"](DEBIANS, tmp_path)
    for name in NAMES:  # the content: compressed bytes differ between versions of zlib
        assert content(tmp_path / f"{name}.gz") == content(SAMPLE / f"{name}.gz")


def test_the_script_keeps_images_and_labels_together(tmp_path: Path) -> None:
    for part, count in (("train", 60), ("t10k", 30)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", labels)
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", np.tile(labels[:, np.newaxis, np.newaxis], (1, 4, 4)))
    for target in ("one", "two"):
        SCRIPT["make_sample"](tmp_path, tmp_path / target, 20, 10)
    for part, each in (("train", 2), ("t10k", 1)):
        images = read_idx(tmp_path / "one" / f"{part}-images-idx3-ubyte.gz", 3)
        labels = read_idx(tmp_path / "one" / f"{part}-labels-idx1-ubyte.gz", 1)
        assert np.bincount(labels).tolist() == [each] * 10
        assert np.array_equal(images[:, 0, 0], labels)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_the_script_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["make_dataset_sample.py", str(tmp_path), str(tmp_path / "target")])
    with pytest.raises(SystemExit, match="1"):
        SCRIPT["main"]()
    assert "train-images-idx3-ubyte is missing from" in capsys.readouterr().err
