"""One checkpoint: a folder with the weights, all that continuing needs, and what both must hash to.

``model.safetensors`` holds the ``state_dict``, so that any program can load it; ``train_state.pt`` holds the
optimiser, the random states and the position, read with ``weights_only=True``; ``meta.json`` names both with their
SHA-256, because a flipped bit loads silently in either format. The folder is complete or it is not there: it is
written under another name, flushed to the disk and renamed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.core.atomic import cannot_write, sync
from explorer.errors import FileError
from explorer.runs.checkpoint_facts import META, MODEL, TRAINING, CheckpointFacts
from explorer.runs.json_file import read_json
from explorer.runs.reading import Reading

FORMAT = 1
HEADER = "architecture_explorer"  # the key of what an export says of itself, among the metadata of its file
_ORDER = "state_dict"  # where a weights file keeps the order of its keys and torch's `state_dict()._metadata`
# What torch raises for a file that is none of its own, or damaged somewhere: its reader trusts what it finds.
_BAD_PICKLE = (
    OSError, RuntimeError, pickle.UnpicklingError, EOFError, AttributeError, LookupError, TypeError, ValueError,
    AssertionError, OverflowError, MemoryError,
)  # fmt: skip
_HEADROOM = 1 << 20  # bytes beside the tensors
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        folder: Where it lies.
        meta: The step, the figures at that moment, versions, threads and device.
        model: The ``state_dict``, on the CPU.
        training: What continuing needs, on the CPU; empty if it was not asked for.
    """

    folder: Path
    meta: CheckpointFacts
    model: OrderedDict[str, Tensor]
    training: Mapping[str, Any]


def save(folder: Path, model: Mapping[str, Tensor], training: Mapping[str, Any], meta: CheckpointFacts) -> None:
    """Writes a checkpoint.

    Args:
        folder: Its final name, which must not exist.
        model: The ``state_dict``; tensors may lie on any device, in any layout, and share storage.
        training: Tensors, numbers, texts and collections of them only; no NumPy objects, no classes.
        meta: What else it says of itself.

    Raises:
        FileError: If there is no room or the system refuses; nothing is left behind then.
    """
    temporary = folder.with_name(f"{folder.name}.tmp")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        _require_room(folder.parent, (model, training))
        temporary.mkdir()
        _write(temporary, model, training, meta)
        sync(temporary)
        temporary.rename(folder)
        sync(folder.parent)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise cannot_write(folder, error) from error
    except FileError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def load(folder: Path, *, training: bool = True) -> Checkpoint:
    """Reads a checkpoint after comparing its files with their hashes.

    Args:
        folder: The checkpoint.
        training: Whether to read what continuing needs, too.

    Raises:
        FileError: If a file is missing, damaged or of a later format; the sentence says which.
    """
    values = read_json(folder / META)
    if values.get("format") != FORMAT:
        found = values.get("format")
        raise FileError(f"{folder} has format {found!r}, but this version reads {FORMAT}; update the app.")
    for name in (MODEL, TRAINING) if training else (MODEL,):
        _verify(folder / name, values)
    meta = CheckpointFacts.read(Reading(values, str(folder / META)))
    model, _ = read_weights_and_header(folder / MODEL)
    return Checkpoint(folder, meta, model, read_pickled(folder / TRAINING) if training else {})


def load_weights(module: nn.Module, state: Mapping[str, Tensor], where: str) -> None:
    """Loads weights into a module.

    Args:
        module: The module of a network.
        state: Its ``state_dict``, as far as one was told.
        where: Where they come from, as a sentence calls it.

    Raises:
        FileError: If they are of another network.
    """
    try:
        module.load_state_dict(state, strict=True)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise FileError(f"The weights in {where} do not fit their network ({reason}); restore its file.") from error


def read_weights_and_header(path: Path) -> tuple[OrderedDict[str, Tensor], dict[str, str]]:
    """The ``state_dict`` in a safetensors file, in its own order if the file tells it, and the header.

    Raises:
        FileError: If it is no such file.
    """
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            header = dict(file.metadata() or {})
            stated = json.loads(header.get(_ORDER, "{}"))
            place = {name: index for index, name in enumerate(stated.get("keys", ()))}
            names = sorted(file.keys(), key=lambda name: place.get(name, len(place)))
            state = OrderedDict((name, file.get_tensor(name)) for name in names)
    except (OSError, ValueError, AttributeError, SafetensorError) as error:
        raise FileError(f"{path} cannot be read as safetensors ({error}); use another file.") from error
    if stated.get("versions"):
        vars(state)["_metadata"] = stated["versions"]
    return state, header


