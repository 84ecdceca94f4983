"""Own templates: what they may override, what they cannot do, and that a mistake in one is a line and loses nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import own_templates
from digests.content import Digest, to_json
from digests.render import render
from digests.sample import sample
from monitor.announcing import DeliveryState
from monitor.checkup.templates import template
from monitor.config import Config
from monitor.errors import TemplateError
from monitor.pages import Entry
from monitor.setup import load_setup

MD, HTML = "digest.md.j2", "digest.html.j2"
EXTENDS = '{% extends "builtin/digest.md.j2" %}\n'


@pytest.fixture
def written(tmp_path: Path, full_digest: Digest) -> Callable[..., str]:
    """Renders the full digest with an own template of this text."""

    def write(text: str, form: str = "md", digest: Digest = full_digest) -> str:
        (tmp_path / f"digest.{form}.j2").write_text(text, encoding="utf-8")
        return render(replace(digest, template=tmp_path), form)

    return write


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_template_that_overrides_nothing_changes_nothing(
    written: Callable[..., str], full_digest: Digest, form: str
) -> None:
    for digest in (full_digest, sample(), sample(language="en")):
        assert written(f'{{% extends "builtin/digest.{form}.j2" %}}', form, digest) == render(digest, form)


def test_every_section_can_be_overridden_by_itself_and_use_our_filters_and_macros(written: Callable[..., str]) -> None:
    told = written(
        EXTENDS
        + "{% block highlights %}## 头条\n\n{% for i in d.highlights %}\n- {{ i.title|mdlink(i.url) }}\n{% endfor %}\n\n"
        "{% endblock %}{% block sources %}{% endblock %}{% block late %}<late>{{ super() }}{% endblock %}"
    )
    assert "## 头条\n\n- [海上风电项目开工](<https://zj.example/1>)\n" in told
    assert "## 要点" not in told
    assert "## 来源状态" not in told
    assert "<late>## 补报" in told
    assert "## 旧闻重发" in told


def test_an_output_without_an_own_template_looks_as_ever(written: Callable[..., str], full_digest: Digest) -> None:
    written("只有一行")
    template_of = replace(full_digest, template=Path("/nowhere"))
    with pytest.raises(TemplateError, match="/nowhere: there is no such directory; correct `template`, or create it"):
        render(template_of, "html")
    assert render(template_of, "json") == render(full_digest, "json")


def test_where_its_templates_stand_is_not_frozen_with_a_digest(full_digest: Digest, tmp_path: Path) -> None:
    assert to_json(replace(full_digest, template=tmp_path)) == to_json(full_digest)
    assert replace(full_digest, template=tmp_path) == full_digest


def test_parts_of_the_directory_can_be_included_and_nothing_else(written: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "foot.j2").write_text("脚注 {{ d.audience }}", encoding="utf-8")
    assert written('{% include "foot.j2" %}') == "脚注 everyone"
    secret = tmp_path.parent / f"secret of {tmp_path.name}.j2"
    secret.write_text("secret", encoding="utf-8")
    (tmp_path / "link.j2").symlink_to(secret)
    (tmp_path / "away").symlink_to("/etc")
    for name in (
        f"../{secret.name}",
        str(secret),
        "away/hostname",
        "link.j2",
        "builtin/../digest.md.j2",
        "/etc/hostname",
    ):
        with pytest.raises(TemplateError) as raised:
            written(f'一行\n{{% include "{name}" %}}')
        assert str(raised.value).startswith(f"{tmp_path / MD}, line 2: ")
        assert "secret" not in str(raised.value).replace(secret.name, "")


# -- mistakes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("一\n{% for %}", 2, "Expected"),
        ("一\n二\n{{ d.nothing }}", 3, "has no attribute 'nothing'"),
        ("{{ nothing }}", 1, "'nothing' is undefined"),
        ("{{ d.count / 0 }}", 1, "division by zero"),
        ("{{ d.count|safe }}", 1, "No filter named 'safe'"),
        ("\n{% autoescape false %}{% endautoescape %}", 2, "autoescape cannot be switched"),
        (EXTENDS + "{% block late %}\n{{ d.nothing }}{% endblock %}", 3, "has no attribute 'nothing'"),
        (
            EXTENDS + "{% block late %}{% for i in d.late %}\n{{ super() }}{{ 1 + 'x' }}{% endfor %}{% endblock %}",
            3,
            "unsupported operand",
        ),
        ('{% extends "builtin/nothing.j2" %}', 1, "nothing.j2"),
        ("{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}", 1, "calls itself without end"),
        ("{{ d.missed.append('x') }}", 1, ""),
        ("{{ [].append(1) }}", 1, "unsafe"),
        ("{{ d.__class__ }}", 1, "unsafe"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ d['__class__'] }}", 1, "unsafe"),
        ("{{ render.__globals__ }}", 1, "undefined"),
        ("{{ self.__init__ }}", 1, ""),
        ("{{ heading.__init__.__globals__ }}", 1, "unsafe"),
        ("{{ d|attr('__class__') }}", 1, "No filter named 'attr'"),
        ("{{ '{0.__class__}'.format(d) }}", 1, "unsafe"),
        ("{{ '{0.__class__}'.format_map(d) }}", 1, "unsafe"),
        ("{{ zone.clear_cache() }}", 1, "unsafe"),
        ("{{ zone.from_file('/etc/passwd') }}", 1, "unsafe"),
        ("{{ d.template.read_text() }}", 1, "unsafe"),
        ("{{ d.template.parent.joinpath('x').write_text('y') }}", 1, "unsafe"),
        ("{% set x = d.template.parent.iterdir() %}", 1, "unsafe"),
        ("{{ cycler.__init__.__globals__.os }}", 1, "unsafe"),
        ("{% import 'os' as os %}", 1, "os"),
        ("{{ built_on.strftime('%999999999d') }}", 1, "unsafe"),
        ("{{ range(1000000) }}", 1, "too big"),
    ],
)
def test_a_mistake_is_one_line_that_names_file_and_line(
    written: Callable[..., str], tmp_path: Path, text: str, line: int, words: str
) -> None:
    with pytest.raises(TemplateError) as raised:
        written(text)
    said = str(raised.value)
    assert said.startswith(f"{tmp_path / MD}, line {line}: ")
    assert words in said
    assert said.endswith("; correct the template, see docs/digests.md")
    assert "\n" not in said


MANY = "{% for a in range(99999) %}{% for b in range(99999) %}"


TREE = (
    "{% set ns = namespace(x=(1,), y=(1,)) %}{% for i in range(40) %}"
    "{% set ns.x = (ns.x, ns.x) %}{% set ns.y = (ns.y, ns.y) %}{% endfor %}"
)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ns.x }}",
        "{{ ns }}",
        "{{ ns.x ~ 'a' }}",
        "{{ ns.x|string|length }}",
        "{{ ns.x|join }}",
        "{{ [1]|join(ns.x) }}",
        "{{ [ns.x]|unique|list|length }}",
        "{{ ns.x == ns.y }}",
        "{{ ns.x in [ns.y] }}",
        "{{ ns.x is eq ns.y }}",
        "{{ [ns.x].index(ns.y) }}",
        "{{ {ns.x: 1}|length }}",
        "{{ d[ns.x] }}",
        "{% include ns.x %}",
        "{{ cycler(ns.x, ns.y).current }}",
        "{{ dict(a=ns.x) }}",
    ],
)
def test_a_list_that_holds_itself_twice_many_times_over_is_refused(written: Callable[..., str], text: str) -> None:
    with pytest.raises(TemplateError, match="too long"):
        written(TREE + text)


@pytest.mark.parametrize(
    "work", ["x.split('a')", "x.find('ab')", "x == y", "'b' in x", "x[1:]", "x + '' == ''", "(x ~ '') == ''"]
)
def test_small_turns_over_a_large_text_are_counted(written: Callable[..., str], work: str) -> None:
    large = "{% set x = 'a' * 900000 %}{% set y = 'a' * 900000 %}"
    with pytest.raises(TemplateError, match="repeats too much"):
        written(large + "{% for i in range(100000) %}{% if " + work + " %}{% endif %}{% endfor %}")


@pytest.mark.parametrize(
    "text",
    [
        f"{MANY}{{% endfor %}}{{% endfor %}}",
        f"{MANY}x{{% endfor %}}{{% endfor %}}",
        "{% for a in range(99999) %}{% for b in range(99999) if b < 0 %}x{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{{ range(99999)|sum }}{% endfor %}",
        "{% for a in range(99999) %}" + "字" * 5_000 + "{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}" + "{% set x = m(x or 'xxxxxxxxxx') %}" * 40,
        "{{ 'x' * 99999999999 }}",
        "{{ 99999999999 * 'x' }}",
        "{{ [1] * 99999999999 }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ 9 ** 999 * 9 ** 999 }}",
        "{{ '%99999999999d' % 1 }}",
        "{{ '{:99999999999}'.format(1) }}",
        "{{ 'x'.center(99999999999) }}",
        "{{ 'x'|center(99999999999) }}",
        "{{ 'x'|indent(99999999999) }}",
        "{{ 'x'.replace('x', 'y') }}",
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x ~ x %}" * 40,
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x + x %}" * 40,
        "{% set x = [1, 2, 3] %}" + "{% set x = x + x %}" * 40,
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40,
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x = [x, x]|join %}" * 40,
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x|replace('x', 'xx') %}" * 40,
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x|map('upper')|join(x) %}" * 40,
        "{% set x = [1] %}" + "{% set x = [x, x]|sum(start=[]) %}" * 40,
        "{{ lipsum(99999) }}",
    ],
)
def test_nothing_eats_the_machine(written: Callable[..., str], text: str) -> None:
    with pytest.raises(TemplateError):
        written(text.replace("m(x or", "m(x if x is defined else"))


@pytest.mark.parametrize("part", ["digest.html.j2", "part.j2", "part.txt"])
def test_whatever_a_post_holds_shows_as_text_in_included_parts_too(tmp_path: Path, part: str) -> None:
    (tmp_path / part).write_text(
        "{{ d.audience }}{% set x %}{{ d.audience }}{% endset %}{{ x ~ d.audience }}", encoding="utf-8"
    )
    if part != HTML:
        (tmp_path / HTML).write_text(f'{{% include "{part}" %}}', encoding="utf-8")
    told = render(replace(sample("<script>"), template=tmp_path), "html")
    assert told == "&lt;script&gt;" * 3


SNIPPETS = st.lists(
    st.sampled_from(
        (
            *("{{ d.count }}", "{{", "}}", "{% if d.late %}", "{% endif %}", "{% for i in d.late %}", "{% endfor %}"),
            *("{# c #}", "{% block late %}", "{% endblock %}", "{{ d.highlights[0].title|md }}", "{% raw %}", "\n"),
            *("{{ x }}", "文"),
        )
    ),
    max_size=8,
).map("".join)


@given(text=SNIPPETS)
def test_any_template_gives_a_text_or_a_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("own")
    (folder / MD).write_text(text, encoding="utf-8")
    try:
        assert isinstance(render(replace(sample(), template=folder), "md"), str)
    except TemplateError as error:
        assert str(error).startswith(f"{folder / MD}, line ")  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    ("data", "words"), [(b"\xff\xfe", "is not UTF-8"), (b"x" * 300_000, "is longer than 200000 bytes")]
)
def test_a_file_that_is_no_template(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / MD).write_bytes(data)
    with pytest.raises(TemplateError, match=words):
        render(replace(sample(), template=tmp_path), "md")


# -- where they are named, tried and used ------------------------------------------------------------------------------


def test_an_audience_has_its_own_directory_or_that_of_all(tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.write_text(
        '[digest]\ntemplate = "ours"\n[[audience]]\nname = "a"\n[[audience]]\nname = "b"\ntemplate = "theirs"\n',
        encoding="utf-8",
    )
    assert load_setup(path).config.templates == {"a": tmp_path / "ours", "b": tmp_path / "theirs"}
    assert Config().templates == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_check_config_tries_them_on_a_digest_with_every_section(tmp_path: Path, language: Any) -> None:
    assert template("everyone", language, tmp_path).ok is None
    (tmp_path / MD).write_text(EXTENDS + "{% block told_before %}{{ d.told_before[0].told_title }}{% endblock %}")
    assert template("everyone", language, tmp_path).line == (
        f"OK  templates of everyone: {tmp_path}: digest.md.j2 can be filled"
    )
    (tmp_path / HTML).write_text("\n{{ d.told_before[0].nothing }}")
    assert template("everyone", language, tmp_path).line.startswith(
        f"!!  templates of everyone: {tmp_path / HTML}, line 2: "
    )
    assert template("everyone", language, tmp_path / "none").ok is False


@pytest.fixture
def desk(open_desk: Callable[..., Any], tmp_path: Path) -> Any:
    (tmp_path / "own").mkdir()
    return open_desk(audiences=[{"name": "everyone", "template": str(tmp_path / "own")}, {"name": "others"}])


def test_a_delivery_waits_with_the_reason_until_its_template_is_mended(desk: Any, now: Any, tmp_path: Path) -> None:
    own = tmp_path / "own" / MD
    own.write_text("题\n{{ d.nothing }}", encoding="utf-8")
    desk.see(Entry("【湛江招商】一个项目", "http://zj.example/1", now.date(), body="正文。"))
    for audience in ("everyone", "others"):
        desk.freeze(audience=audience)
    first, second = desk.deliver(now)
    assert first.error is not None
    assert first.error.startswith(f"{own}, line 2: ")
    assert second.error is None, "the other audience has its own all the same"
    waiting = [one for one in desk.store.deliveries() if one.audience == "everyone"]
    assert [(one.state, one.last_error) for one in waiting] == [(DeliveryState.PENDING, first.error)]
    own.write_text("题 {{ d.count }}", encoding="utf-8")
    assert [one.error for one in desk.deliver(waiting[0].next_attempt_at)] == [None]
    assert (desk.setup.digests_dir / "everyone" / "2025-W29.md").read_text(encoding="utf-8") == "题 0"
    assert "招商周报" in (desk.setup.digests_dir / "others" / "2025-W29.md").read_text(encoding="utf-8")


def test_the_names_of_templates_are_those_that_channels_ask_for() -> None:
    assert own_templates.NAMES == ("digest.md.j2", "digest.html.j2", "mail.html.j2")
