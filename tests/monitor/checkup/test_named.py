"""What zhaoshang.toml names: channels, files, proxies, a browser; and the file itself when it is broken."""

import os
import threading
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

from digests import pdf
from monitor.checkup.browser import browser
from monitor.checkup.channels import channel, operator, seconds
from monitor.checkup.configuration import configuration, read, source_file, source_proxy
from monitor.checkup.finding import Finding, advice, failed, fine, wrong
from monitor.checkup.rounds import Check
from monitor.config import EmailChannelConfig, FileChannelConfig, OperatorConfig, SourceConfig
from monitor.errors import ConfigError, PdfError
from monitor.reload import COPY_NAME
from monitor.setup import load_setup

# -- findings ----------------------------------------------------------------------------------------------------------


def test_a_finding_is_one_line_with_what_to_do() -> None:
    assert fine("disk", "9 GB free").line == "OK  disk: 9 GB free"
    assert wrong("disk", "full", "free some\nroom").line == "!!  disk: full; free some room"
    assert advice("healthz", "no address").line == "--  healthz: no address"


def test_an_error_becomes_a_finding_that_names_its_place_once() -> None:
    error = ConfigError("cannot be reached", where="channel mail (host:25)", todo="check it")
    assert failed("channel mail", error).line == "!!  channel mail (host:25): cannot be reached; check it"
    gone = failed("owners", FileNotFoundError(2, "No such file or directory", "/x"))
    assert gone.line == "!!  owners: /x: No such file or directory; check the folder and its rights"


def test_whatever_a_look_meets_is_a_finding() -> None:
    def refused() -> Finding:
        raise PermissionError(13, "Permission denied", "/data")

    assert Check("folders", lambda: fine("folders", "good")).finding().ok
    assert "Permission denied" in Check("folders", refused).finding().words


def test_a_look_that_does_not_end_is_left_behind() -> None:
    ended = threading.Event()

    def hanging() -> Finding:
        ended.wait(60)
        return fine("clock", "late")

    found = Check("clock", hanging, 0.05).finding()
    ended.set()
    assert found.ok is False
    assert "no answer within 0.05 s" in found.words


def test_a_mistake_of_ours_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(threading, "excepthook", shown.append)

    def mistaken() -> Finding:
        raise TypeError("oops")

    with pytest.raises(RuntimeError, match="the look at disk failed"):
        Check("disk", mistaken).finding()
    assert len(shown) == 1


# -- channels ----------------------------------------------------------------------------------------------------------


def mail(port: int, **more: object) -> EmailChannelConfig:
    table = {"type": "email", "host": "127.0.0.1", "port": port, "security": "plain", "sender": "z@example.cn"}
    return EmailChannelConfig.model_validate({**table, "recipients": ("a@example.cn",), "timeout": "5s", **more})


LOGIN = {"username": "zhoubao", "password_env": "MAIL_ENTRY"}


def test_a_mail_server_lets_us_in_or_says_why_not(mail_server_with_login, tmp_path, monkeypatch) -> None:
    config = mail(mail_server_with_login.port, **LOGIN)
    monkeypatch.setenv("MAIL_ENTRY", "geheim")
    assert channel("mail", config, tmp_path, offline=False).line == (
        f"OK  channel mail: 127.0.0.1:{config.port} lets us in as zhoubao"
    )
    monkeypatch.setenv("MAIL_ENTRY", "falsch")
    refused = channel("mail", config, tmp_path, offline=False)
    assert refused.ok is False
    assert "refused the log-in of zhoubao" in refused.words
    assert "falsch" not in refused.line
    assert channel("mail", config, tmp_path, offline=True).words.endswith("(not connected)")
    assert mail_server_with_login.mails == []


