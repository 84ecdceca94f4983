"""A mail as it leaves: headers that a signature can cover, what is attached, and the same bytes in every try."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.channels import mail_message, open_channel
from digests.channels.mail_headers import address_header, addresses_in, message_id, unsubscribe_header
from digests.channels.mail_message import build_message
from digests.content import Digest, Item, PlaceGroup
from digests.published import folders_of, page_in
from digests.render import render
from digests.targets import targets_of
from monitor.announcing import Delivery
from monitor.config import Config, EmailChannelConfig
from monitor.errors import DeliveryError, PdfError
from monitor.setup import Setup

TABLE = {
    "type": "email",
    "host": "127.0.0.1",
    "sender": "招商周报 <zhoubao@example.org>",
    "recipients": ["a@example.org"],
}
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=90)


def config(**keys: Any) -> EmailChannelConfig:
    return EmailChannelConfig.model_validate({**TABLE, **keys})


def parsed(message: EmailMessage) -> EmailMessage:
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    assert read.defects == []
    return read


def attached(message: EmailMessage) -> dict[str, tuple[str, bytes]]:
    return {
        str(part.get_filename()): (part.get_content_type(), part.get_payload(decode=True))
        for part in parsed(message).iter_attachments()
    }


# -- headers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def head(full_digest: Digest, delivery: Callable[..., Delivery], now: datetime) -> Callable[..., list[bytes]]:
    """The lines of a mail's head as they are sent."""

    def of(recipient: str = "a@example.org", **keys: Any) -> list[bytes]:
        message = build_message(config(**keys), delivery(recipient, audience="领导"), full_digest, now)
        return message.as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n")

    return of


def test_each_header_stands_once_in_short_lines_of_ascii(head: Callable[..., list[bytes]]) -> None:
    people = ", ".join(f'"读者, {number}号" <reader{number}@example.org>' for number in range(30))
    lines = head(people, sender="一个名字很长的招商引资工作周报编辑部" * 3 + " <zhoubao@example.org>")
    assert all(len(line) <= 78 and line.isascii() for line in lines)
    names = [line.partition(b":")[0].decode() for line in lines if not line.startswith(b" ")]
    assert sorted(names) == sorted(
        {*("Subject", "From", "To", "Date", "Message-ID", "MIME-Version", "Content-Type"), "List-Id"}
        | {"List-Unsubscribe", "Auto-Submitted"}
    )
    assert not any(line.strip() == b"" for line in lines)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(NAMES, st.from_regex(r"[a-z0-9]{1,40}@[a-z]{1,20}\.cn", fullmatch=True)), min_size=1, max_size=9)
)
def test_every_name_and_address_arrives_as_it_was(people: list[tuple[str, str]]) -> None:
    quoted = [(re.sub(r'(["\\])', r"\\\1", name), address) for name, address in people]
    value = address_header("To", ", ".join(f'"{name}" <{address}>' for name, address in quoted))
    assert value.isascii()
    assert all(len(line) <= 78 for line in f"To: {value}".split("\r\n"))
    read = message_from_bytes(f"To: {value}\r\n\r\n".encode(), policy=default)["To"]
    assert [one.addr_spec for one in read.addresses] == [address for _, address in people]
    for one, (name, _) in zip(read.addresses, people, strict=True):
        assert "".join(one.display_name.split()) == "".join(name.split())


def test_a_reader_leaves_by_a_mail_that_names_the_audience(head: Callable[..., list[bytes]]) -> None:
    lines = b"\r\n".join(head(unsubscribe="退订 <bye+zhoubao@example.org>")).replace(b"\r\n ", b"")
    assert b"List-Unsubscribe: <mailto:bye+zhoubao@example.org?subject=unsubscribe%20%E9%A2%86%E5%AF%BC>" in lines
    assert b"<mailto:zhoubao@example.org?subject=" in b"".join(head())
    assert unsubscribe_header('"a?b&c"@example.org', "x>y").strip() == (
        "<mailto:%22a%3Fb%26c%22@example.org?subject=unsubscribe%20x%3Ey>"
    )


def test_every_try_is_the_same_bytes(full_digest: Digest, delivery: Callable[..., Delivery], now: datetime) -> None:
    first, second = (
        build_message(config(attach=["md"]), delivery(attempts=tries), full_digest, now).as_bytes() for tries in (1, 2)
    )
    assert first == second


# -- one for each, one for all ----------------------------------------------------------------------------------------


def test_one_message_for_all_has_a_name_of_its_own_whatever_their_order() -> None:
    people = ["甲 <a@example.org>", "b@example.org", "A again <a@example.org>"]
    tables = {"channel": {"mail": {**TABLE, "recipients": people, "per": "audience"}}}
    (target,) = targets_of(["mail"], Config.model_validate(tables), "d", "everyone", "2025-W29")
    assert addresses_in(target.recipient) == ("b@example.org", "a@example.org") or (
        addresses_in(target.recipient) == ("a@example.org", "b@example.org")
    )
    ids = {message_id("d", "everyone", "2025-W29", to, "z@example.org") for to in ("a@x.cn, b@x.cn", "b@x.cn,a@x.cn")}
    ids |= {message_id("d", "everyone", "2025-W29", to, "z@example.org") for to in ("a@x.cn", "b@x.cn")}
    assert len(ids) == 3


