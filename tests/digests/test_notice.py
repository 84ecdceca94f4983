"""What the operator is told of a source: in words, by mail, in files; and through the same outbox as the digests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from digests.channels.email import message_id
from digests.channels.file import FileChannel
from digests.notice import Notice, notice_of
from digests.render import render_notice
from monitor.announcing import Delivery, DeliveryState, Target
from monitor.errors import DeliveryError
from monitor.health.conditions import Alert, AlertKind, Health, State, Symptom, Trouble

MINUTE = timedelta(minutes=1)
SENDER = "zhoubao@example.org"
DAY_BEFORE = datetime(2025, 7, 20, 2, 30, tzinfo=UTC)
UNREACHABLE = Health(State.UNREACHABLE, Trouble(Symptom.SERVER_ERROR, "HTTP 503"), DAY_BEFORE, 3)
HOSTILE = "<img src=x onerror=alert(1)>`](javascript:alert(1)) **粗**"
ADDRESS = "https://zj.example/list/?a=1&b=2"


@pytest.fixture
def trouble(now: datetime) -> Alert:
    return Alert(12, "zhanjiang", "湛江市招商局", now, AlertKind.TROUBLE, UNREACHABLE, "the listing failed: HTTP 503")


@pytest.fixture
def recovery(trouble: Alert, now: datetime) -> Alert:
    return replace(trouble, id=13, kind=AlertKind.RECOVERY, health=Health(State.HEALTHY, UNREACHABLE.trouble, now, 1))


def told(words: str) -> Health:
    """A source in trouble by the words of an old ledger row."""
    return Health(State.BROKEN, Trouble(Symptom.OTHER, words), DAY_BEFORE, 3)


def facts(notice: Notice) -> dict[str, str]:
    return {fact.name: fact.text for fact in notice.facts}


def test_trouble_says_what_since_when_why_and_what_to_do(trouble: Alert, zone: ZoneInfo) -> None:
    notice = notice_of(trouble, ADDRESS, zone)
    assert notice.subject == "【招商周报】来源异常：湛江市招商局 无法访问"
    assert facts(notice) == {
        "来源": "湛江市招商局（zhanjiang）",
        "状态": "无法访问",
        "原因": "网站返回 HTTP 503",
        "开始于": "2025-07-20 10:30",
        "已连续": "3 次抓取",
        "发现于": "2025-07-21 08:00",
    }
    for form in ("md", "html"):
        text = render_notice(notice, form)
        assert "zhaoshang source show zhanjiang" in text
        assert "zhaoshang source pause zhanjiang" in text
        assert "恢复后另行通知" in text
        assert text.endswith("\n")


def test_recovery_says_that_there_is_nothing_to_do(recovery: Alert, zone: ZoneInfo) -> None:
    notice = notice_of(recovery, ADDRESS, zone)
    assert notice.subject == "【招商周报】来源恢复：湛江市招商局"
    assert facts(notice)["状态"] == "正常"
    assert facts(notice)["此前的原因"] == "网站返回 HTTP 503"
    assert "已连续" not in facts(notice)
    assert "无需处理" in notice.advice
    assert notice.commands == ("zhaoshang source show zhanjiang",)


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_words(trouble: Alert, zone: ZoneInfo, state: State) -> None:
    told = facts(notice_of(replace(trouble, health=Health(state)), ADDRESS, zone))["状态"]
    assert not told.isascii()


def test_where_little_is_known_little_is_said(trouble: Alert, zone: ZoneInfo) -> None:
    bare = replace(trouble, title="zhanjiang", health=Health(State.BROKEN), reason="")
    assert facts(notice_of(bare, "", zone)) == {
        "来源": "zhanjiang",
        "状态": "异常",
        "发现于": "2025-07-21 08:00",
    }


def test_whatever_a_server_said_shows_as_itself(trouble: Alert, zone: ZoneInfo) -> None:
    hostile = replace(trouble, title=HOSTILE + "\r\nBcc: x@example.org", health=told(HOSTILE))
    notice = notice_of(hostile, "javascript:alert(1)", zone)
    assert "\n" not in notice.subject
    html = render_notice(notice, "html")
    assert "<img" not in html
    assert "href=" not in html
    shown = MarkdownIt().render(render_notice(notice, "md"))
    assert "<img" not in shown
    assert "href=" not in shown
    assert "<strong>" not in shown


def test_the_listings_address_can_be_followed_and_never_holds_a_password(trouble: Alert, zone: ZoneInfo) -> None:
    reason = "the proxy http://us:geheim@proxy.example:3128 answered HTTP 407"
    notice = notice_of(replace(trouble, health=told(reason)), "https://us:ge@heim@zj.example/list/?a=1&b=2", zone)
    for text in (render_notice(notice, "html"), MarkdownIt().render(render_notice(notice, "md"))):
        assert 'href="https://zj.example/list/?a=1&amp;b=2"' in text
        assert "heim" not in text


# -- channels -------------------------------------------------------------------------------------------------------


def test_the_file_channel_keeps_one_file_for_each_alert(
    tmp_path: Path, trouble: Alert, recovery: Alert, zone: ZoneInfo, delivery: Callable[..., Delivery], now: datetime
) -> None:
    channel = FileChannel(tmp_path)
    for alert in (trouble, recovery, trouble):
        one = delivery("", audience="operator", period_key=f"alert-{alert.id}", digest_id=None, alert_id=alert.id)
        channel.send(one, notice_of(alert, ADDRESS, zone), now + MINUTE)
    files = sorted((tmp_path / "operator").iterdir())
    assert [path.name for path in files] == [
        "2025-07-21T080000-zhanjiang-12.md",
        "2025-07-21T080000-zhanjiang-13.md",
    ]
    assert files[0].read_text(encoding="utf-8") == render_notice(notice_of(trouble, ADDRESS, zone), "md")


def test_no_name_leaves_the_folder(
    tmp_path: Path, trouble: Alert, zone: ZoneInfo, delivery: Callable[..., Delivery], now: datetime
) -> None:
    notice = notice_of(replace(trouble, source="../../湛江"), ADDRESS, zone)
    one = delivery("", audience="operator", digest_id=None, alert_id=12)
    FileChannel(tmp_path).send(one, notice, now)
    (path,) = (tmp_path / "operator").iterdir()
    assert path.name == "2025-07-21T080000-.._.._湛江-12.md"


# -- the outbox -----------------------------------------------------------------------------------------------------


@pytest.fixture
def alerted(open_desk: Callable[..., Any], mail_server: Any, now: datetime) -> Any:
    """A desk with one alert queued for a file and a mail, and a digest for the same mail."""
    table = {"type": "email", "host": "127.0.0.1", "port": mail_server.port, "security": "plain", "timeout": "5s"}
    mail = {**table, "sender": SENDER, "recipients": ["reader@example.org"]}
    desk = open_desk(audiences=[{"name": "everyone", "channels": ["mail"]}], channels={"mail": mail})
    desk.freeze()
    targets = [Target("file", "", ""), Target("mail", "operator@example.org", "<alert@example.org>")]
    kind, reason = AlertKind.TROUBLE, "the listing failed: HTTP 503"
    assert desk.store.record_alert("zhanjiang", kind, UNREACHABLE, reason, targets, now, after=None) is not None
    return desk


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def alert_mails(mail_server: Any) -> list[EmailMessage]:
    return [parsed(mail.data) for mail in mail_server.mails if mail.recipients == ["operator@example.org"]]


def test_an_alert_reaches_its_channels_beside_the_digests(alerted: Any, mail_server: Any, now: datetime) -> None:
    outcomes = alerted.deliver()
    assert {(one.delivery.audience, one.error) for one in outcomes} == {("everyone", None), ("operator", None)}
    (mail,) = alert_mails(mail_server)
    assert mail["Subject"] == "【招商周报】来源异常：湛江招商 无法访问"
    assert (mail["To"], mail["Message-ID"]) == ("operator@example.org", "<alert@example.org>")
    assert mail["List-Id"] == "<operator.zhaoshang.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == now
    alert = alerted.store.alerts()[0]
    notice = notice_of(alert, "http://zj.example/list/", ZoneInfo("Asia/Shanghai"))
    parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()}
    assert parts == {"text/plain": render_notice(notice, "md"), "text/html": render_notice(notice, "html")}
    (file,) = (alerted.path / "digests" / "operator").iterdir()
    assert file.read_text(encoding="utf-8") == render_notice(notice, "md")
    assert alerted.deliver(now + 60 * MINUTE) == ()


def test_an_alert_that_is_not_taken_is_tried_again_under_the_same_message_id(
    alerted: Any, mail_server: Any, now: datetime
) -> None:
    mail_server.drop = True
    alerted.deliver()
    waiting = alerted.outbox()["mail operator@example.org"]
    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 1)
    assert "may have arrived" in (waiting.last_error or "")
    mail_server.drop = False
    alerted.deliver(now + 2 * MINUTE)
    first, second = alert_mails(mail_server)
    assert first["Message-ID"] == second["Message-ID"]
    assert alerted.outbox()["mail operator@example.org"].state is DeliveryState.SENT


def test_an_alert_waits_for_a_channel_that_left_the_configuration(alerted: Any, now: datetime) -> None:
    alerted.deliver(channels={})
    assert "there is no [channel.mail] any more" in (alerted.outbox()["mail operator@example.org"].last_error or "")
    alerted.deliver(now + 2 * MINUTE)
    assert {one.state for one in alerted.store.deliveries()} == {DeliveryState.SENT}


def test_an_alert_that_is_sent_again_on_purpose_says_so(alerted: Any, mail_server: Any, now: datetime) -> None:
    alerted.deliver()
    first = alerted.outbox()["mail operator@example.org"]

    def renamed(one: Delivery) -> str:
        return message_id("d", one.audience, one.period_key, one.recipient, SENDER, f"resend of {one.id}")

    alerted.store.resend(first.id, renamed, now)
    alerted.deliver()
    one, two = alert_mails(mail_server)
    assert two["Subject"] == "（重发）" + one["Subject"]
    assert one["Message-ID"] != two["Message-ID"]


def test_times_are_told_in_the_configured_zone(alerted: Any) -> None:
    alerted.tables["timezone"] = "Asia/Urumqi"
    alerted.setup = replace(alerted.setup, config=type(alerted.setup.config).model_validate(alerted.tables))
    alerted.deliver()
    (file,) = (alerted.path / "digests" / "operator").iterdir()
    assert file.name.startswith("2025-07-21T060000-")


def test_a_folder_in_the_way_of_an_alert_is_told(
    tmp_path: Path, trouble: Alert, zone: ZoneInfo, delivery: Callable[..., Delivery], now: datetime
) -> None:
    (tmp_path / "operator").write_text("in the way")
    one = delivery("", audience="operator", digest_id=None, alert_id=12)
    with pytest.raises(DeliveryError, match="cannot be written"):
        FileChannel(tmp_path).send(one, notice_of(trouble, ADDRESS, zone), now)
