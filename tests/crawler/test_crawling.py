"""Crawls as they are: `scrapy crawl` and `zhaoshang crawl` as child processes, over a local site and the saved dump."""

import json
import os
import signal
import threading
from datetime import UTC, datetime

import pytest

from monitor.crawl_process import run_crawl
from monitor.errors import CrawlRunning, DaemonRunning
from monitor.locks import FileLock, lock_crawl, lock_daemon
from monitor.models import CrawlCounts, PostStatus
from monitor.setup import SAMPLE, load_setup
from monitor.store import Store

A, B, C, D, E, F = TITLES = [f"【湛江招商】{sign}" for sign in "甲乙丙丁戊己"]
PAGES = {title: f"/{number}.html" for number, title in enumerate(TITLES, 1)}
# A page that does not answer in time is given up at once; all others come well within it.
IMPATIENT = ("-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_TIMEOUT=0.6")


@pytest.fixture
def publish(site):
    """Put listing pages on the site, each given by its titles and linked to the next; and the page of every post."""

    def put(*pages):
        names = ["/list.html", *(f"/list{number}.html" for number in range(2, len(pages) + 1))]
        for name, following, titles in zip(names, [*names[1:], ""], pages, strict=True):
            site.listing(name, [(PAGES[title], title, "2025-07-17") for title in titles], next_page=following)
        for title in {title for titles in pages for title in titles}:
            if PAGES[title] not in site.pages:
                site.post(PAGES[title], [f"{title}，总投资十亿元。", "第二段。"])

    return put


@pytest.fixture
def run(watched, workplace, monkeypatch):
    """run_crawl() over the watched source, in the workplace, as the daemon calls it."""
    monkeypatch.chdir(workplace.path)
    monkeypatch.setenv("PYTHONPATH", workplace._env({})["PYTHONPATH"])

    def call(stop=None, **more):
        setup = load_setup()
        return run_crawl(
            setup, watched.name, clock=lambda: datetime.now(UTC), set_now=False, stop=stop or threading.Event(), **more
        )

    return call


# -- the saved dump ---------------------------------------------------------------------------------------------------