def write_weights(path: Path, state: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """Writes a ``state_dict`` as safetensors, which takes no shared storage and no layout but the plain one.

    Args:
        path: The file, which is overwritten; see :mod:`explorer.core.atomic` for a safe way.
        state: The tensors.
        metadata: Texts for the header of the file.

    Raises:
        FileError: If the system refuses.
    """
    versions = vars(state).get("_metadata") if isinstance(state, OrderedDict) else None
    header = {"format": "pt", _ORDER: json.dumps({"keys": list(state), "versions": versions}), **(metadata or {})}
    try:
        save_file(dict(plain(state)), path, header)
    except SafetensorError as error:
        raise FileError(f"{path} cannot be written ({error}); make room or choose another folder.") from error


def plain(state: Mapping[str, Tensor]) -> OrderedDict[str, Tensor]:
    """The tensors on the CPU, contiguous, each with storage of its own, and with torch's versions kept."""
    tensors: OrderedDict[str, Tensor] = OrderedDict()
    seen: set[int] = set()
    for name, tensor in state.items():
        copy = tensor.detach().cpu().contiguous()
        shared = copy.untyped_storage().data_ptr() in seen or copy.untyped_storage().nbytes() != copy.nbytes
        tensors[name] = copy = copy.clone() if shared and copy.numel() else copy
        seen.add(copy.untyped_storage().data_ptr())
    if isinstance(state, OrderedDict) and "_metadata" in vars(state):
        vars(tensors)["_metadata"] = vars(state)["_metadata"]
    return tensors


def _write(folder: Path, model: Mapping[str, Tensor], training: Mapping[str, Any], meta: CheckpointFacts) -> None:
    write_weights(folder / MODEL, model)
    write_pickled(folder / TRAINING, dict(training))
    files = {}
    for path in (folder / MODEL, folder / TRAINING):
        sync(path)
        files[path.name] = {"bytes": path.stat().st_size, "sha256": _sha256(path)}
    with (folder / META).open("x", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps({"format": FORMAT, **meta.to_json(), "files": files}, indent=2, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


class _Careful(io.FileIO):
    """Remembers why the system refused, which torch's writer turns into a RuntimeError without the reason."""

    refusal: OSError | None = None

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        written = 0
        try:
            while written < len(view):  # a raw file may take less than it is given
                written += super().write(view[written:]) or 0
        except OSError as error:
            self.refusal = error
            raise
        return written


def write_pickled(path: Path, value: dict[str, Any]) -> None:
    """Writes tensors and plain values the way ``torch.load(..., weights_only=True)`` reads them.

    Args:
        path: The file, which is overwritten; see :mod:`explorer.core.atomic` for a safe way.
        value: The values.

    Raises:
        OSError: If the system refuses, and why; torch alone would hide that.
    """
    with _Careful(path, "wb") as file:
        try:
            torch.save(value, file)
        except RuntimeError:
            if file.refusal is None:
                raise
        if file.refusal is not None:
            raise file.refusal


def read_pickled(path: Path, *, mmap: bool = False) -> dict[str, Any]:
    """A dictionary of tensors and plain values; nothing in the file is run.

    Args:
        path: The file.
        mmap: Whether tensors stay on the disk until they are used.

    Raises:
        FileError: If it is no such file.
    """
    try:
        value = torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except _BAD_PICKLE as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise FileError(f"{path} cannot be read ({reason}); use another file.") from error
    if not isinstance(value, dict):
        raise FileError(f"{path} holds no dictionary of tensors; use another file.")
    return value


def _verify(path: Path, meta: Mapping[str, Any]) -> None:
    try:
        expected = meta["files"][path.name]["sha256"]
        found = _sha256(path)
    except (KeyError, TypeError) as error:
        raise FileError(f"{path.parent / META} does not name {path.name}; use another checkpoint.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if found != expected:
        raise FileError(f"{path} is damaged: its SHA-256 is not the one it was written with. Use another checkpoint.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_room(folder: Path, state: Any) -> None:
    needed, free = _bytes(state) + _HEADROOM, shutil.disk_usage(folder).free
    if free < needed:
        raise FileError(
            f"{folder} has {free / 1e6:,.0f} MB free and the checkpoint needs {needed / 1e6:,.0f} MB; "
            "make room or choose another folder."
        )


def _bytes(state: Any) -> int:
    """Bytes of all tensors in nested collections."""
    if isinstance(state, Tensor):
        return state.nbytes
    if isinstance(state, Mapping):
        return sum(_bytes(item) for item in state.values())
    return sum(_bytes(item) for item in state) if isinstance(state, list | tuple) else 0
