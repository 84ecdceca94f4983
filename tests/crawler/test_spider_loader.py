"""Sources as spiders: `scrapy list`, and what is said when there is no such source or the configuration is wrong."""

import pytest
from scrapy import Request, Spider
from scrapy.settings import Settings

from crawler.politeness import slot_delay
from crawler.spider_loader import NoSuchSource, SourceSpiderLoader
from crawler.spiders.source import SourceSpider
from monitor.setup import SAMPLE

TWO_SOURCES = """
[crawl]
delay = 2.5
contact = "zhoubao@example.cn"
max_response_mb = 3
[[source]]
name = "suixi"
url = "http://suixi.example/list/"
[[source]]
name = "lianjiang"
url = "http://lianjiang.example/list/"
"""
BY_HAND = """
from scrapy import Spider

class ByHand(Spider):
    name = "byhand"
"""


@pytest.fixture
def load(workplace, monkeypatch):
    """The loader as a command in the workplace gets it."""
    monkeypatch.chdir(workplace.path)

    def from_settings(**settings):
        return SourceSpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawler.spiders"], **settings}))

    return from_settings


def test_scrapy_list_names_the_sources_and_the_built_in_one_only_while_nothing_is_configured(
    workplace, in_subfolder, load
):
    assert load().list() == ["zhanjiang"]
    workplace.configure(TWO_SOURCES)
    configured = in_subfolder.scrapy("list")
    assert (configured.returncode, configured.stdout) == (0, "lianjiang\nsuixi\n")


def test_an_unknown_source_is_told_with_those_there_are_and_without_a_traceback(workplace):
    workplace.configure(TWO_SOURCES)
    done = workplace.scrapy("crawl", "zhanjiang")
    assert done.returncode == 2
    last = (done.stdout + done.stderr).splitlines()[-1]
    assert "there is no source named 'zhanjiang'; there are: lianjiang, suixi" in last
    assert str(workplace.path / "zhaoshang.toml") in last
    assert "Traceback" not in done.stderr
    assert not workplace.data.exists()


def test_a_mistake_in_the_configuration_is_one_line_with_what_where_and_what_to_do(workplace):
    workplace.configure(TWO_SOURCES.replace("delay", "dealy"))
    done = workplace.scrapy("crawl", "suixi")
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "unknown key 'dealy'" in line
    assert "delay" in line.replace("dealy", "")
    assert str(workplace.path / "zhaoshang.toml") in line


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[[source]", "is not valid TOML"),
        ('[[source]]\nname = "a"\n', "'url' is missing"),
        ('[[source]]\nname = "a"\nurl = "ftp://a.example/"\n', "ftp is not fetched"),
        ('[[source]]\nname = "a"\nurl = "http://"\n', "has no host"),
        ('[[source]]\nname = "a b"\nurl = "x.txt"\n', "is no name"),
    ],
)
def test_other_mistakes_end_the_command_with_one_line_as_well(load, workplace, toml, told):
    workplace.configure(toml)
    with pytest.raises(SystemExit) as ended:
        load()
    (line,) = str(ended.value.code).splitlines()
    assert told in line
    assert str(workplace.path / "zhaoshang.toml") in line


def test_the_configuration_may_be_named_on_the_command_line(load, workplace):
    workplace.configure(TWO_SOURCES)
    elsewhere = workplace.path / "elsewhere.toml"
    elsewhere.write_text('[[source]]\nname = "xuwen"\nurl = "dump.txt"\n', encoding="utf-8")
    assert load(ZHAOSHANG_CONFIG="elsewhere.toml").list() == ["xuwen"]
    with pytest.raises(SystemExit, match=r"missing\.toml: there is no such file"):
        load(ZHAOSHANG_CONFIG="missing.toml")


def test_a_spider_written_by_hand_stands_beside_the_configured_ones(load, workplace, monkeypatch):
    workplace.configure(TWO_SOURCES)
    (workplace.path / "spiders_by_hand.py").write_text(BY_HAND, encoding="utf-8")
    monkeypatch.syspath_prepend(workplace.path)
    loader = load(SPIDER_MODULES=["crawler.spiders", "spiders_by_hand"])
    assert loader.list() == ["byhand", "lianjiang", "suixi"]
    by_hand = loader.load("byhand")
    assert issubclass(by_hand, Spider)
    assert not issubclass(by_hand, SourceSpider)


def test_a_source_becomes_a_spider_with_the_configuration_s_way_of_fetching(load, workplace):
    workplace.configure(TWO_SOURCES)
    spider = load().load("suixi")
    assert issubclass(spider, SourceSpider)
    assert spider.source.url == "http://suixi.example/list/"
    settings = Settings()
    spider.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == slot_delay(2.5)
    assert settings.getint("DOWNLOAD_MAXSIZE") == 3 * 1024 * 1024
    assert settings["USER_AGENT"].endswith("(+zhoubao@example.cn)")


def test_the_built_in_source_is_the_saved_dump(load):
    spider = load().load("zhanjiang")
    assert issubclass(spider, SourceSpider)
    assert spider.source.url == SAMPLE.as_uri()


def test_a_missing_source_is_an_error_of_scrapy_s_protocol_and_names_those_there_are(load):
    with pytest.raises(NoSuchSource, match="there is no source named 'x'; there are: zhanjiang") as raised:
        load().load("x")
    assert isinstance(raised.value, KeyError)
    assert "built-in configuration" in str(raised.value)


def test_a_request_finds_the_source_whose_listing_it_asks_for(load, workplace):
    workplace.configure(TWO_SOURCES)
    assert load().find_by_request(Request("http://suixi.example/list/")) == ["suixi"]
    assert load().find_by_request(Request("http://suixi.example/")) == []


def test_a_renamed_source_keeps_its_posts(workplace, watched):
    (workplace.path / "dump.txt").write_bytes(SAMPLE.read_bytes())
    (workplace.path / "moved.txt").write_bytes(SAMPLE.read_bytes())
    watched.name = "old"
    watched.configure(url="dump.txt")
    first = watched.crawl()
    watched.name = "new"
    watched.configure(url="moved.txt", renamed_from="old")
    second = watched.crawl()
    assert (first.row.counts.new, second.row.counts.new, second.row.counts.unchanged) == (9, 0, 9)
    assert first.row.source_id == second.row.source_id
    assert {post.source_name for post in watched.posts().values()} == {"new"}
