"""How fast posts are grouped, and in how much memory: `python benchmarks/stories_speed.py N [--recall FILE.jsonl]`.

Fills a fresh store with N invented posts and then groups further ones, as a crawl does: with their facts read from
their text, and with the facts read beforehand (assignment alone: finding candidates, comparing, writing). The texts are
put together at random from the names of all counties, words of the genre, invented words, companies and numbers; they
look like posts and tell nothing. One in twenty of the measured posts is a rewrite of another. Of the N stored posts the
words, figures and names are drawn directly instead of being read from a text, which would take an hour for a million;
they have as many of each as real posts have.

With --recall, the posts of a labelled file (see benchmarks/facts.py; `event` says which belong together) are grouped
into the full store as well, and those are told for which no earlier post of their event was among the candidates.
"""

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.analysis import VERSIONS, Analysis, analyse
from monitor.facts.findings import Facts, Level, Place, Stage
from monitor.facts.place_divisions import Division, divisions
from monitor.grouping import group_posts
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.store import Store, fact_rows
from monitor.store.story_index import pack_keys
from monitor.stories.evidence import Evidence, pack, read_evidence, unpack
from monitor.stories.figures import weight as figure_weight
from monitor.stories.keys import keys_of
from monitor.text import LabelPattern

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
MEASURED = 1000
COMMON = 64  # as monitor.store.story_index has it
CHARACTERS = (
    "安邦昌诚达德鼎东发丰福港光广国海航和恒宏华汇嘉健金晶景九凯康蓝力联龙茂美明能宁诺鹏"
    "普启强青荣瑞润盛顺泰天通拓万旺祥新鑫兴旭亚扬益银永友宇源远云长正志中众卓"
)
MADE = (
    "锂电 光伏 风电 轴承 芯片 面板 陶瓷 纺纱 家具 饮料 茶叶 肉牛 柑橘 药材 "
    "疫苗 石墨 钛材 电缆 齿轮 叶片 滤膜 玻璃 橡胶 涂料 冷链 仓储 算力 无人机"
)
KINDS = "组件 材料 装备 基地 园区 生产线 加工厂 产业园 研究院 中心"
GOODS = [f"{made}{kind}" for made in MADE.split() for kind in KINDS.split()]
VERB_LIST = "投资建设 计划引进 加快推进 重点布局 配套完善 协调解决 共同打造 逐步形成 有效带动 持续优化"
TAIL_LIST = (
    "带动周边农户增收 延伸上下游链条 补齐当地短板 缩短审批时间 提供专班服务 "
    "吸纳返乡人员就业 完善污水管网 改造变电站 铺设专用铁路 建成检测实验室"
)
UNIT_LIST = "亩 吨 平方米 台 人 公里 兆瓦 头 万元"
VERBS, TAILS, UNITS = VERB_LIST.split(), TAIL_LIST.split(), UNIT_LIST.split()
STAGES = {Stage.SIGNING: "签约", Stage.GROUNDBREAKING: "开工", Stage.PRODUCTION: "投产"}


class Invention:
    """Posts at random; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.counties = [one for one in divisions().values() if one.level is Level.COUNTY]
        # Words as frequent as in a language: a few in many posts, most of them in few.
        self.words = ["".join(self.random.choices(CHARACTERS, k=2)) for _ in range(60_000)]
        self.goods = GOODS
        self.blank = read_evidence("", "", Facts())

    def word(self) -> str:
        """One of the words, the early ones more often."""
        return self.words[int(len(self.words) * self.random.random() ** 2.5)]

    def company(self) -> str:
        """What is its own in a company's name."""
        return "".join(self.random.choices(CHARACTERS, k=self.random.choice((2, 2, 3))))

    def figure(self) -> str:
        """A number with a unit."""
        digits = self.random.randint(1, 9999) * self.random.choice((1, 1, 10, 100))
        return f"{digits}{self.random.choice(UNITS)}"

    def evidence(self) -> tuple[Division, Evidence]:
        """What would have been read of a text."""
        chance = self.random
        where = chance.choice(self.counties)
        words = frozenset(self.word() for _ in range(130)) | {chance.choice(self.goods) for _ in range(4)}
        figures = frozenset(self.figure() for _ in range(6))
        return where, replace(
            self.blank,
            place=where.code,
            stage=chance.choice(list(STAGES)),
            stage_sure=True,
            year=chance.randint(2018, 2026),
            month=chance.randint(1, 12),
            investments=(chance.randint(11, 999) * 10**7,),
            figures=figures,
            companies=(self.company(),),
            title=frozenset(chance.sample(sorted(words), 6)),
            words=words,
            figures_mass=sum(map(figure_weight, figures)),
        )

    def text(self) -> tuple[str, str]:
        """A title and a body of some 700 characters."""
        chance = self.random
        where, company = chance.choice(self.counties), self.company()
        stage, goods = chance.choice(list(STAGES.values())), chance.choice(self.goods)
        billions = chance.randint(11, 999) / 10
        title = f"【{where.stem}招商】{company}{goods}项目{stage}"
        lead = (
            f"{chance.randint(2019, 2025)}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日，"
            f"{company}科技有限公司{goods}项目"
            f"在{where.full}{stage}，总投资{billions:g}亿元，占地{chance.randint(30, 900)}亩。"
        )
        body = [lead]
        while sum(map(len, body)) < 700:
            size = self.figure() if chance.random() < 0.2 else ""
            body.append(
                f"{chance.choice(VERBS)}{chance.choice(self.goods)}{size}，{self.word()}{self.word()}"
                f"{chance.choice(TAILS)}，{self.word()}与{self.word()}{chance.choice(VERBS)}{chance.choice(TAILS)}。"
            )
        return title, "".join(body)


