"""The three robots against a real service that misbehaves: what arrives, what is said when not, what is never said."""

import base64
import hashlib
import hmac
import socket
import ssl
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest

from digests.content import Digest, PlaceGroup
from monitor.errors import DeliveryError, SecretError

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
SESAME = "SECf00dfeedbeef"
SIGNED = {"secret_env": "HOOK_SECRET"}
KINDS = ("wecom", "dingtalk", "feishu")
LIMITS = {"wecom": 4096, "dingtalk": 20_000, "feishu": 20 * 1024}


def refused(send: Callable[[], object]) -> DeliveryError:
    """The error of a sending that must fail; whatever it says, the key and the secret are not in it."""
    with pytest.raises(DeliveryError) as caught:
        send()
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
    assert KEY not in told
    assert SESAME not in told
    assert str(caught.value).startswith("channel chat")
    return caught.value


# -- what arrives ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_digest_arrives_with_its_number(hook, make_channel, send_all, full_digest: Digest, kind: str) -> None:
    send_all(make_channel(kind, hook.port), full_digest)
    (request,) = hook.requests
    assert (request.method, request.target) == ("POST", f"/send?key={KEY}")
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["host"] == f"127.0.0.1:{hook.port}"
    text = request.body.decode()
    assert "招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 5 件" in text
    assert "[海上风电项目开工](https://zj.example/1)" in text
    assert "项目顺利推进。" in text
    assert "来源 1/2 正常" in text
    assert "编号 1" in text
    assert "\\u" not in text  # 企业微信 refuses escaped characters


def test_each_platform_gets_its_own_kind_of_message(hook, make_channel, send_all, full_digest: Digest) -> None:
    for kind in KINDS:
        send_all(make_channel(kind, hook.port), full_digest)
    wecom, dingtalk, feishu = hook.bodies
    assert wecom["msgtype"] == "markdown"
    assert set(wecom["markdown"]) == {"content"}
    assert (dingtalk["msgtype"], dingtalk["at"]) == ("markdown", {"isAtAll": False})
    assert dingtalk["markdown"]["title"].startswith("招商周报 2025-W29")
    assert feishu["msg_type"] == "interactive"
    assert feishu["card"]["header"]["title"] == {
        "tag": "plain_text",
        "content": "招商周报 2025-W29（2025-07-14 至 2025-07-20）：新事件 5 件",
    }
    assert feishu["card"]["elements"][0]["tag"] == "markdown"


@pytest.mark.parametrize("kind", KINDS)
def test_a_resend_says_so(hook, make_channel, send_all, full_digest: Digest, kind: str) -> None:
    send_all(make_channel(kind, hook.port), full_digest, resend_of=7)
    assert "（重发）招商周报" in hook.requests[0].body.decode()


def test_dingtalk_signs_in_the_address(hook, make_channel, send_all, full_digest: Digest, now) -> None:
    send_all(make_channel("dingtalk", hook.port, **SIGNED), full_digest)
    query = parse_qs(urlsplit(hook.requests[0].target).query)
    at = str(int(now.timestamp() * 1000))
    expected = hmac.new(SESAME.encode(), f"{at}\n{SESAME}".encode(), hashlib.sha256).digest()
    assert query == {"key": [KEY], "timestamp": [at], "sign": [base64.b64encode(expected).decode()]}
    assert unquote_plus(hook.requests[0].target).count("sign=") == 1
    assert "sign" not in hook.bodies[0]


def test_feishu_signs_in_the_body(hook, make_channel, send_all, full_digest: Digest, now) -> None:
    send_all(make_channel("feishu", hook.port, path=f"/hook/{KEY}", **SIGNED), full_digest)
    at = str(int(now.timestamp()))
    expected = hmac.new(f"{at}\n{SESAME}".encode(), b"", hashlib.sha256).digest()
    body = hook.bodies[0]
    assert (body["timestamp"], body["sign"]) == (at, base64.b64encode(expected).decode())
    assert hook.requests[0].target == f"/hook/{KEY}"


def test_secrets_come_from_files_of_their_owner_too(
    hook, make_channel, send_all, full_digest: Digest, tmp_path: Path
) -> None:
    address, secret = tmp_path / "address", tmp_path / "secret"
    address.write_text(f"http://127.0.0.1:{hook.port}/send?access_token={KEY}\n")
    secret.write_text(SESAME + "\n")
    keys = {"url_env": None, "url_file": address, "secret_file": secret}
    channel = make_channel("dingtalk", hook.port, **keys)
    for path in (address, secret):
        path.chmod(0o644)
        with pytest.raises(SecretError, match=r"chmod 600") as caught:
            send_all(channel, full_digest)
        assert SESAME not in str(caught.value)
        path.chmod(0o600)
    send_all(channel, full_digest)
    assert hook.requests[0].target.startswith(f"/send?access_token={KEY}&timestamp=")


