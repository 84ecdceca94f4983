"""Says how surely two posts report one event: weights from weights.json over the features; where the bounds lie."""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul

from monitor.stories.comparing import FEATURES, Features


@dataclass(frozen=True, slots=True)
class Weights:
    """The scorer: a weight for each feature, and the bounds of the score from which posts are one event, or related."""

    bias: float
    weights: tuple[float, ...]
    same: float
    related: float


@cache
def learned() -> Weights:
    """The weights that tools/train_stories.py wrote."""
    told = json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8"))
    return Weights(
        bias=told["bias"],
        weights=tuple(told["weights"][name] for name in FEATURES),
        same=told["same"],
        related=told["related"],
    )


def score(features: Features, by: Weights, *, but_for: Collection[str] = ()) -> float:
    """The probability, 0 to 1, that both posts report one event; `but_for` are features that are left out."""
    total = by.bias + sum(map(mul, features, by.weights))
    for name in but_for:
        at = FEATURES.index(name)
        total -= features[at] * by.weights[at]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