def fill(path: Path, count: int, seed: int = 1) -> None:
    """Store invented posts that are grouped already, each in a story of its own, straight into the tables."""
    made = Invention(seed)
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA synchronous = OFF")
    conn.execute("PRAGMA cache_size = -200000")
    conn.execute("CREATE TEMP TABLE unsorted (key INTEGER, post_id INTEGER)")
    for start in range(0, count, 5000):
        conn.execute("BEGIN")
        for number in range(start + 1, min(start + 5000, count) + 1):
            _store_one(conn, made, number)
        conn.execute("COMMIT")
        if sys.stderr.isatty():
            print(f"\rfilling: {min(start + 5000, count)} of {count}", end="", file=sys.stderr)
    conn.execute("BEGIN")
    counted: Counter[str] = Counter()
    for (text,) in conn.execute("SELECT text FROM story_evidence LIMIT 2000"):
        counted.update({"", *unpack(text).words})
    conn.executemany("INSERT INTO story_words VALUES (?, ?)", sorted(counted.items()))
    conn.execute(
        "INSERT INTO story_keys SELECT key, post_id FROM (SELECT key, post_id, ROW_NUMBER() OVER"
        f" (PARTITION BY key ORDER BY post_id) AS place FROM unsorted) WHERE place <= {COMMON + 1} ORDER BY 1, 2"
    )
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def _store_one(conn: sqlite3.Connection, made: Invention, number: int) -> None:
    where, evidence = made.evidence()
    title = f"【{where.stem}招商】{evidence.companies[0]}项目{evidence.stage.value}"
    day = (date(2018, 1, 1) + timedelta(days=number % 3000)).isoformat()
    conn.execute(
        "INSERT INTO posts (id, source_id, title, listed_title, listed_key, label, place, published_on, effective_on,"
        " dated, body, status, fingerprint, baseline, revision, grouped, first_seen_at, last_seen_at)"
        " VALUES (?, 1, ?, ?, ?, '', '', ?, ?, 1, ?, 'complete', ?, 0, 1, 1, ?, ?)",
        [
            number,
            title,
            title,
            title,
            day,
            day,
            "".join(evidence.words) * 4,
            f"f{number}",
            NOW.isoformat(),
            NOW.isoformat(),
        ],
    )
    facts = Facts(place=Place(where.code, where.full, where.level, where.stem), stage=evidence.stage)
    marks = ", ".join("?" * len(fact_rows.COLUMNS.split(",")))
    conn.execute(
        f"INSERT INTO post_facts ({fact_rows.COLUMNS}) VALUES ({marks})",
        fact_rows.columns(number, VERSIONS[0], facts, ""),
    )
    keys = sorted(keys_of(evidence))
    conn.execute(
        "INSERT INTO story_evidence VALUES (?, ?, ?, ?)", [number, VERSIONS[1], pack(evidence), pack_keys(keys)]
    )
    conn.executemany("INSERT INTO unsorted VALUES (?, ?)", [(key, number) for key in keys])
    conn.execute("INSERT INTO stories VALUES (?, ?)", [number, NOW.isoformat()])
    conn.execute("INSERT INTO story_members (post_id, story_id) VALUES (?, ?)", [number, number])