def test_an_address_named_twice_is_written_to_once() -> None:
    people = ["a@example.org", "甲 <a@example.org>", "b@example.org"]
    tables = {"channel": {"mail": {**TABLE, "recipients": people}}}
    found = targets_of(["mail"], Config.model_validate(tables), "d", "everyone", "2025-W29")
    assert [addresses_in(one.recipient) for one in found] == [("a@example.org",), ("b@example.org",)]


# -- attachments ------------------------------------------------------------------------------------------------------


@pytest.fixture
def long_digest(full_digest: Digest, item: Callable[..., Item]) -> Digest:
    items = tuple(item(number, summary="文" * 200) for number in range(100, 400))
    return replace(full_digest, places=(*full_digest.places, PlaceGroup("茂名", items)))


def test_markdown_is_attached_where_it_is_asked_for(
    full_digest: Digest, delivery: Callable[..., Delivery], now: datetime
) -> None:
    assert attached(build_message(config(), delivery(), full_digest, now)) == {}
    message = build_message(config(attach=["md"]), delivery(), full_digest, now)
    whole = render(full_digest, "md").encode()
    assert attached(message) == {"zhaoshang-2025-W29.md": ("text/markdown", whole)}
    body = parsed(message).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").encode() == whole


def test_what_is_too_long_is_attached_whole_or_linked_to(
    long_digest: Digest, delivery: Callable[..., Delivery], now: datetime
) -> None:
    for where, files in (("", ["zhaoshang-2025-W29.md"]), ("https://d.example.cn/e/2025-W29.html", [])):
        message = build_message(config(), delivery(), long_digest, now, where)
        assert list(attached(message)) == files
        html = parsed(message).get_body(("html",))
        assert html is not None
        assert len(html.get_payload(decode=True)) <= 100_000
        assert ("全文见本邮件附件" in html.get_content()) == (not where)
        assert (f'<a href="{where}"' in html.get_content()) == bool(where)


def test_a_pdf_is_attached_or_its_absence_told(
    full_digest: Digest, delivery: Callable[..., Delivery], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_message, "pdf_of", lambda digest: b"%PDF of " + digest.audience.encode())
    message = build_message(config(attach=["pdf", "md"]), delivery(), full_digest, now)
    assert attached(message)["zhaoshang-2025-W29.pdf"] == ("application/pdf", b"%PDF of everyone")

    def missing(digest: Digest) -> bytes:
        raise PdfError(f"no PDF of {digest.audience}", todo="install the extra")

    monkeypatch.setattr(mail_message, "pdf_of", missing)
    with pytest.raises(DeliveryError, match="no PDF of everyone") as caught:
        build_message(config(attach=["pdf"]), delivery(), full_digest, now)
    assert not caught.value.permanent


# -- where the whole is -----------------------------------------------------------------------------------------------


def test_a_mail_links_to_the_published_page_of_its_audience(
    long_digest: Digest, delivery: Callable[..., Delivery], mail_server: Any, now: datetime, tmp_path: Any
) -> None:
    mail = {**TABLE, "port": mail_server.port, "security": "plain"}
    audiences = [{"name": "领导", "channels": ["file", "mail"]}, {"name": "others", "channels": ["mail"]}]
    tables = {"digest": {"url": "https://d.example.cn/zhoubao/"}, "audience": audiences, "channel": {"mail": mail}}
    setup = Setup(Config.model_validate(tables), None, tmp_path)
    folders = folders_of(setup.config)
    assert folders == {"领导": "https://d.example.cn/zhoubao/%E9%A2%86%E5%AF%BC"}
    assert page_in(folders["领导"], "a b/c") == folders["领导"] + "/a%20b%2Fc.html"
    channel: Any = open_channel("mail", setup.config.channels["mail"], tmp_path, folders)
    for audience in ("领导", "others"):
        assert channel.send(delivery("a@example.org", audience=audience), long_digest, now) == ()
    linked, whole = (message_from_bytes(one.data, policy=default) for one in mail_server.mails)
    body = linked.get_body(("html",))  # type: ignore[attr-defined]
    assert f'<a href="{folders["领导"]}/2025-W29.html"' in body.get_content()
    assert [part.get_filename() for part in whole.iter_attachments()] == ["zhaoshang-2025-W29.md"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url", ["ftp://d.example.cn", "d.example.cn", "https://u:p@d.example.cn/", "https://d.cn/?a=1"]
)
def test_a_folder_that_nobody_could_follow_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be the address of the published digests"):
        Config.model_validate({"digest": {"url": url}})


@pytest.mark.parametrize("keys", [{"unsubscribe": "nobody"}, {"per": "everyone"}, {"attach": ["doc"]}])
def test_settings_that_mean_nothing_are_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(keys))}"):
        config(**keys)
