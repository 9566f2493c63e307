"""How an edit is refused: a sentence of the core goes to the status bar, and the document stays as it was."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from explorer.errors import ExplorerError
from explorer.gui.session import Session

P = ParamSpec("P")
_Edit = Callable[Concatenate[Session, P], None]


def speaking(edit: _Edit[P]) -> _Edit[P]:
    """Lets an edit say in the status bar why it was refused."""

    @functools.wraps(edit)
    def told(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            edit(session, *args, **kwargs)
        except ExplorerError as error:
            session.message.emit(str(error))

    return told
