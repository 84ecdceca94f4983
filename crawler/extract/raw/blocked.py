"""Recognises pages that are served as if all were well and hold nothing of what was asked for; it fetches nothing.

Firewalls' challenges, walls to log in at, soft 404s, sites under repair, empty and binary answers. A page that holds
much is believed unless its title, a heading or its main message says that it is missing: most pages have a log-in in
their header, many set cookies by script, and some posts are about captchas.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import urljoin, urlsplit

from crawler.extract.raw import block_words
from crawler.extract.raw.binary import binary_sign
from crawler.extract.raw.page_sketch import Line, Sketch, sketch
from crawler.extract.raw.truncation import is_truncated
from monitor.pages import Block, BlockKind, RawPage
from monitor.text import clean

__all__ = ["binary_sign", "block_of", "is_truncated"]

_MUCH = 600  # visible characters beyond which a page is believed
_MANY_LINKS = 40
_LITTLE = 150  # visible characters that a challenge shows at most while its script works
_NOTHING = 20  # visible characters of a page that leads on: 正在跳转…
_TITLE_LIKE = 10  # characters of a link that may be a post's title
_FEW_TITLES = 2  # such links on a page to log in on
_FEW_LINKS = 8  # on a page with a form to log in and no title that says so
_PARAGRAPH = 50  # characters of a line that is no link and more than a menu's
_PROSE = 200  # characters of paragraphs that a soft 404 has beside its message
_FOOTER = re.compile(r"版权|备案|ICP|主办|承办|地址[:：]|电话|邮编|copyright|技术支持|标识码", re.IGNORECASE)

_ABOUT_A_POST = re.compile(r"(?:发布|发文|成文)(?:时间|日期|机构)|来源[:：]|作者[:：]|浏览次数|字号")

# By what their scripts hold. Some put these into the pages that they let through as well, which show more.
_SCRIPTS = (
    (
        "瑞数 script",
        re.compile(
            r"\$_ts\s*=\s*window|\$_ts\.(?:cd|nsd)\b|<(?:meta|script)\b[^<>]{0,3000}\sr=['\"]m['\"]|\bid=['\"]__onload__"
            r"|<meta id=['\"][^'\"]{8,40}['\"] content=['\"][^'\"\s]{100}"
        ),
    ),
    ("加速乐 script", re.compile(r"__jsl_clearance|__jsluid|\('j'\)\+\('s'\)\+\('l'\)")),
    ("acw_sc__v2 script", re.compile(r"acw_sc__v\d|\barg1\s*=\s*['\"][0-9A-Fa-f]{32,64}['\"]")),
    ("阿里云 captcha", re.compile(r"TraceLocalWAF|aliyunwaf_|_waf_is_mob|AWSC/AWSC|renderData.{0,40}_waf_", re.DOTALL)),
    ("360 wzws script", re.compile(r"\bwzws|WZWS")),
    ("云锁 or 安全狗 script", re.compile(r"security_verify_|YunSuoAutoJump|yunsuo_session")),
    ("_guard script", re.compile(r"/_guard/(?:auto|html|slide|click|captcha)|/_guard/\w+\.js")),
    ("Cloudflare challenge", re.compile(r"_cf_chl_opt|cf-browser-verification|__cf_chl_")),
    ("雷池 challenge", re.compile(r"/\.safeline/|SafeLineChallenge|safeline_bot")),
    ("EdgeOne script", re.compile(r"EO_Bot_Ssid|__tst_status")),
    ("Imperva script", re.compile(r"_Incapsula_Resource")),
    ("AWS script", re.compile(r"\.awswaf\.com/|AwsWafIntegration")),
    (
        "captcha script",
        re.compile(r"\b(?:initGeetest|TencentCaptcha|initAliyunCaptcha|NECaptcha|hcaptcha|turnstile)\b"),
    ),
)
_WANTS_SCRIPT = re.compile(r"请开启JavaScript并刷新该页|enable javascript and refresh", re.IGNORECASE)
_SETS_COOKIE = re.compile(r"document\.cookie\s*=|document\[[^\]]{1,30}\]\s*=")
_RELOADS = re.compile(r"location\.(?:reload|replace|assign)\s*\(|location(?:\.href)?\s*=(?!=)|location\[|\.reload\(")
_GOES = re.compile(r"location(?:\.href)?\s*=(?!=)([^;\n]{1,500})|location\.(?:replace|assign)\s*\(([^;\n]{1,500})")
_LITERAL = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_NO_HOST = re.compile(r"^https?://(?=/|$)")  # "http://" + location.host + "/index.html" without what is no literal
_SAYS = re.compile(r"(?:\balert|\.msg|\.alert|\bconfirm)\s*\(\s*([\"'])([^\"']{2,120})\1")
# A script that fetches the list, or holds it: such a page is not empty, whoever reads it.
_FETCHES = re.compile(
    r"\.ajax\s*\(|\$\.(?:get|post|getJSON)\b|\bfetch\s*\(|axios|XMLHttpRequest|\.getJSON|dataproxy|paramJson|getDocumentList"
    r"|\.json\b|/api/|webId|columnid|\bSID\b|gkmlpt|<record>|<!\[CDATA\[|__NEXT_DATA__|__NUXT__|__INITIAL_STATE__|createPageHTML"
    r"|application/json|document\.write",
    re.IGNORECASE,
)
_LOG_IN_ADDRESS = re.compile(
    r"(?:^|[/._?=&-])(?:login|logon|signin|sign-in|sso|cas|passport|oauth2?|authserver|uaa|denglu)(?:[/._?&=-]|$)",
    re.IGNORECASE,
)
_ERROR_ADDRESS = re.compile(
    r"(?:^|[/_-])(?:404|error|err|notfound|not[-_]found|nopage|noexist)(?:[/._-]|$)", re.IGNORECASE
)
_FRONT = re.compile(r"/?(?:(?:index|default|main|home)\.\w{3,5})?", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_HEADING = re.compile(r"<h[1-4]\b", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>?")
_HEADINGS = 60  # of a page that are looked at
_HEADING_SIZE = 500  # characters, with the tags in it
_NEAR = 160  # characters around a word in which its line is looked for
_PLACES = 6  # of one word
_MESSAGE = re.compile(
    r"\"(?:msg|message|errmsg|errormsg|error|info|returnmsg|resultmsg|desc)\"\s*:\s*(\"(?:[^\"\\]|\\.){1,300}\")",
    re.IGNORECASE,
)
_DATA = ("<?xml", "<rss", "<feed", "<recordset", "<datastore")
_SHORT_ANSWER = 2_000  # characters of JSON that may be nothing but a message


def block_of(raw: RawPage, text: str) -> Block | None:
    """What keeps a page from being what was asked for, and by which sign that shows; None for a page like any other.

    `text` is the decoded body. A site under repair and a server's error page are EMPTY, a refusal (403) a CHALLENGE.
    """
    if (sign := binary_sign(raw)) is not None:
        return Block(BlockKind.BINARY, sign)
    if not text.strip():
        return Block(BlockKind.EMPTY, "only white space" if raw.body else "no bytes")
    start = text.lstrip("\ufeff \t\r\n")[:500].lower()
    if start.startswith(("{", "[")):
        return _of_answer(text)
    if start.startswith(_DATA) and "<html" not in start:
        return None
    return _of_page(raw, text)


def _of_page(raw: RawPage, text: str) -> Block | None:
    if text.count("<a ") + text.count("<A ") < _MANY_LINKS:
        page = sketch(text, _MUCH)
        if page.whole:
            return _of_small(raw, page, text)
    return _of_full(text)


def _of_answer(text: str) -> Block | None:
    """A short answer in JSON that is nothing but a message."""
    if len(text) > _SHORT_ANSWER or (found := _MESSAGE.search(text)) is None:
        return None
    try:
        message = json.loads(found[1], strict=False)
    except ValueError:
        return None
    saying = block_words.of_message(message)
    return _says(saying) if saying is not None else None


def _says(saying: block_words.Saying, where: str = "says") -> Block:
    return Block(saying.kind, f"{where} {saying.words[:60]}")


# -- pages that hold much ---------------------------------------------------------------------------------------------


def _of_full(text: str) -> Block | None:
    """A page with much on it: missing when its title or a heading says so, or its main message and little else."""
    title = found[1] if (found := _TITLE.search(text)) else ""
    for words, where in [(title, "title"), *((heading, "heading") for heading in _headings(text))]:
        saying = block_words.of_title(words)
        if saying is not None and saying.kind is BlockKind.MISSING:
            return _says(saying, where)
    if "password" in text and block_words.is_log_in(title):
        page = sketch(text)
        if page.passwords and _title_like(page) <= _FEW_TITLES:
            return Block(BlockKind.LOGIN, "log-in form")
    if any(_is_said_near(text, stem) for stem in block_words.STEMS):
        return _of_message(sketch(text))
    return None


def _headings(text: str) -> Iterator[str]:
    for found in islice(_HEADING.finditer(text), _HEADINGS):
        end = text.find("</h", found.end(), found.end() + _HEADING_SIZE)
        yield clean(unescape(_MARKUP.sub("", text[found.start() : max(end, found.end())])))


def _is_said_near(text: str, stem: str) -> bool:
    """Whether a line around a word is a message: a look at a few lines, before the whole page is looked at."""
    at = text.find(stem)
    for _ in range(_PLACES):
        if at < 0:
            return False
        near = text[max(0, at - _NEAR) : at + _NEAR]
        if any(block_words.of_line(line.text) for line in sketch(near[near.find(">") + 1 :]).lines):
            return True
        at = text.find(stem, at + _NEAR)
    return False


def _of_message(page: Sketch) -> Block | None:
    """What the main message of a page says: a line of its own, no link, with hardly any prose beside it."""
    for line in page.lines:
        saying = block_words.of_line(line.text) if line.linked * 2 < len(line.text) else None
        if saying is not None:
            return _says(saying) if _prose(page) - _own(line) <= _PROSE else None
    return None


def _own(line: Line) -> int:
    """Characters that are no link, of a line that is a paragraph."""
    size = len(line.text) - line.linked
    return size if size >= _PARAGRAPH and not _FOOTER.search(line.text) else 0


def _prose(page: Sketch) -> int:
    return sum(_own(line) for line in page.lines)


def _title_like(page: Sketch) -> int:
    return sum(line.linked >= _TITLE_LIKE for line in page.lines)


# -- pages that hold little -------------------------------------------------------------------------------------------


def _of_small(raw: RawPage, page: Sketch, text: str) -> Block | None:
    return (
        _by_script(page, text)
        or _by_words(page)
        or _by_form(page)
        or _by_dialogue(page)
        or _by_way_out(raw, page)
        or _by_emptiness(page, text)
    )


def _by_script(page: Sketch, text: str) -> Block | None:
    """A challenge that its script gives away, while it shows next to nothing."""
    if page.seen > _LITTLE:
        return None
    for sign, pattern in _SCRIPTS:
        if pattern.search(text):
            return Block(BlockKind.CHALLENGE, sign)
    if page.seen <= _NOTHING and page.scripts and _WANTS_SCRIPT.search(page.without_script):
        return Block(BlockKind.CHALLENGE, "wants a browser that runs scripts")
    if page.seen <= _NOTHING and _SETS_COOKIE.search(page.script) and _RELOADS.search(page.script):
        return None if _LOG_IN_ADDRESS.search(page.script) else Block(BlockKind.CHALLENGE, "cookie script that reloads")
    return None


def _by_words(page: Sketch) -> Block | None:
    """What title and headings say, then the lines; a page that only says that there is a message is missing."""
    lines = [line for line in page.lines if line.linked * 2 < len(line.text)]
    for words, where in [(page.title, "title"), *((line.text, "heading") for line in lines if line.heading)]:
        if (saying := block_words.of_title(words)) is not None:
            return _says(saying, where)
    if (block := _of_message(page)) is not None:
        return block
    if not any(_ABOUT_A_POST.search(line.text) for line in lines):
        for line in lines:
            saying = block_words.addressed(line.text)
            if saying is not None and (saying.kind is BlockKind.CHALLENGE or _title_like(page) <= _FEW_TITLES):
                return _says(saying)
    if block_words.is_repair(page.title) and not _prose(page):
        return Block(BlockKind.EMPTY, f"title {page.title[:60]}")
    if block_words.is_vague(page.title) and lines and not _title_like(page):
        said = next((line.text for line in lines if not block_words.is_vague(line.text)), lines[0].text)
        return Block(BlockKind.MISSING, f"{page.title[:20]}: {said[:60]}")
    return None


def _by_form(page: Sketch) -> Block | None:
    """A page whose only purpose is to log in."""
    if _title_like(page) > _FEW_TITLES or _prose(page):
        return None
    if block_words.is_log_in(page.title) and (page.passwords or page.seen <= _LITTLE):
        return Block(BlockKind.LOGIN, f"title {page.title[:60]}")
    if page.passwords and page.seen <= _LITTLE * 2 and page.links <= _FEW_LINKS and not _title_like(page):
        return Block(BlockKind.LOGIN, "log-in form")
    return None


def _by_way_out(raw: RawPage, page: Sketch) -> Block | None:
    """A page that only leads on: to a log-in, to the front page as soft 404s do, or elsewhere."""
    if page.seen > _LITTLE or _title_like(page):
        return None
    for target in _ways_out(page):
        try:
            there, here = urlsplit(urljoin(raw.url, target.strip())), urlsplit(raw.url)
        except ValueError:
            continue
        if there.scheme not in ("http", "https"):
            continue
        if _LOG_IN_ADDRESS.search(there.path + "?" + there.query) or _LOG_IN_ADDRESS.search(there.netloc):
            return Block(BlockKind.LOGIN, f"leads to {target[:100]}")
        if _ERROR_ADDRESS.search(there.path):
            return Block(BlockKind.MISSING, f"leads to {target[:100]}")
        if _FRONT.fullmatch(there.path) and not there.query and not _FRONT.fullmatch(here.path):
            return Block(BlockKind.MISSING, f"leads to the front page {target[:100]}")
        if page.seen <= _NOTHING:
            return Block(BlockKind.EMPTY, f"only leads to {target[:100]}")
    return None


def _ways_out(page: Sketch) -> Iterator[str]:
    """Where a meta refresh leads, and a script that does hardly anything else; not the choice of a mobile page."""
    if page.refresh:
        yield page.refresh
    script = page.script
    if (
        page.seen <= _NOTHING * 3
        and len(script) <= _SHORT_ANSWER
        and "userAgent" not in script
        and not _FETCHES.search(script)
    ):
        for found in _GOES.finditer(script):
            target = "".join(one[1] or one[2] or "" for one in _LITERAL.finditer(found[1] or found[2]))
            if target:
                yield _NO_HOST.sub("", target)


def _by_dialogue(page: Sketch) -> Block | None:
    """A page that shows nothing but what its script says in a dialogue."""
    said = _SAYS.search(page.script) if page.seen <= _NOTHING else None
    saying = block_words.of_message(said[2]) if said is not None else None
    return _says(saying) if saying is not None else None


def _by_emptiness(page: Sketch, text: str) -> Block | None:
    if page.seen or page.hidden:
        return None
    if not _FETCHES.search(text):
        if page.frames:
            return Block(BlockKind.EMPTY, "only frames")
        return Block(BlockKind.EMPTY, "no visible text, only scripts" if page.sources else "no visible text")
    return None
