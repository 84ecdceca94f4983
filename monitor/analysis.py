"""Reads what a post says of its event and what it is compared by, in one step; pure, it stores and compares nothing."""

from dataclasses import dataclass
from datetime import date

from monitor.facts import reading
from monitor.facts.findings import Facts
from monitor.facts.place import read_place
from monitor.models import Post
from monitor.stories import evidence
from monitor.stories.evidence import Evidence, read_evidence
from monitor.stories.keys import keys_of

# Whoever reads promises to raise nothing. These are what a slip of theirs over a strange text would be: a number that
# is none or too large for its type, a part of a match or a row of a table that is not there.
DEFECTS = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError)

VERSIONS = (reading.VERSION, evidence.VERSION)  # of the rules for facts, and for evidence


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was read of one revision of a post. `evidence` is None, and `problem` says why, where it could not be."""

    post_id: int
    revision: int
    facts: Facts
    evidence: Evidence | None
    keys: tuple[int, ...] = ()
    problem: str = ""


def analyse(post: Post) -> Analysis:
    """Read a post whose body is known. Raises nothing: what cannot be read is told as a problem."""
    published = post.effective_on if post.dated else None
    try:
        return _analyse(post, published)
    except DEFECTS as error:
        problem = f"{type(error).__name__}: {error}"[:500]
        return Analysis(post.id, post.revision, Facts(published=published), None, problem=problem)


def _analyse(post: Post, published: date | None) -> Analysis:
    body = post.body or ""
    place = read_place(post.title, body, post.label)
    facts = reading.read_facts(post.title, body, published, place=place)
    found = read_evidence(post.title, body, facts)
    return Analysis(post.id, post.revision, facts, found, keys_of(found))
