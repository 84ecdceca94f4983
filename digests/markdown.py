"""Makes scraped text safe inside Markdown: whatever it holds, it shows as itself."""

import re
from urllib.parse import quote, urlsplit

from monitor.text import clean

# Every ASCII punctuation mark may be escaped in CommonMark; these can begin or end markup somewhere.
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>#+|~!&=$@])")
_LINE_START = re.compile(r"^(-|\d+(?=[.)]))")
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
