"""What an alert tells the operator, in Chinese; pure, and how it looks is render's business."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digests.reasons import STATES, trouble_in_chinese
from monitor.health.conditions import Alert, AlertKind
from monitor.periods import local_text
from monitor.text import clean, without_logins

_IN_TROUBLE = "抓取会照常重试；同样的异常不再通知，恢复后另行通知。查看最近的抓取、试读、暂停："
_COMMANDS = ("show", "test", "pause")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a notice: what it is about, and what there is to say."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the operator about one source."""

    source: str  # its name
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
