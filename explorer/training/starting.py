"""Where a run can start from: the weights of another run, or of a file from anywhere.

A file is judged before anything of it is used: nothing in it is run, its shapes are compared with those of the network,
and only what fits is read. A stored ``state_dict`` may lie one level down, or have the prefix of a wrapper, as training
scripts leave it; one of torchvision has its names.
"""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorer.assembly import assemble
from explorer.core.file_name import usable
from explorer.core.heads import heads
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.core.weights_report import WeightsReport, compare_weights
from explorer.errors import FileError, TrainingError
from explorer.runs.checkpoint import HEADER, Checkpoint, load, read_pickled
from explorer.runs.checkpoint_facts import META
from explorer.runs.json_file import read_json
from explorer.runs.rotation import BEST, LAST
from explorer.runs.run import CONFIG, Run
from explorer.runs.twin_weights import our_names

MAX_BYTES = 16 << 30  # twice what the largest network allowed has in float32
SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
_LEVELS = ("state_dict", "model_state_dict", "model", "model_ema", "state_dict_ema")
_WRAPPERS = ("module.", "_orig_mod.", "model.")  # DataParallel and its kin, torch.compile, Lightning
_COUNTER = "num_batches_tracked"  # of a batch norm, which starts at 0 where a file from before it has none


@dataclass(frozen=True, slots=True, eq=False)
class StoredWeights:
    """Weights that a network may start from.

    Attributes:
        source: What they are called in a sentence.
        path: Where they lie.
        shapes: The shape of each, by key.
        classes: The names of the classes that the head means; empty if nobody knows.
        read: Reads those of some keys; raises a `FileError` if it cannot.
        versioned: Whether the file states the versions of torch's layers, and so has all that they need.
    """

    source: str
    path: Path
    shapes: Mapping[str, Shape]
    classes: tuple[str, ...]
    read: Callable[[Collection[str]], dict[str, Tensor]]
    versioned: bool = False


