"""Renders a digest as the HTML of a mail that no program cuts: short enough, or shortened between two entries; pure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from digests.content import Digest, Item, PlaceGroup, SourceLine
from digests.render import filled, head, heading, rest
from digests.wording import Count, words_of

LIMIT = 100_000  # bytes; Gmail cuts at 102 KB, and shows what is left behind a link of its own
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_URL = 100, 300, 1_000  # characters in highlights that are too long themselves

_FIRST_LOOK = 16  # entries


@dataclass(frozen=True, slots=True)
class MailPage:
    """The HTML, and how many entries of which section it leaves out. `shortened`: so it says where the whole is."""

    html: str
    omitted: tuple[Count, ...]
    shortened: bool


def mail_page(digest: Digest, whole_at: str = "", limit: int = LIMIT) -> MailPage:
    """The mail's HTML of at most `limit` bytes (10,000 at least). `whole_at` is the address of the whole; "": attached.

    What is too long loses entries from its end: off-label entries, sources that are well, told events, old news,
    changes, late events, chains, places' lines, other sources, charts, in this order. Highlights stay, unless they
    alone are too long: then they lose links to further posts, the ends of long texts, and at last the last of them.
    """
    if digest.is_alert:
        digest = replace(digest, highlights=digest.stories, places=())
    page = _page(digest, digest, whole_at)
    if _fits(page, limit):
        return page
    # By ever more from the short end: pages of the size that is wanted are quickly made, those of the whole are not.
    short, width = _steps(digest), _FIRST_LOOK
    best = _page(digest, _shortened(digest, short), whole_at)
    too_long = max(0, short - width)
    while too_long and _fits(page := _page(digest, _shortened(digest, too_long), whole_at), limit):
        short, best, width = too_long, page, width * 2
        too_long = max(0, short - width)
    while short - too_long > 1:
        middle = (too_long + short) // 2
        page = _page(digest, _shortened(digest, middle), whole_at)
        if _fits(page, limit):
            short, best = middle, page
        else:
            too_long = middle
    return best


def _fits(page: MailPage, limit: int) -> bool:
    return len(page.html.encode()) <= limit


def _page(whole: Digest, shown: Digest, whole_at: str) -> MailPage:
    words = words_of(whole.language)
    left = {name: len(getattr(whole, name)) - len(getattr(shown, name)) for name in _SECTION_NAMES}
    left["places"] = _elsewhere(whole, whole.highlighted) - _elsewhere(shown, whole.highlighted)
    if whole.is_alert:
        left = {"highlights": left["highlights"]}
    omitted = {name: words.of_section(name, number, whole) for name, number in left.items() if number}
    shortened = shown is not whole
    off_label = bool(whole.off_label or whole.off_label_older)
    html = filled(
        shown,
        "mail.html.j2",
        heading=heading(whole),
        head=head(whole),
        rest=rest(whole),
        several=whole.is_of_several,
        highlighted=whole.highlighted,
        has_more=whole.has_more,
        off_label=words.off_label(whole) if off_label else "",
        left=omitted,
        omitted=tuple(omitted.values()),
        shortened=shortened,
        whole_at=whole_at,
    )
    return MailPage(html, tuple(omitted.values()), shortened)


# -- what is left out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Section:
    """Something that can lose its last entries: how many it has, and the digest with so many of them."""

    size: Callable[[Digest], int]
    keep: Callable[[Digest, int], Digest]


def _plain(field: str) -> _Section:
    return _Section(
        lambda digest: len(getattr(digest, field)),
        lambda digest, kept: replace(digest, **{field: getattr(digest, field)[:kept]}),
    )


def _sources(is_one: Callable[[SourceLine], bool]) -> _Section:
    def keep(digest: Digest, kept: int) -> Digest:
        those = {source.name for source in [one for one in digest.sources if is_one(one)][:kept]}
        return replace(digest, sources=tuple(one for one in digest.sources if not is_one(one) or one.name in those))

    return _Section(lambda digest: sum(map(is_one, digest.sources)), keep)


def _first_in_places(digest: Digest, kept: int) -> Digest:
    """The first lines in the order of reading; headings keep their numbers, and go with the last line below them."""
    groups: list[PlaceGroup] = []
    last = 0
    for group in digest.places:
        items = group.items[:kept]
        kept -= len(items)
        groups.append(replace(group, items=items, total=group.count))
        last = len(groups) if items else last
    return replace(digest, places=tuple(groups[:last]))


_SECTIONS = (
    _plain("off_label"),
    _sources(lambda source: source.ok),
    _plain("told_before"),
    _plain("recycled"),
    _plain("changes"),
    _plain("late"),
    _plain("chains"),
    _Section(lambda digest: digest.count, _first_in_places),
    _sources(lambda source: not source.ok),
    _plain("charts"),
)


def _elsewhere(digest: Digest, highlighted: Collection[int]) -> int:
    """The stories under places that are not among the highlights: those that are, no reader misses there."""
    return sum(item.post_id not in highlighted for group in digest.places for item in group.items)


_SECTION_NAMES = (
    "highlights",
    "places",
    "chains",
    "late",
    "recycled",
    "told_before",
    "changes",
    "off_label",
    "charts",
    "sources",
)  # in the order of reading


def _steps(digest: Digest) -> int:
    """In how many steps a digest becomes as short as it can be."""
    return sum(section.size(digest) for section in _SECTIONS) + 2 + len(digest.highlights)


def _shortened(digest: Digest, steps: int) -> Digest:
    for section in _SECTIONS:
        size = section.size(digest)
        lost = min(steps, size)
        if lost:
            digest = section.keep(digest, size - lost)
        steps -= lost
    if steps:
        digest = replace(digest, highlights=tuple(map(_bare, digest.highlights)))
    if steps > 1:
        kept = len(digest.highlights) - (steps - 2)
        digest = replace(
            digest,
            sentence=_cut(digest.sentence, _LONGEST_TEXT),
            highlights=tuple(_terse(item) for item in digest.highlights[:kept]),
        )
    return digest


def _bare(item: Item) -> Item:
    return replace(item, copies=(), others=(), related=())


def _terse(item: Item) -> Item:
    """Every text of it within bounds; an address that is no use at its length goes."""
    return replace(
        item,
        title=_cut(item.title, _LONGEST_TEXT),
        place=_cut(item.place, _LONGEST_NAME),
        source=_cut(item.source, _LONGEST_NAME),
        stage=_cut(item.stage, _LONGEST_NAME),
        happened=_cut(item.happened, _LONGEST_NAME),
        amounts=tuple(replace(one, words=_cut(one.words, _LONGEST_NAME)) for one in item.amounts[:3]),
        parties=tuple(_cut(party, _LONGEST_NAME) for party in item.parties[:3]),
        years=item.years[:5],
        summary=_cut(item.summary, _LONGEST_TEXT) if item.summary else None,
        extract=_cut(item.extract, _LONGEST_TEXT) if item.extract else None,
        url=item.url if len(item.url or "") <= _LONGEST_URL else None,
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
