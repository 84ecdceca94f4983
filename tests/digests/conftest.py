"""What the tests of digests share: posts and digests made by hand, and a desk that takes the product's whole path."""

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from digests.channels import Channel
from digests.content import (
    Amount,
    Bar,
    Chain,
    Chart,
    Copy,
    Digest,
    Item,
    Link,
    OffLabelLine,
    PlaceGroup,
    SourceLine,
    Step,
    ToldLine,
)
from digests.freeze import content_of, freeze
from digests.outbox import Outcome, deliver_due
from digests.preview import preview_digest
from monitor import jobs
from monitor.announcing import Delivery, DeliveryState
from monitor.config import Config
from monitor.facts.findings import EventDate, Facts, Money, MoneyKind, Stage
from monitor.facts.place import read_place
from monitor.models import Post, PostStatus
from monitor.pages import Entry, ListingPage
from monitor.periods import parse_period
from monitor.schedule import DueDigest
from monitor.setup import Setup
from monitor.store import Store
from monitor.storied import Member, Story, StoryLink, Tie

ROOT = Path(__file__).parent.parent.parent
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, tzinfo=UTC)  # Monday 08:00 in Shanghai: 2025-W29 has just ended
SOURCES = (
    {"name": "zhanjiang", "url": "http://zj.example/list/", "title": "湛江招商"},
    {"name": "guangdong", "url": "http://gd.example/list/", "title": "广东招商"},
)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def zone() -> ZoneInfo:
    return ZONE


def make_post(number: int, published_on: date | None = date(2025, 7, 16), **changes: Any) -> Post:
    """A complete post of 湛江, first seen in 2025-W29; without a date it counts from first sight."""
    seen = changes.pop("first_seen_at", datetime(2025, 7, 18, tzinfo=UTC))
    plain = Post(
        id=number,
        source_id=1,
        source_name="zhanjiang",
        title=f"【湛江招商】帖子{number}",
        listed_title=f"【湛江招商】帖子{number}",
        listed_on=published_on,
        label="湛江招商",
        place="湛江",
        url=f"http://zj.example/{number}",
        published_on=published_on,
        effective_on=published_on or seen.astimezone(ZONE).date(),
        dated=published_on is not None,
        summary=None,
        body=f"第{number}篇的正文。",
        status=PostStatus.COMPLETE,
        attempts=0,
        last_error=None,
        fingerprint=f"1:{number}",
        copy_of=None,
        baseline=False,
        first_seen_at=seen,
        last_seen_at=seen,
        revision=1,
    )
    return replace(plain, **changes)


@pytest.fixture
def post() -> Callable[..., Post]:
    return make_post


def make_member(number: int, published_on: date | None = date(2025, 7, 16), **changes: Any) -> Member:
    """A post with facts made by hand; `event` is (year, month, day), `yuan` an investment, `place` the label's."""
    facts = Facts(
        place=read_place("", "", f"{changes['place']}招商") if changes.get("place") else None,
        stage=changes.pop("stage", Stage.OTHER),
        industries=changes.pop("industries", ()),
        published=published_on,
    )
    if event := changes.pop("event", None):
        year, month, day = (*event, None, None)[:3]
        recycled = published_on is not None and year < published_on.year
        facts = replace(facts, event_date=EventDate(year, month, day, f"{year}年"), recycled=recycled)
    if yuan := changes.pop("yuan", None):
        facts = replace(facts, money=(Money(yuan, MoneyKind.INVESTMENT, f"{yuan // 100_000_000}亿元"),))
    return Member(make_post(number, published_on, **changes), facts)


@pytest.fixture
def member() -> Callable[..., Member]:
    return make_member


def make_story(number: int, *members: Member, links: Sequence[StoryLink] = ()) -> Story:
    """A story of these posts, oldest first."""
    ordered = sorted(members, key=lambda one: (one.post.effective_on, one.post.id))
    return Story(number, NOW, tuple(ordered), tuple(links))


@pytest.fixture
def story() -> Callable[..., Story]:
    return make_story


def make_link(story: Story, other: Story, tie: Tie, score: float = 0.5) -> StoryLink:
    """A tie from one story to another, between the first posts of both."""
    mine, others = story.members[0].post, other.members[0].post
    return StoryLink(other.id, mine.id, others.id, tie, score, ("同一企业",), others.title)


@pytest.fixture
def linked() -> Callable[..., StoryLink]:
    return make_link


def make_item(number: int, **changes: Any) -> Item:
    """One post as a digest tells it."""
    plain = Item(
        post_id=number,
        title=f"第{number}个项目",
        label="湛江招商",
        place="湛江",
        effective_on=date(2025, 7, 17),
        dated=True,
        summary="项目顺利推进。",
        url=f"https://zj.example/{number}",
        source="zhanjiang",
    )
    return replace(plain, **changes)


