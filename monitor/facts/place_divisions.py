"""The divisions of China to the county and every form that names one; from the package's table, it reads no text.

The table says where it comes from, and how old it is, in its own head; `tools/build_divisions.py` rebuilds it.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.facts.findings import Level
from monitor.facts.place_words import QUARTERS, WORDS

TABLE = Path(__file__).parent / "divisions.tsv"
TOWNS = Path(__file__).parent / "towns.tsv"
CLASSES = "市县区旗州"  # last characters of a division's class, as people write it after a stem
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})

_PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族"
    "|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|塔吉克|怒族|普米族"
    "|鄂温克族|鄂伦春|保安族|裕固族|独龙族|各族"
)
_INNER_MONGOLIA = "内蒙古自治区"  # the one where the people's name is part of the stem
_AUTONOMOUS = re.compile(rf"^(?P<stem>.+?)(?:{_PEOPLES})*自治(?P<kind>[区州县旗])$")
_PLAIN = re.compile(r"^(?P<stem>.{2,}?)(?P<kind>特别行政区|新区|林区|特区|地区|[省市县区盟]|(?<![左右前后中])旗)$")


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """One division; `above` are the divisions that hold it, province first."""

    code: str
    name: str
    stem: str  # 湛江 of 湛江市; the name itself where nothing shorter names it
    level: Level
    above: tuple["Division", ...]

    @property
    def full(self) -> str:
        """The name after those of the divisions above: 广东省湛江市徐闻县."""
        return "".join(one.name for one in self.above) + self.name

    @property
    def line(self) -> tuple["Division", ...]:
        """It and those above, province first."""
        return (*self.above, self)

    def within(self, other: "Division") -> bool:
        """Whether `other` is this division or holds it."""
        return other in self.line

    @property
    def municipal(self) -> bool:
        """Whether it is a district of a municipality: of a city's rank, though its level is a county's."""
        return self.level is Level.COUNTY and self.code[:2] in MUNICIPALITIES


@dataclass(frozen=True, slots=True)
class Form:
    """What a piece of text can name: the divisions, and whether it is a name in full or a short one."""

    text: str
    divisions: tuple[Division, ...]
    full: bool

    @property
    def word(self) -> bool:
        """Whether it means something else in an ordinary sentence."""
        if self.full:
            return self.text in QUARTERS
        return self.text in WORDS and all(one.level is Level.COUNTY for one in self.divisions)


def split_name(name: str) -> tuple[str, str]:
    """The stem and the class of a name as people shorten it: (玉屏, 县) of 玉屏侗族自治县; no class where none goes."""
    if name == _INNER_MONGOLIA:
        return name[:3], ""
    if found := _AUTONOMOUS.match(name):  # the people's name alone is the stem of 东乡族自治县, 鄂温克族自治旗
        return found["stem"].removesuffix("族"), found["kind"]
    if found := _PLAIN.match(name):
        return found["stem"], found["kind"]
    return name, ""


@cache
def divisions() -> dict[str, Division]:
    """All of the table, by code."""
    known: dict[str, Division] = {}
    for code, name, _ in _rows():
        above = [known[one] for one in (code[:2] + "0000", code[:4] + "00") if one in known and one != code]
        level = Level.PROVINCE if code[2:] == "0000" else Level.CITY if code[4:] == "00" else Level.COUNTY
        known[code] = Division(code, name, split_name(name)[0], level, tuple(above))
    return known


@cache
def forms() -> dict[str, Form]:
    """Every form of a name, by its text. A text that is somebody's full name is nobody's short one."""
    full: dict[str, list[Division]] = {}
    short: dict[str, list[Division]] = {}
    known = divisions()
    for code, name, also in _rows():
        one = known[code]
        stem, kind = split_name(name)
        full.setdefault(name, []).append(one)
        if stem != name:
            short.setdefault(stem, []).append(one)
            if kind in CLASSES:  # 玉屏县, 恩施州; 新区 and 地区 are no single character
                _add(full, stem + kind, one)
        for text in also:
            _add(full if text[-1] in "市县区旗" else short, text, one)  # not 博州
    for text in [text for text in short if text in full]:
        del short[text]
    return {
        text: Form(text, tuple(those), whole)
        for table, whole in ((full, True), (short, False))
        for text, those in table.items()
    }


@cache
def heads() -> dict[tuple[str, str], tuple[Form, ...]]:
    """The forms by their first two characters, longest first."""
    found: dict[tuple[str, str], list[Form]] = {}
    for form in sorted(forms().values(), key=lambda form: -len(form.text)):
        found.setdefault((form.text[0], form.text[1]), []).append(form)
    return {head: tuple(those) for head, those in found.items()}


@cache
def towns() -> dict[str, tuple[str, ...]]:
    """Names of the towns in the counties that share their short name, by the county's code."""
    return {code: tuple(names.split(" ")) for code, names in (line.split("\t") for line in _lines(TOWNS))}


@cache
def counties_by_town() -> dict[str, tuple[Division, ...]]:
    """The counties that have a town of a name."""
    known = divisions()
    found: dict[str, tuple[Division, ...]] = {}
    for code, names in towns().items():
        if known[code].level is Level.COUNTY:
            for name in names:
                found[name] = (*found.get(name, ()), known[code])
    return found


def counties_of_town(name: str) -> tuple[Division, ...]:
    """The counties that have a town of that name, given in full or without its class."""
    full = (name,) if name[-1] in "镇乡木" else (name + "镇", name + "乡")
    return tuple({one: None for text in full for one in counties_by_town().get(text, ())})


def shared(those: tuple[Division, ...]) -> Division | None:
    """The finest division that holds all of them."""
    common = None
    for level in zip(*(one.line for one in those), strict=False):
        if any(one is not level[0] for one in level):
            break
        common = level[0]
    return common


def _add(table: dict[str, list[Division]], text: str, one: Division) -> None:
    if one not in table.setdefault(text, []):
        table[text].append(one)


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = (line.split("\t") for line in _lines(TABLE))
    return tuple((row[0], row[1], tuple(" ".join(row[2:]).split())) for row in rows)


def _lines(table: Path) -> list[str]:
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return lines[1:]  # after the columns' names
