"""Learn what monitor/stories weighs, and report how well that does on events it has not seen.

    python tools/train_stories.py FILE.jsonl …            # report only; see --help for --real and --background
    python tools/train_stories.py FILE.jsonl … --write    # and write common_words.tsv and weights.json

A file has one post a line: id, title, body, published, and event, without which it is the only one of its event. It is
deterministic: the same files give the same two files. The model is a logistic one over the features of
monitor/stories/comparing.py. Eighty pairs of a hundred posts are too few to learn 26 weights from nothing, so each is
drawn to a prior that says what is known of such posts (a work report of another year is another report), and a feature
that speaks for one event never gets a weight against it.

Cross-validation is over events: those of a prefecture stay together, the weights and the common words are learned from
the other folds, and the posts of the fold are grouped as the product does it, one after another by date.
"""

import argparse
import itertools
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.facts.findings import Facts
from monitor.facts.passage import passage_of
from monitor.facts.place import read_place
from monitor.facts.reading import read_facts
from monitor.stories.comparing import FEATURES, compare
from monitor.stories.deciding import Candidate, assign
from monitor.stories.evidence import Evidence, read_evidence
from monitor.stories.keys import keys_of
from monitor.stories.measuring import Pairs, b_cubed, pairs, word_cosine
from monitor.stories.scoring import Weights
from monitor.stories.words import Rarity, all_words, general_counts

HOME = Path(__file__).parent.parent / "monitor" / "stories"
BIAS = -4.5
PRIORS = {
    # For: wording, then what the event is of, then when and how.
    "words": 4.0,
    "close": 4.0,
    "some": 2.0,
    "much": 1.5,
    "title": 1.0,
    "figures": 2.5,
    "figures_held": 1.5,
    "money": 1.5,
    "company": 1.5,
    "county": 1.2,
    "near": 0.5,
    "stage": 0.8,
    "edition": 0.8,
    "day": 1.0,
    "guest": 0.8,
    # Against. By definition another edition, stage, report or delegation is another event; amounts and names are read
    # with errors, so they say less.
    "figures_clash": -1.5,
    "money_clash": -2.5,
    "company_clash": -2.5,
    "far": -4.0,
    "stage_clash": -4.0,
    "step": -8.0,
    "edition_clash": -5.0,
    "phase_clash": -2.5,
    "day_clash": -1.5,
    "guest_clash": -4.0,
    "report_clash": -5.0,
    "template": -4.0,
    "bare": -3.0,
}
DRAWN = 1.0  # how strongly a weight is drawn to its prior, against one pair of posts
SETTLED = 10.0  # and those that are so by definition: where a stage was misread, the reading is to be mended
BY_DEFINITION = {"stage_clash", "step", "edition_clash", "phase_clash", "guest_clash", "report_clash", "far"}
# A set of a hundred posts has few of one county; an archive has many, on many events: alone, a county says little.
BY_DEFINITION |= {"stage", "county", "near", "bare", "guest", "template"}
REAL = 2.0  # how often a pair of found posts counts: they are few, longer, and all that users will ever have
SAME, RELATED = 0.6, 0.2  # set where cross-validation has no wrong pair, with room on both sides
FOLDS, SEEDS = 6, (1, 2, 3)
ROUNDS = 600


@dataclass(frozen=True)
class Labelled:
    """A post of a development set with its facts."""

    id: str
    event: str
    title: str
    body: str
    published: str
    facts: Facts
    real: bool = False

    @property
    def file(self) -> str:
        """The name of the file that it is from."""
        return self.id.partition(":")[0]

    @property
    def prefecture(self) -> str:
        """Where it is, as far as the facts tell."""
        return self.facts.place.code[:4] if self.facts.place else ""


@dataclass(frozen=True)
class Compared:
    """Two posts' features, and whether they report one event."""

    events: tuple[str, str]
    features: tuple[float, ...]
    counts: float = 1.0

    @property
    def same(self) -> bool:
        """Whether the label says one event."""
        return self.events[0] == self.events[1]


