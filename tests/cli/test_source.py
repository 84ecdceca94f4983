"""`zhaoshang source …` as a user runs it: the file it leaves behind, what it says, and how it ends."""

import json
import os
import pty
import re
import subprocess
import sys
import tomllib

import pytest

LINES = [
    ("/1.html", "【湛江招商】海上风电项目开工建设", "2025-07-18"),
    ("/2.html", "【遂溪县招商】集中签约十个项目", "2025-07-17"),
    ("/3.html", "【投资廉江市】家电产业园招商推介", "2025-07-16"),
]
NOW = "2025-07-21T08:00+08:00"

pytestmark = pytest.mark.long  # each starts several processes of the product


@pytest.fixture
def listed(site):
    """A listing of two posts and an off-label entry, and its posts."""
    site.listing("/list.html", LINES, next_page="list_2.html")
    site.listing("/list_2.html", LINES)  # the same again, as some sites do: the end of the listing
    site.put("/list.html", site.pages["/list.html"].body.replace(b"<html>", "<html><title>湛江招商网</title>".encode()))
    for href, title, _ in LINES:
        site.post(href, [f"{title}，总投资十亿元，建设周期两年。"])
    return site


@pytest.fixture
def at_home(workplace):
    """A workplace after `zhaoshang init`, with less patience between two requests."""
    assert workplace.zhaoshang("init").returncode == 0
    workplace.configure(re.sub(r"(?m)^# delay = \S+", "delay = 0", config(workplace)))
    return workplace


