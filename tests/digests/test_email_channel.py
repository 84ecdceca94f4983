"""The email channel against real SMTP servers: what arrives, what is said when it does not, and what is never said."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.channels import open_channel
from digests.channels.email import EmailChannel, build_message, message_id
from digests.content import Digest, PlaceGroup
from digests.mail import mail_page
from digests.render import render, subject
from monitor.announcing import Delivery
from monitor.config import EmailChannelConfig
from monitor.errors import DeliveryError, SecretError
from monitor.text import clean

OPEN_SESAME = "geheim"
SENDER = "招商周报 <zhoubao@example.org>"


def make_config(port: int = 25, **keys: Any) -> EmailChannelConfig:
    """A `[channel.mail]` table for a server on this machine, without encryption unless told otherwise."""
    table = {"type": "email", "host": "127.0.0.1", "port": port, "security": "plain", "sender": SENDER}
    return EmailChannelConfig.model_validate({**table, "recipients": ("reader@example.org",), "timeout": "5s", **keys})


@pytest.fixture
def send(
    delivery: Callable[..., Delivery], full_digest: Digest, now: datetime, tmp_path: Path
) -> Callable[..., EmailChannelConfig]:
    """Sends the full digest through a channel opened from its configuration."""

    def to(server: Any, *, recipient: str = "reader@example.org", **keys: Any) -> None:
        port = server if isinstance(server, int) else server.port
        channel = open_channel("mail", make_config(port, **keys), tmp_path)
        channel.send(delivery(recipient), full_digest, now)

    return to


@pytest.fixture
def refusal(send: Callable[..., None]) -> Callable[..., DeliveryError]:
    """The error of a sending that must fail; whatever it says, the password is not in it."""

    def of(server: Any, **keys: Any) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            send(server, **keys)
        assert OPEN_SESAME not in str(caught.value)
        assert str(caught.value).startswith("channel mail (127.0.0.1:")
        return caught.value

    return of


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def _one_word(text: str) -> str:
    return "".join(clean(text).split())


# -- what arrives -----------------------------------------------------------------------------------------------------


def test_a_mail_arrives_with_its_headers_and_both_parts(mail_server, send, full_digest: Digest, now: datetime) -> None:
    send(mail_server, recipient="张三 <zhang@example.org>")
    (mail,) = mail_server.mails
    assert (mail.sender, mail.recipients) == ("zhoubao@example.org", ["zhang@example.org"])
    message = parsed(mail.data)
    assert message["Subject"] == subject(full_digest)
    assert (message["From"], message["To"]) == (SENDER, "张三 <zhang@example.org>")
    assert message["Date"].datetime == now
    assert message["Date"].datetime.utcoffset() == timedelta(hours=8)
    assert message["Message-ID"] == "<0123@example.org>"
    assert message["List-Id"] == "<everyone.zhaoshang.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in message.iter_parts()}
    assert parts == {"text/plain": render(full_digest, "md"), "text/html": mail_page(full_digest).html}
    assert max(map(len, mail.data.splitlines())) < 998  # RFC 5322


def test_a_resend_says_so_in_its_subject(full_digest: Digest, delivery: Callable[..., Delivery], now: datetime) -> None:
    message = build_message(make_config(), delivery(resend_of=7), full_digest, now)
    assert parsed(bytes(message))["Subject"] == "（重发）" + subject(full_digest)


def test_an_audience_with_a_chinese_name_has_an_ascii_list_id_of_its_own(
    full_digest: Digest, delivery: Callable[..., Delivery], now: datetime
) -> None:
    ids = [
        build_message(make_config(), delivery(audience=name), full_digest, now)["List-Id"] for name in ("领导", "同事")
    ]
    assert all(str(one).isascii() and str(one).endswith(".zhaoshang.example.org>") for one in ids)
    assert len(set(ids)) == 2


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.text(min_size=1, max_size=30).map(_one_word).filter(bool), max_size=8))
def test_any_subject_arrives_as_it_was(
    places: list[str], delivery: Callable[..., Delivery], full_digest: Digest, now: datetime
) -> None:
    groups = tuple(PlaceGroup(place, full_digest.late) for place in places)
    digest = replace(full_digest, places=groups)
    message = parsed(bytes(build_message(make_config(), delivery(), digest, now)))
    assert message["Subject"] == subject(digest)
    assert len(message.items()) == 10


NAMED = {
    "database_id": "d",
    "audience": "everyone",
    "period_key": "2025-W29",
    "recipient": "reader@example.org",
    "sender": SENDER,
}


def test_a_message_id_is_always_the_same_for_one_digest_and_recipient() -> None:
    assert message_id(**NAMED) == message_id(**NAMED)
    assert message_id(**NAMED) == message_id(**(NAMED | {"recipient": "读者 <reader@example.org>"}))
    local, _, domain = message_id(**NAMED).strip("<>").partition("@")
    assert local.isalnum()
    assert domain == "example.org"


@pytest.mark.parametrize(
    "other",
    [
        {"database_id": "e"},
        {"audience": "leaders"},
        {"period_key": "2025-W30"},
        {"recipient": "other@example.org"},
        {"again": "resend of 1"},
    ],
)
def test_message_ids_differ_between_what_is_not_the_same_mail(other: dict[str, str]) -> None:
    assert message_id(**NAMED) != message_id(**(NAMED | other))


# -- log-in and secrets -----------------------------------------------------------------------------------------------

LOGIN = {"username": "zhoubao", "password_env": "ZHOUBAO_PASSWORD"}


def test_a_password_from_the_environment_logs_in(mail_server_with_login, send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHOUBAO_PASSWORD", OPEN_SESAME)
    send(mail_server_with_login, **LOGIN)
    assert len(mail_server_with_login.mails) == 1


def test_a_password_from_a_file_of_its_owner_logs_in(mail_server_with_login, send, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(OPEN_SESAME + "\n")
    secret.chmod(0o600)
    send(mail_server_with_login, username="zhoubao", password_file=secret)
    assert len(mail_server_with_login.mails) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_password_file_that_others_can_read_is_refused(
    mail_server_with_login, send, tmp_path: Path, mode: int
) -> None:
    secret = tmp_path / "password"
    secret.write_text(OPEN_SESAME)
    secret.chmod(mode)
    with pytest.raises(SecretError, match=r"chmod 600") as caught:
        send(mail_server_with_login, username="zhoubao", password_file=secret)
    assert OPEN_SESAME not in str(caught.value)
    assert mail_server_with_login.mails == []


def test_a_missing_variable_is_named_before_any_server_is_asked(send, free_port: int) -> None:
    with pytest.raises(SecretError, match="ZHOUBAO_PASSWORD"):
        send(free_port, **LOGIN)


def test_a_wrong_password_is_refused_and_not_told(
    mail_server_with_login, refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHOUBAO_PASSWORD", OPEN_SESAME + "!")
    error = refusal(mail_server_with_login, **LOGIN)
    assert "refused the log-in of zhoubao: code 535" in str(error)
    assert not error.handed_over
    assert mail_server_with_login.mails == []


def test_a_server_that_repeats_the_password_in_its_answer_is_not_quoted(
    mail_server, serve, refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def repeating(*asked: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message=f"535 {asked[-1].password.decode()} is wrong")

    monkeypatch.setenv("ZHOUBAO_PASSWORD", OPEN_SESAME)
    port = serve(mail_server, authenticator=repeating, auth_require_tls=False)
    assert "refused the log-in" in str(refusal(port, **LOGIN))


def test_a_server_that_wants_a_log_in_refuses_mail_without_one(mail_server_with_login, refusal) -> None:
    assert "refused the mail: 530" in str(refusal(mail_server_with_login))


# -- when it does not arrive ------------------------------------------------------------------------------------------


def test_a_refused_recipient_is_named_with_the_servers_words(mail_server, refusal, send) -> None:
    mail_server.refuse = {"gone@example.org"}
    error = refusal(mail_server, recipient="gone@example.org")
    assert "refused gone@example.org: 550 no such mailbox" in str(error)
    assert not error.handed_over
    send(mail_server)
    assert [mail.recipients for mail in mail_server.mails] == [["reader@example.org"]]


def test_a_busy_server_keeps_nothing(mail_server, refusal) -> None:
    mail_server.busy = True
    error = refusal(mail_server)
    assert "refused the mail: 451 try again later" in str(error)
    assert not error.handed_over
    assert mail_server.mails == []


@pytest.mark.parametrize("trouble", [{"drop": True}, {"hang": 5.0}])
def test_a_connection_lost_after_the_content_may_have_delivered_it(
    mail_server, refusal, trouble: dict[str, Any]
) -> None:
    vars(mail_server).update(trouble)
    error = refusal(mail_server, timeout="1s")
    assert error.handed_over
    assert "may have arrived" in str(error)


def test_a_server_that_does_not_greet_is_given_up(refusal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(silent.getsockname()[1], timeout="1s")
    assert "cannot be reached" in str(error)
    assert not error.handed_over


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_where_nothing_listens_the_error_says_so(refusal, free_port: int, security: str) -> None:
    error = refusal(free_port, security=security)
    assert "cannot be reached: Connection refused" in str(error)
    assert not error.handed_over


def test_a_check_logs_in_and_sends_nothing(mail_server_with_login, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = EmailChannel("mail", make_config(mail_server_with_login.port, **LOGIN))
    monkeypatch.setenv("ZHOUBAO_PASSWORD", OPEN_SESAME)
    channel.check()
    monkeypatch.setenv("ZHOUBAO_PASSWORD", "wrong")
    with pytest.raises(DeliveryError, match="refused the log-in"):
        channel.check()
    assert mail_server_with_login.mails == []


# -- encryption -------------------------------------------------------------------------------------------------------


def test_mail_goes_encrypted_to_a_server_that_is_trusted(
    mail_server, encrypted, send, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # OpenSSL reads it anew for every connection
    send(**encrypted)
    assert len(mail_server.mails) == 1


def test_a_server_with_a_certificate_that_is_not_trusted_gets_nothing(mail_server, encrypted, refusal) -> None:
    error = refusal(**encrypted)
    assert "certificate verify failed" in str(error)
    assert not error.handed_over
    assert mail_server.mails == []


def test_mail_is_never_sent_in_the_open_where_encryption_was_asked_for(mail_server, refusal) -> None:
    assert "STARTTLS" in str(refusal(mail_server, security="starttls"))
    assert "cannot be reached" in str(refusal(mail_server, security="tls"))
    assert mail_server.mails == []
