"""Cuts text into words and weighs them; numbers, dates, amounts and Latin words stay whole. It compares nothing."""

import re

_LETTER = "A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a"
_UNIT = (
    r"(?:[多余]?(?:平方公里|平方千米|平方米|立方米|个百分点|人民币|百分点|公里|千米|万千瓦时|千瓦时|千瓦|兆瓦|公顷|公斤|千克|英亩"
    r"|美元|欧元|日元|港元|亿元|万元|小时|分钟|个月|人次|年|月|日|号|时|分|秒|周|元|角|亩|吨|米|瓦时|瓦|克|度|倍|成|个|家|人|名|户|项|宗|件|台|套|"
    r"条|座|栋|间|届|次|期|批|位|所|处|只|辆|艘|架|股|岁|天|级|强|路|楼|层|排))"
)
_LARGE = r"[百千万亿]*+"
_DIGITS = r"[+\-−－]?\d+(?:[,，]\d{3}(?!\d))*+(?:[.．:：/／\-－~～—至]\d+)*+"
_DATE = r"(?:\d{2,4}年)?\d{1,2}月(?:\d{1,2}[日号])?|\d{4}年|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_NUMERAL = r"[〇零○一二两三四五六七八九十百千万亿]++"
_NO_NUMERAL = r"(?<![〇零○一二两三四五六七八九十百千万亿])"  # or a long run of numerals is tried from each of them
_WHOLE = re.compile(
    "|".join(
        (
            r"(?i:https?://[!-~]+)",
            rf"(?:{_DATE})(?:上午|下午)?",
            rf"{_DIGITS}(?:[%％‰℃]|{_LARGE}{_UNIT}|[{_LETTER}]+\d*|{_LARGE})",
            rf"[{_LETTER}][{_LETTER}\d]*+(?:[.&+#'’/_@\-][{_LETTER}\d]+)*+[+#]*",
            rf"百分之{_NUMERAL}(?:点{_NUMERAL})?",
            rf"(?:第|{_NO_NUMERAL}){_NUMERAL}(?:点{_NUMERAL})?{_UNIT}",
        )
    )
)
_AROUND_WHOLE = re.compile(f"({_WHOLE.pattern})")  # to split at: every second part is one


def words(text: str) -> tuple[str, ...]:
    """The words of a text; joined, they are the text."""
    import rjieba  # noqa: PLC0415 - costs 90 ms to import

    found: list[str] = []
    for place, part in enumerate(_AROUND_WHOLE.split(text)):
        if place % 2 or len(part) == 1:
            found.append(part)
        elif part:
            found += rjieba.cut(part)
    return tuple(found)


def characters(text: str) -> list[str]:
    """Its characters, with numbers, dates, amounts and Latin words in one."""
    found: list[str] = []
    for place, part in enumerate(_AROUND_WHOLE.split(text)):
        if place % 2:
            found.append(part)
        else:
            found += part
    return found


# Han characters of which a number, a date or an amount may be made, and some others that the pattern is written with.
_BINDING = frozenset(_WHOLE.pattern)


def may_be_cut_after(char: str) -> bool:
    """Whether no number, date, amount or Latin word can go on after this character."""
    return "\u4e00" <= char <= "\u9fff" and char not in _BINDING


def start_of_whole(text: str, place: int) -> int:
    """Where the number, date, amount or Latin word begins that goes on over a place in a text; else the place."""
    return _whole_over(text, place)[0]


def end_of_whole(text: str, place: int) -> int:
    """Where it ends; else the place."""
    return _whole_over(text, place)[1]


def _whole_over(text: str, place: int) -> tuple[int, int]:
    if 0 < place < len(text) and not may_be_cut_after(text[place - 1]) and not may_be_cut_after(text[place]):
        for found in _WHOLE.finditer(text, _start_before(text, place)):
            if found.end() > place:
                return (found.start(), found.end()) if found.start() < place else (place, place)
    return place, place


def _start_before(text: str, place: int) -> int:
    """A place at which the cutting can begin: what is before it does not matter."""
    while place and not may_be_cut_after(text[place - 1]):
        place -= 1
    return place


_AMOUNT = re.compile(r"\d.*(?:[%％‰元亿万]|美元|吨|亩|千瓦|平方)|.*百分之|.*(?:亿元|万元|亿美元)")
_DATED = re.compile(rf"(?:{_DATE})(?:上午|下午)?")
_NAMES = ("nr", "ns", "nt", "nz", "eng")  # people, places, organisations, other names, Latin words
_CONTENT = ("n", "v", "a", "t", "m", "i", "j", "l", "s")  # nouns, verbs, adjectives, times, numerals, idioms
_ASKED = 300  # words of one excerpt; some 3 ms


def is_whole(word: str) -> bool:
    """Whether a word is a number, a date, an amount or a Latin word."""
    return _WHOLE.fullmatch(word) is not None


class Scale:
    """Weighs words. How much the work is, is bounded: of so many words the part of speech is asked for, of more not."""

    def __init__(self, asked: int = _ASKED) -> None:
        self._left = asked
        self._known: dict[str, int] = {}

    def weight(self, word: str) -> int:
        """How much a word tells, from 0 (a mark) to 6 (an amount): by its form, and else by its part of speech."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._weighed(word)
        return known

    def _weighed(self, word: str) -> int:
        if _DATED.fullmatch(word):
            return 5
        if _AMOUNT.match(word):
            return 6
        if any(char.isdigit() for char in word) or is_whole(word):
            return 4
        if not any(char.isalnum() for char in word):
            return 0
        self._left -= 1
        return _by_part_of_speech(word) if self._left >= 0 else 1


def _by_part_of_speech(word: str) -> int:
    import rjieba  # noqa: PLC0415 - as above

    tags = [tag for _, tag in rjieba.tag(word)]
    if any(tag.startswith(_NAMES) for tag in tags):
        return 3
    return 2 if any(tag.startswith(_CONTENT) for tag in tags) else 1
