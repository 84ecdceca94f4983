"""Finds the files that a post offers, in its body and just after it; it opens none of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.article.body import Container
from crawler.extract.article.words import words
from crawler.extract.html.tree import address
from monitor.pages import Attachment
from monitor.text import clean

_KINDS = words("pdf doc docx xls xlsx ppt pptx wps et dps ofd ceb rtf txt csv odt ods odp zip rar 7z tar gz")
_FILE = re.compile(rf"\.(?:{'|'.join(_KINDS)})$", re.IGNORECASE)
_FILE_WITHIN = re.compile(rf"\.(?:{'|'.join(_KINDS)})(?=$|[&?#;）)\]】\s])", re.IGNORECASE)
_DOWNLOAD = re.compile(r"down(?:load|file)?|attach|fujian|file(?:id|name)?=|annex", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^[\s\[【(（]*(?:点击|立即|附件|文件|本地)?(?:下载附件|下载|查看|打开|附件|预览)(?:附件|地址|文件|此处)?"
    r"[\d\s:：.、\])）】]*$"
)
_CALLED = re.compile(r"(?:^|[^a-z])(?:fujian|fj\w*|attach\w*|appendix|annex\w*|xgfj|download\w*|accessory)(?:$|[^a-z])")
# One of these stands in every address that may be a file's, in small letters.
_MARKS = ("javascript:", *(f".{kind}" for kind in _KINDS), "down", "attach", "fujian", "file", "annex")
_ADDRESSES = XPath("//a/@href", smart_strings=False)
_LEVELS = 40  # of nesting between a link and the body's container
_MOST = 100  # files of one post
_SHOWN = 40  # characters of a name in a warning


@dataclass(frozen=True, slots=True)
class Files:
    """The attachments of a post, and what is to be said of those whose address the page does not show."""

    found: tuple[Attachment, ...] = ()
    warnings: tuple[str, ...] = ()


def find_files(root: HtmlElement, container: Container, after: Sequence[HtmlElement], base: str) -> Files:
    """The attachments, in page order, each address once. `after` are the elements that follow the body."""
    addresses = "\n".join(_ADDRESSES(root)).lower()
    if not any(mark in addresses for mark in _MARKS):  # most pages: not a link of theirs need be looked at
        return Files()
    found: dict[str, Attachment] = {}
    warnings: dict[str, None] = {}
    around = {*container, *after}
    for link in root.iter("a"):
        href = link.get("href") or ""
        if _is_script(href):
            if len(warnings) < _MOST and _names_file(link, href) and _belongs(link, around):
                warnings[f"attachment {_name(link, '')[:_SHOWN]!r} has no address, only a script"] = None
            continue
        url = address(href, base) if _may_be_file(href) and _belongs(link, around) else None
        if url is not None and url not in found and _is_file(link, url) and len(found) < _MOST:
            found[url] = Attachment(_name(link, url), url)
    return Files(tuple(found.values()), tuple(warnings))


def _is_script(href: str) -> bool:
    return href.lstrip().lower().startswith("javascript:")


def _names_file(link: HtmlElement, href: str) -> bool:
    """Whether a link that runs a script is about a file: by what the script is called, or by the name of a file."""
    if _DOWNLOAD.search(href):
        return bool(_text(link))
    said = f"{_text(link)} {link.get('title') or ''} {link.get('download') or ''} {href} {link.get('onclick') or ''}"
    return _FILE_WITHIN.search(said.replace("'", " ").replace('"', " ")) is not None


def _may_be_file(href: str) -> bool:
    return _FILE_WITHIN.search(href) is not None or _DOWNLOAD.search(href) is not None


def _belongs(link: HtmlElement, around: set[HtmlElement]) -> bool:
    """Whether a link stands in the body, just after it, or in an element whose name says that attachments do."""
    if link in around:
        return True
    for element in islice(link.iterancestors(), _LEVELS):
        if element in around:
            return True
        names = element.get("class"), element.get("id")
        if names != (None, None) and _CALLED.search(f"{names[0] or ''} {names[1] or ''}".lower()):
            return True
    return False


def _is_file(link: HtmlElement, url: str) -> bool:
    parts = urlsplit(url)
    if _FILE.search(unquote(parts.path)):
        return True
    if not _DOWNLOAD.search(url):
        return False
    said = f"{_text(link)} {link.get('title') or ''} {link.get('download') or ''} {unquote(parts.query)}"
    return _FILE_WITHIN.search(said) is not None


def _text(link: HtmlElement) -> str:
    return clean("".join(link.itertext()))


def _name(link: HtmlElement, url: str) -> str:
    """What the page calls the file: the link's text, its title, what stands before it, at last the file's own name."""
    for name in (_text(link), clean(link.get("title") or ""), _before(link)):
        if name and not _NO_NAME.match(name):
            return name
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def _before(link: HtmlElement) -> str:
    """The text just before a link that only says 下载."""
    previous = link.getprevious()
    parent = link.getparent()
    if previous is not None:
        return clean(previous.tail or "") or (_text(previous) if previous.tag != "a" else "")
    return clean(parent.text or "") if parent is not None else ""
