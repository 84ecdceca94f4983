"""`zhaoshang import`: posts from a file of JSON lines, deduplicated as crawled ones are."""

import json
from datetime import date

import pytest

from monitor.imported import BadLine, read_line
from monitor.store import Store

MONDAY = ("--now", "2025-07-21T08:00+08:00")
CONFIG = """
[[source]]
name = "zj"
url = "http://zj.example/list/"
[[audience]]
name = "everyone"
schedule = "mon 08:00"
channels = ["file"]
"""


def line(number: int, **more: object) -> str:
    post = {
        "title": f"【徐闻招商】第{number}个项目签约",
        "body": f"第{number}个项目在徐闻县签约，投资{number}亿元。",
        "published": "2025-07-17",
        "url": f"http://x.example/{number}",
    }
    return json.dumps(post | more, ensure_ascii=False)


@pytest.fixture
def place(workplace):
    workplace.configure(CONFIG)
    return workplace


def give(place, *lines: str, name: str = "a.jsonl") -> None:
    (place.path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def complaints(done) -> list[str]:
    return [one for one in done.stderr.splitlines() if not one.startswith("database: ")]


def test_posts_are_imported_once_with_facts_and_story(place):
    give(place, line(1), "", line(2, url=None), line(3, source="某网"))
    done = place.zhaoshang(*MONDAY, "import", "a.jsonl")
    assert (done.returncode, complaints(done)) == (0, [])
    assert done.stdout.splitlines()[:2] == [
        "import: 2 new, 0 revised, 0 unchanged",
        "某网: 1 new, 0 revised, 0 unchanged",
    ]
    with Store(place.database) as store:
        before = list(store.filed_posts())
    assert [post.post.source_name for post in before] == ["import", "import", "某网"]
    assert all(post.facts and post.story for post in before)
    again = place.zhaoshang(*MONDAY, "import", "a.jsonl")
    assert "import: 0 new, 0 revised, 2 unchanged" in again.stdout
    with Store(place.database) as store:
        assert list(store.filed_posts()) == before
        assert [state.posts for state in store.source_states(["import", "某网"])] == [2, 1]


def test_a_post_that_was_crawled_is_known_by_its_address(place):
    give(place, line(1))
    place.zhaoshang(*MONDAY, "import", "a.jsonl")
    give(place, line(1, url="http://x.example/1?utm_source=mail"), name="b.jsonl")
    done = place.zhaoshang(*MONDAY, "import", "b.jsonl", "--source", "other")
    assert "other: 0 new, 0 revised, 1 unchanged" in done.stdout


def test_bad_lines_are_named_and_the_rest_is_imported(place):
    give(
        place,
        line(1),
        "no json",
        "[1]",
        line(2, title=" "),
        line(3, body=None),
        line(4, published="17 July"),
        line(5, url="ftp://x"),
        line(6, title=7),
        line(7, url="http://x.example/1"),
        line(8, source="zj"),
        "[" * 100_000,
        line(9),
    )
    done = place.zhaoshang(*MONDAY, "import", "a.jsonl")
    assert done.returncode == 1
    told = complaints(done)
    assert [int(one.split(": line ")[1].split()[0]) for one in told] == list(range(2, 12))
    assert "is no JSON" in told[0]
    assert "has an empty title" in told[2]
    assert "has no body" in told[3]
    assert "published is no day: '17 July'; write it as 2025-07-21" in told[4]
    assert "url is no http(s) address: 'ftp://x'" in told[5]
    assert "has the same url as line 1" in told[7]
    assert "has source 'zj', which is crawled" in told[8]
    assert "import: 2 new" in done.stdout
    assert "10 lines left out" in done.stdout


def test_what_cannot_be_imported_at_all_is_one_line(place):
    done = place.zhaoshang(*MONDAY, "import", "none.jsonl")
    assert done.returncode == 1
    assert complaints(done) == ["zhaoshang: none.jsonl: cannot be read: No such file or directory; check the path"]
    give(place, line(1))
    done = place.zhaoshang(*MONDAY, "import", "a.jsonl", "--source", "zj")
    assert done.returncode == 1
    assert "source 'zj' is crawled; give another name" in complaints(done)[0]


@pytest.mark.long
def test_old_posts_do_not_flood_a_digest(place):
    give(place)
    place.zhaoshang("--now", "2025-07-01T08:00+08:00", "import", "a.jsonl")  # the audience is there from then on
    give(place, *(line(number, published="2019-05-01") for number in range(1, 40)), line(99))
    place.zhaoshang("--now", "2025-07-18T08:00+08:00", "import", "a.jsonl")
    assert place.zhaoshang(*MONDAY, "deliver").returncode == 0
    text = place.zhaoshang(*MONDAY, "digest", "2025-W29").stdout
    assert "第99个项目" in text
    assert "第7个项目" not in text


def test_a_line_is_read_whatever_form_its_values_have():
    raw = json.dumps(
        {
            "title": " 【徐闻招商】\u200b甲\n乙 ",
            "body": "一\r\n\r\n 二\ud800",
            "published": "2025-07-17T08:00:00+08:00",
            "url": "",
            "x": 1,
        }
    )
    found = read_line(b"\xef\xbb\xbf" + raw.encode())
    assert found is not None
    assert (found.entry.title, found.entry.body) == ("【徐闻招商】甲 乙", "一\n二")
    assert (found.entry.published_on, found.entry.url, found.source) == (date(2025, 7, 17), None, None)
    assert read_line(b"  \n") is None


@pytest.mark.parametrize(("raw", "words"), [(b"\xff\xfe{}", "UTF-8"), (b"9" * 5000, "no JSON"), (b"{}", "no body")])
def test_a_line_that_is_no_post_says_why(raw, words):
    with pytest.raises(BadLine, match=words):
        read_line(raw)


EMPTY = {"title": "【徐闻招商】冷链项目签约 总投资3亿元", "published": "2025-07-17"}
STRANGE = {
    "empty": EMPTY | {"body": ""},
    "blank": EMPTY | {"body": " \n "},
    "long": {**EMPTY, "body": "项目总投资3亿元，占地200亩，年产5万吨。" * 8000},
    "traditional": {
        "title": "【徐聞招商】冷鏈項目簽約",
        "body": "項目總投資3億元，佔地200畝。",
        "published": "2025-07-17",
    },
    "english": {
        "title": "Cold chain project signed",
        "body": "A contract of 300 million yuan.",
        "published": "2025-07-17",
    },
    "no place": {"title": "【好消息招商】冷链项目签约", "body": "总投资3亿元，占地200亩。", "published": "2025-07-17"},
}


@pytest.mark.parametrize("what", STRANGE)
def test_whatever_a_post_is_made_of_there_is_an_answer(place, what: str) -> None:
    give(place, json.dumps(STRANGE[what], ensure_ascii=False))
    done = place.zhaoshang(*MONDAY, "import", "a.jsonl")
    assert (done.returncode, complaints(done)) == (0, [])
    with Store(place.database) as store:
        (post,) = store.filed_posts()
        assert store.unread_posts() == ()
    assert post.story is not None
    assert post.facts is not None
    assert post.facts.investments == (() if what == "english" else (300_000_000,))
    assert (post.facts.place is None) == (what in ("english", "no place"))
    again = place.zhaoshang(*MONDAY, "import", "a.jsonl")
    assert "import: 0 new, 0 revised, 1 unchanged" in again.stdout
