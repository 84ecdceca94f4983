"""The commands as a user runs them: what they print, where, and with which exit code."""

import csv
import io
import json
import shutil
import sqlite3
import sys

import pytest

from monitor.text import width

MONDAY = "2025-07-21T08:00+08:00"


@pytest.fixture(scope="module")
def crawled_once(tmp_path_factory, workplace_in):
    """What a crawl of the built-in source leaves in a folder without configuration."""
    place = workplace_in(tmp_path_factory.mktemp("crawled"))
    done = place.zhaoshang("--now", MONDAY, "crawl")
    assert done.returncode == 0, done.stderr
    return place.data


@pytest.fixture
def crawled(workplace, crawled_once):
    """A workplace without configuration whose built-in source was crawled."""
    shutil.copytree(crawled_once, workplace.data)
    return workplace


def only_line(text: str) -> str:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_help_lists_every_command_without_importing_them(workplace):
    done = workplace.zhaoshang("--help")
    assert done.returncode == 0
    for name in ("init", "demo", "crawl", "digest", "deliver", "deliveries", "resend", "run", "status", "posts"):
        assert f"\n  {name} " in done.stdout
    probe = "import sys; from monitor.cli import cli; cli(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = workplace._run([sys.executable, "-c", probe], {}).stdout.split()
    assert not {"scrapy", "apscheduler", "pydantic", "rich", "sqlite_utils", "jinja2", "rapidfuzz", "rjieba"} & set(
        loaded
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("nosuch", "no such command 'nosuch'; see `zhaoshang --help`"),
        ("crwal", "no such command 'crwal'. Did you mean 'crawl'?"),
        ("source nosuch", "no such command 'nosuch'; see `zhaoshang source --help`"),
        ("demo --nosuch", "no such option '--nosuch'; see `zhaoshang demo --help`"),
        ("crawl --config", "option '--config' requires an argument; see `zhaoshang --help`"),
        ("source add x", "missing argument 'URL|FILE'; see `zhaoshang source add --help`"),
        ("deliver extra", "got unexpected extra argument (extra); see `zhaoshang deliver --help`"),
        ("posts --since 99", "invalid value for '--since': '99' is no day; write it as 2025-07-21"),
        ("replay --since 2025-02-30", "invalid value for '--since': '2025-02-30' is no day; write it as 2025-07-21"),
        ("probe", "name an address, a file, or a source with --source; see `zhaoshang probe --help`"),
    ],
)
def test_a_call_that_is_wrong_is_one_line_that_says_what_to_do(workplace, args, said):
    done = workplace.zhaoshang(*args.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert only_line(done.stderr) == f"zhaoshang: {said}"


def test_every_wrong_value_is_told_in_one_line(workplace):
    for args in (["run", "--tick", "0"], ["posts", "--limit", "x"], ["export", "--format", "q"], ["resend", "x"]):
        done = workplace.zhaoshang(*args)
        assert done.returncode == 2
        assert only_line(done.stderr).endswith(f"; see `zhaoshang {args[0]} --help`")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_silence(crawled, closed):
    command = f'"{sys.executable}" -m monitor.cli posts {closed}'
    done = crawled._run(["sh", "-c", command], {})
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert ("湛江" in done.stdout) == (">&-" not in closed.split())


def test_init_writes_a_configuration_that_is_valid_and_never_overwrites_one(workplace):
    assert workplace.zhaoshang("init").returncode == 0
    assert workplace.zhaoshang("check-config").returncode == 0
    again = workplace.zhaoshang("init")
    assert again.returncode == 1
    assert "exists already" in only_line(again.stderr)


def test_crawl_tells_each_source_and_the_database(crawled):
    again = crawled.zhaoshang("--now", MONDAY, "crawl", "zhanjiang")
    assert "0 new, 0 revised, 9 unchanged, 1 off-label" in only_line(again.stdout)
    assert str(crawled.database) in again.stderr


def test_digest_previews_without_changing_what_will_be_announced(crawled):
    preview = crawled.zhaoshang("--now", MONDAY, "digest", "2025-W29")
    assert "预览" in preview.stdout
    assert str(crawled.database) in preview.stderr
    assert str(crawled.database) not in preview.stdout
    frozen = crawled.zhaoshang("--now", MONDAY, "deliver")
    assert "froze 2025-W29" in frozen.stdout
    after = crawled.zhaoshang("--now", MONDAY, "digest", "2025-W29")
    assert "预览" not in after.stdout
    assert after.stdout.partition("## 旧闻重发")[2].count("\n| 广东省湛江市") >= 7
    assert (crawled.data / "digests" / "everyone" / "2025-W29.md").read_text(encoding="utf-8") == after.stdout


def test_digest_without_a_period_is_this_weeks(crawled):
    assert "2025-W30（2025-07-21 至 2025-07-27）" in crawled.zhaoshang("--now", MONDAY, "digest").stdout


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_digest_writes_every_format_to_a_file(crawled, form):
    target = crawled.path / f"out.{form}"
    done = crawled.zhaoshang("--now", MONDAY, "digest", "2025-W29", "--format", form, "--output", str(target))
    assert done.returncode == 0, done.stderr
    text = target.read_text(encoding="utf-8")
    assert "海上风电EPC总承包项目" in text
    if form == "json":
        assert json.loads(text)["period"]["key"] == "2025-W29"


def test_status_shows_sources_dues_and_deliveries(crawled):
    done = crawled.zhaoshang("--now", MONDAY, "status")
    assert "zhanjiang" in done.stdout
    assert "2025-07-21 08:00" in done.stdout
    assert "9 posts (0 pending), 1 off-label" in done.stdout
    told = json.loads(crawled.zhaoshang("--now", MONDAY, "status", "--json").stdout)
    assert told["sources"][0]["posts"] == 9
    assert told["audiences"] == [
        {
            "name": "everyone",
            "next_digest": "2025-07-28T00:00:00+00:00",
            "due": ["2025-W29"],
            "last_digest": None,
            "last_frozen": None,
            "last_sent": None,
        }
    ]
    assert "2025-07-28 08:00 (2025-W29 due now)" in done.stdout
    later = crawled.zhaoshang("--now", "2025-08-04T08:00", "status").stdout
    assert "2025-08-11 08:00 (3 from 2025-W29 to 2025-W31 due now)" in later
    crawled.zhaoshang("--now", MONDAY, "deliver")
    after = crawled.zhaoshang("--now", MONDAY, "status").stdout
    assert "2025-W29, sent 2025-07-21 08:00" in after
    assert "due now" not in after
    (audience,) = json.loads(crawled.zhaoshang("--now", MONDAY, "status", "--json").stdout)["audiences"]
    assert (audience["last_digest"], audience["last_sent"], audience["due"]) == (
        *("2025-W29", "2025-07-21T00:00:00+00:00", []),
    )


def test_tables_align_chinese_by_width(crawled):
    lines = crawled.zhaoshang("--now", MONDAY, "posts").stdout.splitlines()
    column = width(lines[0][: lines[0].index("state")])
    for line in lines[1:]:
        assert width(line[: line.rindex("complete")]) == column


def test_export_gives_every_post_as_json_lines_and_csv(crawled):
    lines = [json.loads(line) for line in crawled.zhaoshang("export").stdout.splitlines()]
    assert len(lines) == 9
    assert lines[0]["published_on"] == "2025-07-17"
    assert all(line["body"] for line in lines)
    target = crawled.path / "posts.csv"
    assert crawled.zhaoshang("export", "--format", "csv", "--output", str(target)).returncode == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert [row["title"] for row in rows] == [line["title"] for line in lines]


def test_resend_queues_a_delivery_of_its_own(crawled):
    crawled.zhaoshang("--now", MONDAY, "deliver")
    assert crawled.zhaoshang("--now", MONDAY, "resend", "1").returncode == 0
    listed = json.loads(crawled.zhaoshang("deliveries", "--json").stdout)
    assert [(one["id"], one["resend_of"], one["state"]) for one in listed] == [(2, 1, "sent"), (1, None, "sent")]
    missing = crawled.zhaoshang("resend", "99")
    assert missing.returncode == 1
    assert "there is no delivery 99" in missing.stderr


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('dta_dir = "x"', ["unknown key 'dta_dir'", "did you mean 'data_dir'?"]),
        (
            '[[audience]]\nname = "a"\nschedule = "moonday 08:00"',
            ["audience[1].schedule", "'moonday' is no day to fall due on"],
        ),
        ('[[source]]\nname = "a"\nurl = "ftp://x/"', ["[[source]] a", "ftp is not fetched"]),
        ("timezone = ", ["is not valid TOML"]),
    ],
)
def test_a_mistake_in_the_configuration_is_one_line_for_every_command(workplace, toml, words):
    workplace.configure(toml)
    for command in (["status"], ["check-config"], ["run"]):
        done = workplace.zhaoshang(*command)
        assert done.returncode == 1
        line = only_line(done.stderr)
        for word in [*words, "zhaoshang.toml"]:
            assert word in line
    by_hand = workplace.scrapy("list")
    assert by_hand.returncode != 0
    assert "Traceback" not in by_hand.stderr
    assert words[0] in by_hand.stderr


