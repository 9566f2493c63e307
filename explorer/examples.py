"""Networks that come with the application as documents: what the zoo's plain chains do not show.

``packaging/make_examples.py`` writes them; a person opens them as documents of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer import resources
from explorer.core import storage
from explorer.core.network import Network


@dataclass(frozen=True, slots=True)
class Example:
    """A network among the resources.

    Attributes:
        key: Its name for programs, and that of its file.
        title: Its name for people, which the network bears.
        summary: What it shows, in one line.
    """

    key: str
    title: str
    summary: str

    @property
    def file(self) -> Path:
        """The document.

        Raises:
            FileError: If this installation has it no more.
        """
        return resources.path("examples", f"{self.key}{storage.SUFFIX}")

    def read(self) -> Network:
        """The network.

        Raises:
            FileError: If the document is missing or damaged.
        """
        return storage.read(self.file)


EXAMPLES = {
    example.key: example
    for example in (
        Example(
            "auxiliary_head",
            "Small network with an auxiliary head",
            "For the bundled images: a shortcut by tap and recall, and half way a classifier that helps training.",
        ),
        Example(
            "googlenet_auxiliary",
            "GoogLeNet with auxiliary heads",
            "torchvision's GoogLeNet with the paper's two further classifiers, whose losses count 0.3 each.",
        ),
        Example(
            "small_unet",
            "Small U-Net",
            "Three levels down and up again, joined across by taps and recalls; it labels every pixel.",
        ),
    )
}
