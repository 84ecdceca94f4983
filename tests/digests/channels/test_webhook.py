"""The webhook against a real service: what is posted, how it is checked, and what each answer comes to."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from digests.content import Digest, from_json
from digests.notice import Fact, Notice
from digests.render import render
from monitor.errors import DeliveryError

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
SESAME = "SECf00dfeedbeef"
SIGNED = {"secret_env": "HOOK_SECRET"}


@pytest.fixture
def send(make_channel, delivery, full_digest: Digest, now) -> Any:
    """Sends the full digest, or another message, to a service."""

    def to(hook: Any, message: Any = None, *, keys: dict[str, Any] | None = None, **changes: Any) -> None:
        channel = make_channel("webhook", hook.port, **(keys or {}))
        one = delivery("", channel="hook", message_id="0123abcd", **changes)
        channel.send(one, message or full_digest, now)

    return to


@pytest.fixture
def refused(send) -> Any:
    def of(hook: Any, **keys: Any) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            send(hook, keys={**SIGNED, **keys})
        assert KEY not in str(caught.value)
        assert SESAME not in str(caught.value)
        return caught.value

    return of


def test_a_digest_is_posted_as_json_that_reads_back(hook, send, full_digest: Digest) -> None:
    send(hook)
    (request,) = hook.requests
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    told = request.json
    assert from_json(json.dumps(told.pop("digest"))) == full_digest
    assert told.pop("text") == render(full_digest, "md")
    assert told == {
        "version": 1,
        "kind": "digest",
        "delivery": {"id": 1, "key": "0123abcd", "resend_of": None},
        "audience": "everyone",
        "period": "2025-W29",
        "subject": "招商周报 2025-W29：新事件 5 件（湛江 3、遂溪县 1、其他 1），旧闻重发 1 件，补报 2 件，另有 2 期错过未发，1 个来源异常",
    }


def test_a_notice_is_one_too(hook, send, now) -> None:
    facts = (Fact("来源", "湛江"),)
    notice = Notice(
        "zj", now, "【招商周报】来源异常", facts, "http://zj.cn/", "照常重试", ("zhaoshang source show zj",), "UTC"
    )
    send(hook, notice, audience="operator", period_key="alert-3", digest_id=None, alert_id=3)
    told = hook.bodies[0]
    assert (told["kind"], told["period"], told["audience"]) == ("notice", None, "operator")
    assert told["notice"]["facts"] == [{"name": "来源", "text": "湛江"}]
    assert "digest" not in told


def test_the_signature_is_checked_as_the_documentation_says(hook, send, now) -> None:
    send(hook, keys=SIGNED)
    (request,) = hook.requests
    timestamp = request.headers["x-zhaoshang-timestamp"]
    expected = hmac.new(SESAME.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-zhaoshang-signature"] == f"v1={expected}"
    assert int(timestamp) == int(now.timestamp())


def test_without_a_secret_nothing_is_signed(hook, send) -> None:
    send(hook)
    assert "x-zhaoshang-signature" not in hook.requests[0].headers


def test_a_repeat_has_the_same_key_and_body_and_a_resend_another(hook, send) -> None:
    send(hook)
    send(hook, attempts=2)
    send(hook, id=9, resend_of=1)
    one, two, three = hook.requests
    assert one.headers["idempotency-key"] == two.headers["idempotency-key"] == "0123abcd"
    assert one.body == two.body
    assert three.headers["x-zhaoshang-delivery"] == "9"
    assert three.json["subject"].startswith("（重发）")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_one_whatever_its_body(serve_hook, reply, send, status: int) -> None:
    send(serve_hook(reply.plain(status, b"<html>" if status != 204 else b"")))
    send(serve_hook(reply.cut_off(status)))


def test_a_success_whose_body_never_ends_is_one_all_the_same(serve_hook, reply, send) -> None:
    hook = serve_hook(reply.silent)
    hook.replies = [hook.drip_body]
    send(hook, keys={"timeout": "1s"})


@pytest.mark.parametrize(
    ("status", "permanent", "handed_over"),
    [
        *((status, True, False) for status in (400, 405, 410, 413, 415, 422)),
        *((status, False, False) for status in (401, 403, 404, 409, 429, 503, 301, 302, 307)),
        *((status, False, True) for status in (500, 502, 504, 199)),
    ],
)
def test_each_status_has_its_consequence(
    serve_hook, reply, refused, status: int, permanent: bool, handed_over: bool
) -> None:
    if status == 199:  # an interim answer, and then nothing
        hook = serve_hook(reply.plain(199))
        hook.replies = [reply.plain(100)]
    else:
        hook = serve_hook(reply.plain(status, f"{KEY} {SESAME} 不行".encode(), Location="http://elsewhere.example/"))
    error = refused(hook)
    assert (error.permanent, error.handed_over) == (permanent, handed_over)
    assert str(error).startswith("channel chat (127.0.0.1")
    if status not in (199, 301, 302, 307):
        assert "*** *** 不行" in str(error)


def test_it_waits_as_long_as_it_is_asked_to(serve_hook, reply, refused) -> None:
    assert refused(serve_hook(reply.plain(503, b"", Retry_After="90"))).wait == 90
    assert refused(serve_hook(reply.plain(503, b"", Retry_After="999999"))).wait == 3600
    assert refused(serve_hook(reply.plain(503, b"", Retry_After="Mon, 21 Jul 2025 00:00:00 GMT"))).wait == 0


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_service_that_takes_its_time_is_given_up(serve_hook, reply, refused, how: str) -> None:
    hook = serve_hook(reply.silent)
    hook.replies = [getattr(hook, how)]
    error = refused(hook, timeout="1s")
    assert error.handed_over
    assert "may have arrived" in str(error)


def test_an_address_without_a_key_may_stand_in_the_file(hook, send) -> None:
    send(hook, keys={"url_env": None, "url": f"http://127.0.0.1:{hook.port}/in"})
    assert hook.requests[0].target == "/in"


def test_a_check_posts_nothing(hook, make_channel) -> None:
    channel = make_channel("webhook", hook.port, **SIGNED)
    assert channel.check() == f"127.0.0.1:{hook.port} can be reached; messages are signed"
    assert channel.check(offline=True) == f"127.0.0.1:{hook.port} (not connected), signed"
    assert hook.requests == []
