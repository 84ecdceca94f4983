"""Says whether a text can be used to pick something out of a page; what it picks it does not know."""


def is_selector(text: str) -> bool:
    """Whether a text is an XPath (by its beginning, as in monitor.pages.Selection), a CSS selector or a JMESPath."""
    # Imported when a source has selectors, which few have: every command reads the configuration.
    from lxml import etree  # noqa: PLC0415

    if text.startswith(("/", "./", "../", "(", "@", "xpath:")):
        try:
            etree.XPath(text.removeprefix("xpath:"))
        except etree.XPathSyntaxError:
            return False
        return True
    return _is_css(text) or _is_jmespath(text)


def _is_css(text: str) -> bool:
    from cssselect import SelectorError  # noqa: PLC0415 - as above
    from parsel.csstranslator import css2xpath  # noqa: PLC0415

    try:
        css2xpath(text)
    except SelectorError:
        return False
    return True


def _is_jmespath(text: str) -> bool:
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - as above
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        jmespath.compile(text)
    except JMESPathError:
        return False
    return True