def test_the_saved_dump_gives_nine_new_posts_once_and_a_revision_when_a_body_changes(builtin, workplace, in_subfolder):
    (workplace.path / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n", encoding="utf-8")
    first = builtin.crawl("-o", "out.jsonl")
    assert first.code == 0
    assert first.row.completed
    assert first.row.counts == CrawlCounts(pages=1, new=9, off_label=1)
    assert first.reasons("off-label") == {"【投资廉江市】2018年廉江市政府工作报告": "not 【…招商】"}
    assert first.last_line.endswith(
        "zhanjiang: crawl completed: end of the listing; 1 page, 9 new, 0 revised, 0 unchanged, 1 off-label,"
        f" 0 rejected, 0 errors; database {workplace.database}"
    )
    text = (workplace.path / "out.jsonl").read_text(encoding="utf-8")
    assert "【徐闻县招商】国内首个海上风电EPC总承包项目" in text  # as it is, not as \\u escapes
    exported = [json.loads(line) for line in text.splitlines()]
    assert {post["title"] for post in exported} == set(builtin.posts())
    assert {post["published_on"] for post in exported} == {"2025-07-16", "2025-07-17"}

    # The data lie beside scrapy.cfg, wherever one stands; and reading everything again changes nothing.
    again = in_subfolder.scrapy("crawl", "zhanjiang", "-a", "full=1").stderr.rstrip()
    assert "; 1 page, 0 new, 0 revised, 9 unchanged, 1 off-label, 0 rejected, 0 errors; " in again.splitlines()[-1]
    assert again.endswith(f"database {workplace.database}")

    other = workplace.path / "样 本 #1?%20[a].txt"
    saved = SAMPLE.read_text(encoding="utf-8")
    other.write_text(saved.replace("6月中旬,广东省湛江", "7月中旬,广东省湛江", 1), encoding="utf-8")
    changed = builtin.crawl("-a", f"url={other.name}")
    assert changed.row.counts == CrawlCounts(pages=1, revised=1, unchanged=8, off_label=1)
    assert builtin.posts()["【湛江招商】携手打造区域协作新样本"].revision == 2


def test_every_command_uses_the_one_database_beside_the_configuration(watched, workplace, in_subfolder, publish):
    publish([A])
    by_hand = workplace.scrapy("crawl", "site")
    assert by_hand.stderr.rstrip().endswith(f"database {workplace.database}")
    through = in_subfolder.zhaoshang("crawl")
    assert through.returncode == 0
    assert through.stderr == f"database: {workplace.database}\n"
    assert through.stdout == (
        "site: not modified since the last completed crawl; 1 page, 0 new, 0 revised, 1 unchanged, 0 off-label, 0 rejected, 0 errors\n"
    )
    databases = sorted(path.relative_to(workplace.path) for path in workplace.path.rglob("*.db"))
    assert [str(path) for path in databases] == ["data/archive.db", "data/zhaoshang.db"]
    assert list(watched.posts()) == [A]


# -- listings ---------------------------------------------------------------------------------------------------------


def test_follows_the_listing_to_what_is_known_and_reads_each_post_once(watched, site, publish):
    publish([C, B], [A])
    first = watched.crawl()
    assert (first.code, first.row.reason, first.row.counts.pages, first.row.counts.new) == (
        0,
        "end of the listing",
        2,
        3,
    )
    assert sorted(site.requests) == sorted(["/list.html", "/list2.html", PAGES[A], PAGES[B], PAGES[C]])
    assert {post.body for post in watched.posts().values()} == {f"{t}，总投资十亿元。\n第二段。" for t in (A, B, C)}

    site.requests.clear()
    publish([D, C], [B], [A])
    second = watched.crawl()
    assert (second.row.reason, second.row.counts.new, second.row.counts.unchanged) == (
        "nothing unknown on page 2",
        1,
        2,
    )
    assert sorted(site.requests) == sorted(["/list.html", "/list2.html", PAGES[D]])

    site.requests.clear()
    site.post(PAGES[A], ["总投资二十亿元。"])
    third = watched.crawl("-a", "full=1")
    assert third.row.counts == CrawlCounts(pages=3, revised=1, unchanged=3, visited=4)
    assert len(site.requests) == 8, "an edit is looked at twice"
    assert (watched.posts()[A].body, watched.posts()[A].revision) == ("总投资二十亿元。", 2)


def test_max_pages_is_a_complete_end_and_posts_that_move_or_share_an_address_are_told_apart(watched, site, publish):
    watched.configure(max_pages=1)
    publish([A], [B])
    site.post("/shared.html", ["两个项目。"])
    shared = [("/shared.html", C, "2025-07-17"), ("/shared.html", D, "2025-07-17")]
    site.listing("/list.html", [(PAGES[A], A, "2025-07-17"), *shared], next_page="/list2.html")
    first = watched.crawl()
    assert (first.code, first.row.reason, first.row.counts.new) == (
        0,
        "max_pages (1) reached, the listing goes on: older posts are not read",
        3,
    )
    assert watched.posts()[C].body == watched.posts()[D].body == "两个项目。"
    assert "/list2.html" not in site.requests

    site.listing("/list.html", [("/moved.html", A, "2025-07-17"), *shared])
    second = watched.crawl()
    assert second.row.counts == CrawlCounts(pages=1, moved=1, unchanged=2)
    assert second.last_line.count("1 moved") == 1
    assert watched.posts()[A].url == f"{site.url}/moved.html"
    assert len(watched.posts()) == 3


@pytest.fixture
def overrun(watched, publish):
    """A source of two pages at most, of which more than that is new since its completed crawl."""
    watched.configure(max_pages=2)
    publish([A])
    assert watched.crawl().row.reason == "end of the listing"
    publish([F], [E], [D], [A])
    return watched


MISSING = (
    "max_pages (2) reached, the listing goes on: older posts may be missing;"
    " raise max_pages, or crawl once with --full to go on without them"
)


@pytest.mark.long
def test_posts_behind_max_pages_are_told_by_every_crawl_until_it_is_raised_and_then_read(overrun, workplace):
    for _ in range(2):  # page 1 shows nothing new the second time, and that must not end it
        cut = overrun.crawl()
        assert (cut.code, cut.row.completed, cut.row.reason) == (1, False, MISSING)
        assert list(cut.reasons("warning").values()) == [MISSING]
    (source,) = json.loads(workplace.zhaoshang("status", "--json").stdout)["sources"]
    assert (source["completed"], source["reason"]) == (False, MISSING)
    assert "incomplete: max_pages (2) reached" in workplace.zhaoshang("status").stdout
    overrun.configure(max_pages=9)
    closing = overrun.crawl()
    assert (closing.code, closing.row.completed, closing.row.counts.new) == (0, True, 1)
    assert D in overrun.posts()


@pytest.mark.long
def test_a_full_crawl_goes_on_without_the_posts_behind_max_pages(overrun):
    assert not overrun.crawl().row.completed
    full = overrun.crawl("-a", "full=1")
    assert (full.code, full.row.reason) == (0, "max_pages (2) reached, the listing goes on: older posts are not read")
    assert overrun.crawl("-s", "RETRY_TIMES=0").row.completed
    assert D not in overrun.posts()


@pytest.mark.long
@pytest.mark.parametrize(
    ("lines", "completed"),
    [
        ([(F, "2025-07-17"), (A, "2025-07-10")], True),
        ([(A, "2025-07-10"), (F, "2025-07-17")], False),  # pinned
        ([(F, "2025-07-17"), (A, "2025-07-10"), (B, "2025-07-01")], True),  # moved up where another was taken away
        ([(F, ""), (A, "")], True),
        ([(A, ""), (F, "")], False),
    ],
)
def test_max_pages_leaves_no_gap_where_the_last_page_goes_down_to_what_is_known(
    watched, site, publish, lines, completed
):
    watched.configure(max_pages=1)
    publish([A])
    watched.crawl()
    site.listing("/list.html", [(PAGES[title], title, day) for title, day in lines], next_page="/list2.html")
    for title, _ in lines:
        site.post(PAGES[title], [f"{title}，总投资十亿元。"])
    assert watched.crawl().row.completed is completed


def test_max_requests_that_the_listing_alone_exceeds_says_what_to_set(watched, publish, workplace):
    publish([C], [B], [A])
    toml = (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")
    workplace.configure(toml.replace("delay = 0", "delay = 0\nmax_requests = 2"))
    cut = watched.crawl()
    assert (cut.row.completed, cut.row.reason) == (
        False,
        "max_requests (2) reached on page 2: the next crawl comes no further; set it above max_pages (10)",
    )
    told = workplace.zhaoshang("check-config", "--offline")
    assert told.returncode == 0
    assert (
        "--  source site: max_requests (2) is not above max_pages (10): a listing so long would never be read whole; "
        "raise max_requests" in told.stdout
    )


def test_a_listing_that_fails_or_yields_nothing_is_incomplete_and_says_why(workplace, site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", content_type="text/plain")
    site.listing("/private/list.html", [(PAGES[A], A, "2025-07-17")])
    site.put("/empty.html", "<html><body>系统维护中</body></html>")
    site.put("/busy.html", "busy", status=503)
    site.listing("/half.html", [(PAGES[A], A, "2025-07-17")], next_page="/gone.html")
    site.listing("/loop.html", [(PAGES[A], A, "2025-07-17")], next_page="/loop.html?page=2")
    site.pages["/loop.html?page=2"] = site.pages["/loop.html"]
    expected = {
        "/loop.html": "page 2 repeats an earlier one",
        "/empty.html": "page 1 of the listing: empty page (says 系统维护中)",
        "/half.html": "the listing failed: HTTP 404",
        "/private/list.html": "the listing failed: robots.txt forbids this page",
        "/busy.html": "the listing failed: HTTP 503",  # last: whoever comes after it waits as the host asked
    }
    names = {path: path.strip("/").replace("/", "-") for path in expected}
    tables = [
        f'[[source]]\nname = "{names[path]}"\nurl = "{site.url}{path}"\nallow_private = true\n' for path in expected
    ]
    workplace.configure("[crawl]\ndelay = 0\nparallel = 3\n" + "".join(tables))
    done = workplace.zhaoshang("crawl")
    assert done.returncode == 1
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    with Store(workplace.database) as store:
        states = {state.source.name: state for state in store.source_states()}
    for path, reason in expected.items():
        last = states[names[path]].last
        assert last is not None
        complete = path == "/loop.html"
        assert (last.reason, last.completed) == (reason, complete)
        assert states[names[path]].source.baseline_done == complete
        assert told[names[path]].startswith(("" if complete else "incomplete: ") + reason + ";")
    assert "/private/list.html" not in site.requests


# -- posts whose page fails -------------------------------------------------------------------------------------------


def test_a_post_whose_page_fails_stays_pending_until_it_is_read_and_that_is_no_revision(watched, site, publish):
    publish([A, B, C, D])
    site.put(PAGES[A], "not found", status=404)
    site.put(PAGES[B], "error", status=500)
    site.pages[PAGES[C]].delay = 2.0
    site.put("/robots.txt", f"User-agent: *\nDisallow: {PAGES[D]}\n", content_type="text/plain")
    first = watched.crawl(*IMPATIENT)
    reasons = {A: "HTTP 404", B: "HTTP 500", C: "no answer in time", D: "robots.txt forbids this page"}
    assert first.row.completed
    assert first.row.counts == CrawlCounts(pages=1, new=4, errors=4)
    assert first.reasons() == reasons
    for title, reason in reasons.items():
        post = watched.posts()[title]
        assert (post.status, post.attempts, post.last_error) == (PostStatus.PENDING, 1, reason)

    del site.pages["/robots.txt"]
    publish([E])  # the four have left the listing: they are retried all the same
    site.post(PAGES[A], ["补上的正文。"])
    second = watched.crawl(*IMPATIENT)
    assert (second.row.counts.new, second.row.counts.completed, second.row.counts.errors) == (1, 3, 2)
    third = watched.crawl(*IMPATIENT)
    assert (third.row.counts.completed, third.row.counts.errors) == (0, 2)
    posts = watched.posts()
    assert (posts[A].status, posts[A].body, posts[A].revision) == (PostStatus.COMPLETE, "补上的正文。", 1)
    assert [posts[title].attempts for title in (A, B, C, D)] == [1, 3, 3, 1]


# -- crawls that are cut short, and crawls at once --------------------------------------------------------------------


def test_a_killed_crawl_leaves_no_lock_and_the_next_one_closes_its_gap(watched, site, publish):
    publish([B], [A])
    assert watched.crawl().row.completed
    publish([E, D], [C, B], [A])
    site.pages["/list2.html"].delay = 20.0
    site.requests.clear()
    with watched.running("/list2.html") as crawl:
        crawl.send_signal(signal.SIGKILL)
        crawl.wait()
    site.pages["/list2.html"].delay = 0.0
    site.requests.clear()
    closing = watched.crawl()  # all of page 1 is known by now, and that must not end it
    assert closing.code == 0
    assert closing.row.completed
    assert "/list2.html" in site.requests
    assert {title: post.status for title, post in watched.posts().items()} == dict.fromkeys(
        (A, B, C, D, E), PostStatus.COMPLETE
    )
    with Store(watched.workplace.database) as store:
        killed = store.crawl(closing.row.id - 1)
    assert (killed.reason, killed.completed, killed.counts.new) == ("died", False, 2)


def test_a_second_crawl_is_refused_and_sigterm_ends_the_first_gracefully(watched, site, publish):
    publish([B], [A])
    site.pages["/list2.html"].delay = 1.0
    with watched.running("/list2.html") as crawl:
        crawl.send_signal(signal.SIGSTOP)  # it stays in the middle, however long the second one takes
        refused = watched.workplace.scrapy("crawl", "site")
        assert refused.returncode != 0
        (line,) = refused.stderr.splitlines()
        assert f"site is being crawled by process {crawl.pid} already" in line
        crawl.send_signal(signal.SIGTERM)
        crawl.send_signal(signal.SIGCONT)
        assert crawl.wait(timeout=20) == 1
    log = (watched.workplace.path / "crawl.log").read_text(encoding="utf-8")
    assert "site: crawl incomplete: shutdown; " in log.splitlines()[-1]
    with Store(watched.workplace.database) as store:
        (state,) = store.source_states()
    assert state.last is not None
    assert state.last.finished_at is not None
    assert (state.last.reason, state.last.completed, state.source.baseline_done) == ("shutdown", False, False)


def test_a_lock_names_its_holder_and_is_free_once_released(tmp_path):
    path = tmp_path / "locks" / "a.lock"
    with FileLock(path) as first:
        assert first.acquire() is None
        assert FileLock(path).acquire() == os.getpid()
        path.write_text("not a number", encoding="ascii")
        assert FileLock(path).acquire() == 0
    path.write_text("4194304000", encoding="ascii")  # what a dead process left is no lock
    with FileLock(path) as second:
        assert second.acquire() is None
        assert path.read_text(encoding="ascii") == str(os.getpid())


def test_locks_are_one_per_source_and_one_per_daemon(tmp_path):
    with lock_crawl(tmp_path, 1, "one"), lock_crawl(tmp_path, 2, "two"), lock_daemon(tmp_path):
        with pytest.raises(CrawlRunning, match=f"one is being crawled by process {os.getpid()} already"):
            lock_crawl(tmp_path, 1, "one")
        with pytest.raises(DaemonRunning, match=f"{tmp_path}: a daemon is running here already, process {os.getpid()}"):
            lock_daemon(tmp_path)
    lock_crawl(tmp_path, 1, "one").close()


# -- the crawl as the daemon starts it --------------------------------------------------------------------------------


def test_a_child_crawls_whatever_files_lie_in_the_folder_and_keeps_its_log(run, workplace, publish):
    publish([A])
    (workplace.path / "json.py").write_text("raise SystemExit('imported a stray file')", encoding="utf-8")
    outcome = run()
    assert outcome.error is None
    assert outcome.crawl is not None
    assert (outcome.crawl.completed, outcome.crawl.counts.new) == (True, 1)
    log = (workplace.data / "logs" / "site.log").read_text(encoding="utf-8")
    assert "site: crawl completed" in log.splitlines()[-1]


def test_a_child_that_is_refused_tells_why_in_a_line(run, workplace):
    with lock_crawl(workplace.data, 1, "site"):  # the first source of a database is number 1
        outcome = run()
    assert outcome.crawl is None
    assert outcome.error is not None
    assert f"site is being crawled by process {os.getpid()} already" in outcome.error


def test_a_child_that_dies_or_is_stopped_leaves_a_closed_and_incomplete_row(run, site, publish):
    publish([A])
    site.pages["/list.html"].delay = 1.5
    died = run(watch=lambda row: os.kill(row.pid, signal.SIGKILL))
    assert died.crawl is not None
    assert died.crawl.finished_at is not None
    assert (died.crawl.completed, died.error) == (False, "died")
    stop = threading.Event()
    stopped = run(stop, watch=lambda _: stop.set())
    assert stopped.crawl is not None
    assert (stopped.crawl.completed, stopped.crawl.reason, stopped.error) == (False, "shutdown", "shutdown")


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("import signal; os.kill(os.getpid(), signal.SIGKILL)", "it was killed by SIGKILL"),
        ("os._exit(7)", "exit code 7, without a word"),
        ("os.write(2, b'MemoryError: no room\\n'); os._exit(1)", "MemoryError: no room"),
    ],
)
def test_a_child_that_ends_before_its_first_word_is_not_given_those_of_the_crawl_before(
    run, workplace, monkeypatch, ending, reason
):
    logs = workplace.data / "logs"
    logs.mkdir(parents=True)
    (logs / "site.log").write_text("2025-07-14 08:00:00 ERROR site: crawl incomplete: HTTP 503\n", encoding="utf-8")
    # Python runs this before anything of ours.
    (workplace.path / "sitecustomize.py").write_text(f"import os\n{ending}\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(workplace.path), prepend=os.pathsep)
    assert run().error == f"the crawl did not start: {reason} (log: {logs / 'site.log'})"


def test_a_child_that_takes_too_long_is_ended(run, workplace, site, publish):
    publish([A])
    site.pages["/list.html"].delay = 1.5
    text = (workplace.path / "zhaoshang.toml").read_text(encoding="utf-8")
    workplace.configure(text.replace("delay = 0", 'delay = 0\ntimeout = "1s"'))
    outcome = run()
    assert outcome.error is not None
    assert outcome.crawl is None or not outcome.crawl.completed  # on a slow machine it has not even begun
    lock_crawl(workplace.data, 1, "site").close()  # it is gone
