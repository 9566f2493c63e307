"""The entry of the program: the window without arguments or with files to open in it, else the command line."""

from __future__ import annotations

import multiprocessing
import sys

_DOCUMENTS = ".json"  # how the names of network documents end, and no subcommand's


def main() -> int:
    """Runs the program.

    Returns:
        The exit code.
    """
    multiprocessing.freeze_support()  # first: a worker process of the frozen application starts here as well
    if not all(argument.lower().endswith(_DOCUMENTS) for argument in sys.argv[1:]):
        from explorer.cli import main as command_line

        return command_line()
    from explorer.gui.app import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
