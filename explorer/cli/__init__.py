"""The command line: all that the window does, without drawing.

Every subcommand is a file; what is heavy is imported when it runs, so that ``networks`` and ``summary`` need no torch.
An error is one sentence on the standard error stream and exit code 2.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.cli.arguments import parser
from explorer.cli.terminal import accept_any_text, complain, give_up_output
from explorer.errors import ExplorerError

ERROR, INTERRUPTED, CLOSED = 2, 130, 141  # the last two as a shell counts SIGINT and SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand.

    Args:
        arguments: What stands behind the program's name; that of this process by default.

    Returns:
        The exit code.
    """
    accept_any_text()
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except ExplorerError as error:
        complain(str(error))
        return ERROR
    except KeyboardInterrupt:
        complain("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        give_up_output()
        return CLOSED
    return code
