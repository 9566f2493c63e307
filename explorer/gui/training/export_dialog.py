"""Asks where the weights of a run are to be written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from explorer.export.base import Exporter
from explorer.gui.settings import Settings
from explorer.gui.training.run_folder_name import slug
from explorer.gui.widgets.dialogs import ask_file

_FOLDER = "export/folder"


def ask_where_to_export(
    parent: QWidget,
    name: str,
    title: str,
    network: str,
    exporters: Sequence[Exporter],
    settings: Settings,
    then: Callable[[Path], None],
) -> None:
    """Asks for a file in the folder of the last time; its suffix follows the format that is chosen in the dialog.

    Args:
        parent: The window.
        name: The objectName.
        title: What the dialog is called.
        network: The name of the network, after which the file is called.
        exporters: The formats, the proposed one first.
        settings: Where the folder is remembered.
        then: Takes the file.
    """
    suffixes = {f"{exporter.label} (*{exporter.suffix})": exporter.suffix for exporter in exporters}

    def take(path: Path) -> None:
        settings.set(_FOLDER, str(path.parent))
        then(path)

    def follow(chosen: str) -> None:
        path, suffix = Path(dialog.selectedFiles()[0]), suffixes[chosen]
        dialog.setDefaultSuffix(suffix)
        if path.suffix in suffixes.values():
            dialog.selectFile(path.with_suffix(suffix).name)

    dialog = ask_file(
        parent,
        name,
        title,
        ";;".join(suffixes),
        take,
        folder=settings.get(_FOLDER, str(Path.home())),
        saves=f"{slug(network) or 'network'}{exporters[0].suffix}",
        suffix=exporters[0].suffix,
    )
    dialog.filterSelected.connect(follow)