def mail(more: str, port: int) -> str:
    return (
        '[[source]]\nname = "a"\nurl = "http://127.0.0.1/"\n[channel.mail]\ntype = "email"\nhost = "127.0.0.1"\n'
        f'port = {port}\nsecurity = "plain"\nsender = "z@example.cn"\nrecipients = ["a@example.cn"]\n{more}\n'
    )


def test_check_config_names_a_missing_password_and_a_password_file_that_others_can_read(workplace, mail_server):
    workplace.configure(mail('username = "u"\npassword_env = "NO_SUCH_VARIABLE"', mail_server.port))
    missing = workplace.zhaoshang("check-config")
    assert missing.returncode == 1
    assert "the environment variable NO_SUCH_VARIABLE is not set" in missing.stdout
    secret = workplace.path / "secret"
    secret.write_text("geheim")
    secret.chmod(0o644)
    workplace.configure(mail('username = "u"\npassword_file = "secret"', mail_server.port))
    readable = workplace.zhaoshang("check-config")
    assert readable.returncode == 1
    assert "chmod 600" in readable.stdout
    assert "geheim" not in readable.stdout + readable.stderr


def test_check_config_logs_in_to_the_mail_server(workplace, mail_server_with_login):
    more = 'username = "zhoubao"\npassword_env = "MAIL_ENTRY"'
    workplace.configure(mail(more, mail_server_with_login.port))
    assert workplace.zhaoshang("check-config", MAIL_ENTRY="geheim").returncode == 0
    wrong = workplace.zhaoshang("check-config", MAIL_ENTRY="falsch")
    assert wrong.returncode == 1
    assert "refused the log-in of zhoubao" in wrong.stdout
    assert "falsch" not in wrong.stdout + wrong.stderr


