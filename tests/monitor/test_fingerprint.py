"""What counts as a change of content, and what does not."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fingerprint import every_fingerprint, fingerprint

DAY = date(2025, 7, 17)
TITLE, BODY = "【湛江招商】携手", "第一段。\n第二段 ABC。"


def test_the_algorithm_of_every_version_is_kept() -> None:
    """Stored fingerprints are compared with new ones: whoever changes the recipe must also count up the version."""
    assert every_fingerprint(TITLE, BODY, DAY) == (
        "2:c2383974968805c089c7cea8ddb3be1e",
        "1:c2383974968805c089c7cea8ddb3be1e",
    )
    assert every_fingerprint(TITLE, BODY, None) == (
        "2:57861702aa72687c0988e714308bea7c",
        "1:57861702aa72687c0988e714308bea7c",
    )
    assert every_fingerprint(TITLE, f"{BODY}\n浏览次数：12", DAY) == (
        "2:c2383974968805c089c7cea8ddb3be1e",
        "1:a9c832b762694e958d7a58dd75193978",
    )


def test_what_a_page_adds_anew_at_every_visit_is_no_content() -> None:
    assert fingerprint(TITLE, f"{BODY}\n浏览次数：12\n今天是2025年7月21日 星期一", DAY) == fingerprint(TITLE, BODY, DAY)
    assert fingerprint(TITLE, BODY, DAY) == every_fingerprint(TITLE, BODY, DAY)[0]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("［湛江 招商］携手", BODY),
        (TITLE, "第一段。第二段ＡＢＣ。"),
        (TITLE, "  第一段。\r\n\r\n\u3000\u3000第二段\u200b abc。\n"),
    ],
)
def test_spelling_and_flow_are_no_content(title: str, body: str) -> None:
    assert fingerprint(title, body, DAY) == fingerprint(TITLE, BODY, DAY)


@pytest.mark.parametrize(
    ("title", "body", "published_on"),
    [
        ("【廉江招商】携手", BODY, DAY),
        (TITLE, BODY + "第三段。", DAY),
        (TITLE, "第二段 ABC。\n第一段。", DAY),
        (TITLE, "", DAY),
        (TITLE, BODY, date(2025, 7, 18)),
        (TITLE, BODY, date(2024, 7, 17)),
        (TITLE, BODY, None),
        (TITLE + "第一段。", "第二段 ABC。", DAY),
        (f"{TITLE}\x1f第一段。", "第二段 ABC。", DAY),
    ],
)
def test_title_body_and_date_are_content(title: str, body: str, published_on: date | None) -> None:
    assert fingerprint(title, body, published_on) != fingerprint(TITLE, BODY, DAY)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_has_a_fingerprint_that_names_its_version(title: str, body: str) -> None:
    assert re.fullmatch(r"2:[0-9a-f]{32}", fingerprint(title, body, None))