def record(store: Store, name: str, texts: Sequence[tuple[str, str, date]]) -> None:
    """Record posts as a crawl does; what they say is not read yet."""
    crawl = store.start_crawl("invented", pid=1, now=NOW)
    lines = tuple(
        Entry(title, f"http://invented.example/{name}/{number}", day, body=body)
        for number, (title, body, day) in enumerate(texts)
    )
    store.record_listing(
        crawl, ListingPage("http://invented.example/", "html", lines), LabelPattern.parse("…"), NOW, ZONE
    )
    store.finish_crawl(crawl, "end", completed=True, now=NOW)


def further(seed: int) -> Iterator[tuple[str, str, date]]:
    """Invented texts, one in twenty of them a rewrite of the one before."""
    made = Invention(seed)
    last = made.text()
    while True:
        if made.random.random() < 0.05:
            title, body = last[0].replace("项目", "一项目"), "。".join(reversed(last[1].split("。")))
        else:
            title, body = last = made.text()
        yield title, body, date(2026, 5, made.random.randint(1, 28))


def assign_alone(store: Store) -> tuple[int, float, float]:
    """Group what is recorded: how many, and the time that the store took, facts and evidence read beforehand."""
    done, seconds, processor = 0, 0.0, 0.0
    while batch := store.ungrouped_posts(40):
        read: list[Analysis] = [analyse(one) for one in batch]
        started, cpu = time.perf_counter(), time.process_time()
        done += len(store.record_analyses(read, NOW))
        seconds += time.perf_counter() - started
        processor += time.process_time() - cpu
    return done, seconds, processor


def recall(store: Store, file: str) -> None:
    """Which labelled posts find no earlier post of their event among their candidates."""
    posts = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines() if line.strip()]
    posts.sort(key=lambda one: (one["published"], one["id"]))
    ids: dict[str, list[int]] = {}
    asked = missed = 0
    for number, one in enumerate(posts):
        record(store, f"labelled-{number}", [(one["title"], one["body"], date.fromisoformat(one["published"]))])
        (post,) = store.ungrouped_posts(1)
        analysis = analyse(post)
        earlier = ids.setdefault(one["event"], [])
        if earlier:
            with store._read():  # noqa: SLF001 - looked at from within
                found, _ = store._story_index.candidates(analysis.keys, but_for=post.id)  # noqa: SLF001
            asked += 1
            if not {candidate.post_id for candidate in found} & set(earlier):
                missed += 1
                print(f"  no candidate of its event: {one['id']} {one['title']}")
        store.record_analyses([analysis], NOW)
        earlier.append(post.id)
    print(f"recall of candidates: {asked - missed} of {asked} posts that have an earlier one of their event")


def main() -> None:
    """Fill, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posts", type=int, metavar="N", nargs="?", default=0)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--recall", metavar="FILE.jsonl")
    parser.add_argument("--dir", help="where the store is made; a temporary folder when not given")
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.recall)
        return
    with tempfile.TemporaryDirectory(dir=given.dir) as folder:
        path = Path(folder) / "zhaoshang.db"
        with Store(path) as store:
            store.sync([SourceSpec("invented", "http://invented.example/", "")], [], NOW)
        started = time.perf_counter()
        fill(path, given.posts)
        size = path.stat().st_size / 1e6
        print(f"{given.posts} posts stored in {time.perf_counter() - started:.0f} s, {size:.0f} MB", flush=True)
        # In a process of its own: the memory that filling took is not what grouping takes.
        subprocess.run(
            [sys.executable, __file__, "--measure", str(path), *(["--recall", given.recall] if given.recall else [])],
            check=True,
        )


def measure(path: Path, labelled: str | None) -> None:
    """Group further posts in a process that has grouped none yet."""
    with Store(path) as store:
        texts = further(seed=2)
        record(store, "warm", [next(texts) for _ in range(40)])
        group_posts(store, NOW)
        record(store, "whole", [next(texts) for _ in range(MEASURED)])
        started, cpu = time.perf_counter(), time.process_time()
        whole = group_posts(store, NOW)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(
            f"facts, evidence and assignment: {whole / seconds:.0f} posts/s ({whole / cpu:.0f} per second of processor)"
        )
        record(store, "alone", [next(texts) for _ in range(MEASURED)])
        alone, seconds, cpu = assign_alone(store)
        print(f"assignment alone: {alone / seconds:.0f} posts/s ({alone / cpu:.0f} per second of processor)")
        if labelled:
            recall(store, labelled)
    # Not getrusage(): what it tells of a process that another one started begins with what that one had.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"most memory: {int(peak) / 1024:.0f} MB")


if __name__ == "__main__":
    main()
