"""`zhaoshang probe` as a user runs it: from a file, from standard input, from a site; for people and for programs."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from monitor.config import Config
from monitor.text import width

SAMPLE = Path(__file__).parent.parent.parent / "crawler" / "samples" / "zhanjiang-2025-07-17.txt"
NOW = "2025-07-21T08:00+08:00"
LINES = [
    ("./t1.html", "【湛江招商】海上风电项目开工建设", "2025-07-18"),
    ("./t2.html", "【遂溪县招商】集中签约十个项目", "2025-07-17"),
    ("./t3.html", "【投资廉江市】家电产业园招商推介", "2025-07-16"),
    ("./t4.html", "【吴川招商】羽绒产业项目落户投产", "2025-07-15"),
]
PLAIN = [(href, title.partition("】")[2], day) for href, title, day in LINES]


@pytest.fixture
def page(workplace, site):
    """A saved listing with relative links, written by the test's own site."""
    site.listing("/list.html", LINES, next_page="list_2.html")
    path = workplace.path / "saved.html"
    path.write_bytes(site.pages["/list.html"].body.replace(b"<html>", "<html><title>招商动态</title>".encode()))
    return path


def probe(workplace, *args: str, code: int = 0) -> dict:
    """`probe --json`, which prints exactly one object whatever happens."""
    done = workplace.zhaoshang("--now", NOW, "probe", "--json", *args)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == (1 if code else 0), done.stderr
    return json.loads(done.stdout)


def test_the_saved_dump_is_told_record_by_record(workplace):
    found = probe(workplace, str(SAMPLE))
    assert list(found)[:6] == ["method", "charset", "entries", "skipped", "next_page", "warnings"]
    assert (len(found["entries"]), len(found["skipped"])) == (9, 1)
    first = found["entries"][0]
    assert list(first) == ["title", "label", "url", "date", "summary", "body"]
    assert first["label"] == "湛江招商"
    assert first["date"] == "2025-07-17"
    assert first["body"]
    assert list(found["skipped"][0]) == ["title", "url", "date"]
    assert found["skipped"][0]["title"].startswith("【投资廉江市】")
    assert (found["next_page"], found["blocked"], found["error"], found["label"]) == (None, None, None, "【…招商】")


def test_a_saved_page_knows_its_links_when_told_where_it_comes_from(workplace, page):
    found = probe(workplace, page.name, "--base-url", "https://zj.example/zs/list.html")
    assert [entry["url"] for entry in found["entries"]] == [
        "https://zj.example/zs/t1.html",
        "https://zj.example/zs/t2.html",
        "https://zj.example/zs/t4.html",
    ]
    assert found["next_page"] == "https://zj.example/zs/list_2.html"
    assert found["url"] == "https://zj.example/zs/list.html"
    assert found["warnings"] == []


def test_without_that_only_whole_addresses_count_and_a_warning_says_why(workplace, page):
    found = probe(workplace, page.name)
    assert {entry["url"] for entry in found["entries"]} == {None}
    assert any("--base-url" in warning for warning in found["warnings"])


@pytest.mark.long
def test_the_label_of_the_titles_is_found_or_every_title_admitted(workplace, site):
    site.listing("/plain.html", PLAIN)
    (workplace.path / "plain.html").write_bytes(site.pages["/plain.html"].body)
    found = probe(workplace, "plain.html")
    assert (len(found["entries"]), found["label"], found["entries"][0]["label"]) == (4, "…", None)
    assert any("no title has a label like 【…招商】" in warning for warning in found["warnings"])
    assert 'label = "…"' in found["source_table"]
    wished = probe(workplace, "plain.html", "--label", "…项目…")
    assert [entry["title"] for entry in wished["entries"]] == [PLAIN[0][1], PLAIN[1][1], PLAIN[3][1]]
    nothing = probe(workplace, "plain.html", "--label", "【…招商】")
    assert (nothing["entries"], len(nothing["skipped"])) == ([], 4)
    assert "no title fits the label pattern 【…招商】" in nothing["warnings"]


