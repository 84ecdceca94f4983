"""What a crawl costs: python benchmarks/crawl.py [PAGES] [POSTS_A_PAGE] (100 and 20 unless said).

A local site is crawled by a fetch-only Scrapy spider (the same addresses, one request at a time, no delay) and by the
product with extraction, archive and storing on: a first crawl, an unchanged one, and one with 20 new posts. Printed
are requests, bytes, seconds of CPU of the crawling process, and seconds on the clock; the site runs in a process of
its own and is not counted.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
_FETCH_ONLY = """
import scrapy


class FetchOnly(scrapy.Spider):
    name = "fetch-only"
    custom_settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False, "ROBOTSTXT_OBEY": True,
    }

    async def start(self):
        for number in range(PAGES):
            yield scrapy.Request(f"SITE/list/index_{number}.html" if number else "SITE/list/", callback=self.parse)
        for number in range(1, PAGES * SIZE + 1):
            yield scrapy.Request(f"SITE/post/{number}.html", callback=self.parse)

    def parse(self, response):
        pass
"""
_CONFIG = """
[crawl]
delay = 0
max_requests = 100000

[[source]]
name = "site"
url = "SITE/list/"
max_pages = 1000
allow_private = true
"""


def measured(name: str, command: list[str], folder: Path, site: str) -> float:
    """Run a command, print what it cost, and return its seconds of CPU."""
    counts(site)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    elapsed, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{name} failed:\\n{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = counts(site)
    cost = f"{told['requests']:>6} requests {told['bytes'] / 1e6:>8.2f} MB {cpu:>7.2f} s CPU {elapsed:>7.2f} s"
    print(f"{name:<22} {cost}   {told['statuses']}")
    return cpu


def counts(site: str, path: str = "/-/counts") -> dict[str, object]:
    with urlopen(site + path) as answer:  # noqa: S310 - the local site
        return dict(json.load(answer))


def main(pages: int, size: int) -> None:
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "local_site.py"), str(pages), str(size)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        site = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            fill = {"SITE": site, "PAGES": str(pages), "SIZE": str(size)}
            spider, config = _FETCH_ONLY, _CONFIG
            for word, value in fill.items():
                spider, config = spider.replace(word, value), config.replace(word, value)
            (folder / "fetch_only.py").write_text(spider, encoding="utf-8")
            (folder / "zhaoshang.toml").write_text(config, encoding="utf-8")
            scrapy = [sys.executable, "-P", "-m", "scrapy"]
            crawl = [*scrapy, "crawl", "site", "-s", "LOG_LEVEL=ERROR"]
            os.environ.pop("SCRAPY_SETTINGS_MODULE", None)
            base = measured("fetch only", [*scrapy, "runspider", "fetch_only.py"], folder, site)
            os.environ["SCRAPY_SETTINGS_MODULE"] = "crawler.settings"
            first = measured("first crawl", crawl, folder, site)
            measured("unchanged", crawl, folder, site)
            counts(site, "/-/new?count=20")
            measured("20 new posts", crawl, folder, site)
            print(f"first crawl / fetch only: {first / base:.2f} times the CPU")
            data = folder / "data"
            sizes = {path.name: path.stat().st_size for path in data.glob("*.db*")}
            print("on disk:", ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sorted(sizes.items())))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:])) if len(sys.argv) > 2 else main(100, 20)
