"""What an alert tells the operator, in Chinese; pure, and how it looks is render's business."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses
from zoneinfo import ZoneInfo

from digests.reasons import STATES, trouble_in_chinese
from monitor.announcing import DeadLetter
from monitor.health.conditions import Alert, AlertKind
from monitor.periods import local_text
from monitor.text import clean, without_logins

_IN_TROUBLE = "抓取会照常重试；同样的异常不再通知，恢复后另行通知。查看最近的抓取、试读、暂停："
_COMMANDS = ("show", "test", "pause")
_SHOWN = 3  # of many readers


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a notice: what it is about, and what there is to say."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the operator about one source, or about a delivery."""

    source: str  # its name; empty where it is about a delivery, and so is the address
    at: datetime
    subject: str
    facts: tuple[Fact, ...]
    address: str  # of the listing
    advice: str  # what to do, or that there is nothing to do
    commands: tuple[str, ...]
    timezone: str


def notice_of(alert: Alert, address: str, zone: ZoneInfo) -> Notice:
    """The message of an alert. `address` is the listing's."""
    title = clean(alert.title) or alert.source
    state = STATES[alert.health.state]
    trouble = alert.kind is AlertKind.TROUBLE
    return Notice(
        source=alert.source,
        at=alert.at,
        subject=f"【招商周报】来源异常：{title} {state}" if trouble else f"【招商周报】来源恢复：{title}",
        facts=tuple(_facts(alert, title, zone)),
        address=without_logins(address),
        advice=_IN_TROUBLE if trouble else "无需处理。最近的抓取：",
        commands=tuple(f"zhaoshang source {word} {alert.source}" for word in (_COMMANDS if trouble else _COMMANDS[:1])),
        timezone=str(zone),
    )


def dead_letter_notice(letter: DeadLetter, zone: ZoneInfo) -> Notice:
    """The message of a delivery that failed for good. It may go to a group, which need not know who reads."""
    one = letter.delivery
    facts = [Fact("期次", one.period_key), Fact("受众", one.audience), Fact("渠道", one.channel)]
    facts += [Fact("收件人", _readers(one.recipient))] if one.recipient else []
    facts += [Fact("投递编号", str(one.id)), Fact("原因", _without_readers(letter.reason, one.recipient))]
    facts += [Fact("已尝试", f"{one.attempts} 次"), Fact("发现于", local_text(letter.at, zone))]
    return Notice(
        source="",
        at=letter.at,
        subject=f"【招商周报】投递失败：{one.period_key}（{one.audience}）未能经 {one.channel} 送达",
        facts=tuple(facts),
        address="",
        advice="不再自动重试，也不再另行通知。先按原因处理，再重新发送：",
        commands=("zhaoshang deliveries --open", f"zhaoshang resend {one.id}"),
        timezone=str(zone),
    )


def _readers(recipient: str) -> str:
    shown = [_masked(address) for address in _addresses(recipient)]
    return "、".join(shown[:_SHOWN]) + (f" 等 {len(shown)} 人" if len(shown) > _SHOWN else "")


def _without_readers(reason: str, recipient: str) -> str:
    """What a server says often repeats the address."""
    for address in _addresses(recipient):
        reason = re.sub(re.escape(address), lambda _, address=address: _masked(address), reason, flags=re.IGNORECASE)  # type: ignore[misc]
    return without_logins(clean(reason))


def _addresses(recipient: str) -> list[str]:
    return [address for _, address in getaddresses([recipient]) if address]


def _masked(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def _facts(alert: Alert, title: str, zone: ZoneInfo) -> Iterator[Fact]:
    health = alert.health
    trouble = alert.kind is AlertKind.TROUBLE
    yield Fact("来源", title if title == alert.source else f"{title}（{alert.source}）")
    yield Fact("状态", STATES[health.state])
    if health.trouble is not None:
        yield Fact("原因" if trouble else "此前的原因", without_logins(trouble_in_chinese(health.trouble)))
    if health.since is not None:
        yield Fact("开始于", local_text(health.since, zone))
    if trouble and health.crawls and health.is_crawled:
        yield Fact("已连续", f"{health.crawls} 次抓取")
    yield Fact("发现于", local_text(alert.at, zone))
