"""The bytes of pages in the encodings that Chinese sites use, declared rightly, wrongly and not at all."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.raw.charset import Decoded, decode
from monitor.setup import SAMPLE

TITLE = "【湛江招商】粤西数谷大数据产业园开工，总投资３０亿元“新质生产力”再添动能"
TRADITIONAL = "香港投資推廣署公布：財政司司長出席粵港澳大灣區發展論壇，歡迎海外及內地企業來港設立業務。"
HEADERS = [
    None,
    "text/html",
    "text/html; charset=utf-8",
    "text/html;charset=GBK",
    "text/html; charset=gb2312",
    "text/html; charset=big5",
    "text/html; charset=ISO-8859-1",  # what some servers say of every page
    "text/html; charset=utf-16",
    'text/html; charset="shift_jis"',
    "text/html; charset=euc-kr",
    "text/html; charset=base64",  # a codec of Python that is no charset
    "text/html; charset=没有",
]
METAS = [
    "",
    "<meta charset=utf-8>",
    "<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=gb2312'>",
    '<meta charset="big5"/>',
    "<meta charset='iso-8859-1'>",
]


def page(text: str = TITLE, meta: str = "") -> str:
    return f"<html><head>{meta}<title>{text}</title></head><body><ul><li>{text}</li></ul></body></html>"


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("meta", METAS)
@pytest.mark.parametrize(
    ("text", "encoded", "encoding"),
    [
        (TITLE, "utf-8", "utf-8"),
        (TITLE, "gbk", "gb18030"),
        (TITLE + "㙍𠮷", "gb18030", "gb18030"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (TRADITIONAL, "big5", "big5"),
    ],
)
def test_a_page_is_read_as_what_it_is_whatever_its_header_and_its_meta_say(text, encoded, encoding, header, meta):
    whole = page(text, meta)
    decoded = decode(whole.encode(encoded), header)
    assert (decoded.text, decoded.encoding) == (whole, encoding)
    assert encoding in decoded.note


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(("encoded", "encoding"), [("utf-8", "utf-8"), ("gbk", "gb18030")])
def test_a_few_broken_bytes_change_nothing_else(header, encoded, encoding):
    whole = page(TITLE * 20)
    body = bytearray(whole.encode(encoded))
    for place in (300, 700, 1100):
        body[place] = 0xFF
    decoded = decode(bytes(body), header)
    assert decoded.encoding == encoding
    assert decoded.text.count("\ufffd") >= 3
    assert len(set(whole) - set(decoded.text)) == 0


@pytest.mark.parametrize("cut", range(1, 40))
def test_utf_8_that_is_cut_within_a_character_stays_utf_8(cut):
    body = TITLE.encode()[:cut]
    decoded = decode(body, "text/html; charset=gbk")
    assert decoded.encoding == "utf-8"
    assert decoded.text.rstrip("\ufffd") == body.decode("utf-8", "ignore")
    assert decoded.text.endswith("\ufffd") == (decoded.text.encode() != body)
    assert ("cut within its last character" in decoded.note) == decoded.text.endswith("\ufffd")


def test_half_a_megabyte_of_utf_8_with_a_few_broken_bytes_stays_utf_8():
    body = bytearray(page(TITLE * 5000).encode())
    assert len(body) > 500_000
    for place in (400, 250_000, 500_000):
        body[place] = 0xFE
    decoded = decode(bytes(body), "text/html; charset=gb2312")
    assert decoded.encoding == "utf-8"
    assert 3 <= decoded.text.count("\ufffd") <= 15


@pytest.mark.parametrize("header", [None, "text/html; charset=gbk"])
@pytest.mark.parametrize(
    ("codec", "mark", "encoding"),
    [
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "utf-32-le"),
        ("utf-32-be", b"\x00\x00\xfe\xff", "utf-32-be"),
    ],
)
def test_a_byte_order_mark_wins_and_is_no_text(codec, mark, encoding, header):
    decoded = decode(mark + page().encode(codec), header)
    assert decoded == Decoded(page(), encoding, f"{encoding}, by its byte order mark")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_shows_by_its_nuls(codec):
    assert decode(page().encode(codec), "text/html; charset=gbk") == Decoded(page(), codec, f"{codec}, by its NULs")
    assert decode(page().encode(codec), f"text/html; charset={codec}").note == f"{codec}, as declared"


def test_utf_16_without_markup_is_read_as_its_header_says():
    assert decode(TITLE.encode("utf-16-le"), "text/plain; charset=utf-16").text == TITLE


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        (page().encode(), "text/html; charset=utf-8", "utf-8, as declared"),
        (page().encode(), None, "utf-8, not declared"),
        (page().encode(), "text/html; charset=GB2312", "declared gb2312, read as utf-8: strict"),
        (page(meta="<meta charset='gbk'>").encode(), None, "declared gbk, read as utf-8: strict"),
        (page().encode("gbk"), "text/html; charset=GB2312", "gb18030, as declared (gb2312)"),
        (page().encode("gbk"), None, "gb18030, not declared"),
        (page(TRADITIONAL).encode("big5"), "text/html; charset=big5", "big5, as declared"),
        (page("News").encode(), "text/html; charset=gbk", "utf-8, all of it ASCII"),
        (f"<?xml version='1.0' encoding='GBK'?><a>{TITLE}</a>".encode("gbk"), None, "gb18030, as declared (gbk)"),
    ],
)
def test_the_decision_is_told_in_words(body, header, expected):
    assert decode(body, header).note == expected


def test_a_lie_is_told_with_the_figures_that_gave_it_away():
    note = decode(page().encode("gbk"), "text/html; charset=utf-8").note
    assert note.startswith("declared utf-8, read as gb18030: 0 odd characters against ")


@pytest.mark.parametrize("text", ["某某", "模", "陌", "联通", "湛江"])
def test_a_few_bytes_declared_as_gbk_are_not_utf_8_by_chance(text):
    assert decode(text.encode("gbk"), "text/html; charset=gbk").text == text
    assert decode(f"<meta charset=gb2312><b>{text}</b>".encode("gbk"), None).text.endswith(f"{text}</b>")


@pytest.mark.parametrize("text", ["湛江", "某某", "café", "© 2025", "A·B", "湛江 café", "朱镕基"])
def test_a_few_bytes_of_utf_8_stay_what_they_are_though_declared_as_gbk(text):
    assert decode(text.encode(), "text/html; charset=gbk").text == text


def test_hong_kong_signs_are_read_though_python_s_big5_has_none_of_them():
    text = TRADITIONAL + "啩喺嘅"
    decoded = decode(page(text).encode("big5hkscs"), "text/html; charset=big5")
    assert (decoded.text, decoded.encoding) == (page(text), "big5hkscs")


@pytest.mark.parametrize(
    "garbled", ["ä¸­å›½æ¹›æ±Ÿ", "中文".encode().decode("latin-1") * 2, "锟斤拷锟斤拷", "ï¿½", "Ã©tÃ© Ã  la"]
)
def test_text_that_was_garbled_before_it_was_served_is_kept_and_noted(garbled):
    decoded = decode(page(garbled).encode(), "text/html; charset=utf-8")
    assert decoded.text == page(garbled)
    assert decoded.note == "utf-8, as declared; garbled before it was served"


@pytest.mark.parametrize("text", [TITLE, "Été à la plage «ça»", "Zürich, Österreich, São Paulo", "A·B © °C ±5 ×3"])
def test_other_text_is_not_called_garbled(text):
    assert decode(page(text).encode(), None).note == "utf-8, not declared"


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_nuls_do_not_end_the_text(codec):
    body = page().encode(codec).replace(b"<li>", b"<li>\x00\x00\x00")
    assert decode(body, None).text == page()


def test_a_whole_listing_reads_the_same_from_every_encoding():
    text = SAMPLE.read_text(encoding="utf-8")
    assert decode(text.encode(), None).text == text
    assert decode(text.encode("gb18030"), "text/plain; charset=utf-8").text == text


@pytest.mark.parametrize(
    ("body", "text", "encoding"),
    [
        (b"", "", "utf-8"),
        (b"\x00", "", "utf-8"),
        (b"\xff\xfe", "", "utf-16-le"),
        (b"\xff\xfe<", "\ufffd", "utf-16-le"),
        (b"\x81", "\ufffd", "gb18030"),  # half a character
    ],
)
def test_what_is_hardly_text_has_an_encoding_all_the_same(body, text, encoding):
    decoded = decode(body, None)
    assert (decoded.text, decoded.encoding) == (text, encoding)


PIECES = [
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"<meta charset=",
    b"gbk",
    b"utf-16",
    b">",
    b"\x81\x30\x81\x30",
    "湛江".encode(),
]


@given(
    body=st.binary(max_size=60) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=20).map(b"".join),
    header=st.none() | st.sampled_from(HEADERS) | st.text(max_size=20).map(lambda name: f"text/html; charset={name}"),
)
@settings(max_examples=500)
def test_no_bytes_make_it_raise_and_no_text_has_nuls_or_lone_surrogates(body, header):
    decoded = decode(body, header)
    assert "\x00" not in decoded.text
    assert not any("\ud800" <= char <= "\udfff" for char in decoded.text)
    assert codecs.lookup(decoded.encoding).name == decoded.encoding
    assert decoded.note
