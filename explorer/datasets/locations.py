"""Where data sets lie: the folder a person points at, the application's own, and those of the system.

What else is downloaded lies beside the application's own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from explorer.core.file_name import expanded
from explorer.errors import DataError

VARIABLE = "ARCHITECTURE_EXPLORER_DATA"

# Folders in which packages of the system put data sets, one subfolder each.
SYSTEM_FOLDERS = (
    Path("/usr/share/datasets"),  # Debian and Ubuntu: the package dataset-fashion-mnist
    Path("/usr/local/share/datasets"),  # the same, installed by an administrator for everybody
)


def data_folder() -> Path:
    """The folder that downloads go to; it need not exist yet.

    The environment variable ``ARCHITECTURE_EXPLORER_DATA`` names it; without it the platform's folder for an
    application's data is used, since a data set that took an hour to fetch should outlive a cleared cache.

    Raises:
        DataError: If the variable is unset and the person has no home folder.
        FileError: If no folder can have the name in the variable.
    """
    homeless = f"No home folder to keep data sets in; name a folder with {VARIABLE} or --data-dir."
    return own_folder("datasets", VARIABLE, homeless)


def own_folder(name: str, variable: str, homeless: str) -> Path:
    """A folder of the application for what it downloads.

    Args:
        name: What it is called there.
        variable: The environment variable that names another one.
        homeless: The sentence for a person without a home folder.

    Raises:
        DataError: If the variable is unset and the person has no home folder.
        FileError: If no folder can have the name in the variable.
    """
    chosen = os.environ.get(variable)
    if chosen:
        return expanded(chosen)
    try:
        return _platform_folder() / "architecture-explorer" / name
    except RuntimeError as error:  # Path.home(), for an account without a home
        raise DataError(homeless) from error


def search_folders(root: Path | None) -> tuple[Path, ...]:
    """The folders to look in, best first: the one pointed at, the application's own, those of the system.

    Args:
        root: The folder the person points at, if any.
    """
    pointed_at = () if root is None else (expanded(root),)
    return *pointed_at, data_folder(), *SYSTEM_FOLDERS


def _platform_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    stated = Path(os.environ.get("XDG_DATA_HOME", ""))
    # The XDG specification has relative paths ignored.
    return stated if stated.is_absolute() else Path.home() / ".local" / "share"
