"""Names that are bad or taken: those of blocks, and those of the network's outputs."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator

from explorer.core.compose import Container, Output
from explorer.core.fields import shortened
from explorer.core.names import LONGEST_NAME, free_name, name_problem
from explorer.core.network import Network
from explorer.core.outline import scope
from explorer.errors import EditError
from explorer.remedies import changes
from explorer.remedies.base import Case, Fix, mends
from explorer.remedies.changes import Place

_MAIN = "output"  # what the main output is called


@mends("name")
def good_name(case: Case) -> Iterator[Fix | None]:
    """The name without what it may not have, or one as a new block gets."""
    slot = case.slot
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", slot.name).strip("_")[: LONGEST_NAME - 4]
    good = stem if stem and name_problem(stem) is None else f"{stem}_" if stem else f"{slot.block.slot_name}1"
    try:
        edited, name = changes.renamed(case.network, case.place, good)
        if slot.name:
            edited = case.network.rename(case.path, name)  # the frozen paths follow, where there is one of that name
    except EditError:
        return
    yield Fix(f"Rename to {shortened(name)}", edited, changes.shown_at(edited, case.place))


@mends("name_taken")
def names_of_their_own(case: Case) -> Iterator[Fix | None]:
    """Other names for all but the first."""
    around = case.problem.path[:-1]
    container = case.network.block(around) if around else case.network.body
    if not isinstance(container, Container):
        return
    name, above = case.problem.path[-1], case.place
    routes = [route for route, slot in scope(container) if slot.name == name]
    if len(routes) < 2 or above[-len(routes[0]) :] != routes[0]:
        return
    outer = above[: -len(routes[0])]
    network, last, new = case.network, above, name
    try:
        for route in routes[1:]:
            last = (*outer, *route)
            network, new = changes.renamed(network, last, free_name(name.rstrip("0123456789"), {name}))
    except EditError:
        return
    label = f"Rename the second to {new}" if len(routes) == 2 else f"Rename the other {len(routes) - 1}"
    yield Fix(label, network, changes.shown_at(network, last))


@mends("output_name")
def outputs_of_their_own(case: Case) -> Iterator[Fix | None]:
    """Other names for all outputs but the first of a name."""
    network, renamed = case.network, []
    taken = Counter([_MAIN])
    for place, output in _outputs(case.network):
        taken[output.name] += 1
        if taken[output.name] > 1:
            name = free_name(output.name.rstrip("0123456789") or _MAIN, taken)
            taken[name] += 1
            network = changes.replaced(network, place, dataclasses.replace(output, name=name))
            renamed.append((place, name))
    if renamed:
        place, name = renamed[0]
        label = f"Rename the second output to {name}" if len(renamed) == 1 else f"Rename {len(renamed)} outputs"
        yield Fix(label, network, changes.shown_at(network, place))


def _outputs(network: Network) -> Iterator[tuple[Place, Output]]:
    for place, slot in changes.places(network.body):
        if isinstance(slot.block, Output) and slot.enabled:
            yield place, slot.block