def open_weights(path: Path) -> StoredWeights:
    """The weights in the folder of a run or of a checkpoint, or in a file.

    Raises:
        FileError: If there are none, or they cannot be read safely; the sentence says why.
    """
    path = usable(path)
    if path.is_dir():
        return _of_folder(path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if size > MAX_BYTES:
        raise FileError(f"{path} has {size / 1e9:,.0f} GB, more than any network here; choose another file.")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(f"{path} is no weights file: choose one that ends in {', '.join(SUFFIXES)}, or a run's folder.")
    return _of_safetensors(path) if suffix == ".safetensors" else _of_pickle(path)


def report_on(network: Network, weights: StoredWeights, classes: tuple[str, ...] = ()) -> WeightsReport:
    """What a network would take of stored weights.

    Args:
        network: The network, without problems.
        weights: The weights.
        classes: The names of the classes it is to learn.
    """
    weights = _named_for(network, weights)
    with torch.device("meta"):
        module = assemble(network)
    wanted = {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
    counters = {key for key in wanted if key.endswith(f".{_COUNTER}") and _beside(key) in weights.shapes}
    return compare_weights(
        wanted,
        weights.shapes,
        weights.source,
        heads=[".".join(path) for path in heads(network)],
        same_classes=not classes or not weights.classes or classes == weights.classes,
        filled=set() if weights.versioned else counters,
    )


def _beside(counter: str) -> str:
    """The key of a statistic of the norm to which a counter belongs."""
    return counter.removesuffix(_COUNTER) + "running_mean"


def read_fitting(network: Network, weights: StoredWeights, report: WeightsReport) -> dict[str, Tensor]:
    """The weights that a network takes.

    Args:
        network: The network, without problems.
        weights: The weights.
        report: What it takes of them.

    Raises:
        TrainingError: If it would take none.
        FileError: If they cannot be read.
    """
    if report.is_useless:
        raise TrainingError(
            f"None of the weights in {weights.source} fits the network; choose those of a network like it."
        )
    weights = _named_for(network, weights)
    keys = [key for key in report.keys("match") if key in weights.shapes]
    found = weights.read(keys)
    for key, tensor in found.items():
        if tensor.is_complex() or tensor.is_quantized or tensor.layout != torch.strided:
            raise FileError(f"The weight {key} in {weights.source} is no plain tensor of numbers; use another file.")
    return found


def _named_for(network: Network, weights: StoredWeights) -> StoredWeights:
    """The same weights under the names of a network, where they have those of its twin in torchvision."""
    rename = our_names(network)
    stored = {rename(key): key for key in weights.shapes}
    if all(ours == theirs for ours, theirs in stored.items()):
        return weights

    def read(keys: Collection[str]) -> dict[str, Tensor]:
        found = weights.read([stored[key] for key in keys])
        return {key: found[stored[key]] for key in keys}

    return replace(weights, shapes={key: weights.shapes[theirs] for key, theirs in stored.items()}, read=read)


# Folders


def _of_folder(folder: Path) -> StoredWeights:
    if (folder / META).is_file() and not (folder / CONFIG).is_file():
        run = folder.parent.parent
        classes = Run.open(run).environment.data.classes if (run / CONFIG).is_file() else ()
        return _of_checkpoint(load(folder, training=False), f"checkpoint {folder.name} of {run.name}", classes)
    run_there = Run.open(folder)
    name = run_there.checkpoints.pointed(BEST) or run_there.checkpoints.pointed(LAST)
    if name is None:
        raise FileError(f"{folder} has no checkpoint yet; train it for a step at least.")
    checkpoint = load(run_there.checkpoints.path(name), training=False)
    return _of_checkpoint(checkpoint, f"the run {folder.name}", run_there.environment.data.classes)


def _of_checkpoint(checkpoint: Checkpoint, source: str, classes: tuple[str, ...]) -> StoredWeights:
    state = checkpoint.model
    versioned = "_metadata" in vars(state)
    return StoredWeights(source, checkpoint.folder, _shapes(state), classes, _choose_from(state), versioned)


# Files


def _of_safetensors(path: Path) -> StoredWeights:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            header = dict(file.metadata() or {})
            names = list(file.keys())
            prefix = _wrapper(names)
            stored = {name.removeprefix(prefix): name for name in names}
            shapes = {key: tuple(file.get_slice(name).get_shape()) for key, name in stored.items()}
    except (OSError, ValueError, SafetensorError) as error:
        raise _unreadable(path, error) from error

    def read(keys: Collection[str]) -> dict[str, Tensor]:
        try:
            with safe_open(path, framework="pt", device="cpu") as file:
                return {key: file.get_tensor(stored[key]) for key in keys}
        except (OSError, ValueError, SafetensorError) as error:
            raise _unreadable(path, error) from error

    return StoredWeights(path.name, path, shapes, _classes_in(header), read)


def _of_pickle(path: Path) -> StoredWeights:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how old the file is
        content = read_pickled(path, mmap=zipfile.is_zipfile(path))
    holder = _state_in(content)
    tensors = {name: item for name, item in holder.items() if isinstance(name, str) and isinstance(item, Tensor)}
    if not tensors:
        raise FileError(f"{path} holds no state_dict: it has no tensors by name. Use another file.")
    prefix = _wrapper(tensors)
    state = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    versioned = hasattr(holder, "_metadata")
    return StoredWeights(path.name, path, _shapes(state), _classes_beside(path), _choose_from(state), versioned)


def _state_in(content: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """The ``state_dict`` in what a training script has saved, which may be one level down."""
    inner = (content.get(level) for level in _LEVELS)
    return next((item for item in inner if isinstance(item, Mapping) and _has_tensors(item)), content)


def _has_tensors(values: Mapping[Any, Any]) -> bool:
    return any(isinstance(value, Tensor) for value in values.values())


def _choose_from(state: Mapping[str, Tensor]) -> Callable[[Collection[str]], dict[str, Tensor]]:
    return lambda keys: {key: state[key] for key in keys}


def _shapes(state: Mapping[str, Tensor]) -> dict[str, Shape]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _wrapper(names: Collection[str]) -> str:
    """What a wrapper has put before all names."""
    return next((prefix for prefix in _WRAPPERS if names and all(name.startswith(prefix) for name in names)), "")


def _classes_in(header: Mapping[str, str]) -> tuple[str, ...]:
    try:
        return _texts(json.loads(header.get(HEADER, "{}")))
    except (ValueError, RecursionError):
        return ()


def _classes_beside(path: Path) -> tuple[str, ...]:
    """The classes in the JSON that an export of this app has beside it."""
    try:
        return _texts(read_json(path.with_name(f"{path.name}.json")))
    except FileError:
        return ()


def _texts(facts: object) -> tuple[str, ...]:
    classes = facts.get("classes") if isinstance(facts, Mapping) else None
    texts = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
    return tuple(classes) if texts and isinstance(classes, list) else ()


def _unreadable(path: Path, error: Exception) -> FileError:
    return FileError(f"{path} cannot be read as safetensors ({error}); use another file.")
