"""Certificates are checked, the reason names the way out, and with `verify_tls = false` old servers are read, too."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from crawler.gate import Gate
from crawler.handlers import OldServersToo

WAY_OUT = "verify_tls = false lets this source read it"
NO_RETRY = {"RETRY_TIMES": 0}


def test_a_good_certificate_is_a_page(authority, secure_site, fetch):
    url = secure_site(authority.sign("localhost"))
    fetched = fetch(url, SSL_CERT_FILE=str(authority.file))
    assert fetched.pages[url]["text"] == "secure"


def test_a_certificate_that_is_not_trusted_is_named_with_the_way_out_and_read_when_told_to(
    authority, secure_site, fetch
):
    bad = {
        "no chain": (secure_site(authority.sign("localhost")), "/nonexistent"),
        "another host": (secure_site(authority.sign("www.example.cn")), str(authority.file)),
        "expired": (secure_site(authority.sign("localhost", days=-30)), str(authority.file)),
    }
    for what, (url, trusted) in bad.items():
        (reason,) = fetch(url, SSL_CERT_FILE=trusted).reasons.values()
        assert reason.startswith("the server's certificate or TLS is not accepted ("), what
        assert reason.endswith(WAY_OUT), what
    urls = [url for url, _ in bad.values()]
    assert sorted(fetch(*urls, source={"verify_tls": False}).pages) == sorted(urls)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_old_servers_are_read_without_checks_and_with_checks_they_are_named(authority, secure_site, fetch):
    old = secure_site(authority.sign("localhost"), old=True)
    weak = secure_site(authority.sign("localhost", bits=1024))
    checked = fetch(old, weak, settings=NO_RETRY, SSL_CERT_FILE=str(authority.file))
    assert checked.pages == {}
    assert all(reason.endswith(WAY_OUT) for reason in checked.reasons.values()), checked.reasons
    unchecked = fetch(old, weak, source={"verify_tls": False})
    assert {page["text"] for page in unchecked.pages.values()} == {"secure"}
    assert len(unchecked.pages) == 2


@pytest.fixture
def tunnel() -> Iterator[str]:
    """A proxy that opens tunnels: the browser's gate is one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    gate = Gate(allow_private=True)
    address = asyncio.run_coroutine_threadsafe(gate.start(), loop).result(10)
    yield address.replace("http://", f"http://{gate.username}:{gate.password}@")
    asyncio.run_coroutine_threadsafe(gate.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_certificates_are_checked_through_a_proxy_as_without_one(authority, secure_site, tunnel, fetch):
    url = secure_site(authority.sign("localhost"))
    source = {"proxy": "env:ZS_PROXY"}
    trusted = fetch(url, source=source, ZS_PROXY=tunnel, SSL_CERT_FILE=str(authority.file))
    assert trusted.pages[url]["text"] == "secure"
    (reason,) = fetch(url, source=source, ZS_PROXY=tunnel, SSL_CERT_FILE="/nonexistent").reasons.values()
    assert reason.endswith(WAY_OUT)
    unchecked = fetch(url, source={**source, "verify_tls": False}, ZS_PROXY=tunnel)
    assert unchecked.pages[url]["text"] == "secure"


def test_a_connection_by_address_names_no_host(authority, secure_site, fetch):
    url = secure_site(authority.sign("localhost")).replace("localhost", "127.0.0.1")
    assert fetch(url, source={"verify_tls": False}).pages[url]["text"] == "secure"


def test_old_servers_without_secure_renegotiation_are_spoken_to():
    legacy_server_connect = 0x4  # OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT
    assert OldServersToo()._context.set_options(0) & legacy_server_connect


def test_a_server_that_speaks_no_tls_is_one_line(site, fetch):
    url = site.url.replace("http://", "https://") + "/page"
    (reason,) = fetch(url, settings=NO_RETRY).reasons.values()
    assert "the secure connection failed" in reason
