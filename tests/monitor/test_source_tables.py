"""Editing the `[[source]]` tables of a file that somebody wrote by hand."""

import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.errors import ConfigError, SourceError
from monitor.source_tables import add_table, remove_table, set_paused, table_text

NEW = {"name": "new", "url": "https://new.example/list/", "label": "…", "max_pages": 3, "render": True}

BY_HAND = """\
# 我们的配置
timezone = 'Asia/Shanghai'   # keep

[crawl]
  delay = 2.0

# ---- sources ----

# 湛江，老站点
[[source]]
name = "zhanjiang"   # typed often
url = "https://zj.example/#list"
# every = "6h"
# max_pages = 10

[source.select]
records = '''
# not a comment: //li[a]
[[source]]
'''

# about the second
[[ "source" ]]
name = 'second'
url = "https://second.example/"
at = [
  "08:00",  # morning [early]
  "20:00",
]

# ---- readers ----

# Who is told.
[[audience]]
name = "everyone"

[channel.mail] # }
type = "file"
"""


def names(text: str) -> list[str]:
    return [table["name"] for table in tomllib.loads(text).get("source", [])]


def test_a_new_table_stands_behind_the_last_source_and_nothing_else_moves():
    text = add_table(BY_HAND, NEW)
    assert names(text) == ["zhanjiang", "second", "new"]
    assert text.replace(table_text(NEW) + "\n", "", 1) == BY_HAND
    assert text.index('name = "new"') < text.index("# ---- readers ----")


def test_a_new_table_does_not_come_between_a_comment_and_its_table():
    text = add_table('[[source]]\nname = "a"\nurl = "u"\n# Who is told.\n[[audience]]\nname = "e"\n', NEW)
    assert text.endswith('\n\n# Who is told.\n[[audience]]\nname = "e"\n')
    assert names(text) == ["a", "new"]


def test_the_first_table_stands_before_the_audiences_with_their_comment():
    text = add_table('[crawl]\n\n# Who is told.\n[[audience]]\nname = "e"\n', NEW)
    assert text == f'[crawl]\n\n{table_text(NEW)}\n# Who is told.\n[[audience]]\nname = "e"\n'


@pytest.mark.parametrize("text", ["", "\ufeff", "# only a comment\n", 'data_dir = "x"', "[crawl]\ndelay = 1"])
def test_a_file_with_little_in_it_gets_its_first_source(text):
    added = add_table(text, NEW)
    assert added.startswith(text)
    assert names(added.removeprefix("\ufeff")) == ["new"]
    assert remove_table(added, "new").rstrip("\n") == text.rstrip("\n")


def test_pause_and_resume_give_back_the_file_as_it_was():
    paused = set_paused(BY_HAND, "second", paused=True)
    assert [table.get("paused") for table in tomllib.loads(paused)["source"]] == [None, True]
    assert set_paused(paused, "second", paused=True) == paused
    assert set_paused(paused, "second", paused=False) == BY_HAND
    assert set_paused(BY_HAND, "second", paused=False) == BY_HAND


def test_the_key_goes_to_the_values_of_the_table_not_behind_its_comments_or_its_sub_table():
    paused = set_paused(BY_HAND, "zhanjiang", paused=True)
    assert 'url = "https://zj.example/#list"\npaused = true\n# every = "6h"\n' in paused


def test_a_comment_on_the_key_is_kept():
    text = '[[source]]\nname = "a"\nurl = "u"\npaused = true   # 等到秋天\n'
    resumed = set_paused(text, "a", paused=False)
    assert resumed == text.replace("true", "false")
    assert set_paused(resumed, "a", paused=True) == text


def test_remove_takes_the_table_its_sub_tables_and_their_own_comments_only():
    text = remove_table(BY_HAND, "zhanjiang")
    head, _, rest = BY_HAND.partition("# 湛江，老站点\n")
    assert text == head + "# about the second\n" + rest.partition("# about the second\n")[2]
    text = remove_table(text, "second")
    assert names(text) == []
    assert text == head + "# ---- readers ----\n" + rest.partition("# ---- readers ----\n")[2]


def test_remove_finds_sub_tables_that_stand_elsewhere():
    text = '[[source]]\nname = "a"\nurl = "u"\n\n[crawl]\ndelay = 1.0\n\n[source.select]\nurl = "a"\n'
    assert remove_table(text, "a") == "[crawl]\ndelay = 1.0\n"


def test_a_key_that_is_commented_out_belongs_to_the_table_above_it():
    text = '[[source]]\nname = "a"\nurl = "u"\n# every = "6h"\n# about b\n[[source]]\nname = "b"\nurl = "v"\n'
    assert remove_table(text, "a") == '# about b\n[[source]]\nname = "b"\nurl = "v"\n'
    assert remove_table(text, "b") == '[[source]]\nname = "a"\nurl = "u"\n# every = "6h"\n'


