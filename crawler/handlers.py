"""Downloads http and https for Scrapy under our rules: guarded addresses, bounded answers, TLS as the source allows.

Which page is fetched when, and what is done with it, is decided elsewhere.
"""

import ipaddress
from typing import cast

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadFailedError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from service_identity import VerificationError
from twisted.internet.interfaces import IAddress, IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import _HTTP11ClientFactory
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.conditional import is_rendered
from crawler.failures import AddressRefused, PageTooLarge, UntrustedServer, causes_of, tls_words, too_large
from crawler.guard import AddressGuard
from crawler.politeness import PoliteRetryMiddleware

_LARGEST_HEAD = 256 * 1024  # status line and headers; browsers stop at 256 KiB, too
_LEGACY_SERVER_CONNECT = 0x4  # OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT: servers without RFC 5746 renegotiation

# What OpenSSL says of servers that a source may choose to live with. Anything else is worth a second attempt.
_UNTRUSTED = (
    "certificate verify failed",
    "unsafe legacy renegotiation disabled",
    "unsupported protocol",
    "tlsv1 alert protocol version",
    "dh key too small",
    "ee key too small",
    "ca md too weak",
    "wrong signature type",
    "no protocols available",
    "handshake failure",
)


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler. Every failure that has a reason of its own is raised as that reason."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._guard = AddressGuard(crawler)
        self._ceiling = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._verified = crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        # Scrapy offers no way in for either: the names are private there, and the tests tell when they move.
        self._pool._factory = _BoundedFactory  # noqa: SLF001
        if not self._verified:
            self._contextFactory = cast("IPolicyForHTTPS", OldServersToo())

    async def download_request(self, request: Request) -> Response:
        """Raises AddressRefused, PageTooLarge, UntrustedServer, HostBusy, and what Scrapy raises."""
        await self.take_turn(request)
        return await self.download_now(request)

    async def take_turn(self, request: Request) -> None:
        """Wait until the host may be asked, unless it never may. Raises AddressRefused, HostBusy."""
        self._guard.check_url(request.url)
        pace = self.crawler.get_downloader_middleware(PoliteRetryMiddleware)
        if pace is not None:
            await pace.take_turn(request)

    async def download_now(self, request: Request) -> Response:
        """Raises as `download_request`, without its waiting."""
        try:
            response = await super().download_request(request)
        except CannotResolveHostError as error:
            if (reason := self._guard.refusal(urlparse_cached(request).hostname)) is not None:
                raise AddressRefused(reason) from error
            raise
        except DownloadCancelledError as error:  # Scrapy cancels for no other reason; a timeout has a class of its own
            raise PageTooLarge(too_large(request.meta.get("download_maxsize", self._ceiling))) from error
        except DownloadFailedError as error:
            if (reason := self._untrusted(error)) is not None:
                raise UntrustedServer(reason) from error
            raise
        if not is_rendered(response):  # a browser's peer is the gate
            self._guard.check_peer(request.url, response.ip_address)
        return response

    def _untrusted(self, error: DownloadFailedError) -> str | None:
        for cause in causes_of(error):
            if isinstance(cause, VerificationError):
                return untrusted("the certificate is for another host")
            if isinstance(cause, SSL.Error):
                words = tls_words(cause)
                if self._verified and any(sign in words for sign in _UNTRUSTED):
                    return untrusted(words)
        return None


def untrusted(words: str) -> str:
    """What is said of a server that is not trusted, and the way out."""
    return f"the server's certificate or TLS is not accepted ({words}); verify_tls = false lets this source read it"


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Twisted bounds the lines of a response's head, and not their number: a server could send headers for ever."""

    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None or self._parser.state not in (STATUS, HEADER):
            self._head = 0
            return
        self._head += len(data)
        if self._head > _LARGEST_HEAD and self.transport is not None:
            self.transport.abortConnection()


class _BoundedFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: N802 - Twisted's name
        del addr
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@implementer(IPolicyForHTTPS)
class OldServersToo:
    """TLS that checks nothing and speaks with what nobody else speaks with any more: for `verify_tls = false` alone.

    TLS 1.0, keys and ciphers of security level 0, servers without secure renegotiation. OpenSSL's security level cannot
    be set through Scrapy's DOWNLOADER_CLIENT_TLS_CIPHERS: Twisted takes the names of the ciphers out and drops it.
    """

    def __init__(self) -> None:
        self._context = SSL.Context(SSL.TLS_METHOD)
        self._context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        self._context.set_min_proto_version(SSL.TLS1_VERSION)
        self._context.set_options(_LEGACY_SERVER_CONNECT)

    def creatorForNetloc(self, hostname: bytes, port: int) -> "_Unverified":  # noqa: N802 - the interface's name
        """How connections to a host are secured."""
        del port
        return _Unverified(self._context, hostname)


@implementer(IOpenSSLClientConnectionCreator)
class _Unverified:
    def __init__(self, context: SSL.Context, hostname: bytes) -> None:
        self._context = context
        self._hostname = hostname

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802, N803
        """A connection that names the host (SNI), unless it is a bare address."""
        del tlsProtocol
        connection = SSL.Connection(self._context, None)
        try:
            ipaddress.ip_address(self._hostname.decode("ascii", "replace"))
        except ValueError:
            connection.set_tlsext_host_name(self._hostname)
        return connection
