"""What a source's pages teach: places are trusted when they were right, doubted when a page is unlike the others."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extract.article import reader as extractor
from crawler.extract.article.reader import ArticleReading, read_article
from crawler.extract.article.recipe import Place, Recipe

NOW = datetime(2025, 7, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEXT = "第{}个项目签约，总投资三十亿元，建设装备制造基地，预计明年投产。"
ASIDE = "<div class='tip'>温馨提示：办理业务请提前预约，周末不对外办公，敬请谅解，谢谢合作，欢迎监督。</div>"
PAGE = "<html><head><title>第{0}个项目签约投产_湛江</title></head><body><h1>第{0}个项目签约投产</h1>{1}</body></html>"


class Judges:
    """The general method, counting how often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self._find = extractor.find_container
        monkeypatch.setattr(extractor, "find_container", self._count)

    def _count(self, *args, **kwargs):
        self.asked += 1
        return self._find(*args, **kwargs)


@pytest.fixture
def judges(monkeypatch):
    return Judges(monkeypatch)


def read(number: int, recipe: Recipe, markup: str = "", day: str = "") -> ArticleReading:
    markup = markup or f"<div class='con'><p>{TEXT.format(number)}</p></div>"
    return read_article(PAGE.format(number, day + markup), f"http://zs.example/show?id={number}", NOW, recipe=recipe)


def taught(pages: int = 3) -> Recipe:
    recipe = Recipe()
    for number in range(pages):
        recipe = read(number, recipe).recipe
    return recipe


def test_after_three_pages_that_agree_the_judges_are_spared(judges):
    recipe = Recipe()
    for number in range(10):
        reading = read(number, recipe)
        assert reading.article.body == TEXT.format(number)
        recipe = reading.recipe
    assert judges.asked == 3
    assert recipe == Recipe((Place('//div[@class="con"]', 3, 1, 0),), 10, recipe.dateless)


def test_one_page_in_fifty_is_judged_all_the_same(judges):
    recipe = taught(120)
    assert judges.asked == 3 + 2
    assert recipe.places == (Place('//div[@class="con"]', 5),)


def test_a_place_that_is_not_there_or_is_empty_is_no_answer(judges):
    recipe = taught()
    for markup in (
        f"<div class='new'><p>{TEXT.format(3)}</p></div>",
        f"<div class='con'> </div><p>{TEXT.format(3)}</p>",
    ):
        assert read(3, recipe, markup).article.body == TEXT.format(3)
    assert judges.asked == 5


def test_a_page_with_much_more_beside_the_place_than_the_others_had_is_judged(judges):
    recipe = taught()
    more = "".join(f"<p>{TEXT.format(number)}</p>" for number in range(10, 30))
    article = read(3, recipe, f"<div class='con'><p>导读：项目开工。</p></div><div class='text'>{more}</div>").article
    assert judges.asked == 4
    assert TEXT.format(29) in article.body


def test_what_stands_beside_every_body_of_a_source_is_no_reason_to_doubt(judges):
    recipe = Recipe()
    for number in range(6):
        markup = f"<div class='con'><p>{TEXT.format(number)}</p></div>" + ASIDE * 1
        markup += "".join(f"<div class='ad{n}'>{ASIDE.replace('业务', f'{n}号业务')}</div>" for n in range(6))
        recipe = read(number, recipe, markup).recipe
    assert judges.asked == 3


def test_more_elements_at_a_place_than_ever_before_are_judged(judges):
    recipe = taught()
    twice = f"<div class='con'><p>{TEXT.format(3)}</p></div><div class='con'><p>一共吸引投资八十亿元，创造就业岗位五千个。</p></div>"
    reading = read(3, recipe, twice)
    assert reading.article.body == f"{TEXT.format(3)}\n一共吸引投资八十亿元，创造就业岗位五千个。"
    assert judges.asked == 4
    assert reading.recipe.places[0].parts == 2
    assert read(4, reading.recipe, twice).article == read(4, Recipe(), twice).article


def test_two_templates_of_one_source_are_both_learned(judges):
    recipe = Recipe()
    other = "<section id='nr'><p>{}</p></section>"
    for number in range(12):
        markup = other.format(TEXT.format(number)) if number % 2 else ""
        reading = read(number, recipe, markup)
        assert reading.article.body == TEXT.format(number)
        recipe = reading.recipe
    assert judges.asked == 6
    assert {place.path for place in recipe.places} == {'//div[@class="con"]', '//section[@id="nr"]'}