def test_a_password_that_others_can_read_is_told_offline_as_well(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    config = mail(1, username="u", password_file=secret)
    secret.chmod(0o640)
    found = channel("mail", config, tmp_path, offline=True)
    assert found.ok is False
    assert "chmod 600" in found.todo
    secret.chmod(0o600)
    assert channel("mail", config, tmp_path, offline=True).ok


def test_a_file_channel_needs_a_folder(tmp_path: Path) -> None:
    config = FileChannelConfig(type="file")
    assert channel("file", config, tmp_path / "digests", offline=False).ok
    (tmp_path / "digests").write_text("in the way")
    assert channel("file", config, tmp_path / "digests", offline=False).ok is False


def test_a_file_channel_that_makes_pdfs_needs_what_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> str:
        raise PdfError("there is no font that holds Chinese", where="PDF", todo="install one")

    config = FileChannelConfig(type="file", formats=("md", "pdf"))
    monkeypatch.setattr(pdf, "check", lambda **_: "WeasyPrint 70.0, Noto Sans CJK SC")
    assert channel("file", config, tmp_path, offline=True).words.endswith(", PDFs by WeasyPrint 70.0, Noto Sans CJK SC")
    monkeypatch.setattr(pdf, "check", broken)
    found = channel("file", config, tmp_path, offline=True)
    assert (found.ok, found.todo) == (False, "install one")
    assert channel("file", FileChannelConfig(type="file"), tmp_path, offline=True).ok


def test_a_conversation_has_the_time_of_its_steps() -> None:
    assert seconds(mail(1)) == 25
    assert seconds(FileChannelConfig(type="file")) == 30


def test_without_an_operator_nobody_hears_of_trouble() -> None:
    assert operator(OperatorConfig()).ok is None
    assert "mail" in operator(OperatorConfig(channels=("mail",))).words
    assert operator(OperatorConfig(channels=("mail",))).ok


# -- sources -----------------------------------------------------------------------------------------------------------


def test_the_file_of_a_local_source_must_be_there(tmp_path: Path) -> None:
    source = SourceConfig(name="a", url=(tmp_path / "名单.txt").as_uri())
    missing = source_file(source)
    assert missing.ok is False
    assert f"there is no file {tmp_path}/名单.txt" in missing.words
    (tmp_path / "名单.txt").write_text("")
    assert source_file(source).ok


def test_the_variable_of_a_proxy_must_be_set_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    source = SourceConfig(name="a", url="http://a.example/", proxy="env:A_PROXY")
    monkeypatch.delenv("A_PROXY", raising=False)
    assert source_proxy(source).ok is False
    assert "A_PROXY" in source_proxy(source).words
    monkeypatch.setenv("A_PROXY", "http://user:geheim@proxy.example:3128")
    assert source_proxy(source).ok
    assert "geheim" not in source_proxy(source).line


# -- the file ----------------------------------------------------------------------------------------------------------

VALID = '[[source]]\nname = "zs"\nurl = "http://zs.example/"\n'


def test_a_valid_file_is_told_with_what_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "zhaoshang.toml").write_text(VALID)
    setup, findings = read(None, tmp_path)
    assert [source.name for source in setup.config.source] == ["zs"]
    assert findings == (configuration(load_setup(cwd=tmp_path)),)
    assert findings[0].line == (f"OK  configuration: {tmp_path}/zhaoshang.toml: 1 sources, 1 audiences, 1 channels")


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("nonsense = 1\n", "data"),
        ('data_dir = "elsewhere"\nnonsense = 1\n', "elsewhere"),
        ('data_dir = "elsewhere"\nhalf = \n', "elsewhere"),
        ("data_dir = 7\n", "data"),
        ("half = \n", "data"),
    ],
)
def test_a_broken_file_is_one_finding_and_the_rest_goes_by_what_the_daemon_read_last(
    tmp_path: Path, text: str, folder: str
) -> None:
    (tmp_path / "zhaoshang.toml").write_text(text)
    setup, (told, instead) = read(None, tmp_path)
    assert told.ok is False
    assert str(tmp_path / "zhaoshang.toml") in told.words
    assert instead.ok is None
    assert "defaults" in instead.words
    assert (setup.config.source, setup.data_dir) == ((), tmp_path / folder)
    (tmp_path / folder).mkdir()
    (tmp_path / folder / COPY_NAME).write_text(f'data_dir = "{tmp_path / folder}"\n{VALID}')
    setup, (_, instead) = read(None, tmp_path)
    assert COPY_NAME in instead.words
    assert [source.name for source in setup.config.source] == ["zs"]
    assert setup.data_dir == tmp_path / folder


def test_a_copy_that_is_broken_as_well_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "zhaoshang.toml").write_text("half = \n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / COPY_NAME).write_text("half = \n")
    assert "defaults" in read(None, tmp_path)[1][1].words


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    setup, (told, _) = read(Path("other.toml"), tmp_path)
    assert "there is no such file" in told.words
    assert setup.data_dir == tmp_path / "data"


# -- the browser -------------------------------------------------------------------------------------------------------

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
needs_extra = pytest.mark.skipif(
    find_spec("scrapy_playwright") is None, reason="reading through a browser needs its extra"
)


@pytest.mark.long
@needs_extra
@pytest.mark.skipif(not any(map(which, BROWSERS)), reason="needs a Chromium")
def test_a_browser_that_is_there_starts() -> None:
    found = browser(["a", "b"])
    assert found.ok, found.line
    assert "Chromium" in found.words
    assert "needed by a, b" in found.words


@needs_extra
def test_without_a_chromium_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = browser(["a"])
    assert found.ok is False
    assert "there is no Chromium here" in found.words
    assert "apt install chromium" in found.todo


@pytest.mark.long
@needs_extra
def test_a_browser_that_does_not_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = browser(["a"])
    assert found.ok is False
    assert f"{broken} does not start" in found.words


def test_a_browser_that_takes_too_long_is_ended() -> None:
    found = browser(["a"], seconds=0.01)
    assert found.ok is False
    assert "did not start within 0.01 s" in found.words


def test_a_child_that_cannot_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    found = browser(["a"])
    assert found.ok is False
    assert "could not be tried" in found.words
