"""zhaoshang.toml from file to set-up: what is found, what is refused, and in which words."""

import os
import re
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.announcing import AnnounceRules
from monitor.config import EmailChannelConfig
from monitor.errors import AudienceError, ConfigError, SecretError, SourceError
from monitor.models import SourceSpec
from monitor.pages import Selection
from monitor.schedule import CrawlSchedule
from monitor.setup import Setup, load_setup, source_url

SOURCE = '[[source]]\nname = "zj"\nurl = "http://zj.example/list/"\n'
MAIL = '[channel.mail]\ntype = "email"\nhost = "smtp.example"\nsender = "招商 <a@x.cn>"\nrecipients = ["b@x.cn"]\n'
AUDIENCE = '[[audience]]\nname = "everyone"\n'

Write = Callable[[str], Setup]


@pytest.fixture
def read(tmp_path: Path) -> Write:
    """Writes a zhaoshang.toml into an empty folder and reads it."""

    def write_and_read(text: str) -> Setup:
        path = tmp_path / "zhaoshang.toml"
        path.write_text(text, encoding="utf-8")
        return load_setup(path)

    return write_and_read


def mail(setup: Setup) -> EmailChannelConfig:
    channel = setup.config.channels["mail"]
    assert isinstance(channel, EmailChannelConfig)
    return channel


def test_an_empty_file_has_every_default(read: Write, tmp_path: Path) -> None:
    setup = read("")
    assert setup.config.source == ()
    assert [(a.name, a.schedule, a.channels, a.send_empty) for a in setup.config.audience] == [
        ("everyone", "mon 08:00", ("file",), True)
    ]
    assert list(setup.config.channels) == ["file"]
    assert setup.config.rules == AnnounceRules(backfill_days=28, lookback_days=14)
    assert setup.config.zone.key == "Asia/Shanghai"
    assert setup.database == tmp_path / "data" / "zhaoshang.db"


def test_a_source_has_its_defaults_and_its_schedule(read: Write) -> None:
    plain, timed = read(
        f'{SOURCE}[[source]]\nname = "b"\nurl = "http://b.example"\nat = ["08:00", "20:00"]\njitter = "0s"\n'
    ).config.source
    assert (plain.max_pages, plain.label, plain.is_file) == (10, "【…招商】", False)
    assert plain.spec == SourceSpec("zj", "http://zj.example/list/", "zj")
    assert plain.schedule == CrawlSchedule(timedelta(hours=6), (), timedelta(minutes=2))
    assert timed.schedule == CrawlSchedule(None, (time(8), time(20)), timedelta(0))


@pytest.mark.parametrize("selector", ["div.row", "//div[@class='row']", "a::attr(href)", "data.rows[].title", "./b"])
def test_a_source_may_say_where_its_fields_stand(read: Write, selector: str) -> None:
    (source,) = read(f'{SOURCE}[source.select]\nrecords = "{selector}"').config.source
    assert source.selection == Selection(records=selector)


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("div[", "no CSS selector .* and no JMESPath"),
        ("]]", "no CSS selector .* and no JMESPath"),
        ("a:foo", r"no CSS selector \(The pseudo-class :foo is unknown\)"),
        ("a::foo", r"no CSS selector \(The pseudo-element ::foo is unknown\)"),
        ("*:nth-of-type(2)", r"no CSS selector \(\*:nth-of-type\(\) is not implemented\)"),
        ("rows[?foo(a)].title", r"no JMESPath \(there is no function foo\(\)\)"),
        ("length(a, b)", r"no JMESPath \(length\(\) does not take 2 arguments\)"),
        ("//div[", "no XPath: Invalid"),
        ("xpath:", "no XPath: Invalid expression"),
        ("xpath:???", "no XPath: Invalid expression"),
        ("xpath:foo(", "no XPath: Unregistered function"),
        ("//*[$x]", "no XPath: Undefined variable"),
        (".//ns:foo", "no XPath: Undefined namespace prefix"),
        # None of these is evaluated on a page without what stands before it.
        ("//rare/a[foo(.)]", r"no XPath: Unregistered function in foo\(\.\)"),
        ("//rare[true() or (.//b[foo()])]", r"no XPath: Unregistered function in foo\(\)"),
        ("//rare[@a = $x]", r"no XPath: Undefined variable in \$x"),
        ("//rare[@ns:a]", "no XPath: Undefined namespace prefix in ns:a"),
        ("//rare[count('a')]", r"no XPath: Invalid type in count\('a'\)"),
        ("//rare[re:test(., '(')]", "no XPath: missing .* in re:test"),
    ],
)
def test_a_selector_that_no_page_can_be_asked_is_refused_in_one_line(read: Write, selector: str, words: str) -> None:
    with pytest.raises(ConfigError, match=rf"source\[1\]\.select\.date: .*{words}.*; correct it$") as refused:
        read(f'{SOURCE}[source.select]\ndate = "{selector}"')
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "selector",
    [
        "//a[has-class('x') and (b or (c))]/ancestor::li[1]/following-sibling::*[self::div or @x = '[foo($y']/text()",
        "//p[position() mod 2 = 1 and (a)]",
        "//rare[re:test(@href, '[{(]')]/@title",
        "(//rare)[last() - 1]",
        "xpath:descendant::h1",
        "xpath:string(.//td[contains(., '招商 (')])",
        "li:has(a):not(.x) > a[href$='.html']",
        "li:nth-child(2n+1)",
        "join('?', [u, '1'])",
        "sort_by(rows, &date)",
        "数据.标题",
    ],
)
def test_a_selector_is_not_refused_because_no_page_is_there_yet(read: Write, selector: str) -> None:
    (source,) = read(f'{SOURCE}[source.select]\ntitle = "{selector}"').config.source
    assert source.selection == Selection(title=selector)


