"""Remedies in the window: what mends a problem of the document in front, and mending it as one step of its history."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from explorer.core.analysis import Analysis
from explorer.core.counted import Problem
from explorer.gui.session import Session
from explorer.remedies.base import Fix
from explorer.remedies.propose import fixes

FIX_DELAY = 30  # milliseconds from an edit to the search for remedies: the paint comes first

_found: WeakKeyDictionary[Analysis, dict[Problem, tuple[Fix, ...]]] = WeakKeyDictionary()


def fixes_of(session: Session, problem: Problem) -> tuple[Fix, ...]:
    """What mends a problem of the document in front; searched for once as long as the network stays."""
    if problem.kind == "misfit":
        found = session.training.problem(session.network) if session.training is not None else None
        return (found.fix,) if found is not None and found.fix is not None else ()
    known = _found.setdefault(session.analysis, {})
    if problem not in known:
        known[problem] = fixes(session.network, problem)
    return known[problem]


def misfit_of(session: Session) -> Problem | None:
    """Why a sound network cannot learn from the images chosen for training, where a remedy is at hand."""
    training = session.training
    if training is None or training.active or session.analysis.problems:
        return None
    found = training.problem(session.network)
    if found is None or found.fix is None:
        return None
    return Problem((), found.sentence, f"{found.fix.label}.", kind="misfit")


def labels_of(session: Session, problem: Problem) -> tuple[str, ...]:
    """What the buttons say that mend a problem."""
    return tuple(fix.label for fix in fixes_of(session, problem))


def mend(session: Session, problem: Problem, label: str) -> None:
    """Mends a problem by the remedy of that label, on the network as it is now rather than when a button was made."""
    found = next((fix for fix in fixes_of(session, problem) if fix.label == label), None)
    if found is None:
        session.message.emit(f"“{label}” no longer mends this; look at the problem again.")
    else:
        apply(session, found)


def apply(session: Session, fix: Fix) -> None:
    """Mends a problem: one step of the history, named after the fix; the mended block is selected."""
    session.settle()
    session.edit(f"{fix.label[:1].lower()}{fix.label[1:]}", fix.network, select=fix.select)


def problem_in_hand(session: Session) -> Problem | None:
    """The first problem at or in the selected blocks, or else the first of all."""
    problems = session.analysis.problems
    for path in session.selection:
        for problem in problems:
            if problem.path[: len(path)] == path:
                return problem
    return problems[0] if problems else None


def apply_first(session: Session) -> None:
    """Mends the problem in hand by the best of its remedies."""
    problem = problem_in_hand(session)
    if problem is None:
        session.message.emit("There is no problem.")
        return
    found = fixes_of(session, problem)
    if found:
        apply(session, found[0])
    else:
        session.reveal(problem.path, problem.field)
        session.message.emit(f"No single step mends this: {problem}")
