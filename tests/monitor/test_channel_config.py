"""`[channel.NAME]` of robots, webhooks, Apprise and commands: what is refused, in which words, and where files lie."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import CommandChannelConfig, DingtalkChannelConfig, WebhookChannelConfig
from monitor.errors import ConfigError, SecretError
from monitor.reload import resolved
from monitor.setup import Setup, load_setup

MAIL = 'type = "email"\nhost = "h"\nsender = "a@b.cn"\nrecipients = ["c@d.cn"]'
KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
Read = Callable[[str], Setup]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a zhaoshang.toml with one channel table."""

    def write_and_read(keys: str) -> Setup:
        path = tmp_path / "zhaoshang.toml"
        path.write_text(f"[channel.x]\n{keys}\n", encoding="utf-8")
        return load_setup(path)

    return write_and_read


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "webhook", "apprise"])
def test_an_address_comes_from_one_place(read: Read, kind: str) -> None:
    assert read(f'type = "{kind}"\nurl_env = "A"').config.channels["x"].type == kind
    for keys in ("", 'url_env = "A"\nurl_file = "b"'):
        with pytest.raises(ConfigError, match=r"channel\.x: name (either|one of)"):
            read(f'type = "{kind}"\n{keys}')


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (f'type = "wecom"\nurl = "https://q.example/send?key={KEY}"', "use url_env or url_file"),
        (f'type = "dingtalk"\nurl_env = "A"\nsecret = "{KEY}"', "use secret_env or secret_file"),
        (f'type = "wecom"\nurl_env = "https://q.example/{KEY}"', "must be the name of an environment variable"),
        (f'type = "apprise"\nurl_env = "tgram://{KEY}/1"', "must be the name of an environment variable"),
        (f'type = "webhook"\nurl = "https://h.example/"\nsecret_env = "{KEY}"', "must be the name of an environment"),
        (f'{MAIL}\nusername = "u"\npassword_env = "{KEY}"', "must be the name of an environment variable"),
        ('type = "wecom"\nurl_env = "A"\nsecret_env = "B"', "unknown key 'secret_env'"),
        ('type = "feishu"\nurl_env = "A"\nsecret_env = "B"\nsecret_file = "c"', "exclude each other"),
        (f'type = "webhook"\nurl = "https://u:{KEY}@h.example/"', "use url_env or url_file for the whole address"),
        (f'type = "webhook"\nurl = "https://h.example/"\nproxy = "http://u:{KEY}@p.example:1"', 'write "env:NAME"'),
        ('type = "webhook"\nurl = "https://h.example/"\ntimeout = "3m"', 'the longest timeout of a channel is "2m"'),
        ('type = "command"\ncommand = []', "at least 1 item"),
        ('type = "command"\ncommand = [""]', "write the program and each of its arguments apart"),
        ('type = "command"\ncommand = "notify"', "write it in brackets"),
        ('type = "command"\ncommand = ["a"]\nformat = "pdf"', "'md', 'html' or 'json'"),
        ('url_env = "A"', "add one of: file, email, wecom, dingtalk, feishu, webhook, apprise, command"),
        ('type = "weecom"\nurl_env = "A"', "'wecom'"),
    ],
)
def test_a_mistake_is_one_line_that_holds_no_secret(read: Read, keys: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(keys)
    told = str(caught.value)
    assert words in told
    assert KEY not in told
    assert "\n" not in told


def test_files_and_programs_lie_beside_the_configuration(read: Read, tmp_path: Path) -> None:
    robot = read('type = "dingtalk"\nurl_file = "a.url"\nsecret_file = "keys/a.secret"').config.channels["x"]
    assert isinstance(robot, DingtalkChannelConfig)
    assert (robot.url_file, robot.secret_file) == (tmp_path / "a.url", tmp_path / "keys/a.secret")
    for written, whole in (
        ("./notify", str(tmp_path / "notify")),
        ("bin/notify", str(tmp_path / "bin/notify")),
        ("notify", "notify"),
        ("/usr/bin/notify", "/usr/bin/notify"),
    ):
        program = read(f'type = "command"\ncommand = ["{written}", "./as-it-is"]').config.channels["x"]
        assert isinstance(program, CommandChannelConfig)
        assert program.command == (whole, "./as-it-is")
        assert program.timeout == timedelta(minutes=1)


def test_a_copy_elsewhere_means_the_same_files(read: Read, tmp_path: Path) -> None:
    for keys in ('type = "feishu"\nurl_file = "a.url"', 'type = "command"\ncommand = ["./a", "b"]'):
        setup = read(keys)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        (elsewhere / "in-force.toml").write_text(resolved((tmp_path / "zhaoshang.toml").read_text(), setup))
        assert load_setup(elsewhere / "in-force.toml").config.channel == setup.config.channel


def test_secrets_are_read_when_they_are_needed(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = read('type = "webhook"\nurl_file = "a.url"\nsecret_env = "HOOK_SECRET"').config.channels["x"]
    assert isinstance(hook, WebhookChannelConfig)
    with pytest.raises(SecretError, match="the url file cannot be read: No such file or directory; check url_file"):
        hook.address()
    (tmp_path / "a.url").write_bytes(b"\xff" + KEY.encode())
    (tmp_path / "a.url").chmod(0o600)
    with pytest.raises(SecretError, match="the url file is not UTF-8") as caught:
        hook.address()
    assert caught.value.__cause__ is None
    (tmp_path / "a.url").write_text("https://h.example/\n")
    assert hook.address() == "https://h.example/"
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    with pytest.raises(SecretError, match="HOOK_SECRET is not set; set it, or name a file in secret_file"):
        hook.signing_secret()
