"""Makes scraped text safe inside Markdown: whatever it holds, it shows as itself."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from monitor.comparison import Mark, Piece
from monitor.text import clean

# Every ASCII punctuation mark may be escaped in CommonMark; these can begin or end markup somewhere.
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>#+|~!&=$@])")
_LINE_START = re.compile(r"^(-|\d+(?=[.)]))")
_JOINT = "\u200b"  # between a mark of Markdown and punctuation, beside which CommonMark would not see the mark
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_AUTOLINK = re.compile(r"(?i)(?<=http)(s?):(?=//)|(?<=www)\.|(?<=ftp):(?=//)|(?<=mailto):|(?<=xmpp):")


def escape(text: str) -> str:
    """`text` on one line, with every character that Markdown could act upon escaped.

    GitHub's extensions count as well: bare addresses do not become links, `~~` and tables do not form.
    """
    escaped = _ACTIVE.sub(r"\\\1", clean(text))
    escaped = _AUTOLINK.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], escaped)
    # At the start of a line a dash, or a number before a full stop or bracket, would open a list.
    return _LINE_START.sub(lambda found: "\\-" if found[1] == "-" else found[1] + "\\", escaped)


def link(text: str, url: str | None) -> str:
    """A link when `url` is one that may be followed (http, https); the escaped text alone otherwise."""
    target = safe_url(url)
    # An entity would be decoded inside <...>, so the ampersand is written as one.
    return f"[{escape(text)}](<{target.replace('&', '&amp;')}>)" if target else escape(text)


def safe_url(url: str | None) -> str | None:
    """The address, percent-encoded so that it cannot leave its place; None for anything but http and https."""
    address = _CONTROLS.sub("", url or "").strip()  # as browsers do before they look at the scheme
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return quote(address, safe="/:?#@!$&'()*+,;=~-._%[]")


def harmless(text: str) -> str:
    """Text on one line without invisible and control characters; the blanks at its ends stay, those of words do."""
    return clean(f"|{text}|")[1:-1]


def marked(pieces: Iterable[Piece]) -> str:
    """A line in Markdown: ~~deleted~~ and **inserted**."""
    line = ""
    for piece in pieces:
        text = harmless(piece.text)
        if not line:
            text = text.lstrip()
        line += _in_markdown(piece.mark, text, starts_line=not line)
    return line.rstrip()


def _in_markdown(mark: Mark, text: str, *, starts_line: bool) -> str:
    inner = text.strip()
    if not inner:
        return "" if mark is Mark.DELETED else text
    if mark is Mark.SAME:
        return text.replace(inner, escape(inner) if starts_line else _escaped(inner))
    sign = "~~" if mark is Mark.DELETED else "**"
    return text.replace(inner, f"{sign}{_joint(inner[0])}{_escaped(inner)}{_joint(inner[-1])}{sign}")


def _escaped(text: str) -> str:
    """Escaped as what never stands at the start of a line, where a number or a dash would open a list."""
    return escape(f"文{text}")[1:]


def _joint(char: str) -> str:
    return _JOINT if unicodedata.category(char)[0] in "PS" else ""
