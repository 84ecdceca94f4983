"""Renders a digest as Markdown, HTML or JSON, and a notice as one of the first two; what it tells is given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from digests import markdown, own_templates
from digests.bars import lengths, text_bars
from digests.content import Bar, Chart, Digest, Item, to_json
from digests.notice import Notice
from digests.wording import Words, words_of
from monitor.periods import local_text

FORMATS = ("md", "html", "json")
_ESCAPED = ".html.j2"  # what ends so escapes whatever it is given


def render(digest: Digest, form: str) -> str:
    """The digest as `md`, `html` or `json`, ending in a newline. The same content always gives the same text.

    Raises TemplateError where its audience's own template cannot be filled.
    """
    return to_json(digest, indent=2) + "\n" if form == "json" else filled(digest, f"digest.{form}.j2")


def filled(digest: Digest, name: str, **more: object) -> str:
    """A template of that name with the digest in it: its audience's own, where it has one, else ours.

    `more` are further variables of the template. Raises TemplateError.
    """
    values = {**_variables(digest), **more}
    if digest.template is not None and name in own_templates.names_in(digest.template):
        escaping = name.endswith(_ESCAPED)
        return own_templates.fill(digest.template, name, _FILTERS, values, escaping=escaping)
    return environment().get_template(name).render(values)


def _variables(digest: Digest) -> dict[str, object]:
    words = words_of(digest.language)
    return {
        "d": digest,
        "w": words,
        "heading": heading(digest),
        "counts": counts(digest),
        "head": head(digest),
        "rest": rest(digest),
        "charts": tuple(_in_words(chart, words) for chart in digest.charts),
        "several": digest.is_of_several,  # once: it looks at all stories
        "zone": ZoneInfo(digest.timezone),
        "built_on": digest.built_here.date(),
    }


def render_notice(notice: Notice, form: str) -> str:
    """The notice as `md` or `html`, ending in a newline."""
    return environment().get_template(f"notice.{form}.j2").render(n=notice)


def heading(digest: Digest) -> str:
    """`招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 9 件`"""
    return words_of(digest.language).heading(digest)


def counts(digest: Digest) -> str:
    """The numbers of the period in one line."""
    return " · ".join(part for part in (head(digest), rest(digest)) if part)


def head(digest: Digest) -> str:
    """Of these numbers, those of every digest: new events, old news, edits, withdrawals."""
    words = words_of(digest.language)
    return " · ".join(map(words.counted, words.head(digest)))


def rest(digest: Digest) -> str:
    """And those beside them, as far as there is anything to count."""
    return " · ".join(words_of(digest.language).rest(digest))


def subject(digest: Digest) -> str:
    """The subject line of a mail: period, count, where, and whether sources are not well."""
    return words_of(digest.language).subject(digest)


def facts(item: Item, words: Words) -> list[str]:
    """What an item states, a piece each: stage, amounts in the words that they were read from, who, and when."""
    parties = words.comma.join(item.parties)
    pieces = [*brief_facts(item, words), parties, words.event_date(item.happened) if item.happened else ""]
    return [piece for piece in pieces if piece]


def brief_facts(item: Item, words: Words) -> list[str]:
    """Of what an item states, the stage and the amounts."""
    amounts = words.comma.join(map(words.amount, item.amounts))
    return [piece for piece in (words.stage(item.stage), words.investment(amounts) if amounts else "") if piece]


def alerts(item: Item, words: Words) -> list[str]:
    """What a digest says of an item that rules dealt with before: told at once, or no room for it on that day."""
    return [*map(words.alerted, item.alerted), *([words.overflow] if item.overflow else [])]


def _in_words(chart: Chart, words: Words) -> Chart:
    return Chart(words.chart(chart.title), tuple(Bar(words.bar(bar.name), bar.count) for bar in chart.bars))


@pass_context
def _facts(context: Context, item: Item) -> list[str]:
    return facts(item, context["w"])


@pass_context
def _brief_facts(context: Context, item: Item) -> list[str]:
    return brief_facts(item, context["w"])


@pass_context
def _alerts(context: Context, item: Item) -> list[str]:
    return alerts(item, context["w"])


@pass_context
def _bracketed(context: Context, text: str) -> str:
    brackets: str = context["w"].brackets
    return brackets.format(text)


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return local_text(instant, zone)


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "md": markdown.escape,
    "mdlink": markdown.link,
    "marked": markdown.marked,
    "safe_url": markdown.safe_url,
    "local": _local,
    "facts": _facts,
    "brief_facts": _brief_facts,
    "alerts": _alerts,
    "bracketed": _bracketed,
    "text_bars": text_bars,
    "lengths": lengths,
}


@cache
def environment() -> Environment:
    """The templates with their filters; those that end in `.html.j2` escape whatever they are given."""
    environment = Environment(
        loader=PackageLoader("digests"),
        # Named by its whole ending: select_autoescape() looks at the last suffix and would leave .html.j2 unescaped.
        autoescape=lambda name: bool(name and name.endswith(_ESCAPED)),  # noqa: S701 - Markdown is escaped by filters
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_FILTERS)
    return environment