def test_standard_input_is_read_as_a_page(workplace, page):
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", "probe", "-", "--json", "--base-url", "https://zj.example/list.html"],
        cwd=workplace.path,
        env=workplace._env({}),
        input=page.read_bytes(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entries"][0]["url"] == "https://zj.example/t1.html"


def test_a_content_type_can_be_given_for_a_file(workplace, page):
    path = workplace.path / "gbk.html"
    path.write_bytes(page.read_bytes().decode().encode("gbk"))
    found = probe(workplace, "gbk.html", "--content-type", "text/html; charset=GBK")
    assert found["entries"][0]["title"] == LINES[0][1]
    assert found["charset"].lower() in ("gbk", "gb18030")


@pytest.mark.long
def test_the_table_it_suggests_is_valid_and_reads_that_page(workplace, page):
    found = probe(workplace, page.name, "--base-url", "https://www.zhanjiang.gov.cn/zs/list.html")
    (source,) = Config.model_validate(tomllib.loads(found["source_table"])).source
    assert (source.name, source.title, source.label) == ("zhanjiang", "招商动态", "【…招商】")
    assert source.url == "https://www.zhanjiang.gov.cn/zs/list.html"
    again = probe(workplace, page.name)
    assert f'url = "{page.name}"' in again["source_table"]


def test_a_post_is_told_in_paragraphs(workplace, site):
    site.post("/t1.html", ["海上风电项目今日开工，总投资十亿元，建设周期两年。", "项目建成后年发电量可观，带动就业。"])
    (workplace.path / "post.html").write_bytes(site.pages["/t1.html"].body)
    found = probe(workplace, "post.html", "--post")
    assert list(found)[:6] == ["title", "body", "published", "source", "attachments", "warnings"]
    assert found["body"] == ["海上风电项目今日开工，总投资十亿元，建设周期两年。", "项目建成后年发电量可观，带动就业。"]
    shown = workplace.zhaoshang("probe", "post.html", "--post")
    assert "项目建成后年发电量可观，带动就业。" in shown.stdout


def test_a_page_without_records_is_exit_code_one_with_its_object(workplace):
    (workplace.path / "empty.html").write_text("<html><body><p>关于我们</p></body></html>")
    found = probe(workplace, "empty.html", code=1)
    assert (found["entries"], found["skipped"], found["source_table"]) == ([], [], None)
    shown = workplace.zhaoshang("probe", "empty.html")
    assert shown.returncode == 1
    assert len(shown.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("nofile.html", "there is no such file; an address starts with http"),
        (".", "is a folder"),
        ("ftp://zj.example/list", "ftp is not fetched"),
        ("http://", "has no host"),
        ("http://zj.example:99999/", "is no address"),
        ("www.zj.example/list", "there is no such file; an address starts with http"),
        ("~nobody-at-all/x", "nobody-at-all"),
        ("x" * 5000, "too long"),
    ],
)
def test_what_is_no_page_is_told_in_one_line(workplace, target, words):
    done = workplace.zhaoshang("probe", target)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert words in done.stderr
    assert done.stderr.count(target) <= 1  # it is not named twice


