"""Finds the next page of a listing: links by word and by number, selects, and the scripts that write pagers."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.html.addresses import same_site
from crawler.extract.html.scripts import address_of_script
from crawler.extract.html.tree import Page, address, pieces, whole_text
from monitor.pages import PageRequest
from monitor.text import clean, title_key

PAGE_PARAMETERS = ("page", "pageno", "pagenum", "pageindex", "currpage", "currentpage", "curpage", "pn", "p", "paged")
_NEXT_WORDS = frozenset({"下一页", "下页", "后一页", "后页", "下一頁", "下頁", "next", "nextpage", "向后", "下一页>"})
_NEXT_SIGNS = frozenset({">", ">>", "›", "»", "→", "＞", "＞＞"})  # second choice: carousels use them too
_LAST_WORDS = frozenset({"尾页", "末页", "最后一页", "最末页", "last", "末頁", "尾頁"})
_FRAME = "[]【】()<>《》›»‹«|… →＞"  # what pagers put around their words
_DISABLED = re.compile(r"(?i)(?:^|[\s_-])(?:disabled?|no-?next|forbid|unable|invalid)(?:$|[\s_-])")
_CREATE_PAGE = re.compile(r"create\w*Page\w*\s*\((?P<arguments>[^()]{3,300})\)", re.IGNORECASE)
_ARGUMENTS = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(-?\d+))\s*(?:,|$)""")
_POST_BACK = re.compile(r"__doPostBack\(\s*(?:'|&#39;)(?P<target>[^']{0,200})'\s*,\s*'(?P<argument>[^']{0,100})'")
_COUNTER = re.compile(r"(?:共|/)\s*(?P<pages>\d{1,5})\s*页")
_MARKED = re.compile(r"(?i)(?:^|[\s_-])(?:on|cur|current|active|now|selected|hover|thisclass)(?:$|[\s_-])")
_MOST_PAGES = 100_000
_DIGITS = 5


def find_next(page: Page) -> PageRequest | None:
    """How the next page is asked for; None on the last one. Only pages of the same site are followed."""
    for url in _linked(page):
        if url != page.url and same_site(url, page.url):
            return PageRequest(url)
    if _says_last(page):
        return _post_back(page)
    for found in (_from_script(page), _by_number(page), _from_select(page)):
        if found is not None and found != page.url and same_site(found, page.url):
            return PageRequest(found)
    return _post_back(page)


# -- links by word ----------------------------------------------------------------------------------------------------


def _linked(page: Page) -> Iterator[str]:
    links = [node for node in page.root.iter("a", "link", "button", "span", "li") if _leads(node)]
    related = [node for node in links if (node.get("rel") or "").lower() == "next"]
    said = [node for node in links if _words(node) & _NEXT_WORDS]
    signs = [node for node in links if node.tag == "a" and clean(whole_text(node)) in _NEXT_SIGNS]
    for node in [*related, *said, *signs]:
        if not _is_disabled(node) and (url := _address(node, page)) is not None:
            yield url


def _leads(node: HtmlElement) -> bool:
    return bool(node.get("href") or node.get("onclick") or node.get("data-href") or node.get("data-url"))


def _words(node: HtmlElement) -> set[str]:
    texts = (whole_text(node), node.get("title") or "", node.get("aria-label") or "")
    return {title_key(text[:40]).strip(_FRAME) for text in texts}


def _is_disabled(node: HtmlElement) -> bool:
    parent = node.getparent()
    named = f"{node.get('class') or ''} {(parent.get('class') or '') if parent is not None else ''}"
    return node.get("disabled") is not None or bool(_DISABLED.search(named))


def _address(node: HtmlElement, page: Page) -> str | None:
    for name in ("href", "data-href", "data-url"):
        if (url := address(node.get(name), page.base)) is not None:
            return url
    for name in ("onclick", "href"):
        written = node.get(name) or ""
        if written and (name == "onclick" or written.lower().lstrip().startswith("javascript:")):
            url = address_of_script(written, page)
            if url is not None:
                return url
    return None


def _says_last(page: Page) -> bool:
    """Whether the page has a next link that leads nowhere or here: it is the last one."""
    for node in page.root.iter("a", "button", "span", "li"):
        words = {title_key(whole_text(node)[:40]).strip(_FRAME)}
        if words & _NEXT_WORDS:
            href = (node.get("href") or "").strip()
            if "dopostback" in (href + (node.get("onclick") or "")).lower():
                return False
            return _is_disabled(node) or address(href, page.base) == page.url or not _leads(node) or _is_void(node)
    return False


def _is_void(node: HtmlElement) -> bool:
    written = f"{node.get('href') or ''}{node.get('onclick') or ''}".replace(" ", "").lower().rstrip(";")
    return written in ("javascript:void(0)", "javascript:", "javascript:;", "#", "###", "#none")


# -- scripts, numbers, selects ----------------------------------------------------------------------------------------


