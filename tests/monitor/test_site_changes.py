"""What a site does around its posts is no edit of them: what several of them show alike."""

from datetime import date

from monitor.history import Wording
from monitor.site_changes import Revised, of_the_site

BODY = "第{n}号项目总投资{n}亿元。\n预计明年建成投产。"


def revised(n: int, *more: str, looked: int = 3, title: str = "", on: date | None = None) -> Revised:
    body = BODY.format(n=n)
    before = Wording(f"第{n}号项目", body, date(2025, 7, n))
    after = Wording(title or before.title, "\n".join((body, *more)), on or before.published_on)
    return Revised(n, before, after, looked)


def test_the_same_sentence_in_half_of_the_posts_is_the_sites() -> None:
    footer = "主办单位：某某市投资促进局。"
    assert of_the_site([revised(1, footer), revised(2, footer), revised(3, footer)], []) == {1, 2, 3}
    assert of_the_site([revised(1, footer, looked=8), revised(2, footer, looked=8)], []) == frozenset()


def test_what_a_template_puts_in_of_each_post_makes_no_difference() -> None:
    lines = [f"本文标题：第{n}号项目，本文地址：http://zj.example/zs/t{n}.html，转载请注明出处。" for n in (1, 2, 3)]
    assert of_the_site([revised(n, lines[n - 1]) for n in (1, 2, 3)], []) == {1, 2, 3}


def test_one_date_for_all_is_that_of_a_move() -> None:
    moved = date(2026, 1, 1)
    assert of_the_site([revised(n, on=moved) for n in (1, 2, 3)], []) == {1, 2, 3}
    assert of_the_site([revised(n, on=date(2026, 1, n)) for n in (1, 2, 3)], []) == frozenset()


def test_a_suffix_of_all_titles_is_the_sites_and_a_new_title_the_posts() -> None:
    assert of_the_site([revised(n, title=f"第{n}号项目_某某市招商网") for n in (1, 2)], []) == {1, 2}
    assert of_the_site([revised(n, title=f"改名后的项目{n * 7}") for n in (1, 2)], []) == frozenset()


def test_an_edit_beside_it_is_told() -> None:
    footer = "主办单位：某某市投资促进局。"
    assert of_the_site([revised(1, footer, "新增投资五亿元。"), revised(2, footer)], []) == {2}


def test_what_half_of_the_others_always_had_is_the_sites() -> None:
    footer = "主办单位：某某市投资促进局。"
    others = [f"{BODY.format(n=n)}\n{footer}" for n in (5, 6)]
    assert of_the_site([revised(1, footer, looked=9)], others) == {1}
    assert of_the_site([revised(1, footer, looked=9)], [*others, "甲。", "乙。", "丙。"]) == frozenset()


def test_copies_are_one_post() -> None:
    copy = revised(1, "新增投资五亿元。")
    assert of_the_site([copy, Revised(9, copy.before, copy.after, 2)], []) == frozenset()
