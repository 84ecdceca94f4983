"""What comparing two wordings costs: `python benchmarks/comparison.py [ROUNDS]` (default 20).

Bodies of 1,000, 13,000 and 100,000 characters with a few edits, with a moved paragraph, and rewritten; then bodies of
13,000 characters that nobody writes, and larger ones. The middle of the rounds in milliseconds: what the comparison
took by the clock, and in processor time (on a machine that others use, the difference is theirs), and the processor
time of its excerpt and of what is said of it. The aim is a comparison under 20 ms at 13,000 characters.
"""

import random
import re
import statistics
import sys
import time
from collections.abc import Iterator

from monitor.comparison import compare, excerpt, statements
from monitor.history import Wording

_WORDS = re.findall(
    r"\S+",
    "项目 投资 建设 产业园 签约 开工 投产 企业 政府 发展 新能源 海上风电 装备制造 基地 园区 服务 创新 重点 推进"
    " 会议 考察 合作 协议 负责人 湛江 徐闻 廉江 县委 书记 总投资 亿元 年产值 预计 带动 就业 招商 引资 工作 专班 落地"
    " 高质量 的 和 在 对",
)


def body(length: int, seed: int) -> str:
    """Paragraphs of a few sentences, no two the same."""
    chance = random.Random(seed)  # noqa: S311 - a body, no secret
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < length:
        sentences = (
            "".join(chance.choices(_WORDS, k=chance.randint(6, 14)))
            + f"{chance.randint(2, 90)}.{chance.randint(1, 9)}亿元。"
            for _ in range(chance.randint(2, 6))
        )
        paragraphs.append("".join(sentences))
    return "\n".join(paragraphs)[:length]


def edited(text: str) -> str:
    """Twenty sums are others, and two sentences are new."""
    for place in range(0, len(text), max(1, len(text) // 20)):
        at = text.find("亿元", place)
        text = text if at < 0 else f"{text[:at]}7{text[at:]}"
    return f"第一句是新的。{text}最后一句也是新的。"


def moved(text: str) -> str:
    """The second paragraph stands at the end."""
    first, second, *rest = text.split("\n")
    return "\n".join((first, *rest, second))


def hostile() -> Iterator[tuple[str, str, str]]:
    """13,000 characters each: a name, and the body before and after."""
    chance = random.Random(3)  # noqa: S311 - as above
    characters = [chr(0x4E00 + number) for number in range(2_000)]

    def any_of(kinds: int, length: int) -> str:
        return "".join(chance.choices(characters[:kinds], k=length))

    def numbers() -> str:
        return " ".join(str(chance.randint(0, 99)) for _ in range(5_000))

    def table() -> str:
        return "\n".join(f"项目{row}，{chance.randint(1, 99)}亿元" for row in range(900))

    def short() -> str:
        return "".join(f"{any_of(5, 1)}。" for _ in range(6_500))

    full = [f"{any_of(2_000, 40)}。" for _ in range(320)]
    text = "".join(full)
    flat = any_of(2_000, 13_000)
    yield "every sentence edited", text, "".join(f"{one[:20]}改{one[21:]}" for one in full)
    yield "every sentence elsewhere", text, "".join(chance.sample(full, len(full)))
    yield "no full stop, few edits", flat, "".join(one if place % 300 else "改" for place, one in enumerate(flat))
    yield "no full stop, rewritten", flat, any_of(2_000, 13_000)
    yield "no full stop, ten characters", any_of(10, 13_000), any_of(10, 13_000)
    yield "numbers", numbers(), numbers()
    yield "a table of amounts", table(), table()
    yield "sentences of one character", short(), short()
    repeated = "招商引资工作会议召开。" * 1_200
    yield "the same sentence, edited", repeated, "".join(f"招商引资工作会议{n}召开。" for n in range(1_000))
    yield "one character", "招" * 13_000, "招" * 12_990 + "商" * 10


def measure(what: str, before: str, after: str, rounds: int) -> None:
    """Print the middle of the rounds."""
    old, new = Wording("题", before), Wording("题", after)
    told = compare(old, new)
    by_the_clock, comparing, cutting, saying = [], [], [], []
    for _ in range(rounds):
        started, computed = time.perf_counter(), time.process_time()
        told = compare(old, new)
        compared = time.process_time()
        by_the_clock.append((time.perf_counter() - started) * 1000)
        excerpt(told)
        cut = time.process_time()
        statements(told)
        said = time.process_time()
        comparing.append((compared - computed) * 1000)
        cutting.append((cut - compared) * 1000)
        saying.append((said - cut) * 1000)
    how = "rewritten" if told.rewritten else f"{sum(len(one.pieces) for one in told.passages)} pieces"
    middles = (statistics.median(times) for times in (by_the_clock, comparing, cutting, saying))
    print(f"  {what:<34}{''.join(f'{middle:12.2f}' for middle in middles)}  {how}", flush=True)


def main(rounds: int) -> None:
    """Each size with each kind of change, then what nobody writes."""
    print(f"  {'':<34}{'clock':>12}{'processor':>12}{'excerpt':>12}{'statements':>12}")
    for length in (1_000, 13_000, 100_000):
        text = body(length, 1)
        print(f"{length:,} characters")
        measure("small edits", text, edited(text), rounds)
        measure("a moved paragraph", text, moved(text), rounds)
        measure("a full rewrite", text, body(length, 2), rounds)
    print("13,000 characters that nobody writes")
    for what, before, after in hostile():
        measure(what, before, after, rounds)
    print("larger ones")
    million = body(1_000_000, 1)
    few = max(1, rounds // 10)
    measure("1,000,000, small edits", million, edited(million), few)
    measure("1,000,000, rewritten", million, body(1_000_000, 2), few)
    chance = random.Random(3)  # noqa: S311 - as above
    one, two = ("".join(f"{chance.choice('甲乙丙丁')}。" for _ in range(100_000)) for _ in range(2))
    measure("100,000 sentences of one character", one, two, few)
    flat = million.replace("\n", "").replace("。", "，")
    measure("1,000,000 without a full stop", flat, edited(flat), few)
    measure("the same, rewritten", flat, body(1_000_000, 2).replace("\n", "").replace("。", "，"), few)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