def _from_script(page: Page) -> str | None:
    """`createPageHTML(5, 0, "index", "html")`: page two is index_1.html; with an id before them the count is from one.

    TRS WCM writes both (field notes, 1). Which page this is stands in the address where it says so.
    """
    for script in page.root.iter("script"):
        for call in _CREATE_PAGE.finditer((script.text or "")[:200_000]):
            arguments = [
                next((g for g in a.groups() if g is not None), "") for a in _ARGUMENTS.finditer(call["arguments"])
            ]
            if (url := _created(arguments, page)) is not None:
                return url
    return None


def _created(arguments: list[str], page: Page) -> str | None:
    numbers = [number for number, value in enumerate(arguments) if value.lstrip("-").isdigit()]
    if len(numbers) < 2 or numbers[1] != numbers[0] + 1:  # noqa: PLR2004 - total and current stand together
        return None
    total, current = int(arguments[numbers[0]]), int(arguments[numbers[1]])
    rest = [value for value in arguments[numbers[1] + 1 :] if not value.isdigit()]
    if len(rest) < 2:  # noqa: PLR2004
        return None
    name, ending = rest[0], rest[1].lstrip(".")
    from_one = numbers[0] > 0 and current >= 1
    last = total if from_one else total - 1
    if current >= last or total > _MOST_PAGES:
        return None
    return address(f"{name}_{current + 1}.{ending}", page.base)


def _by_number(page: Page) -> str | None:
    """The link to the number after the current one, in a row of numbers where the current one is marked or no link."""
    numbered: dict[HtmlElement, list[tuple[int, HtmlElement]]] = {}
    for node in page.root.iter("a"):
        text = whole_text(node).strip(_FRAME)
        parent = node.getparent()
        if _is_number(text) and parent is not None:
            above = parent.getparent()
            row = above if parent.tag in ("li", "span", "td") and above is not None else parent
            numbered.setdefault(row, []).append((int(text), node))
    for row, links in numbered.items():
        current = _current(row, links, page)
        if current is None:
            continue
        following = next((node for number, node in links if number == current + 1), None)
        if following is not None and (url := _address(following, page)) is not None:
            return url
    return None


def _current(row: HtmlElement, links: list[tuple[int, HtmlElement]], page: Page) -> int | None:
    for number, node in links:
        if _address(node, page) == page.url or _is_marked(node):
            return number
    linked = {number for number, _ in links}
    for piece in pieces(row):
        text = piece.text.strip(_FRAME)
        if _is_number(text) and int(text) not in linked and int(text) + 1 in linked:
            return int(text)
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def _is_marked(node: HtmlElement) -> bool:
    parent = node.getparent()
    around = (parent.get("class") or "") if parent is not None and parent.tag in ("li", "span") else ""
    return _MARKED.search(f"{node.get('class') or ''} {around}") is not None


def _from_select(page: Page) -> str | None:
    """A select of pages: the option after the selected one."""
    for select in page.root.iter("select"):
        options = list(select.iter("option"))
        if not options or not all(re.search(r"\d", whole_text(option)) for option in options):
            continue
        chosen = next((n for n, option in enumerate(options) if option.get("selected") is not None), None)
        if chosen is None:
            here = [n for n, option in enumerate(options) if address(option.get("value"), page.base) == page.url]
            chosen = here[0] if here else 0
        if chosen + 1 < len(options):
            value = options[chosen + 1].get("value") or ""
            if re.search(r"[./?=]", value):
                return address(value, page.base)
    return None


# -- forms ------------------------------------------------------------------------------------------------------------


def _post_back(page: Page) -> PageRequest | None:
    """ASP.NET: the next page is a POST of the page's own form with the link's target and argument."""
    for node in page.root.iter("a", "input", "button"):
        written = f"{node.get('href') or ''} {node.get('onclick') or ''}"
        found = _POST_BACK.search(written)
        if not found or _is_disabled(node) or not (_words(node) & _NEXT_WORDS or _follows_current(node)):
            continue
        form = next(node.iterancestors("form"), None)
        if form is None:
            continue
        hidden = [field for field in form.iter("input") if field.get("type") == "hidden" and field.get("name")]
        fields = [(field.get("name"), field.get("value") or "") for field in hidden]
        own = {"__EVENTTARGET": found["target"], "__EVENTARGUMENT": found["argument"]}
        body = urlencode([*((name, value) for name, value in fields if name not in own), *own.items()])
        try:
            url = urljoin(page.base, form.get("action") or page.url)
        except ValueError:
            return None
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        return PageRequest(url, "POST", body, headers) if same_site(url, page.url) else None
    return None


def _follows_current(node: HtmlElement) -> bool:
    """Whether a numbered button stands behind the number of the current page, which is no button itself."""
    text = whole_text(node).strip(_FRAME)
    parent = node.getparent()
    before = node.getprevious()
    if before is None and parent is not None:
        before = parent.getprevious()
    if not _is_number(text) or before is None or before.find(".//a") is not None or before.tag == "a":
        return False
    said = whole_text(before).strip(_FRAME)
    return _is_number(said) and int(said) + 1 == int(text)


def raised(url: str) -> str | None:
    """The address with its page parameter raised by one; None where it has none."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for number, (name, value) in enumerate(pairs):
        if name.lower() in PAGE_PARAMETERS and value.isdigit():
            pairs[number] = (name, str(int(value) + 1))
            return parts._replace(query=urlencode(pairs)).geturl()
    return None
