"""From the words on the command line to a network and a data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import explorer
from explorer.core.analysis import analyse
from explorer.core.file_name import usable
from explorer.core.network import Network
from explorer.core.shape import format_shape, pair
from explorer.datasets.base import DATASETS, DEFAULT, Dataset
from explorer.errors import EditError, ExplorerError, NetworkError, UnknownKeyError
from explorer.examples import EXAMPLES
from explorer.training.checks import require_image_network
from explorer.zoo.base import ZOO, Entry, OptionValue, option_of

BUNDLED = "bundled"
IMAGE_FOLDER = "image-folder"


def document(name: str) -> Path | None:
    """The document that a word names, a file or an example; None for what can only be a network of the zoo."""
    if name in ZOO:
        return None
    file = usable(name)
    if name in EXAMPLES and not file.is_file():
        return EXAMPLES[name].file
    return file if file.is_file() else None


def choose_network(
    name: str, *, input_shape: tuple[int, ...] | None = None, classes: int | None = None, options: Sequence[str] = ()
) -> Network:
    """A network of the zoo, an example, or that in a file.

    Args:
        name: A key of the zoo, that of an example, or a path.
        input_shape: Its input; the published or the saved one by default.
        classes: Its classes, for the zoo only.
        options: Its options as ``name=value``, for the zoo only.

    Raises:
        ExplorerError: If there is no such network or option.
    """
    file = document(name)
    if file is None:
        return explorer.network(name, input_shape=input_shape, classes=classes, **_options(_entry(name), options))
    if options or classes is not None:
        raise EditError(f"{name} is a document with a fixed network; options and classes are for networks of the zoo.")
    network = explorer.read(file)
    if input_shape is None or not network.inputs:
        return network
    first = dataclasses.replace(network.inputs[0], shape=input_shape)
    return dataclasses.replace(network, inputs=(first, *network.inputs[1:]))


def network_for(
    name: str, dataset: Dataset, image_size: int | tuple[int, int] = 0, options: Sequence[str] = ()
) -> Network:
    """The network to train on a data set: one of the zoo takes its shape and classes, a document stays as it is.

    Args:
        name: A key of the zoo, that of an example, or a path.
        dataset: The data set.
        image_size: The height and width that its images are resized to; 0 for their own.
        options: Options of the network as ``name=value``.

    Raises:
        ExplorerError: If there is no such network, or it has problems with such images.
    """
    if document(name) is not None:
        return choose_network(name, options=options)
    shape = resized(dataset.shape, image_size)
    network = choose_network(name, input_shape=shape, classes=len(dataset.classes), options=options)
    problems = analyse(network).problems
    if problems:
        published = " × ".join(map(str, ZOO[name].input_shape[1:]))
        raise NetworkError(
            f"{network.name} does not take images of {format_shape(shape)}. {problems[0]} "
            f"Or resize the images with --image-size; the network was made for {published}."
        )
    return network


def choose_dataset(
    name: str | None,
    folder: Path | None,
    *,
    shape: tuple[int, ...] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Dataset, Path | None]:
    """A data set with all its facts, and where to look for it.

    Args:
        name: A key, ``bundled``, or a folder of images; the bundled one by default.
        folder: Where it lies.
        shape: Channels, height and width to read a folder of images in.
        progress: Told how far the work is.
        cancelled: Asked whether to stop.

    Raises:
        ExplorerError: If there is no such data set.
    """
    key = DEFAULT if name in {None, BUNDLED} else str(name)
    if key not in DATASETS and usable(key).is_dir():
        key, folder = IMAGE_FOLDER, Path(key)
    size = None if shape is None else (shape[1], shape[2])
    channels = None if shape is None else shape[0]
    try:
        entry = DATASETS[key]
    except UnknownKeyError as error:
        known = ", ".join(DATASETS)
        raise ExplorerError(f"{error} The data sets are {known}; a folder of images works too.") from error
    return entry.resolve(folder, image_size=size, channels=channels, progress=progress, cancelled=cancelled), folder


def image_shape(name: str, image_size: int | tuple[int, int]) -> tuple[int, ...]:
    """What images a network is to be fed: its own shape, with another size if one is asked for.

    Args:
        name: A key of the zoo, that of an example, or a path.
        image_size: Height and width; 0 for the network's own.

    Raises:
        ExplorerError: If there is no such network, it takes no images, or it learns something else than classes.
    """
    network = choose_network(name)
    require_image_network(network)
    return resized(network.input_shape, image_size)


def resized(shape: tuple[int, ...], image_size: int | tuple[int, int]) -> tuple[int, ...]:
    """The shape of images with another height and width; 0 leaves them."""
    return (shape[0], *pair(image_size)) if image_size and len(shape) == 3 else shape


def _entry(name: str) -> Entry:
    try:
        return ZOO[name]
    except UnknownKeyError as error:
        raise ExplorerError(f"{error} There is no example or file of that name either; see 'networks'.") from error


def _options(entry: Entry, options: Sequence[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for text in options:
        name, equals, value = text.partition("=")
        if not equals:
            raise EditError(f"The option {text!r} has no value; write it as name=value.")
        # asked for here, since `classes` and the like would be arguments of explorer.network
        chosen[name] = _parse(value, option_of(entry, name).default)
    return chosen


def _parse(text: str, like: OptionValue) -> OptionValue:
    """The text as a value of the type of the default; text that is none is left to the zoo, which says so."""
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return type(like)(text)
    except ValueError:
        return text
