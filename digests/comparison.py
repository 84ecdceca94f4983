"""Shows what changed between two revisions of a post, as Markdown, HTML or JSON; what changed was found before."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby, zip_longest
from zoneinfo import ZoneInfo

from digests import markdown
from digests.render import environment
from monitor.comparison import Comparison, PassageKind, Piece, compare, excerpt, statements
from monitor.history import Revision
from monitor.models import Post
from monitor.periods import local_text

FORMATS = ("md", "html", "json")
_FOLDED = 3  # equal sentences in a row, besides one beside each change, from which they are folded


@dataclass(frozen=True, slots=True)
class Difference:
    """Two revisions of a post, compared."""

    post: Post
    before: Revision
    after: Revision
    comparison: Comparison

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The paragraphs of both bodies side by side, for a body that was rewritten."""
        old, new = (one.wording.body.split("\n") for one in (self.before, self.after))
        return tuple(zip_longest(filter(None, old), filter(None, new), fillvalue=""))


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or as much of it as is shown; `folded` counts the equal sentences that it stands for instead."""

    pieces: tuple[Piece, ...] = ()
    folded: int = 0


@dataclass(frozen=True, slots=True)
class _Sentence:
    pieces: tuple[Piece, ...]
    same: bool
    opens: bool


def difference(post: Post, before: Revision, after: Revision) -> Difference:
    """Compare two revisions of a post."""
    return Difference(post, before, after, compare(before.wording, after.wording))


def lines(comparison: Comparison) -> tuple[Line, ...]:
    """The body paragraph by paragraph, each mark in one piece; long runs of equal sentences are folded."""
    return tuple(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[Line]:
    runs = [(same, list(run)) for same, run in groupby(_sentences(comparison), key=lambda one: one.same)]
    line: list[Piece] = []
    for number, (same, run) in enumerate(runs):
        first, last = int(number > 0), len(run) - int(number + 1 < len(runs))
        folded = last - first if same and last - first >= _FOLDED else 0
        for place, sentence in enumerate(run):
            if (sentence.opens or (folded and place in (first, last))) and line:
                yield Line(_joined(line))
                line = []
            if folded and place == first:
                yield Line(folded=folded)
            if not folded or not first <= place < last:
                line += sentence.pieces
    if line:
        yield Line(_joined(line))


def _sentences(comparison: Comparison) -> Iterator[_Sentence]:
    for passage in comparison.passages:
        if passage.kind is PassageKind.CHANGED:
            yield _Sentence(passage.pieces, same=False, opens=passage.opens_paragraph)
            continue
        for place, piece in enumerate(passage.pieces):
            opens = passage.opens_paragraph and place == 0
            yield _Sentence((piece,), same=passage.kind is PassageKind.SAME, opens=opens)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    return tuple(
        Piece(mark, "".join(piece.text for piece in run)) for mark, run in groupby(pieces, key=lambda piece: piece.mark)
    )


def revision_text(revision: Revision, zone: ZoneInfo) -> str:
    """`版本 2（2025-07-21 08:00，归档重读）`"""
    replayed = "，归档重读" if revision.replayed else ""
    return f"版本 {revision.number}（{local_text(revision.seen_at, zone)}{replayed}）"


def render_difference(shown: Difference, form: str, zone: ZoneInfo) -> str:
    """The difference as `md`, `html` or `json`, ending in a newline."""
    if form == "json":
        return json.dumps(_record(shown), ensure_ascii=False, indent=2) + "\n"
    template = environment().get_template(f"diff.{form}.j2")
    return template.render(
        d=shown,
        statements=statements(shown.comparison),
        lines=lines(shown.comparison),
        before=revision_text(shown.before, zone),
        after=revision_text(shown.after, zone),
        marked=markdown.marked,
    )


def _record(shown: Difference) -> dict[str, object]:
    comparison, post = shown.comparison, shown.post
    dates = comparison.published_on
    return {
        "post": {"id": post.id, "title": post.title, "url": post.url, "source": post.source_name},
        "before": _revision_record(shown.before),
        "after": _revision_record(shown.after),
        "statements": list(statements(comparison)),
        "excerpt": [asdict(piece) for piece in excerpt(comparison)],
        "title": list(comparison.title) if comparison.title else None,
        "published_on": [day.isoformat() if day else None for day in dates] if dates else None,
        "rewritten": comparison.rewritten,
        "passages": [asdict(passage) for passage in comparison.passages],
    }


def _revision_record(revision: Revision) -> dict[str, object]:
    return {
        "revision": revision.number,
        "seen_at": revision.seen_at.isoformat(),
        "replayed": revision.replayed,
        "title": revision.wording.title,
        "published_on": revision.wording.published_on.isoformat() if revision.wording.published_on else None,
    }
