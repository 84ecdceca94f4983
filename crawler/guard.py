"""Decides which addresses may be connected to, and answers every look-up of a name with those alone.

The answer to a look-up is what is connected to, so a name that changes its mind between the check and the connection
gains nothing. What is fetched and how, it does not know; the download handlers ask it (crawler.handlers).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy.utils.datatypes import LocalCache
from twisted.internet import address as wire
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.failures import AddressRefused, KindRefused, kind_refused
from monitor.addresses import is_public

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

address_refused = object()
"""Scrapy signal: a name was looked up and no address of it may be reached. Carries `host` and `reason`."""

_WAY_OUT = "allow_private = true lets this source read it"


# -- pure -------------------------------------------------------------------------------------------------------------


def literal(host: str) -> str | None:
    """The address that a host part stands for by itself; None when it is a name.

    inet_aton is what the system's own look-up understands: 2130706433, 0x7f.1, 0177.0.0.1 and 127.1 are all 127.0.0.1.
    """
    bare = host.strip("[]").partition("%")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(bare.rstrip(".")))
    except (OSError, UnicodeEncodeError, ValueError):
        return None


def refusal_of_host(host: str) -> str | None:
    """Why a host must not be asked, as far as its spelling tells; None when it may, or only a look-up can tell."""
    if host.rstrip(".").lower().rpartition(".")[2] == "localhost":  # RFC 6761: the name of this machine everywhere
        return f"{host} is this machine itself; {_WAY_OUT}"
    address = literal(host)
    if address is None or is_public(address):
        return None
    said = host if address == host.strip("[]") else f"{host} is {address}, which"
    return f"{said} is not a public address; {_WAY_OUT}"


def refusal_of_answer(host: str, addresses: Sequence[str]) -> str:
    """What is said of a name none of whose addresses is public."""
    if (spelled := refusal_of_host(host)) is not None:
        return spelled
    return f"{host} resolves to {addresses[0]}, which is not a public address; {_WAY_OUT}"


# -- with effects -----------------------------------------------------------------------------------------------------


class AddressGuard:
    """What one crawl may connect to: the source's `allow_private`, and what its look-ups were refused."""

    def __init__(self, crawler: Crawler) -> None:
        self._allow_private = crawler.settings.getbool("ZHAOSHANG_ALLOW_PRIVATE")
        self._behind_proxy = bool(crawler.settings.get("ZHAOSHANG_PROXY"))
        self._refused: dict[str, str] = {}
        crawler.signals.connect(self._note, signal=address_refused)

    def check_url(self, url: str) -> None:
        """Before anything is sent. Raises AddressRefused."""
        if (reason := kind_refused(url)) is not None:
            raise KindRefused(reason)
        if not self._allow_private and (reason := refusal_of_host(urlsplit(url).hostname or "")) is not None:
            raise AddressRefused(reason)

    def check_peer(self, url: str, peer: IPv4Address | IPv6Address | None) -> None:
        """After the answer: the second lock, should the look-ups not have gone through us. Raises AddressRefused."""
        if self._allow_private or self._behind_proxy or peer is None or is_public(str(peer)):
            return
        raise AddressRefused(refusal_of_answer(urlsplit(url).hostname or url, [str(peer)]))

    def refusal(self, host: str | None) -> str | None:
        """Why the look-up of a name was refused; None when it was not."""
        return self._refused.get(ascii_host(host or ""))

    def _note(self, host: str, reason: str) -> None:
        self._refused[ascii_host(host)] = reason


def ascii_host(host: str) -> str:
    """One spelling for a name, whether it comes from an address or from Twisted, which writes it in Unicode."""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()


@implementer(IHostResolution)
class _Lookup:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """The thread cannot be stopped; its answer is dropped by whoever gave up waiting."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's TWISTED_DNS_RESOLVER: IPv4 and IPv6, and of those only what every crawl of the process may reach.

    Scrapy hands it the CrawlerProcess and with it the project's settings, not those of a spider: so it looks at the
    crawls that are running, and the strictest of them decides.
    """

    def __init__(self, reactor: Any, process: Any) -> None:  # Twisted's interfaces are more than mypy can follow
        self._reactor = reactor
        self._process = process
        self._timeout: float = process.settings.getfloat("DNS_TIMEOUT")
        cached = process.settings.getbool("DNSCACHE_ENABLED")
        self._known: LocalCache[str, list[str]] = LocalCache(process.settings.getint("DNSCACHE_SIZE") if cached else 0)

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        """As Scrapy makes it."""
        return cls(reactor, crawler)

    def install_on_reactor(self) -> None:
        """Every connection that the reactor makes by name asks here from now on."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - the interface's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - the interface's names
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> _Lookup:
        """Look the name up in a thread, and hand over the addresses that may be connected to."""
        del transportSemantics
        lookup = _Lookup(hostName)
        resolutionReceiver.resolutionBegan(lookup)

        def deliver(addresses: list[str]) -> None:
            for found in self._admitted(hostName, addresses):
                kind = wire.IPv6Address if ":" in found else wire.IPv4Address
                if addressTypes is None or kind in addressTypes:
                    resolutionReceiver.addressResolved(kind("TCP", found, portNumber))
            resolutionReceiver.resolutionComplete()

        if (known := self._known.get(hostName)) is not None:
            deliver(known)
        else:
            asked = deferToThreadPool(self._reactor, self._reactor.getThreadPool(), look_up, hostName)
            asked.addTimeout(self._timeout, self._reactor, onTimeoutCancel=_too_slow)
            asked.addCallbacks(self._keep, _nothing, callbackArgs=(hostName,))
            asked.addCallback(deliver)
        return lookup

    def _keep(self, addresses: list[str], host: str) -> list[str]:
        if self._known.limit:
            self._known[host] = addresses
        return addresses

    def _admitted(self, host: str, addresses: list[str]) -> list[str]:
        crawls = list(self._process.crawlers)
        if crawls and all(_may_reach(crawl, host) for crawl in crawls):
            return addresses
        admitted = [address for address in addresses if is_public(address)]
        if addresses and not admitted:
            reason = refusal_of_answer(host, addresses)
            for crawl in crawls:
                crawl.signals.send_catch_log(address_refused, host=host, reason=reason)
        return admitted


def look_up(name: str) -> list[str]:
    """All addresses of a name, as the system knows them. Raises OSError, UnicodeError."""
    # AI_ADDRCONFIG, as browsers do: no IPv6 addresses where this machine has none of its own.
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _nothing(failure: Failure) -> list[str]:
    # No such name, no answer in time; a label of more than 63 characters.
    failure.trap(OSError, UnicodeError)  # type: ignore[no-untyped-call]
    return []


def _too_slow(result: object, timeout: float) -> object:
    del result
    raise TimeoutError(f"no answer from the name servers in {timeout:g} s")


def _may_reach(crawler: Crawler, host: str) -> bool:
    """Whether a crawl may connect to the host at any address: its proxy may stand anywhere."""
    if crawler.settings.getbool("ZHAOSHANG_ALLOW_PRIVATE"):
        return True
    proxy = urlsplit(crawler.settings.get("ZHAOSHANG_PROXY") or "").hostname
    return proxy is not None and ascii_host(proxy) == ascii_host(host)
