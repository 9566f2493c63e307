"""Classes and files of a folder, held against torchvision's ImageFolder."""

from __future__ import annotations

from pathlib import Path

import pytest
from torchvision.datasets import ImageFolder
from torchvision.datasets.folder import IMG_EXTENSIONS

from explorer.datasets.folder_layout import SUFFIXES, Listing, read_layout
from explorer.errors import DataError


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def names(listing: Listing | None, root: Path) -> list[str]:
    assert listing is not None
    return [path.relative_to(root).as_posix() for path in listing.paths]


def test_the_same_endings() -> None:
    assert set(IMG_EXTENSIONS) == SUFFIXES


def test_classes_files_and_labels_are_torchvisions(tmp_path: Path) -> None:
    put(tmp_path, "dog/b.png", "dog/a.JPG", "dog/deep/er/z.webp", "dog/deep/a.bmp", "Cat/1.jpeg", "Cat/notes.txt")
    put(tmp_path, "ant/x.tif", "ant/10.png", "ant/9.png", "readme.md")
    layout, theirs = read_layout(tmp_path), ImageFolder(str(tmp_path))
    assert layout.classes == tuple(theirs.classes)
    pairs = zip(layout.train.paths, layout.train.labels, strict=True)
    assert [(str(path), label) for path, label in pairs] == theirs.samples
    assert layout.validation is None
    assert layout.test is None


@pytest.mark.parametrize(
    ("folders", "validation", "test"),
    [
        (("train",), None, None),
        (("train", "test"), None, "test"),
        (("train", "val", "test"), "val", "test"),
        (("Training", "Validation", "Testing"), "Validation", "Testing"),
        (("train", "val"), None, "val"),  # as ImageNet comes: its validation set is the one that is reported
    ],
)
def test_divided_folders(tmp_path: Path, folders: tuple[str, ...], validation: str | None, test: str | None) -> None:
    for folder in folders:
        put(tmp_path / folder, "cat/1.png", "dog/2.png")
    layout = read_layout(tmp_path)
    assert layout.classes == ("cat", "dog")
    assert names(layout.train, tmp_path) == [f"{folders[0]}/cat/1.png", f"{folders[0]}/dog/2.png"]
    for listing, expected in ((layout.validation, validation), (layout.test, test)):
        if expected is None:
            assert listing is None
        else:
            assert names(listing, tmp_path) == [f"{expected}/cat/1.png", f"{expected}/dog/2.png"]


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    put(tmp_path, "train/1.png", "bus/2.png", "test/3.png")
    assert read_layout(tmp_path).classes == ("bus", "test", "train")


def test_hidden_things_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "cat/1.png", "cat/._1.png", "cat/.thumbs/1.png", "dog/2.png", ".ipynb_checkpoints/3.png")
    layout = read_layout(tmp_path)
    assert layout.classes == ("cat", "dog")
    assert names(layout.train, tmp_path) == ["cat/1.png", "dog/2.png"]


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    put(tmp_path, "cat/1.png", "dog/2.png")
    (tmp_path / "cat" / "again").symlink_to(tmp_path)
    (tmp_path / "linked").symlink_to(tmp_path / "dog")
    layout = read_layout(tmp_path)
    assert names(layout.train, tmp_path) == ["cat/1.png", "dog/2.png", "linked/2.png"]


def test_a_test_folder_may_lack_a_class(tmp_path: Path) -> None:
    put(tmp_path, "train/cat/1.png", "train/dog/1.png", "test/dog/2.png")
    test = read_layout(tmp_path).test
    assert test is not None
    assert test.labels == (1,)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ((), r"at least two classes, and there is none\. Point at a folder"),
        (("a.png", "b.png"), "there is none"),
        (("images/a.png",), "there is only 'images'"),
        (("cat/a.png", "dog/notes.txt"), r"class folder .*dog holds no image \(looked for .*\.jpg"),
        (("train/cat/a.png", "train/dog/b.png", "test/cow/c.png"), "test has the class 'cow', which the training"),
        (("train/cat/a.png", "train/dog/b.png", "Training/cat/c.png"), "holds both Training and train; keep one"),
    ],
)
def test_refusals(tmp_path: Path, files: tuple[str, ...], sentence: str) -> None:
    put(tmp_path, *files)
    with pytest.raises(DataError, match=sentence):
        read_layout(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere cannot be read \(No such file or directory\)\. Point at"):
        read_layout(tmp_path / "nowhere")
    put(tmp_path, "file")
    with pytest.raises(DataError, match=r"file cannot be read \(Not a directory\)"):
        read_layout(tmp_path / "file")
