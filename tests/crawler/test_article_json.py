"""Posts that an interface sends as JSON: which object is the post, and what its fields are."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article.reader import read_article
from monitor.pages import Article, Attachment

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2025, 7, 17)
TITLE = "【湛江招商】海上风电装备产业园落户东海岛"
TEXT = ("7月16日，海上风电装备产业园项目签约落户，总投资三十亿元。", "市长表示，将确保项目年内开工。")
HTML = "".join(f"<p>&nbsp;&nbsp;{line}</p>" for line in TEXT)
POST = {"title": TITLE, "content": HTML}


def read(value: object) -> Article | None:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return read_article(text, "http://zs.example/api/1", NOW).article


@pytest.mark.parametrize(
    "answer",
    [
        POST,
        {"code": 0, "msg": "ok", "data": POST},
        {"data": [POST]},
        {"data": {"title": TITLE, "detail": {"content": HTML}}},  # title and body on two levels
        {"data": {"docTitle": f"<b>{TITLE}</b>", "docContent": HTML, "subTitle": "副题", "channelName": "动态"}},
        {"data": {**POST, "comments": {"name": "网友", "content": "什么时候可以去参观一下？"}}},
        {"title": TITLE, "content": HTML.replace("<", "&lt;").replace(">", "&gt;")},
        {"title": TITLE, "content": "\n".join(TEXT)},
        f"callback({json.dumps(POST)});",
        "\ufeff" + json.dumps(POST),
    ],
)
def test_the_post_is_the_object_with_title_and_body(answer):
    article = read(answer)
    assert article is not None
    assert (article.title, article.body.split("\n")) == (TITLE, list(TEXT))
    assert (article.published_on, article.origin, article.attachments, article.warnings) == (None, None, (), ())


@pytest.mark.parametrize(
    "dates",
    [
        {
            "createTime": "2025-07-16 23:59:59",
            "publishTime": "2025-07-17 10:20:00",
            "updateTime": "2025-07-19 00:00:00",
        },
        {"publishTime": 1752718867000},
        {"createTime": "2025-07-17", "endTime": "2025-07-20"},
        {"updateTime": "2025-07-17"},
        {"publishTime": "", "pubDate": "2025年7月17日"},
        {"publishTime": "2025-02-30", "createTime": "2025-07-17"},
    ],
)
def test_the_date_is_that_of_the_publication(dates):
    article = read(POST | dates)
    assert article is not None
    assert article.published_on == DAY


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({"source": "湛江日报"}, "湛江日报"),
        ({"source": "3", "ly": "湛江日报"}, "湛江日报"),
        ({"source": None, "author": "张三"}, None),
    ],
)
def test_the_source_is_a_name_and_no_code(fields, origin):
    article = read(POST | fields)
    assert article is not None
    assert article.origin == origin


@pytest.mark.parametrize(
    "fields",
    [
        {"files": [{"name": "甲.pdf", "url": "http://zs.example/f/1.pdf"}]},
        {"attachments": json.dumps([{"fileName": "甲.pdf", "fileUrl": "/f/1.pdf"}])},
        {"attach": {"fileName": "甲.pdf", "filePath": "/f/1.pdf"}},
        {"files": [{"name": "甲.pdf", "url": "/f/1.pdf"}], "images": [{"name": "图", "url": "/i/1.jpg"}]},
    ],
)
def test_attachments_stand_in_lists_or_in_texts_that_hold_them(fields):
    article = read(POST | fields)
    assert article is not None
    assert article.attachments == (Attachment("甲.pdf", "http://zs.example/f/1.pdf"),)


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 404, "msg": "文章不存在，请稍后再试，或者联系管理员。"},
        {"rows": [POST, POST | {"title": "湛江赴港招商"}]},  # a list
        {"title": TITLE, "content": ""},
        [],
        json.dumps(POST)[:80],
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_an_answer_without_a_post_is_no_post(answer):
    assert read(answer) is None


def test_what_had_to_be_overlooked_is_told():
    article = read(json.dumps({"data": POST, "related": [1]})[:-4])
    assert article is not None
    assert article.warnings == ("the JSON is cut off; its whole records were read",)


def test_a_page_that_begins_with_a_bracket_is_a_page():
    article = read(f"[湛江招商]<h1>{TITLE}</h1><div id='zoom'>{HTML}</div>")
    assert article is not None
    assert article.body.split("\n") == list(TEXT)
