"""Finds the next page of a listing: links by word and by number, selects, and the scripts that write pagers."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.html.addresses import same_site
from crawler.extract.html.pager_scripts import written_pagers
from crawler.extract.html.scripts import address_of_script
from crawler.extract.html.tree import Page, address, pieces, whole_text
from monitor.pages import PageRequest
from monitor.text import clean, title_key

PAGE_PARAMETERS = ("page", "pageno", "pagenum", "pageindex", "currpage", "currentpage", "curpage", "pn", "p", "paged")
_NEXT_WORDS = frozenset({"下一页", "下页", "后一页", "后页", "下一頁", "下頁", "next", "nextpage", "向后", "下一页>"})
_OLDER = re.compile(  # 更早的消息, 较早文章, Older posts: what stands below the newest
    r"[更较][早旧]的?(?:文章|消息|新闻|信息|内容|动态|资讯|公告|记录)?|旧文章|older(?:posts?|entries|news|articles)?"
)
_MORE_WORDS = frozenset(
    {"加载更多", "点击加载更多", "加载更多内容", "显示更多", "loadmore", "showmore"}
)  # if it leads to a page
_NEXT_SIGNS = frozenset(
    {">", ">>", "›", "»", "→", "＞", "＞＞", "▶", "►", "❯", "⟩", "▷", "⏵"}
)  # second choice: carousels use them too
_ICON = re.compile(
    r"(?i)(?:^|[\s_/-])(?:next(?:page|btn)?|(?:angle|arrow|chevron|caret|icon)s?-?(?:double-?)?right)(?:$|[\s_.-])"
)
_FRAME = "[]【】()<>《》›»‹«|… →＞"  # what pagers put around their words
_DISABLED = re.compile(r"(?i)(?:^|[\s_-])(?:disabled?|no-?next|forbid|unable|invalid)(?:$|[\s_-])")
_POST_BACK = re.compile(r"__doPostBack\(\s*(?:'|&#39;)(?P<target>[^']{0,200})'\s*,\s*'(?P<argument>[^']{0,100})'")
_MARKED = re.compile(r"(?i)(?:^|[\s_-])(?:on|cur|current|active|now|selected|hover|thisclass)(?:$|[\s_-])")
_SELECTS, _OPTIONS = 20, 2_000  # that are looked at
_DIGITS = 5
_SHOWN = 20  # characters of a link in a warning
_ICONS, _ICON_NAME = 5, 200  # parts of a link that are looked at, and characters of what they are called
_NUMBERED = re.compile(r"/page/\d+|[_-]?\d+")


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
    words = [(node, link_words(node)) for node in links]
    said = [node for node, called in words if _say_next(called)]
    signs = [node for node in links if node.tag == "a" and clean(whole_text(node)) in _NEXT_SIGNS]
    for node in [*related, *said, *signs]:
        if not _is_disabled(node) and (url := link_address(node, page)) is not None:
            yield url
    # What looks like a next link and says nothing of pages must lead to what looks like a page of this listing.
    for node, called in words:
        if (called & _MORE_WORDS or _is_next_icon(node)) and not _is_disabled(node):
            url = link_address(node, page)
            if url is not None and is_page_of(url, page.url):
                yield url


def _say_next(words: set[str]) -> bool:
    return bool(words & _NEXT_WORDS) or any(_OLDER.fullmatch(one) for one in words)


def _leads(node: HtmlElement) -> bool:
    return bool(node.get("href") or node.get("onclick") or node.get("data-href") or node.get("data-url"))


def _is_next_icon(node: HtmlElement) -> bool:
    """Whether a link without words is named, or holds a picture or an icon that is named, as one to the next page."""
    if node.tag != "a" or any(sign.isalnum() for sign in whole_text(node)):
        return False
    parts = [node, *islice(node.iter("i", "span", "em", "img", "svg", "use"), _ICONS)]
    named = (
        part.get(name) for part in parts for name in ("class", "src", "href") if part is not node or name == "class"
    )
    return any(name and _ICON.search(name[-_ICON_NAME:]) for name in named)


def is_page_of(url: str, listing: str) -> bool:
    """Whether an address looks like another page of a listing: the same but for numbers, or with a page parameter."""
    one, other = urlsplit(url), urlsplit(listing)
    if one.netloc != other.netloc:
        return False
    if any(name.lower() in PAGE_PARAMETERS and value.isdigit() for name, value in parse_qsl(one.query)):
        return one.path.rpartition("/")[0] == other.path.rpartition("/")[0]
    folded = [_NUMBERED.sub("", f"{part.path.rstrip('/')}?{part.query}") for part in (one, other)]
    return url != listing and folded[0] == folded[1]


def link_words(node: HtmlElement) -> set[str]:
    """What a link calls itself, in its text, its titles and its pictures, without what pagers put around words."""
    pictures = [picture.get("alt") or "" for picture in islice(node.iter("img"), _ICONS)] if node.tag == "a" else []
    said = node.get("value") or "" if node.tag == "input" else whole_text(node)
    texts = (said, node.get("title") or "", node.get("aria-label") or "", *pictures)
    return {title_key(text[:40]).strip(_FRAME) for text in texts}


def _is_disabled(node: HtmlElement) -> bool:
    parent = node.getparent()
    named = f"{node.get('class') or ''} {(parent.get('class') or '') if parent is not None else ''}"
    return node.get("disabled") is not None or bool(_DISABLED.search(named))


def link_address(node: HtmlElement, page: Page) -> str | None:
    """Where a link or a button leads, as far as the page tells."""
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


def unfollowed(page: Page) -> str:
    """The words of a link to a next page of which nothing on the page tells where it leads; empty where there is none.

    A link that is disabled, or leads here, is that of a last page. Ask only where no next page was found.
    """
    for node in page.root.iter("a", "button", "span", "li", "input"):
        if not _say_next(link_words(node)) or _is_disabled(node):
            continue
        numbered = (node.get("data-page") or "").strip()
        if _is_number(numbered):
            dead = int(numbered) > 1
        else:
            dead = _leads(node) and not _is_void(node) and link_address(node, page) != page.url
        if dead:
            said = clean(whole_text(node) or node.get("value") or node.get("title") or node.get("aria-label") or "")
            return said[:_SHOWN] or "下一页"
    return ""


# -- scripts, numbers, selects ----------------------------------------------------------------------------------------


def _from_script(page: Page) -> str | None:
    written = (pager.next_address for pager in written_pagers(page) if pager.next_address)
    return next((url for one in written if (url := address(one, page.base)) is not None), None)


def _by_number(page: Page) -> str | None:
    """The link to the number after the current one, in a row of numbers where the current one is marked or no link."""
    for current, links in numbered_rows(page):
        following = next((node for number, node in links if number == current + 1), None)
        if following is not None and (url := link_address(following, page)) is not None:
            return url
    return None


def numbered_rows(page: Page) -> Iterator[tuple[int, list[tuple[int, HtmlElement]]]]:
    """The rows of links with numbers that show which number is the present one: that number, and the links."""
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
        if current is not None:
            yield current, links


def _current(row: HtmlElement, links: list[tuple[int, HtmlElement]], page: Page) -> int | None:
    for number, node in links:
        if link_address(node, page) == page.url or _is_marked(node):
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
    for select in islice(page.root.iter("select"), _SELECTS):
        options = list(islice(select.iter("option"), _OPTIONS))
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
        if not found or _is_disabled(node) or not (link_words(node) & _NEXT_WORDS or _follows_current(node)):
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


def links_to(page: Page, url: str) -> bool:
    """Whether a link or a button of the page itself leads to an address, which then is not worked out by us."""
    nodes = page.root.iter("a", "link", "button", "span", "li")
    return any(link_address(node, page) == url for node in nodes if _leads(node))


def raised(url: str) -> str | None:
    """The address with its page parameter raised by one; None where it has none."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for number, (name, value) in enumerate(pairs):
        if name.lower() in PAGE_PARAMETERS and value.isdigit():
            pairs[number] = (name, str(int(value) + 1))
            return parts._replace(query=urlencode(pairs)).geturl()
    return None
