"""What of some stored weights a network can take: which fit, have another shape, are missing, or belong nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from explorer.core.shape import Shape, format_shape

# Best first: what is worse about one weight of a layer is said of the layer.
Fit: TypeAlias = Literal["match", "unexpected", "missing", "replaced", "reshaped"]
FITS: tuple[Fit, ...] = ("match", "unexpected", "missing", "replaced", "reshaped")
_WORDS: Mapping[Fit, str] = {
    "match": "matches",
    "unexpected": "not in the network, left out",
    "missing": "not in {}, new",
    "replaced": "other classes, new",
    "reshaped": "other shape, new",
}
_NAMED = 3  # layers that a sentence names before it counts the rest


@dataclass(frozen=True, slots=True)
class WeightFit:
    """One weight.

    Attributes:
        key: Its key in the ``state_dict``.
        fit: Whether the network takes it from the file, and if not, why.
        wanted: Its shape in the network; None where it is not there.
        found: Its shape in the file; None where it is not there.
    """

    key: str
    fit: Fit
    wanted: Shape | None
    found: Shape | None

    def rank(self) -> int:
        """How many dimensions it has."""
        return len(self.wanted or self.found or ())


@dataclass(frozen=True, slots=True)
class LayerFit:
    """The weights of a layer.

    Attributes:
        name: Its path, joined by dots; empty for weights of the network itself.
        weights: Those it has here or there.
    """

    name: str
    weights: tuple[WeightFit, ...]

    @property
    def fit(self) -> Fit:
        """The worst of its weights."""
        return max((weight.fit for weight in self.weights), key=FITS.index)

    @property
    def shapes(self) -> tuple[str, str]:
        """The shape in the network and that in the file of the weight of which the fit is told; never a bias alone."""
        told = max((weight for weight in self.weights if weight.fit == self.fit), key=WeightFit.rank)
        return _words(told.wanted), _words(told.found)


@dataclass(frozen=True, slots=True)
class WeightsReport:
    """What a network takes of some stored weights.

    Attributes:
        source: What they are called in a sentence.
        layers: Those of the network in its order, then those that are in the file alone.
        heads: The layers that give the classes.
    """

    source: str
    layers: tuple[LayerFit, ...]
    heads: tuple[str, ...] = ()

    def keys(self, fit: Fit) -> tuple[str, ...]:
        """The keys of all weights of that fit."""
        return tuple(weight.key for layer in self.layers for weight in layer.weights if weight.fit == fit)

    @property
    def new_heads(self) -> tuple[str, ...]:
        """The layers that give the classes and do not come from the file."""
        return tuple(layer.name for layer in self.layers if layer.name in self.heads and layer.fit != "match")

    @property
    def is_useless(self) -> bool:
        """Whether nothing of the file would be used."""
        return not self.keys("match")

    def sentence(self) -> str:
        """The report in brief."""
        taken, wanted = len(self.keys("match")), sum(len(self.keys(fit)) for fit in FITS if fit != "unexpected")
        words = [f"{taken:,} of {wanted:,} weights come from {self.source}."]
        if self.new_heads:
            words.append(f"The head is new: {_listed(self.new_heads)}.")
        new = [layer.name for layer in self.layers if layer.fit in ("missing", "reshaped", "replaced")]
        others = [name for name in new if name not in self.new_heads]
        if others:
            words.append(f"Also new: {_listed(others)}.")
        unexpected = len(self.keys("unexpected"))
        if unexpected:
            words.append(f"{unexpected:,} in the file {'has' if unexpected == 1 else 'have'} no place in the network.")
        return " ".join(words)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON: the keys by fit, and the shapes of those that differ."""
        differing = [weight for layer in self.layers for weight in layer.weights if weight.fit == "reshaped"]
        return {
            "source": self.source,
            **{fit: list(self.keys(fit)) for fit in FITS},
            "shapes": {item.key: [list(item.wanted or ()), list(item.found or ())] for item in differing},
            "new_heads": list(self.new_heads),
        }


def in_words(fit: Fit, where: str = "the file") -> str:
    """What a person reads about a weight, or a layer.

    Args:
        fit: What of it fits.
        where: What the stored weights lie in.
    """
    return _WORDS[fit].format(where)


def compare_weights(
    wanted: Mapping[str, Shape],
    found: Mapping[str, Shape],
    source: str,
    *,
    heads: Collection[str] = (),
    same_classes: bool = True,
    filled: Collection[str] = (),
) -> WeightsReport:
    """Compares the weights of a network with some that are stored.

    Args:
        wanted: The shapes of the weights of the network, by key, in its order.
        found: Those of the stored ones.
        source: What they are called in a sentence.
        heads: The layers of the network that give the classes.
        same_classes: Whether the stored head, if it fits, means these classes.
        filled: Keys that loading fills in by itself where they are not stored.
    """

    def fit(key: str) -> Fit:
        if key not in wanted:
            return "unexpected"
        if key not in found:
            return "match" if key in filled else "missing"
        if wanted[key] != found[key]:
            return "reshaped"
        return "match" if same_classes or _layer(key) not in heads else "replaced"

    by_layer: dict[str, list[WeightFit]] = {}
    for key in dict.fromkeys((*wanted, *found)):
        by_layer.setdefault(_layer(key), []).append(WeightFit(key, fit(key), wanted.get(key), found.get(key)))
    layers = tuple(LayerFit(name, tuple(weights)) for name, weights in by_layer.items())
    return WeightsReport(source, layers, tuple(heads))


def _layer(key: str) -> str:
    return key.rpartition(".")[0]


def _words(shape: Shape | None) -> str:
    if shape is None:
        return "—"
    return format_shape(shape) if shape else "1"


def _listed(names: Collection[str]) -> str:
    named, more = list(names)[:_NAMED], len(names) - _NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")
