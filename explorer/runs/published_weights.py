"""The weights that torchvision publishes for the twins: which there are, and how they come to this computer.

Addresses and checksums come from torchvision's own enumerations, asked for when they are needed; its download has no
progress, no way to stop and no resume, so the files come by ours. They are not read here: whoever starts from them does
that, with ``weights_only=True``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.core.network import Network, Provenance
from explorer.datasets.download import Advice, Digest, download
from explorer.datasets.locations import own_folder
from explorer.datasets.progress import CancelCheck, Progress
from explorer.errors import DataError
from explorer.zoo.base import ZOO, make

VARIABLE = "ARCHITECTURE_EXPLORER_WEIGHTS"
_ADVICE = Advice(
    f"Connect to the internet and try again, or put the file into the folder that {VARIABLE} names; "
    "what has arrived is kept.",
    f"choose another folder ({VARIABLE})",
)
_DIGITS = re.compile(r"-([0-9a-f]{8,64})\.pth$")  # the first digits of the SHA-256, as torch.hub reads them too
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """One set of weights of a network that has a twin in torchvision.

    Attributes:
        network: The key of the network.
        name: What torchvision calls them.
        url: Where they lie.
        accuracy: The share of ImageNet's validation images for which the first guess is right, in percent.
        image: Height and width of those images, in pixels.
        about_bytes: How large the file is, roughly.
        is_default: Whether torchvision takes them unless others are asked for.
        licence: Where their licence stands, if it is another than torchvision's.
    """

    network: str
    name: str
    url: str
    accuracy: float
    image: int
    about_bytes: int
    is_default: bool = False
    licence: str = ""

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.url.rpartition("/")[2]

    @property
    def digest(self) -> Digest:
        """What the file hashes to.

        Raises:
            DataError: If its name does not say so.
        """
        found = _DIGITS.search(self.file)
        if found is None:
            raise DataError(f"The name of {self.file} has no checksum, so it cannot be checked; use another file.")
        return Digest("sha256", found[1])

    @property
    def options(self) -> dict[str, Any]:
        """Options without which the network would compute something else with them."""
        return {"transform_input": True} if "transform_input" in ZOO[self.network].options else {}

    def suit(self, network: Network) -> bool:
        """Whether a network was made from the one that they belong to, with the options that they need."""
        origin = network.provenance
        if not isinstance(origin, Provenance) or origin.network != self.network:
            return False
        return self.options.items() <= dict(origin.options).items()

    def make(self) -> Network:
        """The network that they were trained in."""
        return make(self.network, **self.options)


def published_weights(key: str) -> tuple[PublishedWeights, ...]:
    """The sets that torchvision publishes for a network of the zoo, its own choice first; none without a twin."""
    twin = ZOO[key].twin
    if not twin:
        return ()
    import torchvision

    enumeration = torchvision.models.get_model_weights(twin)
    found = [_of(key, member, is_default=member == enumeration.DEFAULT) for member in enumeration]
    # a set without an accuracy is no classifier: VGG-16 has one whose last layers are not numbers
    return tuple(sorted((one for one in found if not math.isnan(one.accuracy)), key=lambda one: not one.is_default))


def _of(key: str, member: Any, *, is_default: bool) -> PublishedWeights:
    meta = member.meta
    return PublishedWeights(
        key,
        member.name,
        member.url,
        meta["_metrics"]["ImageNet-1K"]["acc@1"],
        member.transforms().crop_size[0],
        round(meta["_file_size"] * _MEBIBYTE),
        is_default,
        meta.get("license", ""),
    )


def choose(key: str, name: str | None = None) -> PublishedWeights:
    """The set of that name, or torchvision's own choice.

    Raises:
        DataError: If there is none; the sentence says which there are.
        UnknownKeyError: If there is no such network.
    """
    sets = published_weights(key)
    if not sets:
        raise DataError(f"{ZOO[key].title} has no twin in torchvision, and so no published weights.")
    chosen = next((one for one in sets if name in (None, one.name)), None)
    if chosen is None:
        there = ", ".join(one.name for one in sets)
        raise DataError(f"{ZOO[key].title} has no published weights named {name!r}; there are: {there}.")
    return chosen


def weights_folder() -> Path:
    """The folder that weights are downloaded to; it need not exist yet.

    Raises:
        DataError: If there is no home folder to keep it in.
        FileError: If no folder can have the name in the variable.
    """
    return own_folder("weights", VARIABLE, f"No home folder to keep weights in; name a folder with {VARIABLE}.")


def find(weights: PublishedWeights) -> Path | None:
    """Where the file lies on this computer, torch's own cache included; None if it would be downloaded."""
    return next((path for path in _places(weights) if path.is_file()), None)


def fetch(weights: PublishedWeights, *, progress: Progress | None = None, cancelled: CancelCheck | None = None) -> Path:
    """Brings the file to this computer, unless it is here and sound.

    Args:
        weights: Which.
        progress: Told the bytes that have arrived and the bytes there are.
        cancelled: Asked whether to stop; what has arrived is kept then.

    Returns:
        Where it lies.

    Raises:
        DataError: If it cannot be downloaded or stored.
        Cancelled: If the person asked for it.
    """
    digest = weights.digest
    own, cached = _places(weights)
    if not own.is_file() and cached.is_file() and digest.fits(cached):
        return cached
    download([weights.url], own, digest=digest, advice=_ADVICE, progress=progress, cancelled=cancelled)
    return own


def _places(weights: PublishedWeights) -> tuple[Path, Path]:
    """Our own copy, and that of other programs with torch."""
    import torch

    return weights_folder() / weights.file, Path(torch.hub.get_dir()) / "checkpoints" / weights.file
