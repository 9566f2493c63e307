"""What a person does with blocks of their own: update them from the library, and the library from the document."""

from __future__ import annotations

from explorer.core.user_block import UserBlock, with_kind
from explorer.errors import ExplorerError
from explorer.gui.session import Session

_FEW = 40  # blocks looked at to tell whether a command can do something; a selection can be a thousand


def selected_kinds(session: Session, most: int | None = None) -> list[type[UserBlock]]:
    """The kinds of one's own among the selected blocks, or among the first few of them."""
    rows = [session.analysis.row(path) for path in session.selection[:most]]
    kinds = [type(row.block) for row in rows if row is not None and isinstance(row.block, UserBlock)]
    return list(dict.fromkeys(kinds))


def other_version(session: Session, kind: type[UserBlock]) -> type[UserBlock] | None:
    """What the library has by the name of a block, where that is another definition."""
    found = session.library.named(kind.type_name())
    return None if found is kind else found


def can_update(session: Session) -> bool:
    """Whether the library has another version of a selected block."""
    return any(other_version(session, kind) for kind in selected_kinds(session, _FEW))


def can_keep(session: Session) -> bool:
    """Whether the library lacks a selected block, or has another version of it."""
    return any(session.library.file_of(kind) is None for kind in selected_kinds(session, _FEW))


def update(session: Session) -> None:
    """Gives all blocks of the selected kinds the library's definition; values stay where it takes them."""
    body, names = session.network.body, []
    try:
        for kind in selected_kinds(session):
            newer = other_version(session, kind)
            if newer is not None:
                body = with_kind(body, kind, newer)
                names.append(kind.type_name())
        if names and body is session.network.body:
            session.message.emit("It is part of another block; update that one, or unpack it first.")
            return
        session.edit(f"update {', '.join(names)} from the library", session.network.with_body(body))
    except ExplorerError as error:
        session.message.emit(str(error))


def keep(session: Session) -> None:
    """Puts the document's copy of the selected blocks into the library; an older version goes to the bin."""
    for kind in selected_kinds(session):
        if session.library.file_of(kind) is None:
            try:
                file = session.library.save(kind)
            except ExplorerError as error:
                session.message.emit(str(error))
                return
            session.message.emit(f"The library has {kind.type_name()} as it is here, in {file}.")


def origin(session: Session, kind: type[UserBlock]) -> str:
    """Where the definition of a block lives, and what can be done about it."""
    file = session.library.file_of(kind)
    if file is not None:
        return f"A block of your own, in the library as {file.name}. The document carries a copy."
    if other_version(session, kind) is not None:
        return (
            "The document's own copy: the library has another version. The Edit menu takes that one, or saves this one."
        )
    return "The document's own copy: the library does not have it. The Edit menu saves it there."