def test_windows_line_ends_and_a_byte_order_mark_stay():
    text = "\ufeff" + BY_HAND.replace("\n", "\r\n")
    for edited in (add_table(text, NEW), set_paused(text, "zhanjiang", paused=True), remove_table(text, "second")):
        assert edited.startswith("\ufeff#")
        assert edited.count("\n") == edited.count("\r\n")
    assert remove_table(add_table(text, NEW), "new") == text


def test_a_file_without_a_final_newline_is_continued_on_a_new_line():
    text = '[[source]]\nname = "a"\nurl = "u"'
    assert names(add_table(text, NEW)) == ["a", "new"]
    assert set_paused(text, "a", paused=True) == f"{text}\npaused = true\n"
    assert remove_table(text, "a") == ""


def test_dotted_keys_are_part_of_their_table():
    text = '[[source]]\nname = "a"\nurl = "u"\nselect.records = "li"\n'
    assert set_paused(text, "a", paused=True) == f"{text}paused = true\n"
    assert remove_table(text, "a") == ""


@pytest.mark.parametrize(
    "text",
    [
        'source = [{name = "a", url = "u"}]\n',
        'source = [\n  {name = "a", url = "u"}, # one\n]\n\n[crawl]\ndelay = 1\n',
    ],
)
def test_an_inline_array_is_refused_in_words(text):
    for edit in (
        lambda: add_table(text, NEW),
        lambda: set_paused(text, "a", paused=True),
        lambda: remove_table(text, "a"),
    ):
        with pytest.raises(ConfigError, match=r"write them as \[\[source\]\] tables"):
            edit()


def test_what_cannot_be_edited_is_refused():
    with pytest.raises(ConfigError, match="is not valid TOML"):
        add_table("[crawl", NEW)
    with pytest.raises(ConfigError, match=r"use two brackets"):
        set_paused('[source]\nname = "a"\n', "a", paused=True)
    with pytest.raises(SourceError, match="configured: zhanjiang, second"):
        remove_table(BY_HAND, "third")
    with pytest.raises(SourceError, match="configured: none"):
        set_paused("", "a", paused=True)


def test_a_value_can_hold_any_text():
    awkward = NEW | {"title": '湛江 "招商"\\ \t# [x]\u0007', "url": "https://e.example/?a='''"}
    assert tomllib.loads(table_text(awkward))["source"] == [awkward]


# Files put together from pieces that people write: each piece ends its line, and the sources get their own names.
HEADS = ["", "\n", "# a comment\n", "\n# section\n\n", '# every = "6h"\n', "# one\n# two\n"]
BODIES = [
    "",
    "paused = false\n",
    "paused = true # why\n",
    'label = """\n[[source]]\n# no\\\\"""\n',
    "at = [\n# x ]\n'08:00',\n\n]\n",
    "select = {records = '#x', url = \"[\"}\n",
    "\n[source.select]\nurl = '''a'''\n",
    '  title  =  "\\"#"  # it is\n',
]
OTHERS = ["[crawl]\ndelay = 1\n", '[[audience]]\nname = "e"\n', "[channel.'a.b']\ntype = 'file' # }\n"]


@st.composite
def files(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(HEADS))]
    for number in range(draw(st.integers(1, 3))):
        parts += [draw(st.sampled_from(HEADS)), f'[[source]]\nname = "s{number}"\nurl = "u"\n']
        parts += [draw(st.sampled_from(BODIES)), draw(st.sampled_from(HEADS))]
    others = draw(st.lists(st.sampled_from(OTHERS), unique=True, max_size=3))
    for other in others:
        place = draw(st.sampled_from([0, len(parts)]))
        parts[place:place] = [draw(st.sampled_from(HEADS)), other, draw(st.sampled_from(HEADS))]
    text = "".join(parts)
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def filled(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


@given(files())
def test_edits_of_any_file_do_what_they_say_and_lose_no_other_line(text):
    before = tomllib.loads(text)
    added = add_table(text, NEW)
    assert tomllib.loads(added) == before | {"source": [*before["source"], NEW]}
    assert filled(remove_table(added, "new")) == filled(text)
    paused = set_paused(text, "s0", paused=True)
    assert tomllib.loads(paused)["source"][0]["paused"] is True
    assert [line for line in filled(paused) if "paused" not in line] == [
        line for line in filled(text) if "paused" not in line
    ]
    without = remove_table(text, "s0")
    assert tomllib.loads(without).get("source", []) == before["source"][1:]


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_our_own_errors(text):
    for edit in (
        lambda: add_table(text, NEW),
        lambda: set_paused(text, "a", paused=True),
        lambda: remove_table(text, "a"),
    ):
        try:
            edit()
        except (ConfigError, SourceError) as error:
            assert "\n" not in str(error)  # noqa: PT017 - one line is what this is about
        else:
            assume(True)
