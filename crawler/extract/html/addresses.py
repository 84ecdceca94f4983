"""Resolves the addresses that pages, feeds and interfaces print, and compares sites; it asks no name server."""

from html import unescape
from ipaddress import ip_address
from urllib.parse import urlsplit

from crawler.extract.html.tree import address
from crawler.extract.interfaces.field_names import words
from monitor.pages import PageRequest

# Second-level labels under which .cn (and a few others) hand out names: kinds of organisation and provinces.
_PUBLIC_SECOND = frozenset(
    words(
        "ac com edu gov mil net org "
        "ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj tw xj xz yn zj"
    )
)


def resolve(href: str, base: str) -> str | None:
    """The absolute address that a field of JSON or XML means on the page `base`; None for anchors, scripts and mail.

    Such fields are written with entities, in pieces over lines, or with the escaped slashes of JSON encoded twice.
    """
    written = unescape(href) if "&" in href else href
    written = written.replace("\\/", "/").encode("utf-8", "ignore").decode().strip()  # lone surrogates cannot be stored
    return None if written.startswith("#") else address(written, base)


def same_site(url: str, other: str) -> bool:
    """Whether both addresses are http or https and belong to one registered domain (or are one host)."""
    mine, theirs = _host(url), _host(other)
    if not mine or not theirs:
        return False
    return mine == theirs or (_domain(mine) == _domain(theirs) != "")


def shown_on(request: PageRequest, url: str) -> str:
    """The page on which a browser shows what `request` brought: its Referer, or `url` where there is none.

    Relative links inside an interface's answer are relative to that page, not to the interface.
    """
    for name, value in request.headers:
        if name.lower() == "referer" and same_site(value, url):
            return value
    return url


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").rstrip(".") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _domain(host: str) -> str:
    """The registered domain by rule of thumb, for names under .cn above all; empty for addresses and bare names."""
    labels = host.split(".")
    if _is_address(host) or len(labels) < 2:  # noqa: PLR2004
        return ""
    size = 3 if labels[-2] in _PUBLIC_SECOND and len(labels[-1]) == 2 else 2  # noqa: PLR2004 - www.zj.gov.cn, www.a.com
    return ".".join(labels[-size:]) if len(labels) >= size else ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
