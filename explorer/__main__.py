"""The entry of the program: without arguments the window, with them the command line."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Runs the program.

    Returns:
        The exit code.
    """
    multiprocessing.freeze_support()  # first: a worker process of the frozen application starts here as well
    if len(sys.argv) > 1:
        from explorer.cli import main as command_line

        return command_line()
    from explorer.gui.app import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