def read(paths: Sequence[Path], *, real: bool = False) -> list[Labelled]:
    """All posts of the files, by date."""
    posts = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            title, body, published = told["title"], told["body"], told["published"]
            facts = read_facts(title, body, date.fromisoformat(published), place=read_place(title, body))
            event = f"{path.stem}:{told.get('event', told['id'])}"
            posts.append(Labelled(f"{path.stem}:{told['id']}", event, title, body, published, facts, real))
    return sorted(posts, key=lambda post: (post.published, post.id))


def shares_of(posts: Sequence[Labelled], background: Sequence[Labelled] = ()) -> dict[str, float]:
    """Word -> share of the events whose posts use it; words of one event alone are left out."""
    words: dict[str, set[str]] = defaultdict(set)
    for post in (*posts, *background):
        words[post.event].update(all_words(passage_of(post.title, post.body).text))
    counts = Counter(word for those in words.values() for word in those)
    return {word: count / len(words) for word, count in sorted(counts.items()) if count > 1}


def evidence_of(posts: Sequence[Labelled], rarity: Rarity) -> dict[str, Evidence]:
    """The evidence of each post, by its id."""
    return {post.id: read_evidence(post.title, post.body, post.facts, rarity) for post in posts}


def by_file(posts: Sequence[Labelled]) -> list[list[Labelled]]:
    """The posts of each file: two authors may invent the same project, and only one of them labels it."""
    files: dict[str, list[Labelled]] = defaultdict(list)
    for post in posts:
        files[post.file].append(post)
    return list(files.values())


def compared(posts: Sequence[Labelled], evidence: Mapping[str, Evidence], rarity: Rarity) -> list[Compared]:
    """Every pair that the index would bring together, and every pair of one event."""
    keys = {post.id: set(keys_of(evidence[post.id])) for post in posts}
    found = []
    for a, b in (pair for own in by_file(posts) for pair in itertools.combinations(own, 2)):
        if a.event == b.event or not keys[a.id].isdisjoint(keys[b.id]):
            features = compare(evidence[a.id], evidence[b.id], rarity)
            values = tuple(getattr(features, name) for name in FEATURES)
            found.append(Compared((a.event, b.event), values, REAL if a.real else 1.0))
    return found


def fit(those: Sequence[Compared]) -> Weights:
    """The weights that make the labels most likely, drawn to PRIORS (Adam, a fixed number of rounds)."""
    prior = [PRIORS[name] for name in FEATURES]
    drawn = [SETTLED if name in BY_DEFINITION else DRAWN for name in FEATURES]
    weights, bias = list(prior), BIAS
    rows = [
        ([(at, value) for at, value in enumerate(one.features) if value], float(one.same), one.counts) for one in those
    ]
    first, second = [0.0] * (len(prior) + 1), [0.0] * (len(prior) + 1)
    for step in range(1, ROUNDS + 1):
        slope = [draw * (weight - own) for draw, weight, own in zip(drawn, weights, prior, strict=True)]
        slope.append(SETTLED * (bias - BIAS))
        for row, same, counts in rows:
            total = bias + sum(weights[at] * value for at, value in row)
            error = counts * (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - same)
            for at, value in row:
                slope[at] += error * value
            slope[-1] += error
        for at, one in enumerate(slope):
            first[at] = 0.9 * first[at] + 0.1 * one
            second[at] = 0.99 * second[at] + 0.01 * one * one
            move = 0.05 * (first[at] / (1 - 0.9**step)) / (math.sqrt(second[at] / (1 - 0.99**step)) + 1e-8)
            if at == len(prior):
                bias -= move
            else:
                moved = weights[at] - move
                weights[at] = max(0.0, moved) if prior[at] > 0 else min(0.0, moved)
    return Weights(round(bias, 3), tuple(round(weight, 3) for weight in weights), SAME, RELATED)


def group(posts: Sequence[Labelled], evidence: Mapping[str, Evidence], by: Weights, rarity: Rarity) -> dict[str, str]:
    """Post -> story, one post after another, each file on its own."""
    stories: dict[str, str] = {}
    for own in by_file(posts):
        seen: list[Candidate] = []
        for number, post in enumerate(own):
            joins = assign(evidence[post.id], seen, by=by, rarity=rarity).joins
            story = number if joins is None else joins.story
            seen.append(Candidate(number, story, evidence[post.id]))
            stories[post.id] = f"{post.file}:{story}"
    return stories