@pytest.fixture
def item() -> Callable[..., Item]:
    return make_item


@pytest.fixture
def empty_digest() -> Digest:
    """A week without a post, its one source well."""
    return Digest(
        audience="everyone",
        period=parse_period("2025-W29"),
        preview=False,
        built_at=NOW,
        timezone="Asia/Shanghai",
        highlights=(),
        places=(),
        late=(),
        backfilled=0,
        backfill_days=28,
        off_label=(),
        sources=(SourceLine("zhanjiang", "湛江招商", True, 9, 0, 0, NOW, 9, NOW, None),),
        sentence="本期没有新事件。",
    )


@pytest.fixture
def full_digest(empty_digest: Digest) -> Digest:
    """A digest with every section, and every variant of an item, filled."""
    copies = (Copy(20, "又一处", "https://gd.example/20", "guangdong"), Copy(21, "无链接的一处", None, "maoming"))
    first = make_item(
        1,
        title="海上风电项目开工",
        place="广东省湛江市",
        copies=copies,
        story=11,
        others=(Copy(22, "早先的一处", "https://zj.example/22", "zhanjiang"),),
        first_on=date(2025, 7, 11),
        stage="开工",
        amounts=(Amount(1_200_000_000, "12亿元", 1),),
        parties=("湛江某某公司",),
        happened="2025年7月10日",
        years=(2024, 2025),
        related=(Link("相近的一件", "https://zj.example/30"),),
    )
    items = (
        first,
        make_item(2, url=None, dated=False),
        make_item(3, summary=None),
    )
    elsewhere = make_item(4, place="遂溪县", title="签约10亿元")
    troubled = SourceLine("guangdong", "广东招商", False, 3, 2, 0, None, 0, NOW, "HTTP 503")
    return replace(
        empty_digest,
        sentence="本期有 5 件新事件。",
        highlights=(replace(first, extract="海上风电项目开工。……总投资12亿元。"), elsewhere),
        places=(PlaceGroup("湛江", items), PlaceGroup("遂溪县", (elsewhere,)), PlaceGroup("其他", (make_item(5),))),
        late=(make_item(6, effective_on=date(2025, 7, 8), copies=copies), make_item(7, effective_on=date(2025, 7, 1))),
        backfilled=12,
        off_label=tuple(
            OffLabelLine(n, f"【投资廉江市】第{n}条", f"https://zj.example/o{n}" if n % 2 else None, "zhanjiang")
            for n in range(1, 11)
        ),
        sources=(*empty_digest.sources, troubled),
        missed=("2025-W27", "2025-W28"),
        recycled=(make_item(8, title="两年前的签约", happened="2023年5月", years=(2023, 2024), copies=copies[:1]),),
        told_before=(
            ToldLine(
                *(9, "上期说过的事", "https://gd.example/9", "guangdong", date(2025, 7, 15), date(2025, 7, 8)),
                told_in="2025-W28",
                copies=copies[1:],
                years=(2024, 2025),
            ),
        ),
        chains=(
            Chain(
                "广东省湛江市",
                (
                    Step("签约", "2024-03-01", "海上风电项目签约", "https://zj.example/31", here=False),
                    Step("开工", "2025-07-10", "海上风电项目开工", "https://zj.example/1", here=True),
                ),
            ),
        ),
        charts=(
            Chart("近十二周新事件", (Bar("2025-W28", 0), Bar("2025-W29", 5))),
            Chart("本期行业", (Bar("新能源", 2),)),
        ),
    )


def make_delivery(recipient: str = "reader@example.org", **changes: Any) -> Delivery:
    """A claimed delivery of 2025-W29."""
    plain = Delivery(
        id=1,
        digest_id=1,
        audience="everyone",
        period_key="2025-W29",
        channel="mail",
        recipient=recipient,
        message_id="<0123@example.org>",
        state=DeliveryState.CLAIMED,
        attempts=1,
        next_attempt_at=NOW,
        last_error=None,
        sent_at=None,
    )
    return replace(plain, **changes)


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    return make_delivery


