"""Weights as ``torch.save`` writes a ``state_dict``, and nothing else in that file; the rest lies beside it as JSON.

``module.load_state_dict(torch.load(path, weights_only=True))`` takes the file as it is: with names or classes in it,
strict loading would not.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.core.atomic import replacing
from explorer.errors import FileError
from explorer.export.base import EXPORTERS, Exporter, TrainedModel, is_metadata
from explorer.runs.json_file import read_json, write_json

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class PtExporter(Exporter):
    """Writes weights as a ``state_dict`` file of PyTorch."""

    def write(self, model: TrainedModel, path: Path) -> tuple[Path, ...]:
        from explorer.runs.checkpoint import plain, write_pickled

        _require_ours(beside(path))
        with replacing(path) as temporary:
            write_pickled(temporary, plain(model.state))
        write_json(beside(path), model.metadata())
        return path, beside(path)

    def outputs(self, path: Path, images: Tensor) -> Tensor:
        from explorer.export.state import outputs_of
        from explorer.runs.checkpoint import read_pickled

        return outputs_of(read_json(beside(path)), read_pickled(path), images)


def _require_ours(file: Path) -> None:
    """Refuses to replace a file that nobody has named and no export has written.

    Raises:
        FileError: If another one is there.
    """
    if not os.path.lexists(file):
        return
    try:
        is_ours = is_metadata(read_json(file))
    except FileError:
        is_ours = False
    if not is_ours:
        raise FileError(
            f"Classes and normalisation would go to {file}, where something else is; move that or choose another name."
        )


def beside(path: Path) -> Path:
    """Where the JSON of a weights file lies."""
    return path.with_name(f"{path.name}.json")


EXPORTERS.add(
    "pt",
    PtExporter(
        key="pt",
        label="Weights (PyTorch state_dict)",
        suffix=".pt",
        help="weights for torch.load(..., weights_only=True), with classes and normalisation in a JSON file beside",
    ),
)
