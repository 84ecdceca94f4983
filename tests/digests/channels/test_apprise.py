"""The apprise channel with the real Apprise in its own process, and without it."""

import builtins
import io
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from digests.channels import apprise as apprise_channel
from digests.channels import apprise_process, child, open_channel
from digests.channels.apprise import End
from digests.content import Digest
from monitor.config import AppriseChannelConfig
from monitor.errors import DeliveryError, SecretError

BOT = "1234567890:AAbotTokenThatNobodyMaySee"


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Opens a channel with the given addresses."""

    def make(*urls: str, **keys: Any) -> Any:
        monkeypatch.setenv("APPRISE_URLS", "\n".join(urls))
        table = {"type": "apprise", "url_env": "APPRISE_URLS", "timeout": "60s", **keys}
        return open_channel("all", AppriseChannelConfig.model_validate(table), tmp_path)

    return make


@pytest.fixture
def send(channel, delivery, full_digest: Digest, now) -> Any:
    def to(*urls: str, **keys: Any) -> None:
        channel(*urls, **keys).send(delivery("", channel="all"), full_digest, now)

    return to


def refused(send: Any, *urls: str, **keys: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(*urls, **keys)
    assert BOT not in str(caught.value)
    assert str(caught.value).startswith("channel all (Apprise)")
    return caught.value


needs_apprise = pytest.mark.skipif(find_spec("apprise") is None, reason="needs the extra apprise")


@needs_apprise
@pytest.mark.long
def test_a_digest_is_handed_over(hook, send) -> None:
    send(f"json://127.0.0.1:{hook.port}/in")
    assert "海上风电项目开工" in hook.requests[0].json["message"]
    assert "招商周报 2025-W29" in hook.requests[0].json["title"]


@needs_apprise
@pytest.mark.long
def test_a_service_that_refuses_is_a_failure_and_is_not_named(serve_hook, reply, send) -> None:
    bad, good = serve_hook(reply.plain(500)), serve_hook(reply.plain(200))
    error = refused(send, f"json://user:{BOT.partition(':')[2]}@127.0.0.1:{bad.port}/")
    assert "not handed over" in str(error)
    assert not error.handed_over
    error = refused(send, f"json://127.0.0.1:{bad.port}/", f"json://127.0.0.1:{good.port}/")
    assert "(1 of 2)" in str(error)
    assert error.handed_over


@needs_apprise
@pytest.mark.long
def test_what_it_does_not_understand_is_told_by_its_number(channel, send) -> None:
    error = refused(send, "json://127.0.0.1/", f"nonsense://{BOT}")
    assert "does not understand address 2" in str(error)
    assert error.permanent
    assert (
        channel("json://127.0.0.1/", f"tgram://{BOT}/12345").check().startswith("Apprise understands its 2 addresses")
    )


@needs_apprise
@pytest.mark.long
def test_a_service_that_drips_is_given_up(serve_hook, reply, send) -> None:
    hook = serve_hook(reply.silent)
    hook.replies = [hook.drip]
    error = refused(send, f"json://127.0.0.1:{hook.port}/", timeout="5s")
    assert error.handed_over
    assert "may have arrived" in str(error)


def test_where_it_is_not_installed_one_line_says_how(send, monkeypatch) -> None:
    monkeypatch.setattr(apprise_channel, "run", lambda *_: child.Ended(End.NOT_INSTALLED, ""))
    error = refused(send, "json://127.0.0.1/")
    assert str(error) == "channel all (Apprise): Apprise is not installed; run: pip install 'zhaoshang[apprise]'"


def test_the_process_says_that_it_is_not_installed(monkeypatch) -> None:
    real = builtins.__import__

    def importing(name: str, *more: Any) -> Any:
        if name == "apprise":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", importing)
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"urls": []}'))
    assert apprise_process.main() == End.NOT_INSTALLED


def test_what_it_says_when_it_breaks_is_told_without_the_addresses(send, monkeypatch) -> None:
    monkeypatch.setattr(apprise_channel, "run", lambda *_: child.Ended(1, f"ValueError: tgram {BOT} at {BOT[11:]}"))
    error = refused(send, f"tgram://{BOT}/12345")
    assert "Apprise failed: ValueError: tgram" in str(error)


def test_without_an_address_there_is_nothing_to_start(channel, monkeypatch) -> None:
    opened = channel("json://127.0.0.1/")
    monkeypatch.delenv("APPRISE_URLS")
    with pytest.raises(SecretError, match="APPRISE_URLS is not set"):
        opened.check()
