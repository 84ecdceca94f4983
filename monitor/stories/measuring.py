"""Measures a grouping of posts against labels: over pairs, and over posts (B-cubed); it groups nothing."""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import rjieba


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and their harmonic mean; nothing to find and nothing found is 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        """As one line of a report."""
        return f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of posts that were put together: rightly, wrongly, and those that were not and should have been."""

    right: int = 0
    wrong: tuple[tuple[str, str], ...] = ()
    missed: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "Pairs") -> "Pairs":
        """Both together, of two sets of posts."""
        return Pairs(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def figures(self) -> Figures:
        """Over all pairs."""
        found, wanted = self.right + len(self.wrong), self.right + len(self.missed)
        return Figures(self.right / found if found else 1.0, self.right / wanted if wanted else 1.0)


def pairs(events: Mapping[str, str], stories: Mapping[str, str]) -> Pairs:
    """Compare stories with events, both by post id, over every pair of posts; one that `stories` lacks is alone."""
    right, wrong, missed = 0, [], []
    for a, b in itertools.combinations(events, 2):
        same = events[a] == events[b]
        put = a in stories and b in stories and stories[a] == stories[b]
        right += same and put
        if put and not same:
            wrong.append((a, b))
        elif same and not put:
            missed.append((a, b))
    return Pairs(right, tuple(wrong), tuple(missed))


def b_cubed(events: Mapping[str, str], stories: Mapping[str, str]) -> Figures:
    """Precision and recall of each post's story against its event, over all posts (Bagga and Baldwin, 1998)."""
    of_event, of_story = defaultdict(set), defaultdict(set)
    alone = {post: f"alone {post}" for post in events}
    put = {post: stories.get(post, alone[post]) for post in events}
    for post in events:
        of_event[events[post]].add(post)
        of_story[put[post]].add(post)
    precision = recall = 0.0
    for post in events:
        both = len(of_event[events[post]] & of_story[put[post]])
        precision += both / len(of_story[put[post]])
        recall += both / len(of_event[events[post]])
    return Figures(precision / len(events), recall / len(events)) if events else Figures(1.0, 1.0)


def word_cosine(texts: Mapping[str, str], events: Mapping[str, str]) -> tuple[float, Pairs]:
    """The baseline: plain TF-IDF cosine of words, over pairs, at the threshold that is best for these very posts."""
    vectors = _vectors(texts)
    scored = []
    for a, b in itertools.combinations(events, 2):
        few, many = sorted((vectors[a], vectors[b]), key=len)
        cosine = sum(value * many.get(word, 0.0) for word, value in few.items())
        scored.append((cosine, events[a] == events[b], (a, b)))
    scored.sort(reverse=True)
    wanted = sum(same for _, same, _ in scored)
    best, right = (0.0, 1.0), 0
    for number, (cosine, same, _) in enumerate(scored, 1):
        right += same
        best = max(best, (2 * right / (number + wanted), cosine))
    wrong = tuple(pair for cosine, same, pair in scored if cosine >= best[1] and not same)
    missed = tuple(pair for cosine, same, pair in scored if cosine < best[1] and same)
    return best[1], Pairs(wanted - len(missed), wrong, missed)


def _vectors(texts: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """A vector of length 1 for each text, over its words of two characters and more."""
    counts = {name: Counter(word for word in rjieba.cut(text) if len(word) > 1) for name, text in texts.items()}
    documents = Counter(word for own in counts.values() for word in own)
    found = {}
    for name, own in counts.items():
        vector = {word: count * math.log(len(texts) / documents[word]) for word, count in own.items()}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        found[name] = {word: value / length for word, value in vector.items()}
    return found
