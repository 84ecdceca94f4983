"""What the tests of the store share: a store in a real file, crawls over it, and real processes that contend for it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest

import monitor
from monitor.announcing import AnnounceRules, Composition, DigestMaterial, EntryKind, EntryRecord, FrozenDigest, Target
from monitor.models import Crawl, Sighting, SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.periods import parse_period
from monitor.store import Store
from monitor.text import LabelPattern

ROOT = Path(monitor.__file__).parent.parent
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 7, 21, tzinfo=UTC)  # Monday 08:00 in Shanghai: 2025-W29 has just ended
PATTERN = LabelPattern.parse("【…招商】")
RULES = AnnounceRules()
SPECS = (
    SourceSpec("zhanjiang", "http://zj.example/list/", "湛江"),
    SourceSpec("guangdong", "http://gd.example/list/", "广东"),
)


@pytest.fixture
def zone() -> ZoneInfo:
    return ZONE


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def day() -> date:
    """A day inside 2025-W29."""
    return date(2025, 7, 17)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "zhaoshang.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """A store that knows two sources and no audience yet."""
    with Store(database) as opened:
        opened.sync(SPECS, [], NOW)
        yield opened


@dataclass
class Crawls:
    """Crawls without a network: each page is recorded as the crawler would, in one ledger row."""

    store: Store
    at: datetime = NOW
    pattern: LabelPattern = PATTERN

    def start(self, source: str = "zhanjiang") -> int:
        return self.store.start_crawl(source, pid=1, now=self.at)

    def page(self, crawl_id: int, *lines: Entry) -> tuple[Sighting, ...]:
        page = ListingPage("http://zj.example/list/", "html", lines)
        return self.store.record_listing(crawl_id, page, self.pattern, self.at, ZONE)

    def finish(self, crawl_id: int, *, completed: bool = True) -> Crawl:
        return self.store.finish_crawl(crawl_id, "end of the listing", completed=completed, now=self.at)

    def run(self, *pages: list[Entry], source: str = "zhanjiang") -> tuple[list[Sighting], Crawl]:
        """A whole crawl over `pages`: the sightings of all of them, and the closed ledger row."""
        crawl_id = self.start(source)
        sightings = [sighting for page in pages for sighting in self.page(crawl_id, *page)]
        return sightings, self.finish(crawl_id)

    def see(self, *lines: Entry, source: str = "zhanjiang") -> list[str]:
        """The verdicts of a whole crawl over one page."""
        return [sighting.verdict.value for sighting in self.run(list(lines), source=source)[0]]


@pytest.fixture
def crawls(store: Store) -> Crawls:
    return Crawls(store)


@pytest.fixture(scope="session")
def fresh_crawls() -> Callable[[], AbstractContextManager[Crawls]]:
    """For property tests: crawls over a new store in a folder of its own, as often as asked."""

    @contextmanager
    def opened() -> Iterator[Crawls]:
        with TemporaryDirectory() as folder, Store(Path(folder) / "zhaoshang.db") as store:
            store.sync(SPECS, [], NOW)
            yield Crawls(store)

    return opened


def tell_everything(material: DigestMaterial) -> Composition:
    """The simplest builder: tells all that it is given, names the posts as content, and mails it to one reader."""
    told = [EntryRecord(EntryKind.NEW, post_id=post.id) for post in material.posts]
    told += [EntryRecord(EntryKind.OFF_LABEL, off_label_id=entry.id) for entry in material.off_label]
    target = Target("mail", "reader@example.org", f"<{material.period.key}@test>")
    return Composition(" ".join(post.title for post in material.posts), tuple(told), (target,))


@dataclass
class Freezer:
    """Freezes digests for one audience and keeps the material that each was composed from."""

    store: Store
    audience: str = "everyone"
    rules: AnnounceRules = RULES
    materials: list[DigestMaterial] = field(default_factory=list)

    def freeze(
        self,
        key: str = "2025-W29",
        *,
        at: datetime = NOW,
        compose: Callable[[DigestMaterial], Composition] = tell_everything,
    ) -> FrozenDigest:
        def keeping(material: DigestMaterial) -> Composition:
            self.materials.append(material)
            return compose(material)

        return self.store.freeze_digest(
            self.audience,
            parse_period(key),
            due_at=at,
            now=at,
            zone=ZONE,
            rules=self.rules,
            sources=[spec.name for spec in SPECS],
            compose=keeping,
        )

    def titles(self, key: str = "2025-W29", *, at: datetime = NOW) -> list[str]:
        """The titles that a digest frozen now tells."""
        self.freeze(key, at=at)
        return [post.title for post in self.materials[-1].posts]


@pytest.fixture
def freezer(store: Store) -> Freezer:
    """For the audience `everyone`, which is created with it."""
    store.sync(SPECS, ["everyone"], NOW)
    return Freezer(store)


@pytest.fixture
def race(database: Path) -> Callable[..., list[str]]:
    """Runs one script in several real processes that start at the same moment, and returns what each printed.

    The script finds the database's path in `path`, and the number of its process in `number`;
    each must end with `status`.
    """

    def run(script: str, processes: int = 2, status: int = 0) -> list[str]:
        head = (
            "import sys\nfrom pathlib import Path\npath, number = Path(sys.argv[1]), int(sys.argv[2])\n"
            "from monitor.store import Store\nprint('ready', flush=True)\nsys.stdin.readline()\n"
        )
        started = [
            subprocess.Popen(
                [sys.executable, "-c", head + script, str(database), str(number)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(processes)
        ]
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[0] for process in started]
        assert [process.returncode for process in started] == [status] * processes
        return told

    return run