def config(workplace) -> str:
    return (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")


def sources(workplace) -> list[dict]:
    return tomllib.loads(config(workplace)).get("source", [])


def add(workplace, name, url, *more):
    return workplace.zhaoshang("source", "add", name, url, "--yes", *more)


def refused(done) -> str:
    """The one line of a command that did nothing."""
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.strip().splitlines()
    return line


def test_init_and_add_make_a_clean_setup_that_crawls(at_home, listed):
    before = config(at_home)
    checked = at_home.zhaoshang("check-config")
    assert checked.returncode == 0
    assert "no source is configured yet; add one with `zhaoshang source add" in checked.stdout
    done = add(at_home, "zhanjiang", f"{listed.url}/list.html", "--allow-private", "--every", "12h", "--max-pages", "3")
    assert done.returncode == 0, done.stderr
    assert "【遂溪县招商】集中签约十个项目" in done.stdout
    assert "1 off-label" in done.stdout
    assert sources(at_home) == [
        {
            "name": "zhanjiang",
            "url": f"{listed.url}/list.html",
            "title": "湛江招商网",
            "label": "【…招商】",
            "every": "12h",
            "max_pages": 3,
            "allow_private": True,
        }
    ]
    assert "\n\n[[source]]\n" in config(at_home)
    table = config(at_home).partition("\n[[source]]\n")[2].partition("\n\n")[0]
    assert config(at_home).replace(f"[[source]]\n{table}\n\n", "") == before
    assert at_home.zhaoshang("check-config").returncode == 0
    crawled = at_home.zhaoshang("--now", NOW, "crawl")
    assert "2 new" in crawled.stdout, crawled.stderr


@pytest.mark.parametrize(
    ("name", "path", "more", "words"),
    [
        ("a", "/list.html", [], "there is a source named 'a' already"),
        ("b", "/old.html#top", [], "is watched already, as 'a'"),
        ("no/name", "/list.html", [], "'no/name' is no name"),
        ("b", "/list.html", ["--every", "soon"], "'soon' is no duration"),
        ("b", "/list.html", ["--label", " "], "a label pattern cannot be empty"),
        ("b", "/list.html", ["--label", "…乡村振兴…"], "none of 3 titles fits …乡村振兴…"),
        ("b", "/gone.html", [], "HTTP 404; nothing was written"),
        ("b", "/empty.html", [], "nothing was written"),
    ],
)
def test_what_is_refused_is_one_line_and_leaves_the_file(workplace, listed, name, path, more, words):
    listed.put("/empty.html", "<html><body><p>关于我们</p></body></html>")
    workplace.configure(f'[[source]]\nname = "a"\nurl = "{listed.url}/old.html"\n')
    before = config(workplace)
    line = refused(add(workplace, name, listed.url + path, "--allow-private", *more))
    assert words in line
    assert config(workplace) == before


def test_what_the_file_would_not_take_is_refused_before_the_site_is_asked(at_home, listed):
    refused(add(at_home, "no/name", f"{listed.url}/list.html", "--allow-private"))
    assert listed.log == []


def test_force_writes_a_source_of_which_nothing_was_found(at_home, site):
    done = add(at_home, "later", f"{site.url}/gone.html", "--allow-private", "--force")
    assert done.returncode == 0
    assert "HTTP 404" in done.stderr
    assert sources(at_home) == [
        {"name": "later", "url": f"{site.url}/gone.html", "label": "【…招商】", "allow_private": True}
    ]


def test_without_a_configuration_the_user_is_told_to_make_one(workplace, listed):
    assert "zhaoshang init" in refused(add(workplace, "a", f"{listed.url}/list.html"))
    assert listed.log == []


def test_without_a_terminal_and_yes_nothing_is_asked_of_anybody(at_home, listed):
    for command in (["add", "a", f"{listed.url}/list.html"], ["remove", "a"]):
        done = at_home.zhaoshang("source", *command)
        assert done.returncode == 1
        (line,) = done.stderr.strip().splitlines()
        assert "--yes" in line or "no source named" in line
    assert listed.log == []


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 0)])
def test_on_a_terminal_it_shows_and_asks(at_home, listed, answer, code):
    master, terminal = pty.openpty()
    try:
        os.write(master, f"{answer}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "monitor.cli", "source", "add", "a", f"{listed.url}/list.html", "--allow-private"],
            cwd=at_home.path,
            env=at_home._env({}),
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(master)
        os.close(terminal)
    assert done.returncode == code, done.stderr
    assert "[[source]]" in done.stdout
    assert len(sources(at_home)) == (1 if code == 0 else 0)


def test_a_local_file_is_named_as_seen_from_the_configuration(at_home, listed):
    (at_home.path / "saved").mkdir()
    (at_home.path / "saved" / "list.html").write_bytes(listed.pages["/list.html"].body)
    assert add(at_home, "saved", "saved/list.html").returncode == 0
    assert sources(at_home)[0]["url"] == "saved/list.html"
    below = type(at_home)(at_home.path / "saved")
    again = refused(add(below, "again", "list.html"))
    assert "is watched already, as 'saved'" in again
    assert at_home.zhaoshang("source", "test").returncode == 0


def test_pause_keeps_a_source_from_bare_crawls_and_resume_gives_the_file_back(at_home, listed):
    add(at_home, "zj", f"{listed.url}/list.html", "--allow-private")
    before = config(at_home)
    assert at_home.zhaoshang("source", "pause", "zj").returncode == 0
    assert "paused already" in at_home.zhaoshang("source", "pause", "zj").stdout
    listed.requests.clear()
    assert "every source is paused" in at_home.zhaoshang("--now", NOW, "crawl").stderr
    assert listed.requests == []
    assert at_home.zhaoshang("--now", NOW, "crawl", "zj").returncode == 0
    assert "/list.html" in listed.requests
    status = at_home.zhaoshang("--now", NOW, "status").stdout
    assert next(line for line in status.splitlines() if line.startswith("zj ")).rstrip().endswith("paused")
    assert json.loads(at_home.zhaoshang("--now", NOW, "status", "--json").stdout)["sources"][0]["paused"] is True
    assert "已暂停" in at_home.zhaoshang("--now", NOW, "digest").stdout
    assert at_home.zhaoshang("source", "resume", "zj").returncode == 0
    assert config(at_home) == before
    assert "zj is active already" in at_home.zhaoshang("source", "resume", "zj").stdout
    assert "no source named 'nope'" in refused(at_home.zhaoshang("source", "pause", "nope"))


def test_remove_takes_the_table_and_keeps_the_posts(at_home, listed):
    before = config(at_home)
    add(at_home, "zj", f"{listed.url}/list.html", "--allow-private")
    assert at_home.zhaoshang("--now", NOW, "crawl").returncode == 0
    assert "--yes" in refused(at_home.zhaoshang("source", "remove", "zj"))
    done = at_home.zhaoshang("source", "remove", "zj", "--yes")
    assert "its 2 posts are kept" in done.stdout
    assert config(at_home) == before
    (left,) = json.loads(at_home.zhaoshang("source", "list", "--json").stdout)
    assert (left["name"], left["state"], left["posts"]) == ("zj", "not configured", 2)
    assert "no source named 'zj'" in refused(at_home.zhaoshang("source", "remove", "zj", "--yes"))
    again = add(at_home, "zj", f"{listed.url}/list.html", "--allow-private")
    assert "its 2 posts go on with it" in again.stdout


def test_list_shows_every_source_with_its_state(workplace, listed):
    workplace.configure(
        f'[[source]]\nname = "zj"\ntitle = "湛江"\nurl = "{listed.url}/list.html"\nallow_private = true\n'
        '[[source]]\nname = "gd"\nurl = "https://gd.example/"\npaused = true\n'
    )
    assert workplace.zhaoshang("--now", NOW, "crawl", "zj").returncode == 0
    told = json.loads(workplace.zhaoshang("--now", NOW, "source", "list", "--json").stdout)
    assert [(one["name"], one["title"], one["state"], one["posts"]) for one in told] == [
        ("zj", "湛江", "healthy", 2),
        ("gd", "gd", "paused", 0),
    ]
    assert told[0]["last_crawl"].startswith("2025-07-21T00:00")
    shown = workplace.zhaoshang("source", "list").stdout
    assert "2025-07-21 08:00" in shown
    assert "https://gd.example/" in shown


def test_test_says_of_each_source_in_a_line_whether_it_is_well(workplace, listed):
    listed.listing("/none.html", [("/9.html", "关于举办招商推介会的通知", "2025-07-18"), *LINES[2:]])
    tables = {"zj": "/list.html", "gone": "/gone.html", "label": "/none.html", "off": "/list.html?paused"}
    workplace.configure(
        "[crawl]\ndelay = 0\n"
        + "".join(
            f'[[source]]\nname = "{name}"\nurl = "{listed.url}{path}"\nallow_private = true\n'
            + ("paused = true\n" if name == "off" else "")
            for name, path in tables.items()
        )
    )
    done = workplace.zhaoshang("--now", NOW, "source", "test")
    assert done.returncode == 1
    well, gone, label = done.stdout.splitlines()
    assert well == f"OK  zj: 2 records (1 off-label), newest 2025-07-18, next page {listed.url}/list_2.html"
    assert gone == "!!  gone: HTTP 404"
    assert label == "!!  label: none of 2 titles fits 【…招商】"
    assert workplace.zhaoshang("--now", NOW, "source", "test", "zj").returncode == 0


def test_a_linked_configuration_and_windows_line_ends_survive_an_edit(workplace):
    real = workplace.path / "real.toml"
    real.write_bytes(b'\xef\xbb\xbf# mine\r\n[[source]]\r\nname = "a"\r\nurl = "https://a.example/"\r\n')
    (workplace.path / "zhaoshang.toml").symlink_to(real)
    assert workplace.zhaoshang("source", "pause", "a").returncode == 0
    assert (workplace.path / "zhaoshang.toml").is_symlink()
    assert real.read_bytes().endswith(b'url = "https://a.example/"\r\npaused = true\r\n')


def test_sources_in_an_inline_array_are_refused_in_one_line(workplace):
    workplace.configure('source = [{name = "a", url = "https://a.example/"}]\n')
    for command in (["pause", "a"], ["remove", "a", "--yes"]):
        assert "write them as [[source]] tables" in refused(workplace.zhaoshang("source", *command))