def test_a_post_s_own_page_is_not_asked_in_jmespath(read: Write) -> None:
    with pytest.raises(ConfigError, match=r"select\.post_title: 'data\[\]\.title' is no CSS selector"):
        read(f'{SOURCE}[source.select]\npost_title = "data[].title"')


def test_a_source_is_fetched_carefully_unless_its_table_says_otherwise(read: Write) -> None:
    (plain,) = read(SOURCE).config.source
    assert (plain.paused, plain.render, plain.proxy, plain.verify_tls, plain.allow_private) == (
        False,
        False,
        "",
        True,
        False,
    )
    crawl = read("").config.crawl
    assert (crawl.max_requests, crawl.keep_pages) == (5000, timedelta(days=365))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('tiemzone = "Asia/Shanghai"', ["'tiemzone'", "did you mean 'timezone'"]),
        ('[[sources]]\nname = "a"', ["'sources'", "did you mean 'source'"]),
        (f"{SOURCE}max_page = 3", ["source[1].max_page", "did you mean 'max_pages'"]),
        (f'{SOURCE}{SOURCE.replace("zj", "b")}evrey = "6h"', ["source[2].evrey", "did you mean 'every'"]),
        (f'{MAIL}recipient = "b@x.cn"', ["'recipient'", "did you mean 'recipients'"]),
        ("[operator]\nchanels = []", ["operator.chanels", "did you mean 'channels'"]),
        ("[changes]\nvisits_per_day = 3", ["changes.visits_per_day", "did you mean 'visits_a_day'"]),
        ("[crawl]\nparalell = 3", ["crawl.paralell", "did you mean 'parallel'"]),
        (f'{MAIL}password = "secret"', ["'password'", "password_env", "password_file"]),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_valid_one(read: Write, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert [word for word in words if word not in str(refused.value)] == []
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = [", ["not valid TOML"]),
        ('[[source]]\nname = "a"', ["source[1]", "'url' is missing"]),
        (SOURCE + SOURCE, ["more than one source named 'zj'"]),
        (AUDIENCE + AUDIENCE, ["more than one audience named 'everyone'"]),
        (SOURCE.replace('"zj"', '"../zj"'), ["source[1].name", "'../zj' is no name"]),
        (SOURCE.replace('"zj"', '""'), ["source[1].name", "is no name"]),
        (f'{SOURCE}label = " "', ["source[1].label", "cannot be empty"]),
        (f'{SOURCE}every = "6 hours"', ["source[1].every", "'6 hours' is no duration"]),
        (f"{SOURCE}every = 6", ["source[1].every", "written as text"]),
        (f'{SOURCE}every = "1s"', ["source[1].every", "shortest interval"]),
        (f'{SOURCE}at = ["25:00"]', ["source[1].at", "'25:00' is no time of day"]),
        (f'{SOURCE}every = "6h"\nat = ["08:00"]', ["source[1]", "every and at exclude each other"]),
        (f"{SOURCE}max_pages = 0", ["source[1].max_pages", "greater than or equal to 1"]),
        ("[crawl]\ndelay = -1", ["crawl.delay"]),
        ("[crawl]\ndelay = nan", ["crawl.delay"]),
        ('[digest]\nmissed = "none"', ["digest.missed", "'latest' or 'all'"]),
        (f'{AUDIENCE}schedule = "1 08:00"', ["audience[1].schedule", "'1' is no day to fall due on", "mon"]),
        (f'{AUDIENCE}schedule = "monday 08:00"', ["'monday' is no day to fall due on"]),
        (f'{MAIL}{AUDIENCE}channels = ["mial"]', ["'everyone'", "'mial'", "did you mean 'mail'"]),
        ('timezone = "Asia/Zhanjiang"', ["timezone", "'Asia/Zhanjiang' is no time zone"]),
        ('timezone = "../etc/passwd"', ["is no time zone"]),
        ('timezone = ""', ["is no time zone"]),
        ('[channel.mail]\nhost = "x"', ["channel.mail", "'type' is missing"]),
        ('[channel."a/b"]\ntype = "file"', ["'a/b' is no name"]),
        (MAIL.replace('["b@x.cn"]', "[]"), ["recipients"]),
        (MAIL.replace("b@x.cn", "b at x.cn"), ["recipients", "'b at x.cn' is no mail address"]),
        (MAIL.replace("<a@x.cn>", "<a@x.cn>\\r\\nBcc: e@x.cn"), ["sender", "one line"]),
        (f"{MAIL}port = 70000", ["port"]),
        (f'{MAIL}username = "a"', ["a username needs password_env or password_file"]),
        (f'{MAIL}password_env = "A"\npassword_file = "b"', ["exclude each other"]),
    ],
)
def test_a_mistake_is_one_line_that_says_where_and_what(
    read: Write, tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(text)
    line = str(refused.value)
    assert line.startswith(str(tmp_path / "zhaoshang.toml"))
    assert "\n" not in line
    assert [word for word in words if word not in line] == []


def test_a_file_in_another_encoding_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.write_bytes('[[source]]\nname = "湛江"'.encode("gb18030"))
    with pytest.raises(ConfigError, match="cannot be read"):
        load_setup(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "zhaoshang.toml"
    path.write_text(SOURCE, encoding="utf-8-sig")
    assert load_setup(path).source("zj").url == "http://zj.example/list/"


@pytest.mark.parametrize(
    ("url", "end"),
    [
        ("dump.txt", "/conf/dump.txt"),
        ("../湛江 1.txt", "/%E6%B9%9B%E6%B1%9F%201.txt"),
        ("a#b?c.txt", "/conf/a%23b%3Fc.txt"),
        ("file:///srv/a%20b.txt", "file:///srv/a%20b.txt"),
        ("HTTPS://zj.example/x", "HTTPS://zj.example/x"),
    ],
)
def test_an_address_is_http_or_a_file_beside_the_configuration(tmp_path: Path, url: str, end: str) -> None:
    assert source_url(url, tmp_path / "conf").endswith(end)


@pytest.mark.parametrize("url", ["ftp://zj.example/x", "http:///x", "https://", "data://x", "http://[broken/"])
def test_an_address_that_cannot_be_fetched_is_refused_with_its_source(read: Write, url: str) -> None:
    with pytest.raises(ConfigError, match=r"\[\[source\]\] zj: url"):
        read(SOURCE.replace("http://zj.example/list/", url))


def test_every_command_finds_the_nearest_configuration_above(read: Write, tmp_path: Path) -> None:
    read(f'data_dir = "var"\n{SOURCE}')
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n")
    for setup in (load_setup(cwd=deep), load_setup(Path("../../zhaoshang.toml"), cwd=deep)):
        assert setup.config_path == tmp_path / "zhaoshang.toml"
        assert setup.database == tmp_path / "var" / "zhaoshang.db"


def test_without_configuration_the_built_in_source_stands_beside_scrapy_cfg_or_here(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert load_setup(cwd=deep).data_dir == deep / "data"
    (tmp_path / "a" / "scrapy.cfg").write_text("[settings]\ndefault = another.project\n")
    assert load_setup(cwd=deep).data_dir == deep / "data", "another project's scrapy.cfg is not ours"
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n")
    setup = load_setup(cwd=deep)
    assert (setup.data_dir, setup.config_path) == (tmp_path / "data", None)
    assert [(s.name, s.is_file) for s in setup.config.source] == [("zhanjiang", True)]


def test_the_built_in_source_exists_only_without_a_configuration(read: Write) -> None:
    with pytest.raises(SourceError, match=r"no source named 'zhanjiang'.*configured: zj"):
        read(SOURCE).source("zhanjiang")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda path: path.symlink_to("nowhere.toml"),
            r"is a link that leads nowhere \(nowhere\.toml\); mend the link",
        ),
        (lambda path: path.symlink_to(path.name), "is a link that leads nowhere"),
        (lambda path: path.symlink_to("sub"), "is a folder; move it away"),
        (lambda path: path.mkdir(), "is a folder; move it away"),
        (os.mkfifo, "is no file; move it away"),
    ],
)
def test_what_is_called_so_and_is_no_file_does_not_mean_the_built_in_source(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "zhaoshang.toml"
    (tmp_path / "sub").mkdir()
    make(path)
    for named, folder in ((None, tmp_path), (None, tmp_path / "sub"), (path, tmp_path)):
        with pytest.raises(ConfigError, match=f"^{path}: {words}") as refused:
            load_setup(named, cwd=folder)
        assert "\n" not in str(refused.value)


def test_a_configuration_that_is_named_must_exist(tmp_path: Path) -> None:
    for named, words in ((tmp_path / "no.toml", "no such file"), (tmp_path, "is a folder")):
        with pytest.raises(ConfigError, match=words):
            load_setup(named)


def test_an_audience_is_found_by_name_and_the_first_without(read: Write) -> None:
    setup = read('[[audience]]\nname = "局里"\n[[audience]]\nname = "b"\nschedule = "daily 07:30"')
    assert [setup.audience(name).name for name in (None, "局里", "b")] == ["局里", "局里", "b"]
    with pytest.raises(AudienceError, match="configured: 局里, b"):
        setup.audience("c")


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("plain", 25)])
def test_the_port_is_the_usual_one_for_the_security(read: Write, security: str, port: int) -> None:
    assert mail(read(f'{MAIL}security = "{security}"')).effective_port == port
    assert mail(read(f'{MAIL}security = "{security}"\nport = 2525')).effective_port == 2525