@dataclass
class Desk:
    """A data directory with two sources; crawled without a network, frozen and delivered by the product itself."""

    path: Path
    audiences: Sequence[Mapping[str, object]] = ({"name": "everyone"},)
    channels: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    rules: Mapping[str, object] = field(default_factory=dict)
    alert_rules: Sequence[Mapping[str, object]] = ()
    began: datetime = NOW

    def __post_init__(self) -> None:
        self.tables = {
            "source": SOURCES,
            "audience": self.audiences,
            "rule": self.alert_rules,
            "channel": self.channels,
            "digest": self.rules,
        }
        self.setup = Setup(Config.model_validate(self.tables), None, self.path)
        self.store = Store(self.setup.database)
        jobs.sync(self.store, self.setup, self.began)

    def open_store(self) -> Store:
        """One more connection, as another process or thread would have."""
        return Store(self.setup.database)

    def see(self, *entries: Entry, source: str = "zhanjiang", at: datetime = NOW) -> list[int]:
        """A whole crawl over one listing page; the ids of the posts on it."""
        crawl = self.store.start_crawl(source, 1, at)
        page = ListingPage(self.setup.source(source).url, "html", entries)
        sightings = self.store.record_listing(crawl, page, self.setup.source(source).pattern, at, ZONE)
        self.store.finish_crawl(crawl, "end of the listing", completed=True, now=at)
        return [sighting.post.id for sighting in sightings if sighting.post]

    def freeze(
        self, key: str = "2025-W29", *, audience: str = "everyone", at: datetime = NOW, latest: bool = True
    ) -> Digest:
        """The content of the digest of a period, frozen now unless it was before."""
        due = DueDigest(parse_period(key), at)
        return content_of(freeze(self.store, self.setup, self.setup.audience(audience), due, latest=latest, now=at))

    def alert(self, at: datetime = NOW) -> list[Digest]:
        """What the alert rules have to say now."""
        return [content_of(frozen) for frozen in jobs.freeze_alerts(self.store, self.setup, at)]

    def preview(self, key: str, *, audience: str = "everyone", at: datetime = NOW) -> Digest:
        """What `zhaoshang digest` shows of a period that was never frozen."""
        return preview_digest(self.store, self.setup, self.setup.audience(audience), parse_period(key), at)

    def deliver(self, at: datetime = NOW, channels: Mapping[str, Channel] | None = None) -> tuple[Outcome, ...]:
        """Try what is due at `at`."""
        return deliver_due(
            self.open_store,
            jobs.open_channels(self.setup) if channels is None else channels,
            lambda: at,
            self.setup.config.zone,
            self.setup.config.templates,
        )

    def outbox(self) -> dict[str, Delivery]:
        """The deliveries by channel and recipient, the latest where there are several."""
        found = reversed(self.store.deliveries())
        return {f"{one.channel} {one.recipient}".strip(): one for one in found}


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens desks, each in a data directory of its own unless told otherwise."""
    opened: list[Desk] = []

    def open_one(path: Path = tmp_path, **options: Any) -> Desk:
        opened.append(Desk(path, **options))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.store.close()


@pytest.fixture
def child() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python scripts as processes of their own, with arguments; none of them outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, *args: object, **env: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, *map(str, args)]
        pipe = subprocess.PIPE
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stdin=pipe, stdout=pipe, text=True),
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


# -- mail servers beyond the two that all tests share ------------------------------------------------------------------


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def serve(free_port: int) -> Iterator[Callable[..., int]]:
    """Starts one more SMTP server in front of a handler, and returns its port."""
    with ExitStack() as running:

        def start(handler: object, **options: Any) -> int:
            controller = Controller(handler, hostname="127.0.0.1", port=free_port, **options)
            controller.start()
            running.callback(controller.stop)
            return free_port

        yield start


@pytest.fixture
def slow_to_greet(mail_server: Any) -> Iterator[Callable[[float], int]]:
    """A way to the mail server on which nothing is said for so many seconds; returns its port."""
    with ExitStack() as closing:

        def open_one(seconds: float) -> int:
            listener = closing.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        client = closing.enter_context(listener.accept()[0])
                        time.sleep(seconds)
                        server = closing.enter_context(socket.create_connection(("127.0.0.1", mail_server.port)))
                        for one, other in ((client, server), (server, client)):
                            threading.Thread(target=pump, args=(one, other), daemon=True).start()

            threading.Thread(target=serve, daemon=True).start()
            return int(listener.getsockname()[1])

        yield open_one


def pump(source: socket.socket, target: socket.socket) -> None:
    """Hand on all that comes."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for this machine, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    alternatives = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    no_password = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password))
    return path


@pytest.fixture(params=["tls", "starttls"])
def encrypted(
    request: pytest.FixtureRequest, mail_server: Any, serve: Callable[..., int], certificate: Path
) -> dict[str, Any]:
    """The keys of a channel to a server that speaks only the one kind of encryption."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    options = {"tls": {"ssl_context": context}, "starttls": {"tls_context": context, "require_starttls": True}}
    return {"server": serve(mail_server, **options[request.param]), "security": request.param}