def test_a_missing_variable_is_named(make_channel, send_all, full_digest: Digest, monkeypatch) -> None:
    channel = make_channel("wecom", 1)
    monkeypatch.delenv("HOOK_URL")
    with pytest.raises(SecretError, match="HOOK_URL is not set; set it, or name a file in url_file"):
        send_all(channel, full_digest)


# -- 200, and not taken ------------------------------------------------------------------------------------------------

PERMANENT = [
    ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, "the key is not valid"),
    ("wecom", {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}, "too long"),
    ("wecom", {"errcode": 60020, "errmsg": "not allow to access from your ip"}, "this machine's address"),
    ("dingtalk", {"errcode": 300005, "errmsg": "token is not exist"}, "the key is not valid"),
    ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "none of the robot's keywords"),
    (
        "dingtalk",
        {"errcode": 310000, "errmsg": "description:机器人发送签名不匹配;请确认签名和时间戳"},
        "signature does not",
    ),
    ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "the signature does not match"),
    ("dingtalk", {"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, "not on the robot's list"),
    ("dingtalk", {"errcode": 400102, "errmsg": "bot is stopped"}, "switched off"),
    ("dingtalk", {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"}, "too long"),
    ("feishu", {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}, "key is not valid"),
    ("feishu", {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}, "signature does not"),
    ("feishu", {"code": 19022, "msg": "Ip Not Allowed"}, "not on the robot's list"),
    ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, "none of the robot's keywords"),
    ("feishu", {"code": 9499, "msg": "Bad Request"}, "not what the platform expects"),
    ("feishu", {"code": 19007, "msg": "Bot Not Enabled", "StatusCode": 0}, "switched off"),
]
TRANSIENT = [
    ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "too many messages", 60),
    ("wecom", {"errcode": -1, "errmsg": "system busy"}, "busy", 0),
    ("wecom", {"errcode": 77777, "errmsg": "新的错误"}, "refused with code 77777: 新的错误", 0),
    ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, "too many messages", 600),
    ("dingtalk", {"errcode": 310000, "errmsg": "invalid timestamp"}, "check this machine's clock", 0),
    ("feishu", {"code": 11232, "msg": "frequency limited"}, "too many messages", 60),
    ("feishu", {"code": 9499, "msg": "too many request", "StatusCode": 0}, "too many messages", 60),
    ("feishu", {"StatusCode": 99991400, "StatusMessage": "request trigger frequency limit"}, "too many messages", 60),
]


@pytest.mark.parametrize(("kind", "answer", "words"), PERMANENT)
def test_a_refusal_that_no_try_will_change(
    serve_hook, reply, make_channel, send_all, full_digest: Digest, kind: str, answer: dict[str, object], words: str
) -> None:
    channel = make_channel(kind, serve_hook(reply.plain(200, answer)).port)
    error = refused(lambda: send_all(channel, full_digest))
    assert words in str(error)
    assert (error.permanent, error.handed_over) == (True, False)
    assert error.todo


@pytest.mark.parametrize(("kind", "answer", "words", "wait"), TRANSIENT)
def test_a_refusal_that_passes(
    serve_hook,
    reply,
    make_channel,
    send_all,
    full_digest: Digest,
    kind: str,
    answer: dict[str, object],
    words: str,
    wait: int,
) -> None:
    channel = make_channel(kind, serve_hook(reply.plain(200, answer)).port)
    error = refused(lambda: send_all(channel, full_digest))
    assert words in str(error)
    assert (error.permanent, error.handed_over, error.wait) == (False, False, wait)


def test_the_code_counts_whatever_the_status(serve_hook, reply, make_channel, send_all, full_digest: Digest) -> None:
    channel = make_channel("feishu", serve_hook(reply.plain(400, {"code": 11232, "msg": "limit"})).port)
    assert refused(lambda: send_all(channel, full_digest)).wait == 60
    channel = make_channel("feishu", serve_hook(reply.plain(502, {"code": 0})).port)
    assert refused(lambda: send_all(channel, full_digest)).handed_over


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_status_without_a_code_refuses(
    serve_hook, reply, make_channel, send_all, full_digest: Digest, status: int
) -> None:
    channel = make_channel("wecom", serve_hook(reply.plain(status, b"no")).port)
    error = refused(lambda: send_all(channel, full_digest))
    assert (error.handed_over, error.permanent) == (False, False)
    assert f"HTTP {status}" in str(error)


