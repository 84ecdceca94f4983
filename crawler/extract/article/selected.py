"""Reads the fields of a post's page where a user's selectors say that they stand (`post_*` of a `Selection`)."""

import re
from dataclasses import dataclass, field

from cssselect import SelectorError
from lxml.html import HtmlElement
from parsel import Selector

from crawler.extract.article.blocks import read_blocks
from crawler.extract.html.selected import is_xpath
from monitor.pages import Selection
from monitor.text import clean


@dataclass
class Selected:
    """What the selectors of one source find on one page, and which of them found nothing."""

    root: HtmlElement
    select: Selection
    warnings: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The first text that the selector of a field finds; empty when there is no selector, or nothing there."""
        for found in self._query(name):
            text = clean(found) if isinstance(found, str) else "".join(block.text for block in read_blocks(found))
            if text:
                return text
        return self._nothing(name)

    def elements(self, name: str) -> tuple[HtmlElement, ...]:
        """The outermost elements that the selector of a field finds."""
        found = [one for one in self._query(name) if not isinstance(one, str)]
        outer = tuple(one for one in found if not any(other in found for other in one.iterancestors()))
        if not any(read_blocks(one) for one in outer):
            self._nothing(name, "no element with text")
            return ()
        return outer

    def _query(self, name: str) -> list[HtmlElement | str]:
        selector = getattr(self.select, name)
        if not selector:
            return []
        page = Selector(root=self.root, type="html")
        try:
            found = page.xpath(selector.removeprefix("xpath:")) if is_xpath(selector) else page.css(selector)
        except (ValueError, SelectorError, re.error) as error:
            self.warnings.append(f"select.{name} is no selector: {error}")
            return []
        return [one.root if isinstance(one.root, HtmlElement) else str(one.root) for one in found]

    def _nothing(self, name: str, what: str = "nothing") -> str:
        words = f"select.{name} found {what} on this page"
        told = any(one.startswith(f"select.{name} ") for one in self.warnings)
        if getattr(self.select, name) and not told:
            self.warnings.append(words)
        return ""