def folds_of(posts: Sequence[Labelled], seed: int) -> dict[str, int]:
    """Event -> fold; events of one prefecture are in one."""
    group_of: dict[str, str] = {}
    for post in posts:
        mine, its = group_of.setdefault(post.event, post.event), group_of.setdefault(post.prefecture, post.event)
        if mine != its:
            group_of = {key: its if value == mine else value for key, value in group_of.items()}
    groups = sorted(set(group_of.values()))
    random.Random(seed).shuffle(groups)  # noqa: S311 - folds, no secrets
    number = {name: at % FOLDS for at, name in enumerate(groups)}
    return {post.event: number[group_of[post.event]] for post in posts}


def validate(posts: Sequence[Labelled], background: Sequence[Labelled], seed: int) -> tuple[Pairs, dict[str, str]]:
    """The pairs over all folds, each grouped by what the others taught; and post -> story."""
    fold = folds_of(posts, seed)
    total = Pairs()
    stories: dict[str, str] = {}
    for number in range(FOLDS):
        known = [post for post in posts if fold[post.event] != number]
        unseen = [post for post in posts if fold[post.event] == number]
        rarity = Rarity(shares_of(known, background), general_counts())
        by = fit(compared(known, evidence_of(known, rarity), rarity))
        found = group(unseen, evidence_of(unseen, rarity), by, rarity)
        total += pairs({post.id: post.event for post in unseen}, found)
        stories |= {post: f"{number}:{story}" for post, story in found.items()}
    return total, stories


def report(posts: Sequence[Labelled], background: Sequence[Labelled], say: Callable[[str], None] = print) -> None:
    """Print the baseline, cross-validation over events, and what is in-sample."""
    events = {post.id: post.event for post in posts}
    threshold, plain = word_cosine({post.id: post.title + post.body for post in posts}, events)
    say(f"{len(posts)} posts, {len(set(events.values()))} events")
    say(f"TF-IDF cosine >= {threshold:.3f}, the best in-sample:   pairs {plain.figures}")
    for seed in SEEDS:
        total, stories = validate(posts, background, seed)
        say(
            f"cross-validation over events ({FOLDS} folds, seed {seed}): "
            f"pairs {total.figures}; B-cubed {b_cubed(events, stories)}"
        )
        for name, those in (("wrongly together", total.wrong), ("missed", total.missed)):
            say(f"  {name}: {', '.join(f'{a}-{b}' for a, b in those) or 'none'}")
    rarity = Rarity(shares_of(posts, background), general_counts())
    evidence = evidence_of(posts, rarity)
    by = fit(compared(posts, evidence, rarity))
    stories = group(posts, evidence, by, rarity)
    say(f"in-sample: pairs {pairs(events, stories).figures}; B-cubed {b_cubed(events, stories)}")


def write(posts: Sequence[Labelled], background: Sequence[Labelled]) -> None:
    """Write what monitor/stories reads."""
    shares = shares_of(posts, background)
    rarity = Rarity(shares, general_counts())
    by = fit(compared(posts, evidence_of(posts, rarity), rarity))
    events = len({post.event for post in (*posts, *background)})
    lines = [f"# Word, and the share of the {events} events of the development set whose posts use it."]
    lines += [f"{word}\t{share:.4f}" for word, share in sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))]
    (HOME / "common_words.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {
        "same": by.same,
        "related": by.related,
        "bias": by.bias,
        "weights": dict(zip(FEATURES, by.weights, strict=True)),
    }
    (HOME / "weights.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Report, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument(
        "--background", nargs="*", type=Path, default=[], help="more posts of the genre, for their words"
    )
    parser.add_argument("--real", nargs="*", type=Path, default=[], help="posts that were found, not written for this")
    parser.add_argument("--write", action="store_true", help="write common_words.tsv and weights.json")
    options = parser.parse_args()
    posts, background = read(options.files), read(options.background)
    posts = sorted([*posts, *read(options.real, real=True)], key=lambda post: (post.published, post.id))
    report(posts, background)
    if options.write:
        write(posts, background)


if __name__ == "__main__":
    main()
