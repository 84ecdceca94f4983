"""Every channel with every failure, through the whole outbox: no key, secret or password is told or kept anywhere."""

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import AuthResult

from digests.outbox import deliver_due
from monitor import jobs
from monitor.checkup.channels import channel as look_at
from monitor.errors import DeliveryError, SecretError

PATH_KEY = "hook-4fd1c0ffee77"
QUERY_KEY = "693axxx6+7aoc/4bc4=97a0"  # as it is decoded; an address has it in another spelling
SIGNING = "SECf00dfeedbeef/+="
PROXY_WORD = "pr0xy-pass-word"
TARGET = f"/{PATH_KEY}/send?access_token={quote(QUERY_KEY, safe='')}"
POSTING = ("wecom", "dingtalk", "feishu", "webhook")
SIGNED = ("dingtalk", "feishu", "webhook")


def spelled(*secrets: str) -> set[str]:
    """Plainly, as in an address, and as log-ins are sent."""
    encoded = {base64.b64encode(secret.encode()).decode() for secret in secrets}
    return {*secrets, *(quote(secret, safe="") for secret in secrets), *encoded}


SECRETS = spelled(PATH_KEY, QUERY_KEY, SIGNING, PROXY_WORD, f"\0zhoubao\0{SIGNING}")


def echo_of(kind: str) -> str:
    """What a service says that repeats all it was told, however it spells it."""
    known = (SIGNING, f"\0zhoubao\0{SIGNING}") if kind == "email" else (PATH_KEY, QUERY_KEY)
    known += (SIGNING,) if kind in SIGNED else ()
    said = " ".join(sorted(spelled(*known) - {f"\0zhoubao\0{SIGNING}", quote(f"\0zhoubao\0{SIGNING}", safe="")}))
    return said if kind == "email" else f"{TARGET} {said}"


def answers_of(echo: str) -> list[dict[str, object]]:
    """Refusals in the platforms' own form, with codes that are known and that are not."""
    long = " " * 2000 + echo
    return [
        {"errcode": 93000, "errmsg": echo, "code": 19001, "msg": echo},
        {"errcode": 77777, "errmsg": echo, "code": 77777, "msg": echo},
        {"errcode": 45009, "errmsg": echo, "code": 9499, "msg": f"too many {echo}"},
        {"errcode": 5, "errmsg": long, "code": 5, "msg": long},
    ]


STATUSES = (301, 400, 401, 403, 404, 413, 429, 500, 502, 503)


