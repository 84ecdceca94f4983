"""The sentence on the week: from counts and stated amounts, and honest where there is nothing."""

import pytest

from digests.selection import Selection, Told
from digests.week import sentence
from digests.wording import ENGLISH
from monitor.facts.money_words import in_yuan

NOTHING = Selection((), (), (), (), (), ())
YI = 100_000_000


@pytest.fixture
def told(member, story):
    def make(number, **facts):
        lead = member(number, **facts)
        return Told(story(number, lead), lead, ())

    return make


@pytest.fixture
def said(item, told):
    """The sentence on new events, each (city, stage, industry, yuan)."""

    def say(*events, recycled=0):
        new = tuple(told(n, yuan=yuan) for n, (*_, yuan) in enumerate(events, 1))
        items = [item(n, stage=s, industries=(i,) if i else ()) for n, (_, s, i, _) in enumerate(events, 1)]
        old = tuple(told(100 + n) for n in range(recycled))
        return sentence(Selection(new, (), old, (), (), ()), items, [city for city, *_ in events])

    return say


@pytest.mark.parametrize(("number", "words"), [(1, "1 piece of old news"), (2, "2 pieces of old news")])
def test_old_news_is_counted_in_english_as_english_counts_it(told, number: int, words: str) -> None:
    old = tuple(told(n) for n in range(number))
    assert sentence(Selection((), (), old, (), (), ()), [], [], ENGLISH) == f"No new events, only {words}."


def test_every_stage_is_counted_a_signing_before_a_visit(said) -> None:
    stages = ("推介会", "投产", "调研考察", "开工", "签约", "投产", "政策")
    told = said(*(("", stage, "", 0) for stage in stages))
    assert "，投产 2 件、签约 1 件、开工 1 件、调研考察 1 件、推介会 1 件、政策 1 件。" in told


def test_nothing_new_says_so_and_what_there_was(told) -> None:
    assert sentence(NOTHING, [], []) == "本期没有新事件。"
    one = (told(1),)
    assert (
        sentence(Selection((), one, one * 2, one, (), ()), [], [])
        == "本期没有新事件，只有旧闻重发 2 件、此前已报 1 件、补报 1 件。"
    )


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([("湛江市", "签约", "", 0)], "本期有 1 件新事件，在湛江市，签约 1 件。"),
        ([("", "", "", 0)], "本期有 1 件新事件。"),
        ([("湛江市", "", "", 0)] * 2, "本期有 2 件新事件，都在湛江市。"),
        ([("湛江市", "", "", 0), ("茂名市", "", "", 0)], "本期有 2 件新事件，分布在 2 个地区。"),
        (
            [("湛江市", "", "", 0), ("湛江市", "", "", 0), ("茂名市", "", "", 0)],
            "本期有 3 件新事件，以湛江市最多（2 件）。",
        ),
        ([("湛江市", "", "", 0), ("", "", "", 0)], "本期有 2 件新事件。"),
        (
            [("湛江市", "签约", "新能源", 12 * YI), ("茂名市", "开工", "新能源", 350 * YI), ("", "签约", "建材", 0)],
            "本期有 3 件新事件，分布在 2 个地区，签约 2 件、开工 1 件，行业以新能源最多（2 件）。写明投资的有 2 件，各取最大一笔，合计 362 亿元。",
        ),
        ([("", "", "", 3 * YI)], "本期有 1 件新事件。写明投资的有 1 件，3 亿元。"),
        ([("", "", "甲", 0), ("", "", "乙", 0)], "本期有 2 件新事件。"),
    ],
)
def test_what_prevailed(said, events, words) -> None:
    assert said(*events) == words


def test_a_week_of_mostly_old_news_is_called_that(said) -> None:
    assert said(("", "", "", 0), recycled=8) == "本期有 1 件新事件。所见 9 件中，8 件是旧闻重发。"
    assert "旧闻" not in said(("", "", "", 0), recycled=1)


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (10_000, "1 万元"),
        (99_999_000, "9999.9 万元"),
        (YI, "1 亿元"),
        (1_255_000_000, "12.55 亿元"),
        (10**12, "10000 亿元"),
    ],
)
def test_amounts_in_words(yuan, words) -> None:
    assert in_yuan(yuan, " ") == words
