"""What an export format is, and what it gets to write.

A new format is one file in this package that ends in ``EXPORTERS.add(key, exporter)``. This module imports no torch, so
that a menu can list the formats at once.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.core import storage
from explorer.core.analysis import analyse
from explorer.core.file_name import usable
from explorer.core.network import Network
from explorer.errors import FileError
from explorer.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

APP = "Architecture Explorer"
RESIZING = "bilinear, antialiased, of pixels scaled to 0..1, before mean and std"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A network with its weights, and what somebody needs who has only the file.

    Attributes:
        network: The network.
        state: Its ``state_dict``, on the CPU.
        classes: The name of each class, in the order of the outputs; empty if nobody knows.
        mean: What is subtracted from each channel of pixels scaled to 0..1.
        std: What that is divided by.
        facts: Where the weights come from: data set, step, validation accuracy and the like, as JSON.
    """

    network: Network
    state: OrderedDict[str, Tensor]
    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def metadata(self) -> dict[str, Any]:
        """What goes along with the weights, as JSON; ``network`` is the document the app opens."""
        from explorer import __version__

        return {
            "app": f"{APP} {__version__}",
            "name": self.network.name,
            "input_shape": list(self.network.input_shape),
            "outputs": self._outputs(),
            "classes": list(self.classes),
            "mean": list(self.mean),
            "std": list(self.std),
            "resizing": RESIZING,
            **self.facts,
            "network": storage.dumps(self.network),
        }

    def _outputs(self) -> dict[str, Any]:
        """The outputs by name, the main one first, as the assembled module names them where there are several."""
        analysis = analyse(self.network)
        training_only = {output.name for output in analysis.further_outputs if output.training_only}
        return {
            name: {"shape": list(shape), "training_only": name in training_only}
            for name, shape in analysis.outputs.items()
        }

    def file_name(self, suffix: str) -> str:
        """A name for its file."""
        stem = re.sub(r"[^a-z0-9]+", "-", self.network.name.lower()).strip("-")[:60] or "network"
        return stem + suffix


def is_metadata(value: Mapping[str, Any]) -> bool:
    """Whether JSON is what an export of this application, of any version, wrote beside weights."""
    return str(value.get("app", "")).startswith(f"{APP} ") and "network" in value


@dataclass(frozen=True, slots=True)
class Exporter(ABC):
    """An export format.

    Attributes:
        key: Its name on the command line; it never changes.
        label: Its name in the menu.
        suffix: How its files end, with the dot.
        help: One line that says what it is good for.
    """

    key: str
    label: str
    suffix: str
    help: str

    @abstractmethod
    def write(self, model: TrainedModel, path: Path) -> tuple[Path, ...]:
        """Writes the file; an old one stays until the new one is complete.

        Args:
            model: What to export.
            path: The file.

        Returns:
            The files written, ``path`` first.

        Raises:
            FileError: If the system refuses.
        """

    @abstractmethod
    def outputs(self, path: Path, images: Tensor) -> Tensor:
        """What the network in an exported file gives, from that file alone: the proof that it is whole.

        Args:
            path: An exported file.
            images: Prepared images. (N, C, H, W)

        Returns:
            The main output. (N, classes)

        Raises:
            FileError: If it is no such file.
        """


EXPORTERS: Registry[Exporter] = Registry("export format", "explorer.export")
DEFAULT = "safetensors"


def exporter_for(path: Path | None, key: str | None = None) -> Exporter:
    """The format of a file that is to be written.

    Args:
        path: The file, if it has been named.
        key: The format, if it has been; by default the one whose suffix the file has.

    Raises:
        FileError: If the suffix belongs to another format, or to none and nobody said which, or no file can have the
            name.
        UnknownKeyError: If there is no such format.
    """
    path = usable(path) if path else None
    suffix = path.suffix.lower() if path else ""
    ends_so = next((exporter for exporter in EXPORTERS.values() if exporter.suffix == suffix), None)
    chosen = (ends_so if path else EXPORTERS[DEFAULT]) if key is None else EXPORTERS[key]
    if chosen is None:
        known = " or ".join(exporter.suffix for exporter in EXPORTERS.values())
        raise FileError(f"{path} does not say its format; let its name end in {known}, or name the format.")
    if ends_so is not None and ends_so is not chosen:
        raise FileError(
            f"{path} ends as the format {ends_so.key} does, but {chosen.key} is asked for; change one of them."
        )
    return chosen