def test_check_config_names_a_mail_server_that_cannot_be_reached(workplace):
    workplace.configure(mail("", 1))
    done = workplace.zhaoshang("check-config")
    assert done.returncode == 1
    assert "channel mail (127.0.0.1:1): cannot be reached" in done.stdout
    assert workplace.zhaoshang("check-config", "--offline").returncode == 0


@pytest.mark.parametrize("command", ["status", "posts", "export", "deliveries", "digest"])
def test_a_reading_command_without_a_database_says_how_to_get_one_and_makes_none(workplace, command):
    done = workplace.zhaoshang(command)
    assert done.returncode == 1
    assert "there is no database yet" in done.stderr
    assert "zhaoshang crawl" in done.stderr
    assert not workplace.database.exists()


def test_a_corrupt_database_is_one_line(crawled):
    data = bytearray(crawled.database.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    crawled.database.write_bytes(bytes(data))
    for name in ("-wal", "-shm"):
        crawled.database.with_name(crawled.database.name + name).unlink(missing_ok=True)
    done = crawled.zhaoshang("status")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "damaged" in done.stderr.splitlines()[-1]


def test_a_corrupt_archive_is_told_and_the_crawl_goes_on(workplace):
    archive = workplace.data / "archive.db"
    archive.parent.mkdir(exist_ok=True)
    archive.write_bytes(b"garbage")
    crawled = workplace.zhaoshang("crawl")
    assert crawled.returncode == 0
    assert "9 new" in crawled.stdout
    assert "1 error" in crawled.stdout
    told = f"{archive}: is not a SQLite database; it was left untouched; move it away with its -wal and -shm"
    assert told in crawled.stderr
    log = (workplace.data / "logs" / "zhanjiang.log").read_text(encoding="utf-8")
    assert log.count(f"{archive}: this crawl keeps no more pages: is not a SQLite database") == 1
    checked = workplace.zhaoshang("check-config")
    assert checked.returncode == 1
    assert f"!!  archive: {told}" in checked.stdout
    assert archive.read_bytes() == b"garbage"


def test_check_config_reads_the_archive_through(crawled):
    archive = crawled.data / "archive.db"
    assert f"OK  archive: {archive}: 1 pages" in crawled.zhaoshang("check-config").stdout
    with archive.open("r+b") as file:
        file.truncate(archive.stat().st_size // 2)
    checked = crawled.zhaoshang("check-config")
    assert checked.returncode == 1
    (line,) = (line for line in checked.stdout.splitlines() if line.startswith("!!"))
    assert str(archive) in line
    assert "is damaged" in line
    assert "move it away" in line


def test_a_foreign_database_is_refused_and_left_untouched(workplace):
    workplace.data.mkdir()
    other = sqlite3.connect(workplace.database)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = workplace.database.read_bytes()
    for done in (workplace.zhaoshang("status"), workplace.zhaoshang("crawl"), workplace.zhaoshang("run")):
        assert done.returncode == 1
        assert "another program" in done.stderr + done.stdout
    assert workplace.database.read_bytes() == before


def test_an_unknown_source_audience_period_and_command_name_what_there_is(crawled):
    assert "configured: zhanjiang" in crawled.zhaoshang("crawl", "nope").stderr
    assert "configured: everyone" in crawled.zhaoshang("digest", "--audience", "nope").stderr
    assert "2025-W29" in crawled.zhaoshang("digest", "2025-W60").stderr
    assert "Did you mean 'status'?" in crawled.zhaoshang("statu").stderr
    assert "is no time" in crawled.zhaoshang("--now", "yesterday", "status").stderr


def test_a_folder_below_finds_the_same_database(crawled):
    crawled.configure('[[source]]\nname = "x"\nurl = "dump.txt"\n')
    below = type(crawled)(crawled.path / "a" / "b")
    below.path.mkdir(parents=True)
    assert json.loads(below.zhaoshang("status", "--json").stdout)["database"] == str(crawled.database)
    assert below.scrapy("list").stdout == "x\n"


def test_check_config_names_a_source_file_that_is_not_there(workplace):
    workplace.configure('[[source]]\nname = "a"\nurl = "nofile.txt"\n')
    done = workplace.zhaoshang("check-config")
    assert done.returncode == 1
    assert f"there is no file {workplace.path}/nofile.txt" in done.stdout


def test_a_data_folder_that_is_a_file_is_told_in_one_line(workplace):
    workplace.configure('data_dir = "taken"\n[[source]]\nname = "a"\nurl = "http://127.0.0.1/"\n')
    (workplace.path / "taken").write_text("not a folder")
    for command in (["check-config"], ["run"], ["crawl"]):
        done = workplace.zhaoshang(*command)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "taken" in (done.stderr + done.stdout).splitlines()[-1]


def test_output_that_cannot_hold_chinese_or_finds_no_room_is_told_in_one_line(crawled):
    told = crawled.zhaoshang("posts", PYTHONIOENCODING="ascii")
    assert told.returncode == 1
    assert "PYTHONUTF8=1" in told.stderr.splitlines()[-1]
    command = f"{sys.executable} -m monitor.cli export > /dev/full"
    full = crawled._run(["sh", "-c", command], {})
    assert full.returncode == 1
    assert "No space left on device" in full.stderr
    assert "Traceback" not in full.stderr
