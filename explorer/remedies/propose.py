"""The remedies of a problem, each tried on the network before it is offered."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from itertools import islice

from explorer.core.counted import Problem
from explorer.core.network import Network
from explorer.remedies.base import MENDERS, Case, Fix, Mend, place_of
from explorer.remedies.check import Check

MOST = 4  # fixes of one problem; more would be a list to study
MOST_TRIED = 40  # by one function


def fixes(network: Network, problem: Problem) -> tuple[Fix, ...]:
    """What mends a problem in one step, the best first.

    Applying one makes the problem vanish and makes no other one before it; behind it the analysis may find the next.

    Args:
        network: The network.
        problem: One of the problems that the analysis has found in it.
    """
    check = Check(network, problem)
    case = Case(network, problem, *place_of(network, problem.path), mends=check.accepts)
    sound = (fix for fix in _candidates(case) if check.accepts(fix))
    found: dict[str, Fix] = {}
    for fix in sound:
        found.setdefault(fix.label, fix)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _candidates(case: Case) -> Iterator[Fix]:
    for mend in _menders(case.problem.kind):
        yield from (fix for fix in islice(mend(case), MOST_TRIED) if fix is not None)


@functools.cache
def _menders(kind: str) -> tuple[Mend, ...]:
    return tuple(mender.mend for mender in MENDERS.values() if kind in mender.kinds)