def leaks(text: str) -> list[str]:
    """The secrets in it, the first half of one included."""
    return [secret for secret in SECRETS if secret[: len(secret) // 2 + 2] in text]


class Watch:
    """A desk with one channel, and all that is told or kept of what happens to it."""

    def __init__(self, desk: Any, caplog: pytest.LogCaptureFixture) -> None:
        self.desk = desk
        self._caplog = caplog
        self._at = desk.began

    def fails(self) -> None:
        """One try, which must fail; and nothing that is told or kept holds a secret."""
        again = [one.id for one in self.desk.store.deliveries() if one.state.value == "failed"]
        for number in again:
            self.desk.store.resend(number, lambda _: "x", self._at)
        outcomes = deliver_due(self.desk.open_store, jobs.open_channels(self.desk.setup), lambda: self._at)
        self._at += timedelta(days=1)
        assert len(outcomes) == 1
        assert outcomes[0].error is not None
        self.holds_nothing(outcomes[0].error)

    def looks(self) -> None:
        """What check-config and doctor say of it."""
        (config,) = (one for name, one in self.desk.setup.config.channels.items() if name == "told")
        for offline in (False, True):
            self.holds_nothing(look_at("told", config, self.desk.path, offline=offline).line)
        try:
            jobs.open_channels(self.desk.setup)["told"].check()  # type: ignore[union-attr]
        except (DeliveryError, SecretError) as error:
            self.holds_nothing(repr(error) + repr(vars(error)) + repr(error.__cause__))

    def holds_nothing(self, *told: str) -> None:
        formatter = logging.Formatter("%(message)s")
        ours = (
            record for record in self._caplog.records if record.name != "mail.log"
        )  # the test's server has that one
        logged = "\n".join(map(formatter.format, ours))
        listed = repr(self.desk.store.deliveries())
        setup = repr(self.desk.setup) + repr(jobs.open_channels(self.desk.setup))
        files = [path for path in self.desk.path.glob("zhaoshang.db*") if path.is_file()]
        kept = "".join(path.read_bytes().decode("utf-8", "replace") for path in files)
        assert files
        for place in (*told, logged, listed, setup, kept):
            assert leaks(place) == []


@pytest.fixture
def watch(
    open_desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Callable[..., Watch]:
    """A digest is frozen for a channel of a kind; its secrets stand in the environment."""
    monkeypatch.setenv("TOLD_SECRET", SIGNING)
    monkeypatch.setenv("TOLD_PROXY", f"http://zhoubao:{PROXY_WORD}@127.0.0.1:1")
    caplog.set_level(logging.DEBUG)

    def make(kind: str, address: str = "", **keys: Any) -> Watch:
        monkeypatch.setenv("TOLD_URL", address)
        common: dict[str, Any] = {"url_env": "TOLD_URL", "timeout": "1s"} if address else {}
        if kind in POSTING:
            common["allow_private"] = True
        if kind in SIGNED:
            common |= {"secret_env": "TOLD_SECRET"}
        tables = {"told": {"type": kind, **common, **keys}}
        desk = open_desk(audiences=[{"name": "everyone", "channels": ["told"]}], channels=tables)
        desk.freeze()
        return Watch(desk, caplog)

    return make


# -- services over HTTP ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", POSTING)
def test_a_service_that_repeats_all_it_was_told(serve_hook, reply, watch, kind: str) -> None:
    hook = serve_hook(reply.silent)
    watched = watch(kind, f"http://127.0.0.1:{hook.port}{TARGET}")
    echo = echo_of(kind)
    answers = [reply.plain(status, echo.encode(), Location=TARGET) for status in STATUSES]
    answers += [reply.plain(500 if kind == "webhook" else 200, answer) for answer in answers_of(echo)]
    answers += [reply.plain(418, b" " * (1000 - room) + TARGET.encode()) for room in range(0, 60, 3)]
    answers += [lambda sock: sock.sendall(echo.encode() + b"\r\n\r\n")]  # no HTTP
    answers += [lambda sock: sock.sendall(f"HTTP/1.1 {echo}\r\n\r\n".encode())]
    answers += [lambda sock: sock.sendall(b"HTTP/1.1 400 x\r\n" + f"X-{echo}\r\n".encode() * 200 + b"\r\n")]
    answers += [lambda sock: sock.sendall(f"HTTP/1.1 400 x\r\nContent-Length: {echo}\r\n\r\n".encode())]
    answers += [reply.cut_off(500, 10_000, echo.encode()), reply.silent]
    for answer in answers:
        hook.replies = [answer]
        watched.fails()
    assert hook.requests[0].target.startswith(TARGET)
    watched.looks()


@pytest.mark.parametrize("kind", POSTING)
def test_a_service_that_cannot_be_reached(watch, kind: str, free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = watch(kind, f"http://127.0.0.1:{free_port}{TARGET}")
    for address in (
        f"http://127.0.0.1:{free_port}{TARGET}",
        f"https://127.0.0.1:{free_port}{TARGET}",
        f"http://no-such-host.invalid{TARGET}",
        f"ftp://127.0.0.1{TARGET}",
        f"http://127.0.0.1:99999{TARGET}",
        f"http://{PATH_KEY}:{SIGNING}@127.0.0.1{TARGET}",
        f"http://[::1{TARGET}",
        f"http://127.0.0.1{TARGET} {SIGNING}",
        f"http://127.0.0.1{TARGET}招商",
        TARGET,
    ):
        monkeypatch.setenv("TOLD_URL", address)
        watched.fails()
        watched.looks()


@pytest.mark.parametrize("kind", POSTING)
def test_a_proxy_that_does_not_let_through(serve_hook, reply, watch, kind: str, monkeypatch) -> None:
    hook = serve_hook(reply.plain(407, PROXY_WORD.encode()))
    watched = watch(kind, f"https://hook.example{TARGET}", proxy="env:TOLD_PROXY")
    watched.fails()
    watched.looks()
    for proxy in (f"http://zhoubao:{PROXY_WORD}@127.0.0.1:{hook.port}", f"socks5://x:{PROXY_WORD}@h", PROXY_WORD):
        monkeypatch.setenv("TOLD_PROXY", proxy)
        watched.fails()
        watched.looks()


# -- mail --------------------------------------------------------------------------------------------------------------


class Repeating:
    """A mail server that lets its user in, and repeats his password whenever it refuses something."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._echo = echo_of("email")

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        del server, session, options
        envelope.mail_from = address
        return f"550 {self._echo}" if self._step == "MAIL" else "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        del server, session, options
        envelope.rcpt_tos.append(address)
        return f"451 {self._echo}" if self._step == "RCPT" else "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session, envelope
        return f"554 {self._echo}"


def mail_table(port: int, **keys: Any) -> dict[str, Any]:
    plain = {"host": "127.0.0.1", "port": port, "security": "plain", "sender": "a@b.cn", "recipients": ["c@d.cn"]}
    return {**plain, "timeout": "1s", "username": "zhoubao", "password_env": "TOLD_SECRET", **keys}


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "AUTH"])
def test_a_mail_server_that_repeats_the_password(serve, watch, step: str) -> None:
    def let_in(*asked: Any) -> AuthResult:
        del asked
        return AuthResult(success=step != "AUTH", handled=False, message=f"535 {echo_of('email')}")

    port = serve(Repeating(step), authenticator=let_in, auth_require_tls=False)
    watched = watch("email", **mail_table(port))
    watched.fails()
    watched.looks()


@pytest.mark.long
@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize("security", ["plain", "tls", "starttls"])
def test_a_mail_server_that_is_none(serve_hook, watch, free_port: int, security: str, *, answers: bool) -> None:
    hook = serve_hook(lambda sock: sock.sendall(echo_of("email").encode()))
    watched = watch("email", **mail_table(hook.port if answers else free_port, security=security))
    watched.fails()
    watched.looks()


# -- programs ----------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.skipif(find_spec("apprise") is None, reason="needs the extra apprise")
def test_apprise_with_addresses_full_of_keys(serve_hook, reply, watch, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = serve_hook(reply.plain(500, echo_of("dingtalk").encode()))
    watched = watch("apprise", f"json://127.0.0.1:{hook.port}{TARGET}", timeout="60s")
    for address in (
        f"json://zhoubao:{quote(SIGNING, safe='')}@127.0.0.1:{hook.port}{TARGET}",
        f"jsons://127.0.0.1:{hook.port}{TARGET}",
        f"nonsense://{PATH_KEY}/{SIGNING}",
        f"tgram://{PATH_KEY}",
        f"{PATH_KEY} {SIGNING}",
    ):
        monkeypatch.setenv("TOLD_URL", address)
        watched.fails()
        watched.looks()


def test_a_program_finds_the_secrets_of_others_in_its_environment_and_their_words_are_its_own_affair(watch) -> None:
    """Its last line is told as it is: what it may say, its owner decides; our own words hold nothing of them."""
    watched = watch("command", command=["false"])
    watched.fails()
    watched.looks()
