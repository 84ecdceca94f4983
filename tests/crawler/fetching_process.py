"""A crawl in a process of its own that only fetches: what a configuration makes of requests, without the extractor.

Reads one JSON object from standard input and writes one to the file named on the command line. `names` are answered
instead of looked up; a connection to anything but this machine is never made, and is reported.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from crawler import fetching, gate, guard
from crawler.conditional import ask_if_changed, is_unchanged, validators_of
from crawler.failures import reason_of
from crawler.symptoms import trouble_of
from monitor.config import CrawlConfig, SourceConfig
from monitor.pages import Validators

WISH: dict[str, Any] = json.load(sys.stdin)
CAME: dict[str, Any] = {"pages": [], "failures": [], "connected": [], "strayed": [], "looked_up": []}


def peak_rss_kb() -> int:
    """The most memory that this process had; what getrusage() says includes the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])


class Fetch(Spider):
    """Asks for what it is told to, one after the other or all at once."""

    name = "fetch"

    @classmethod
    def update_settings(cls, settings):
        super().update_settings(settings)
        fetching.apply(settings, CrawlConfig(**WISH["crawl"]), SourceConfig(**WISH["source"]))
        for name, value in WISH["settings"].items():
            settings.set(name, value, priority="cmdline")

    async def start(self):
        for wish in WISH["requests"]:
            known = Validators(**wish["known"]) if "known" in wish else None
            request = Request(
                wish["url"],
                method=wish.get("method", "GET"),
                meta=wish.get("meta", {}),
                callback=self.page,
                errback=self.failed,
                cb_kwargs={"known": known},
                dont_filter=True,
            )
            yield ask_if_changed(request, known)

    def page(self, response, known):
        validators = validators_of(response, known)
        CAME["pages"].append(
            {
                "asked": response.request.meta.get("redirect_urls", [response.request.url])[0],
                "url": response.url,
                "status": response.status,
                "length": len(response.body),
                "text": response.body[:20_000].decode("utf-8", "replace"),
                "flags": response.flags,
                "etag": validators.etag,
                "unchanged": is_unchanged(response, known),
            }
        )

    def failed(self, failure):
        request = failure.request
        asked = request.meta.get("redirect_urls", [request.url])[0]
        trouble = trouble_of(failure)
        told = {"reason": reason_of(failure), "symptom": trouble.symptom, "detail": trouble.detail}
        CAME["failures"].append({"asked": asked} | told)

    def closed(self, reason):  # noqa: ARG002 - Scrapy's name
        slots = self.crawler.engine.downloader.slots
        CAME["delays"] = {host: (slot.delay, slot.jitter) for host, slot in slots.items()}


def answer_names(names):
    """The name service of the test: each look-up of a name takes the next of its answers, the last one for ever."""
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        CAME["looked_up"].append(host)
        if host not in names:
            return real(host, port, *args, **kwargs)
        answers = names[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [entry for address in addresses for entry in real(address, port, *args, **kwargs)]

    def gethostbyname(host):
        return getaddrinfo(host, None)[0][4][0]

    socket.getaddrinfo = getaddrinfo
    socket.gethostbyname = gethostbyname


def take_for_public(addresses):
    """A server of the test stands in for one of the internet."""
    real = guard.is_public
    guard.is_public = gate.is_public = lambda address: address in addresses or real(address)


def stay_at_home():
    """No connection leaves this machine, whatever the code under test does."""
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def connect(self, address, original=original):
            host = address[0] if isinstance(address, tuple) else str(address)
            here = not isinstance(address, tuple) or host.startswith("127.") or host == "::1"
            CAME["connected" if here else "strayed"].append(host)
            if not here:
                raise ConnectionRefusedError(111, "the test lets nothing out")
            return original(self, address)

        setattr(socket.socket, name, connect)


def main():
    answer_names(WISH["names"])
    take_for_public(WISH["public"])
    stay_at_home()
    settings = get_project_settings()
    # No configured sources, no ledger, no files: only what fetches.
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.SpiderLoader", priority="cmdline")
    settings.set("SPIDER_MODULES", [], priority="cmdline")
    settings.set("EXTENSIONS", {}, priority="cmdline")
    settings.set("DOWNLOAD_HANDLERS", {**settings["DOWNLOAD_HANDLERS"], "file": None}, priority="project")
    for name, value in WISH["settings"].items():
        settings.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Fetch)
    process.crawl(crawler)
    process.start()
    CAME["stats"] = crawler.stats.get_stats() | {"peak_rss_kb": peak_rss_kb()}
    Path(sys.argv[1]).write_text(json.dumps(CAME, default=str), encoding="utf-8")


main()
