"""Reads a post's own page: title, body as paragraphs, date, source and attachments; it fetches and stores nothing.

The body's container is found by the general method, or at the place where the source's earlier pages had theirs. All
that comes after is the same either way, so that it does not matter how a page was read.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from crawler.extract.article.around import Around, look_around
from crawler.extract.article.blocks import MOST_ELEMENTS, Block, read_blocks
from crawler.extract.article.body import Container, find_container, is_edited, is_heavy
from crawler.extract.article.cleaning import clean_blocks
from crawler.extract.article.dating import Dated, DateFinder, guess_date
from crawler.extract.article.files import find_files
from crawler.extract.article.json_page import json_page
from crawler.extract.article.meta import Meta
from crawler.extract.article.noise import is_header, is_noise_element
from crawler.extract.article.origin import find_origin
from crawler.extract.article.places import find_place, place_of, text_beside
from crawler.extract.article.recipe import Place, Recipe
from crawler.extract.article.selected import Selected
from crawler.extract.article.title import choose_title, headings, printed_titles
from crawler.extract.html.tree import Page, parse
from monitor.pages import Article, Selection

_MOST_TEXT = 2_000_000  # characters; the longest bodies of government files have 100,000
_MOST_TAGS = MOST_ELEMENTS  # so that no page is cut short by the reading of its blocks without a warning
_TOO_LARGE = "the page is too large for a post; only its beginning was read"
_BESIDE = 100  # characters of other long text that any page may have beside its body
_HEAD = 6  # blocks at the beginning of a container among which its header may stand


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """What was read of a page. No article: it has no body worth the name. `recipe` is for the source's next page."""

    article: Article | None
    recipe: Recipe


def read_article(
    text: str,
    url: str,
    now: datetime,
    select: Selection = Selection(),  # noqa: B008 - frozen
    recipe: Recipe | None = None,
) -> ArticleReading:
    """The post on a page, or in the JSON that an interface sends instead.

    `now` is aware, in the zone of the source; `recipe` is what earlier pages taught.
    What `select` names wins field by field; a selector that finds nothing is warned of, and the field found as on any
    page. Never raises for what a page contains.
    """
    answer = json_page(text, now)
    text, warnings = (text, ()) if answer is None else (answer.text, answer.warnings)
    whole = _bounded(text)
    reading = _Reader(parse(whole, url), whole, now, select).read(recipe or Recipe())
    if len(whole) < len(text):
        warnings = (*warnings, _TOO_LARGE)
    if reading.article is None or not warnings:
        return reading
    return replace(reading, article=replace(reading.article, warnings=(*reading.article.warnings, *warnings)))


def _bounded(text: str) -> str:
    """The beginning of a page that has more text, or more tags, than any post."""
    text = text[:_MOST_TEXT]
    if text.count("<") > _MOST_TAGS:
        text = text[: sum(len(part) + 1 for part in text.split("<", _MOST_TAGS)[:_MOST_TAGS]) - 1]
    return text


@dataclass(frozen=True, slots=True)
class _Read:
    """A container and what was read in and around it."""

    container: Container
    title: str
    paragraphs: list[str]
    about: list[Block]
    around: Around


class _Reader:
    """Reads one page."""

    def __init__(self, page: Page, text: str, now: datetime, select: Selection) -> None:
        self._page = page
        self._root = page.root
        self._text = text
        self._now = now
        self._meta = Meta(page.root)
        self._headings = headings(page.root)
        self._selected = Selected(page.root, select)
        self._title = self._selected.text("post_title")

    def read(self, recipe: Recipe) -> ArticleReading:
        """The article, and the recipe after this page."""
        chosen = self._selected.elements("post_body")
        read, recipe = (self._inside(chosen), recipe) if chosen else self._by_recipe(recipe) or self._by_judges(recipe)
        if read is None or not read.paragraphs:
            return ArticleReading(None, recipe.after())
        body = "\n".join(read.paragraphs)
        dated = self._dated(read, body, recipe)
        files = find_files(self._root, read.container, read.around.elements, self._page.base)
        article = Article(
            title=read.title or None,
            body=body,
            published_on=dated.day,
            origin=self._selected.text("post_origin") or find_origin(self._meta, read.around, read.about),
            attachments=files.found,
            warnings=(*self._selected.warnings, *dated.warnings, *files.warnings),
        )
        return ArticleReading(article, recipe.after(dated=dated.day is not None))

    def _by_recipe(self, recipe: Recipe) -> tuple[_Read, Recipe] | None:
        """What stands at a place that is trusted, where the page looks like those that it was learned from."""
        for place in recipe.trusted():
            read = self._at(place)
            if read is not None:
                return read, recipe
        return None

    def _by_judges(self, recipe: Recipe) -> tuple[_Read | None, Recipe]:
        """What stands in the container that the general method chooses, and the recipe that learned from it."""
        title = self._title or choose_title(self._meta, self._headings)
        container = find_container(self._root, title, heavy=is_heavy(self._root, self._text))
        if not container:
            return None, recipe
        read = self._inside(container)
        path = place_of(self._root, container) if read.paragraphs else ""
        if not path:
            return read, recipe
        wrong = next((place.path for place in recipe.believed() if self._misleads(place, read)), "")
        return read, recipe.learned(Place(path, parts=len(container), beside=self._beside(read)), wrong)

    def _misleads(self, place: Place, judged: _Read) -> bool:
        """Whether a trusted place would have given another body than the one that was judged to be it."""
        there = self._at(place)
        return there is not None and there.paragraphs != judged.paragraphs

    def _at(self, place: Place) -> _Read | None:
        """What stands at a place; None when the page is unlike those that the place was learned from."""
        container = find_place(self._root, place.path)
        if not container or len(container) > place.parts or len({node.getparent() for node in container}) > 1:
            return None
        read = self._inside(container)
        return read if read.paragraphs and read.title and self._beside(read) <= _BESIDE + place.beside else None

    def _beside(self, read: _Read) -> int:
        """Characters of long text outside the container, beyond a tenth of what is inside."""
        inside = sum(len(paragraph) for paragraph in read.paragraphs)
        return max(0, text_beside(self._root, read.container) - inside // 10)

    def _inside(self, container: Container) -> _Read:
        blocks = [block for element in container for block in read_blocks(element, is_noise_element)]
        known = self._title or choose_title(self._meta, self._headings)
        around = look_around(container, blocks, known)
        title = self._title or choose_title(
            self._meta, [*self._headings, *printed_titles([*around.before, *_header(blocks)])]
        )
        paragraphs, about = clean_blocks(blocks, title, edited=is_edited(container))
        return _Read(container, title, paragraphs, about, around)

    def _dated(self, read: _Read, body: str, recipe: Recipe) -> Dated:
        def guess() -> date | None:
            if recipe.dates_nothing() or is_heavy(self._root, self._text):
                return None
            return guess_date(self._root, body, self._now, read.title)

        finder = DateFinder(self._root, self._meta, self._page.url, self._now)
        return finder.find(read.around, read.about, guess, self._selected.text("post_date"), read.title)


def _header(blocks: list[Block]) -> list[Block]:
    """The blocks of a container down to its line of source and date, if it has one: what is above it is a title."""
    for number, block in enumerate(blocks[:_HEAD]):
        if is_header(block.text):
            return blocks[: number + 1]
    return []