def test_a_trusted_place_that_the_judges_disagree_with_is_forgotten_at_the_audit():
    recipe = Recipe((Place('//div[@class="tip"]', 9, 1, 500),), 49)
    reading = read(3, recipe, ASIDE + f"<div class='con'><p>{TEXT.format(3)}</p><p>{TEXT.format(4)}</p></div>")
    assert reading.article.body == f"{TEXT.format(3)}\n{TEXT.format(4)}"
    assert [place.path for place in reading.recipe.places] == ['//div[@class="con"]']


def test_a_trusted_place_around_the_same_text_is_kept_at_the_audit():
    recipe = Recipe((Place('//div[@class="out"]', 9),), 49)
    markup = f"<div class='out'><div class='tool'>打印</div><div id='zoom'><p>{TEXT.format(3)}</p></div></div>"
    reading = read(3, recipe, markup)
    assert [place.path for place in reading.recipe.places] == ['//div[@class="out"]', '//div[@id="zoom"]']


def test_a_page_without_a_post_teaches_nothing():
    recipe = taught()
    reading = read_article("<h1>404</h1>", "http://zs.example/404", NOW, recipe=recipe)
    assert reading == ArticleReading(None, Recipe(recipe.places, recipe.pages + 1, recipe.dateless))


def test_where_no_page_has_a_date_none_is_guessed_at_until_one_has(monkeypatch):
    guessed = []
    monkeypatch.setattr(extractor, "guess_date", lambda *_: guessed.append(1))
    recipe = taught(8)
    assert len(guessed) == 3
    assert recipe.dateless == 8
    reading = read(9, recipe, day="<p>发布时间：2025-07-17</p>")
    assert str(reading.article.published_on) == "2025-07-17"
    assert reading.recipe.dateless == 0


def test_at_most_four_places_are_kept_the_most_used_first():
    recipe = Recipe()
    for name in "abbccddee":
        recipe = recipe.learned(Place(f"//div[@id='{name}']"))
    assert [place.path[-3] for place in recipe.places] == ["e", "d", "c", "b"]
    assert [place.agreed for place in recipe.places] == [2, 2, 2, 2]


def test_a_recipe_is_kept_as_text():
    recipe = Recipe((Place("//div[@class='正文']", 7, 2, 31), Place("/html[1]/body[1]", 1)), 12, 2)
    assert Recipe.from_text(recipe.to_text()) == recipe
    assert Recipe.from_text(Recipe().to_text()) == Recipe()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "{}",
        '{"version": 0, "pages": 1, "dateless": 0, "places": []}',
        '{"version": 1, "pages": "x", "dateless": 0, "places": []}',
        '{"version": 1, "pages": 1, "dateless": 0, "places": [["//p"]]}',
        '{"version": 1, "pages": 1, "places": []}',
    ],
)
def test_a_text_that_is_no_recipe_is_an_empty_one(text):
    assert Recipe.from_text(text) == Recipe()


@pytest.mark.parametrize("path", ["", "//[", "count(//p)", "//p/text()", "string(//p)", "//x:y"])
def test_a_path_that_leads_to_no_element_is_no_answer(path):
    assert read(1, Recipe((Place(path, 9),), 3)).article.body == TEXT.format(1)


NAMES = [
    "id='con'",
    "class='con'",
    "class='a b'",
    'class="it\'s"',
    "class='x\"y'",
    "class='c\"\\'d'",
    "id='post_12345'",
    "id=''",
    "",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "around", ["{}", "<table><tr><td>甲</td><td>{}</td></tr></table>", "<div class='con'></div><main>{}</main>"]
)
def test_whatever_its_name_a_body_is_found_again(name, around, judges):
    recipe = Recipe()
    for number in range(5):
        name_here = name.replace("12345", f"{number}2345").replace("\\'", "&#39;")
        markup = around.format(f"<div {name_here}><p>{TEXT.format(number)}</p><p>{TEXT.format(number + 1)}</p></div>")
        reading = read(number, recipe, markup)
        assert reading.article.body == f"{TEXT.format(number)}\n{TEXT.format(number + 1)}"
        recipe = Recipe.from_text(reading.recipe.to_text())
    assert judges.asked == 3
