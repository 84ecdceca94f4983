"""Hostile text in every field that comes from outside, through everything that is sent: it shows as text, and no more.

What is sent of a hostile digest has the structure of one that says the same in harmless words: the same elements,
attributes, links, headers and messages. Structure is what real parsers read: markdown-it for Markdown, libxml2 for
HTML, the email package for mail; of the chat platforms, what each is known to act upon.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from enum import Enum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import html
from markdown_it import MarkdownIt

from digests.channels.email import build_message
from digests.channels.platforms import DINGTALK, FEISHU, WECOM, Platform
from digests.channels.webhook import body_of
from digests.chat.entries import entries_of, title_of
from digests.chat.parts import parts_of
from digests.content import ChangeKind, ChangeLine, Chart, Digest, from_json, to_json
from digests.markdown import safe_url
from digests.notice import Fact, Notice, notice_of
from digests.render import render, render_notice
from monitor.announcing import Period
from monitor.comparison import Mark, Piece
from monitor.config import EmailChannelConfig
from monitor.health.conditions import Alert, AlertKind, Health, State, Symptom, Trouble
from monitor.pages import Entry
from monitor.text import clean

ROOT = Path(__file__).parent.parent.parent
CORPUS: dict[str, list[Any]] = json.loads((ROOT / "tests/fixtures/digests/hostile.json").read_text(encoding="utf-8"))
TEXTS = {
    f"{kind}-{number}": one if isinstance(one, str) else one["text"] * one["times"]
    for kind, listed in CORPUS.items()
    for number, one in enumerate(listed, start=1)
}
# What the database holds has no lone surrogates: UTF-8 has no room for them. See the last tests for how they get lost.
STORABLE = {name: text for name, text in TEXTS.items() if not name.startswith("surrogates")}
# A fifth of them in every run, all in the long one: each costs a rendering and a parser's work.
EVERY = pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name, marks=pytest.mark.long if number % 5 else ())
        for number, (name, text) in enumerate(STORABLE.items())
    ],
)
HARMLESS = "招商"
# Text of our own: never a site's word, a user's, or a server's.
OURS = {
    *((Period, "key"), (Period, "kind"), (Digest, "timezone"), (Digest, "language"), (Digest, "missed")),
    *((Notice, "timezone"), (Notice, "advice"), (Notice, "commands")),
    *((Chart, "title"), (Fact, "name")),
}
# What mail and terminals obey, and nobody sees; in what was stored there is none of it any more.
UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\U000e0000-\U000e007f]"
)


def poisoned(value: Any, text: str, url: str) -> Any:
    """The same with `text` in place of every text, and `url` of every address, that comes from outside."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return text
    if isinstance(value, tuple):
        return tuple(poisoned(one, text, url) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {}
    for field in fields(value):
        known = getattr(value, field.name)
        if (type(value), field.name) in OURS:
            continue
        address = field.name in ("url", "address") and known is not None
        changed[field.name] = url if address else poisoned(known, text, url)
    return replace(value, **changed)


@pytest.fixture
def whole(full_digest: Digest, now: datetime) -> Digest:
    """A digest with every section, changes included."""
    day = now.date()
    pieces = (Piece(Mark.SAME, "前"), Piece(Mark.DELETED, "旧"), Piece(Mark.INSERTED, "新"), Piece(Mark.SAME, "后"))
    copies = full_digest.late[0].copies
    return replace(
        full_digest,
        changes=(
            ChangeLine(1, ChangeKind.REVISED, "甲", "湛", "https://x.cn/1", "zj", day, "", ("改",), pieces, copies),
            ChangeLine(2, ChangeKind.WITHDRAWN, "乙", "湛", "https://x.cn/2", "zj", day, "HTTP 404"),
        ),
    )


@pytest.fixture
def alert_notice(now: datetime) -> Notice:
    """A notice of a source in trouble."""
    health = Health(State.UNREACHABLE, Trouble(Symptom.OTHER, "x"), now, 3)
    alert = Alert(id=1, source="zj", title="湛江", at=now, kind=AlertKind.TROUBLE, health=health, reason="x")
    return notice_of(alert, "http://zj.example/", ZoneInfo("Asia/Shanghai"))


def variants(text: str) -> list[tuple[str, str, str, str]]:
    """Text and address, and the harmless ones that must look the same: by itself, in the middle, and as an address."""
    found = [(f"招{text}商", f"https://zj.example/?q={text}", HARMLESS, "https://zj.example/?q=1")]
    if clean(text):
        found.append((text, text, HARMLESS, "https://zj.example/" if safe_url(text) else "none"))
    return found


def pairs(message: Any, text: str) -> Iterator[tuple[Any, Any]]:
    """A hostile message and the harmless one, in Chinese; a digest in English as well."""
    for hostile, url, plain, plain_url in variants(text):
        bad, good = poisoned(message, hostile, url), poisoned(message, plain, plain_url)
        yield bad, good
        if isinstance(message, Digest) and hostile == text:
            yield replace(bad, language="en"), replace(good, language="en")


# -- structure ---------------------------------------------------------------------------------------------------------

MARKDOWN = {"commonmark": MarkdownIt("commonmark"), "gfm": MarkdownIt("gfm-like", {"linkify": False})}


def of_markdown(text: str, parser: str) -> list[str]:
    """Every token but the words, with the names of its attributes; addresses must be of the web."""
    found: list[str] = []
    for token in MARKDOWN[parser].parse(text):
        found.append(f"{token.type} {token.tag} {token.markup}")
        for child in token.children or []:
            assert str(child.attrs.get("href", "https://")).startswith(("https://", "http://"))
            if child.type != "text":
                found.append(f"{child.type} {sorted(child.attrs)}")
    return found


def of_html(text: str) -> list[object]:
    """Every element in order with its attributes, an address's value left out; and no comment."""
    found: list[object] = []
    for node in html.document_fromstring(text).iter():
        assert isinstance(node.tag, str), "a comment or an instruction"
        attributes = dict(node.attrib)
        if "href" in attributes:
            assert re.match(r"https?://|#\w+\Z", attributes.pop("href"))  # the web, or a place on the page itself
            attributes["href"] = ""
        if "width" in attributes or node.tag == "style":
            attributes = {}
        found.append((node.tag, attributes, len(node.text or "") if node.tag == "style" else 0))
    return found


def kinds(page: list[Any]) -> set[object]:
    """Elements with the names of their attributes."""
    return {(tag, name) for tag, attributes, _ in page for name in ("", *attributes)}


LINK = re.compile(r"\[([^\[\]]*)\]\((https?://[^()\s\[\]<>*'\"]*)\)")
ACTIVE = re.compile(r"[<>\[\]*`~|\\]|https?://|www\.|@|^(?:[-+=#]|\d+[.)])", re.MULTILINE)


def of_chat(message: Digest | Notice, platform: Platform) -> list[str]:
    """What one platform may act upon, in the order of the messages: links, and bold pieces around nothing of note."""
    found: list[str] = []
    for part in parts_of(entries_of(message), platform.markup, 10_000_000):
        body = platform.body(title_of(message), part)
        assert body.keys() == platform.body("题", "文").keys()
        text = part
        links = LINK.findall(text)
        text = LINK.sub(lambda one: one[1], text)
        found += ["link"] * len(links) + ["bold"] * text.count("**")
        text = re.sub(r"&#\d+;", "字", text.replace("**", ""))
        text = "\n".join(line.strip() for line in text.splitlines())
        assert ACTIVE.findall(text) == []
    return found


# -- a frozen digest ---------------------------------------------------------------------------------------------------


@EVERY
def test_in_markdown(whole: Digest, text: str) -> None:
    for bad, good in pairs(whole, text):
        for parser in MARKDOWN:
            assert of_markdown(render(bad, "md"), parser) == of_markdown(render(good, "md"), parser)


@EVERY
def test_in_html(whole: Digest, text: str) -> None:
    for bad, good in pairs(whole, text):
        assert of_html(render(bad, "html")) == of_html(render(good, "html"))


@EVERY
def test_in_a_notice(alert_notice: Notice, text: str) -> None:
    for bad, good in pairs(alert_notice, text):
        assert of_html(render_notice(bad, "html")) == of_html(render_notice(good, "html"))
        for parser in MARKDOWN:
            assert of_markdown(render_notice(bad, "md"), parser) == of_markdown(render_notice(good, "md"), parser)


@EVERY
@pytest.mark.parametrize("platform", [WECOM, DINGTALK, FEISHU], ids=lambda one: one.kind)
def test_in_a_chat(whole: Digest, alert_notice: Notice, text: str, platform: Platform) -> None:
    for bad, good in (*pairs(whole, text), *pairs(alert_notice, text)):
        assert of_chat(bad, platform) == of_chat(good, platform)


@EVERY
def test_in_a_mail(whole: Digest, delivery: Callable[..., Any], now: datetime, text: str) -> None:
    table = {"type": "email", "host": "127.0.0.1", "sender": "招商 <a@b.cn>", "recipients": ("c@d.cn",)}
    config = EmailChannelConfig.model_validate(table)

    def mailed(digest: Digest) -> Any:
        return message_from_bytes(bytes(build_message(config, delivery(), digest, now)), policy=default)

    for mail, expected in (map(mailed, pair) for pair in pairs(whole, text)):
        assert mail.defects == []
        assert mail.keys() == expected.keys()
        assert [one for one in mail.items() if one[0] not in ("Subject", "Content-Type")] == [
            one for one in expected.items() if one[0] not in ("Subject", "Content-Type")
        ]
        pages = [of_html(one.get_body(("html",)).get_content()) for one in (mail, expected)]
        if mail.get_content_type() == expected.get_content_type():
            assert [part.get_content_type() for part in mail.walk()] == [
                one.get_content_type() for one in expected.walk()
            ]
            assert pages[0] == pages[1]
        else:  # so long that some of it was left out, and the whole is attached
            assert len(text) > 99
            assert kinds(pages[0]) <= kinds(pages[1])
        assert not re.search(r"[\r\n]", mail["Subject"])


@EVERY
def test_in_json(whole: Digest, delivery: Callable[..., Any], text: str) -> None:
    digest = poisoned(whole, f"招{text}商", f"https://zj.example/?q={text}")
    assert from_json(to_json(digest)) == digest
    assert json.loads(render(digest, "json"))["sentence"] == f"招{text}商"
    assert json.loads(body_of(delivery(), digest))["digest"]["sentence"] == f"招{text}商"


# -- from a listing to the reader --------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_a_site_wrote_arrives_by_every_channel_as_words(
    open_desk: Callable[..., Any], mail_server: Any, tmp_path: Path
) -> None:
    """The whole corpus on one listing, lone surrogates and all, as JSON can bring them."""
    program = tmp_path / "keep"
    program.write_text('#!/bin/sh\ncat > "$0.kept"\n')
    program.chmod(0o755)
    mail = {"type": "email", "host": "127.0.0.1", "port": mail_server.port, "security": "plain"}
    channels = {
        "mail": {**mail, "sender": "a@b.cn", "recipients": ["c@d.cn"]},
        "program": {"type": "command", "command": [str(program)], "format": "json"},
    }
    desk = open_desk(audiences=[{"name": "everyone", "channels": ["file", *channels]}], channels=channels)
    day = desk.began.date() - timedelta(days=3)
    desk.see(
        *(
            Entry(
                f"【{text[:40]}招商】{name}{text}", f"http://zj.example/{name}?{text}", day, text, f"{text}。\n{text}"
            )
            for name, text in TEXTS.items()
        ),
        Entry("【湛江招商】普通的一篇", "http://zj.example/1", day, body="普通。"),
    )
    digest = desk.freeze()
    assert [outcome.error for outcome in desk.deliver()] == [None] * 3
    assert digest.count > len(STORABLE) // 2
    for form in ("md", "html"):
        assert UNSEEN.findall(render(digest, form)) == []
    assert (
        UNSEEN.findall(re.sub(r'"url":"[^"]*"', "", to_json(digest))) == []
    )  # JSON tells addresses as they were listed
    of_html(render(digest, "html"))
    of_markdown(render(digest, "md"), "gfm")
    for platform in (WECOM, DINGTALK, FEISHU):
        of_chat(digest, platform)
    (taken,) = mail_server.mails
    assert message_from_bytes(taken.data, policy=default).defects == []
    assert json.loads(program.with_suffix(".kept").read_bytes())["digest"] == json.loads(to_json(digest))