def test_a_password_comes_from_the_environment(read: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = mail(read(f'{MAIL}password_env = "ZHAOSHANG_TEST_PASSWORD"'))
    monkeypatch.delenv("ZHAOSHANG_TEST_PASSWORD", raising=False)
    with pytest.raises(SecretError, match="ZHAOSHANG_TEST_PASSWORD is not set"):
        channel.password()
    monkeypatch.setenv("ZHAOSHANG_TEST_PASSWORD", "geheim 密")
    assert channel.password() == "geheim 密"
    assert mail(read(MAIL)).password() is None


def test_a_password_file_is_read_beside_the_configuration_when_only_its_owner_can(read: Write, tmp_path: Path) -> None:
    channel = mail(read(f'{MAIL}password_file = "mail.password"'))
    with pytest.raises(SecretError, match="cannot be read"):
        channel.password()
    path = tmp_path / "mail.password"
    path.write_text(" geheim \n")
    for mode in (0o644, 0o640, 0o604, 0o610):
        path.chmod(mode)
        with pytest.raises(SecretError, match=r"others than its owner.*chmod 600"):
            channel.password()
    path.chmod(0o600)
    assert channel.password() == " geheim "
    path.write_text("\n")
    with pytest.raises(SecretError, match="is empty"):
        channel.password()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[operator]\nchannels = ["mial"]', "[operator] names the channel 'mial'"),
        ('[operator]\nhealthz = "localhost"', "is no address to listen on"),
        ('[operator]\nhealthz = "127.0.0.1:99999"', "is no address to listen on"),
        ('[changes]\nvisit_after = ["3d", "1d"]', "each must be longer than the one before"),
    ],
)
def test_what_changes_and_operator_cannot_mean(read, table, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        read(table)
