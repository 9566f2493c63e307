"""Finds the classes and the image files of a folder that a person has arranged.

Classes and labels are those of ``torchvision.datasets.ImageFolder``: names in alphabetical order, files at any depth.
Unlike there, hidden files and folders are passed over (``.ipynb_checkpoints`` is not a class) and folders that are
links inside a class are not followed, since they may lead in circles.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import DataError

TRAIN, VALIDATION, TEST = "train", "val", "test"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"})

_SPELLINGS = {
    "train": TRAIN,
    "training": TRAIN,
    "val": VALIDATION,
    "valid": VALIDATION,
    "validation": VALIDATION,
    "test": TEST,
    "testing": TEST,
}
_ADVICE = "Point at a folder with one subfolder of images for each class."


@dataclass(frozen=True, slots=True)
class Listing:
    """Image files and the label of each."""

    paths: tuple[Path, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a folder holds.

    A folder with train and val but no test, as ImageNet comes, has its ``val`` as the test set here: it is the part
    whose accuracy is reported, and validation is a share of the training images.
    """

    classes: tuple[str, ...]
    train: Listing
    validation: Listing | None
    test: Listing | None

    @property
    def parts(self) -> tuple[Listing, ...]:
        """The listings there are."""
        return tuple(part for part in (self.train, self.validation, self.test) if part is not None)


def read_layout(root: Path) -> Layout:
    """Lists the images of a folder without opening any.

    Args:
        root: Holds the class folders, or folders named train, val and test that hold them.

    Raises:
        DataError: If the folder cannot be read, has fewer than two classes, or a class without images.
    """
    try:
        parts = _parts(root)
        classes = tuple(folder.name for folder in _subfolders(parts[TRAIN]))
        listings = {part: _listing(folder, classes) for part, folder in parts.items()}
    except OSError as error:
        raise DataError(f"{error.filename or root} cannot be read ({error.strerror}). {_ADVICE}") from error
    _check_classes(parts[TRAIN], classes, listings[TRAIN])
    if TEST not in listings and VALIDATION in listings:
        listings[TEST] = listings.pop(VALIDATION)
    return Layout(classes, listings[TRAIN], listings.get(VALIDATION), listings.get(TEST))


def _parts(root: Path) -> dict[str, Path]:
    """The folders that hold class folders, by the part they are; the root alone where it is not divided."""
    parts: dict[str, Path] = {}
    for folder in _subfolders(root):
        part = _SPELLINGS.get(folder.name.lower())
        if part is not None and _subfolders(folder):  # without subfolders, "train" is a class beside "bus"
            if part in parts:
                raise DataError(f"{root} holds both {parts[part].name} and {folder.name}; keep one of them.")
            parts[part] = folder
    return parts if TRAIN in parts else {TRAIN: root}


def _subfolders(folder: Path) -> list[Path]:
    return sorted((entry for entry in folder.iterdir() if _visible(entry.name) and entry.is_dir()), key=_name)


def _listing(folder: Path, classes: tuple[str, ...]) -> Listing:
    found = [sub.name for sub in _subfolders(folder)]
    unknown = sorted(set(found) - set(classes))
    if unknown:
        raise DataError(
            f"{folder} has the class {unknown[0]!r}, which the training folder has not; "
            "give both the same class folders."
        )
    paths = [(path, classes.index(name)) for name in found for path in _image_files(folder / name)]
    return Listing(tuple(path for path, _ in paths), tuple(label for _, label in paths))


def _image_files(folder: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    walked = []
    for current, folders, files in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if _visible(name)]
        walked.append((current, files))
    for current, files in sorted(walked):
        for name in sorted(files):
            if _visible(name) and Path(name).suffix.lower() in SUFFIXES:
                yield Path(current, name)


def _check_classes(folder: Path, classes: tuple[str, ...], train: Listing) -> None:
    if len(classes) < 2:
        found = f"only {classes[0]!r}" if classes else "none"
        raise DataError(f"{folder} needs a subfolder for each of at least two classes, and there is {found}. {_ADVICE}")
    present = set(train.labels)
    empty = [name for label, name in enumerate(classes) if label not in present]
    if empty:
        raise DataError(
            f"The class folder {folder / empty[0]} holds no image (looked for {', '.join(sorted(SUFFIXES))}); "
            "add images or remove the folder."
        )


def _visible(name: str) -> bool:
    return not name.startswith(".")


def _name(path: Path) -> str:
    return path.name