def test_429_waits_as_long_as_it_is_asked_to(serve_hook, reply, make_channel, send_all, full_digest: Digest) -> None:
    channel = make_channel("dingtalk", serve_hook(reply.plain(429, b"", Retry_After="120")).port)
    assert refused(lambda: send_all(channel, full_digest)).wait == 120


def test_a_redirect_is_not_followed(serve_hook, reply, make_channel, send_all, full_digest: Digest) -> None:
    elsewhere = serve_hook()
    there = f"http://127.0.0.1:{elsewhere.port}/send?key={KEY}"
    channel = make_channel("wecom", serve_hook(reply.plain(307, b"", Location=there)).port)
    error = refused(lambda: send_all(channel, full_digest))
    assert "redirect" in str(error)
    assert not error.handed_over
    assert elsewhere.connections == 0


def test_a_platform_that_repeats_the_key_is_not_quoted(
    serve_hook, reply, make_channel, send_all, full_digest: Digest
) -> None:
    said = {"errcode": 93000, "errmsg": f"invalid webhook url /send?key={KEY} for {SESAME}\n\u202e"}
    channel = make_channel("dingtalk", serve_hook(reply.plain(200, said)).port, **SIGNED)
    assert "***" in str(refused(lambda: send_all(channel, full_digest)))


# -- nobody knows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [b"", b"<html>login</html>", b"[]", b'{"errcode": false}', b'{"errcode": "0"}', b"{" * 5000, b"\xff"]
)
def test_an_answer_that_is_not_the_platforms_is_no_success(
    serve_hook, reply, make_channel, send_all, full_digest: Digest, body: bytes
) -> None:
    channel = make_channel("wecom", serve_hook(reply.plain(200, body)).port)
    error = refused(lambda: send_all(channel, full_digest))
    assert (error.handed_over, error.permanent) == (True, False)
    assert "may have arrived" in str(error)


def test_a_connection_that_breaks_may_have_taken_it(
    serve_hook, reply, make_channel, send_all, full_digest: Digest
) -> None:
    for broken in (reply.silent, reply.cut_off(), reply.plain(500, b"oops")):
        channel = make_channel("wecom", serve_hook(broken).port)
        error = refused(lambda channel=channel: send_all(channel, full_digest))
        assert error.handed_over
        assert "may have arrived" in str(error)


@pytest.mark.parametrize("how", ["hang", "drip", "drip_body"])
def test_a_service_that_takes_its_time_is_given_up(
    serve_hook, reply, make_channel, send_all, full_digest: Digest, how: str
) -> None:
    hook = serve_hook(reply.silent)
    hook.replies = [getattr(hook, how)]
    channel = make_channel("wecom", hook.port, timeout="1s")
    error = refused(lambda: send_all(channel, full_digest))
    assert error.handed_over
    assert "no answer in time" in str(error) or "broke off" in str(error)


# -- the way there -----------------------------------------------------------------------------------------------------


def test_nothing_was_sent_where_nothing_listens(make_channel, send_all, full_digest: Digest, free_port: int) -> None:
    error = refused(lambda: send_all(make_channel("wecom", free_port), full_digest))
    assert "cannot be reached: Connection refused" in str(error)
    assert not error.handed_over


def test_a_private_address_is_reached_only_where_the_user_says_so(
    hook, make_channel, send_all, full_digest: Digest
) -> None:
    error = refused(lambda: send_all(make_channel("wecom", hook.port, allow_private=False), full_digest))
    assert "127.0.0.1 is no public address; set allow_private = true" in str(error)
    assert error.permanent
    assert hook.connections == 0


def test_a_key_does_not_travel_in_the_open(make_channel, send_all, full_digest: Digest, monkeypatch) -> None:
    channel = make_channel("wecom", 1)
    monkeypatch.setenv("HOOK_URL", f"http://198.51.100.7.example/?key={KEY}")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("8.8.8.8", 80))])
    error = refused(lambda: send_all(channel, full_digest))
    assert "travel in the open" in str(error)
    assert error.permanent


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://h.example/{KEY}",
        f"https:///{KEY}",
        f"https://u:{KEY}@h.example/",
        f"https://h.example/{KEY} x",
        f"https://h.example/\r\nX: {KEY}",
        f"https://h.example:99999/{KEY}",
        f"https://[::1/{KEY}",
        f"https://h.example/钥匙{KEY}",
        KEY,
    ],
)
def test_what_is_no_address_is_told_without_it(
    make_channel, send_all, full_digest: Digest, monkeypatch, url: str
) -> None:
    channel = make_channel("wecom", 1)
    monkeypatch.setenv("HOOK_URL", url)
    assert refused(lambda: send_all(channel, full_digest)).permanent


