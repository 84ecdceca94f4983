"""Numbers as Chinese posts write them: 12.5, 1,200, 十九, 两百, 三十二点五; it knows no units of measure."""

import re

NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,15}(?:\.\d{1,6})?"
    r"|[零〇一二三四五六七八九十百千两]{1,12}(?:点[零〇一二三四五六七八九]{1,6})?)"
)
TIMES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_PLAIN = re.compile(r"[零〇一二三四五六七八九]+")


def number(words: str) -> float | None:
    """The number that words of the form NUMBER mean, None where they mean none (一百一千)."""
    if words[:1].isascii():
        return float(words.replace(",", ""))
    whole, _, decimals = words.partition("点")
    value = _whole(whole)
    if value is None or not decimals:
        return value
    return float(f"{value}.{''.join(str(_DIGITS[sign]) for sign in decimals)}")


def ordinal(words: str) -> int | None:
    """The whole number of 第…届, in digits or in words."""
    if words.isdecimal() and words.isascii():
        return int(words)
    return _whole(words)


def _whole(words: str) -> int | None:
    """二〇二三 digit by digit, 三百五十 by places, 百 alone as 100."""
    if _PLAIN.fullmatch(words):
        return int("".join(str(_DIGITS[sign]) for sign in words))
    total, digit, highest = 0, None, 10_000
    for sign in words:
        place = _PLACES.get(sign)
        if place is None:
            digit = _DIGITS[sign]
            continue
        if place >= highest:
            return None
        total, digit, highest = total + place * (1 if digit is None else digit), None, place
    return total + (digit or 0)