@pytest.mark.parametrize("standard_input", ["<&-", "</dev/null"])
def test_a_standard_input_without_a_page_is_told_in_one_line(workplace, standard_input):
    done = workplace._run(["sh", "-c", f'"{sys.executable}" -m monitor.cli probe - {standard_input}'], {})
    assert (done.returncode, done.stderr) == (1, "zhaoshang: -: empty page (no bytes); pipe a saved page into it\n")
    by_scrapy = workplace._run(["sh", "-c", f'"{sys.executable}" -m scrapy probe - {standard_input}'], {})
    assert (by_scrapy.returncode, by_scrapy.stderr) == (1, "probe: -: empty page (no bytes)\n")


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["a", "b"],
        ["--nonsense", "a"],
    ],
)
def test_a_wrong_call_is_exit_code_two(workplace, args):
    assert workplace.zhaoshang("probe", *args).returncode == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--label", "  "], "a label pattern cannot be empty"),
        (["--base-url", "zj.example"], "is no address"),
        (["--source", "nope"], "there is no source named 'nope'"),
        (["--proxy", "socks5://h:1"], "is no proxy"),
        (["--proxy", "http://u:geheim@h:1"], "passwords do not stand"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(workplace, page, args, words):
    done = workplace.zhaoshang("probe", page.name, *args)
    assert done.returncode == 1
    assert words in done.stderr.strip()
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_larger_than_the_ceiling_is_refused(workplace, page):
    workplace.configure("[crawl]\nmax_response_mb = 1\n")
    page.write_bytes(page.read_bytes() + b" " * 2**20)
    assert "is larger than 1 MB" in probe(workplace, page.name, code=1)["error"]


def test_a_table_for_people_aligns_chinese_and_sets_the_off_label_apart(workplace, page):
    shown = workplace.zhaoshang("--now", NOW, "probe", page.name, "--base-url", "https://zj.example/list.html")
    assert shown.returncode == 0
    records, _, rest = shown.stdout.partition("off-label")
    lines = [line for line in records.splitlines() if "https://zj.example/t" in line]
    assert len(lines) == 3
    assert len({width(line[: line.index("https://")]) for line in lines}) == 1
    assert "【投资廉江市】家电产业园招商推介" not in records
    assert "【投资廉江市】家电产业园招商推介" in rest
    for words in ("next page: https://zj.example/list_2.html", "charset:   utf-8", "[[source]]", 'name = "zj-example"'):
        assert words in rest


def test_titles_cannot_act_on_the_terminal(workplace, site):
    evil = "【湛江招商】\x1b[31m红\x07[bold]字[/bold]\u202e\x9b2J项目开工"
    site.listing("/list.html", [("https://zj.example/1\x1b]0;x", evil, "2025-07-18"), *LINES[1:]])
    (workplace.path / "evil.html").write_bytes(site.pages["/list.html"].body)
    shown = workplace.zhaoshang("--now", NOW, "probe", "evil.html")
    raw = workplace.zhaoshang("--now", NOW, "probe", "--json", "evil.html")
    for text in (shown.stdout, raw.stdout):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    assert "[bold]" in shown.stdout
    assert len(json.loads(raw.stdout)["entries"]) == 3


def test_the_settings_of_a_source_are_used(workplace):
    rows = "".join(f"<p class=r><b>【湛江招商】第{n}个项目开工</b><i>2025-07-1{n}</i></p>" for n in range(1, 4))
    (workplace.path / "odd.html").write_text(f"<html><body><div>{rows}</div></body></html>")
    workplace.configure(
        '[[source]]\nname = "odd"\nurl = "odd.html"\n[source.select]\nrecords = "p.r"\ntitle = "b"\ndate = "i"\n'
    )
    found = probe(workplace, "--source", "odd")
    assert [(e["title"], e["date"]) for e in found["entries"]] == [
        (f"【湛江招商】第{n}个项目开工", f"2025-07-1{n}") for n in range(1, 4)
    ]
    assert found["source_table"] is None


@pytest.mark.long
def test_a_page_of_a_site_is_fetched_as_a_crawl_would(workplace, site):
    site.listing("/list.html", LINES, next_page="list_2.html")
    found = probe(workplace, f"{site.url}/list.html", "--allow-private")
    assert site.requests == ["/list.html"]
    assert [asked.path for asked in site.log] == ["/robots.txt", "/list.html"]
    assert site.log[1].headers["user-agent"].startswith("zhaoshang/")
    assert found["entries"][0]["url"] == f"{site.url}/t1.html"
    assert found["next_page"] == f"{site.url}/list_2.html"
    assert "allow_private = true" in found["source_table"]
    assert not (workplace.path / "data").exists()


@pytest.mark.parametrize(
    ("path", "args", "words"),
    [
        ("/gone.html", ["--allow-private"], "HTTP 404"),
        ("/list.html", [], "--allow-private"),
        ("/list.html", ["--allow-private", "--proxy", "http://127.0.0.1:1"], "refused"),
    ],
)
@pytest.mark.long
def test_a_page_that_cannot_be_had_is_told_in_one_line(workplace, site, path, args, words):
    site.listing("/list.html", LINES)
    done = workplace.zhaoshang("probe", "--json", site.url + path, *args)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert json.loads(done.stdout)["error"]


@pytest.mark.long
def test_robots_txt_that_forbids_the_page_is_a_named_state(workplace, site):
    site.listing("/list.html", LINES)
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n", content_type="text/plain")
    found = probe(workplace, f"{site.url}/list.html", "--allow-private", code=1)
    assert "robots.txt forbids this page" in found["error"]
    assert site.requests == []


@pytest.mark.long
def test_a_list_behind_a_known_call_is_followed_to_its_records(workplace, site):
    shell = "<html><head><title>信息公开</title></head><body><div id='app'></div><script>var a = {SID: '2'};</script>"
    articles = [
        {"title": title, "url": f"{site.url}/gkmlpt/content/{n}.html", "display_publish_time": 1752800000 - n * 86400}
        for n, (_, title, _) in enumerate(LINES)
    ]
    site.put("/gkmlpt/index", shell)
    site.put(
        "/gkmlpt/api/all/5?page=1&sid=2",
        json.dumps({"articles": articles, "total": 4}),
        content_type="application/json",
    )
    found = probe(workplace, f"{site.url}/gkmlpt/index#5", "--allow-private")
    assert site.requests == ["/gkmlpt/index", "/gkmlpt/api/all/5?page=1&sid=2"]
    assert [entry["title"] for entry in found["entries"]] == [LINES[0][1], LINES[1][1], LINES[3][1]]
    assert found["call"]["url"] == f"{site.url}/gkmlpt/api/all/5?page=1&sid=2"
    assert (found["call"]["method"], found["call"]["body"]) == ("GET", "")
    assert found["url"] == f"{site.url}/gkmlpt/index#5"
    assert 'title = "信息公开"' in found["source_table"]
    (workplace.path / "shell.html").write_text(shell)
    saved = probe(workplace, "shell.html", "--base-url", f"{site.url}/gkmlpt/index#5", code=1)
    assert (saved["next_page"], saved["call"]["url"]) == (found["call"]["url"], found["call"]["url"])
    assert saved["entries"] == []
    assert workplace.zhaoshang("probe", "shell.html", "--base-url", f"{site.url}/gkmlpt/index#5").returncode == 1