def secured(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_is_not_trusted_gets_nothing(
    serve_hook, make_channel, send_all, full_digest: Digest, certificate: Path
) -> None:
    hook = serve_hook(context=secured(certificate))
    error = refused(lambda: send_all(make_channel("feishu", hook.port, scheme="https"), full_digest))
    assert "certificate is not accepted" in str(error)
    assert not error.handed_over
    assert hook.requests == []


def test_messages_go_encrypted_to_a_service_that_is_trusted(
    serve_hook, make_channel, send_all, full_digest: Digest, certificate: Path, monkeypatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    hook = serve_hook(context=secured(certificate))
    channel = make_channel("feishu", hook.port, scheme="https")
    assert channel.check().startswith(f"127.0.0.1:{hook.port} can be reached; nothing was sent")
    assert hook.requests == []
    send_all(channel, full_digest)
    assert len(hook.requests) == 1


def test_a_proxy_is_asked_for_a_way_and_its_log_in_is_not_told(
    serve_hook, reply, make_channel, send_all, full_digest: Digest, monkeypatch
) -> None:
    proxy = serve_hook(reply.plain(407))
    monkeypatch.setenv("THE_PROXY", f"http://user:{SESAME}@127.0.0.1:{proxy.port}")
    channel = make_channel("wecom", 443, scheme="https", proxy="env:THE_PROXY")
    error = refused(lambda: send_all(channel, full_digest))
    assert "the proxy answers 407" in str(error)
    assert not error.handed_over
    (request,) = proxy.requests
    assert (request.method, request.target) == ("CONNECT", "127.0.0.1:443")
    log_in = base64.b64encode(f"user:{SESAME}".encode()).decode()
    assert request.headers["proxy-authorization"] == f"Basic {log_in}"


def test_a_message_goes_through_a_proxy_encrypted(
    serve_hook, proxy, make_channel, send_all, full_digest: Digest, certificate: Path, monkeypatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    hook = serve_hook(context=secured(certificate))
    channel = make_channel("wecom", hook.port, scheme="https", proxy=f"http://127.0.0.1:{proxy.port}")
    send_all(channel, full_digest)
    assert [request.target for request in proxy.requests] == [f"127.0.0.1:{hook.port}"]
    assert hook.requests[0].target == f"/send?key={KEY}"


def test_a_service_that_shakes_no_hands_is_given_up(make_channel, send_all, full_digest: Digest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        channel = make_channel("wecom", listener.getsockname()[1], scheme="https", timeout="1s")
        error = refused(lambda: send_all(channel, full_digest))
    assert "cannot be reached: no answer in time" in str(error)
    assert not error.handed_over


def test_a_proxy_in_the_environment_of_all_programs_is_left_alone(
    hook, make_channel, send_all, full_digest: Digest, monkeypatch, free_port: int
) -> None:
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    send_all(make_channel("wecom", hook.port), full_digest)
    assert len(hook.requests) == 1


def test_a_channel_shows_nothing_of_its_secrets(hook, make_channel) -> None:
    channel: Any = make_channel("dingtalk", hook.port, **SIGNED)
    assert KEY not in repr(channel) + repr(vars(channel))
    assert channel.check(offline=True) == f"127.0.0.1:{hook.port} (not connected)"
    assert hook.connections == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_message_is_longer_than_the_platform_takes(
    hook, make_channel, send_all, full_digest: Digest, item, kind: str
) -> None:
    items = tuple(item(n, title=f"第{n}个“很长”的项目名称" * 4, summary="讲" * 90) for n in range(1, 400))
    digest = replace(full_digest, highlights=items[:7], places=(PlaceGroup("湛江", items),))
    send_all(make_channel(kind, hook.port), digest)
    assert len(hook.requests) > 3
    assert all(len(request.body) <= LIMITS[kind] for request in hook.requests)
    text = "".join(request.body.decode() for request in hook.requests)
    assert all(f"(https://zj.example/{number})" in text for number in range(1, 400))
    count = len(hook.requests)
    for number, request in enumerate(hook.requests, start=1):
        assert f"（{number}/{count}）" in request.body.decode()
