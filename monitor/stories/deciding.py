"""Decides which story a post belongs to, from the posts it may belong with; pure, and blind to how those were found."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.storied import Tie
from monitor.stories.comparing import STEPS, Features, compare
from monitor.stories.evidence import Evidence
from monitor.stories.explaining import reasons
from monitor.stories.scoring import Weights, learned, score
from monitor.stories.words import Rarity

NO_LONGER = "修订后已不像同一事件"
_COPY = 0.8  # cosine of the rare words of a text with small edits: rewrites stay below 0.7, looks-alike below 0.45
_ANY = 0.15  # how telling the figures in common must be for two posts of unlike investments
_NEARLY_ALL = 0.8  # share of the telling figures
_MOST_LINKS = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored post that shares index keys with the new one."""

    post_id: int
    story: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Link:
    """The new post's tie to one other story, by the nearest of its posts."""

    story: int
    post_id: int
    tie: Tie
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where a post goes: `joins` an earlier story, or founds one when that is None; and what else it is tied to."""

    joins: Link | None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    candidate: Candidate
    features: Features
    barred: bool
    score: float


def assign(
    new: Evidence,
    candidates: Iterable[Candidate],
    *,
    apart: Collection[int] = (),
    by: Weights | None = None,
    rarity: Rarity | None = None,
) -> Assignment:
    """Decide where a post goes. `apart` are stories that a hand keeps it out of.

    It joins the story of the post that it is most surely of one event with, when that is sure enough, and no post of
    that story is barred; the earliest story wins among equals. Each other story that is near gets a link.
    """
    by = by or learned()
    known = _settled([one for one in candidates if one.story not in apart])
    matches = [_match(new, one, by, rarity) for one in known]
    barred = {match.candidate.story for match in matches if match.barred}
    best: dict[int, _Match] = {}
    for match in sorted(matches, key=lambda match: (-match.score, match.candidate.post_id)):
        best.setdefault(match.candidate.story, match)
    ranked = list(best.values())
    for match in ranked:
        copied = is_copy(match.features)
        if match.score >= by.same and (copied or match.candidate.story not in barred):
            ranked.remove(match)
            joins = _link(new, match, Tie.COPY if copied else Tie.SAME)
            return Assignment(joins, tuple(_links(new, ranked, by))[:_MOST_LINKS])
    return Assignment(None, tuple(_links(new, ranked, by))[:_MOST_LINKS])


def renewed(post: Evidence, other: Evidence, rarity: Rarity | None = None) -> tuple[Tie, float, tuple[str, ...]]:
    """Why a post is in a story with another after one of them was revised: tie, score and reasons as of now.

    Nobody is moved by that. Where they no longer look like one event, the reasons begin with NO_LONGER.
    """
    by, features = learned(), compare(post, other, rarity)
    copied, worth = is_copy(features), score(features, by)
    told = reasons(post, other, features)
    fits = copied or (worth >= by.same and not is_barred(features))
    return Tie.COPY if copied else Tie.SAME, worth, told if fits else (NO_LONGER, *told)


def is_copy(features: Features) -> bool:
    """Whether two posts are the same text up to small edits.

    One that stands under another place's label names the place itself, and then is not `far`. A text of which neither
    names the other's place is a template with the county swapped, unless the numbers are the same as well.
    """
    clashes = features.money_clash, features.company_clash, features.edition_clash, features.template
    elsewhere = bool(features.far or features.report_clash)
    same_numbers = features.figures >= _ANY and features.figures_held >= _NEARLY_ALL
    return features.words >= _COPY and not any(clashes) and (same_numbers or not elsewhere)


def is_barred(features: Features) -> bool:
    """Whether two posts are of two events however alike their texts are: a text with other names filled in.

    Another place, edition or report; another stage of one project, both told in so many words; other investments and
    no other figure in common; or two of what an event has one of differ. Of 484 labelled pairs of one event one is,
    by a stage that was misread.
    """
    differ = (features.company_clash, features.money_clash, features.phase_clash, features.guest_clash)
    never = features.far, features.edition_clash, features.report_clash, features.template, features.step == 1
    other = bool(features.money_clash) and features.figures < _ANY
    return not is_copy(features) and (any(never) or other or sum(differ) > 1)


def _settled(candidates: Sequence[Candidate]) -> Iterable[Candidate]:
    """The posts; one whose stage is read from a mention gets the stage that another of its story is sure of."""
    sure = {one.story: one.evidence.stage for one in candidates if one.evidence.stage_sure}
    for one in candidates:
        if one.evidence.stage_sure or one.story not in sure:
            yield one
        else:
            yield replace(one, evidence=replace(one.evidence, stage=sure[one.story], stage_sure=True))


def _links(new: Evidence, matches: Sequence[_Match], by: Weights) -> Iterable[Link]:
    for match in matches:
        if _is_step(new, match, by):
            yield _link(new, match, Tie.STEP)
        elif match.score >= by.related and not match.features.bare:
            yield _link(new, match, Tie.RELATED)


def _is_step(new: Evidence, match: _Match, by: Weights) -> bool:
    """Whether the other post reports another stage of the same project: one event but for the stage."""
    other = match.candidate.evidence
    if new.stage is other.stage or new.stage not in STEPS or other.stage not in STEPS or match.features.far:
        return False
    return score(match.features, by, but_for=("stage_clash", "step", "day_clash")) >= by.same


def _match(new: Evidence, one: Candidate, by: Weights, rarity: Rarity | None) -> _Match:
    features = compare(new, one.evidence, rarity)
    barred = is_barred(features)
    return _Match(one, features, barred, 0.0 if barred else score(features, by))


def _link(new: Evidence, match: _Match, tie: Tie) -> Link:
    one = match.candidate
    return Link(one.story, one.post_id, tie, match.score, reasons(new, one.evidence, match.features))
