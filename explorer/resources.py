"""Finds the files that come with the application: icons, styles, examples and the bundled data set.

In a checkout they lie in ``resources/`` beside the package; the wheel carries them inside the package, as
``explorer/_resources/``.
"""

from __future__ import annotations

from pathlib import Path

from explorer.errors import FileError

_PACKAGE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """The path of a bundled file or folder.

    Args:
        parts: Names below ``resources/``, such as ``"datasets", "fashion-mnist-sample"``.

    Raises:
        FileError: If this installation has no such file.
    """
    found = _root().joinpath(*parts)
    if not found.exists():
        raise FileError(
            f"The bundled file {'/'.join(parts)} is missing from {found.parent}; "
            "install Architecture Explorer again or restore the file in the checkout."
        )
    return found


def _root() -> Path:
    # The wheel's folder first: beside an installed package, "resources" could belong to somebody else.
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"
