"""Starts the browser of `render = true` once with an empty page, and prints as JSON what came of it; fetches nothing.

`python -m crawler.browser_check`; `zhaoshang doctor` asks.
"""

import json
from dataclasses import asdict, dataclass

from scrapy.settings import Settings

from crawler.render import apply
from monitor.errors import ConfigError

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Tried:
    """The browser's version, or why it does not start and what to do."""

    version: str = ""
    trouble: str = ""
    todo: str = ""


def try_browser() -> Tried:
    """With the same options as a crawl."""
    settings = Settings()
    try:
        apply(settings, "doctor")
    except ConfigError as error:
        return Tried(trouble=error.what, todo=error.todo)
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - the extra is not installed everywhere

    options = settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS")
    try:
        with sync_playwright() as playwright, playwright.chromium.launch(**options, timeout=_SECONDS * 1000) as browser:
            browser.new_page().goto("about:blank", timeout=_SECONDS * 1000)
            return Tried(version=f"Chromium {browser.version}")
    except Error:
        path = options["executable_path"]
        return Tried(trouble=f"{path} does not start", todo=f"see why: {path} --headless --dump-dom about:blank")


if __name__ == "__main__":
    print(json.dumps(asdict(try_browser()), ensure_ascii=False))
