"""Says whether a text can be used to pick something out of a page; what it picks it does not know."""

import re
from collections.abc import Iterator

_XPATH_STARTS = ("/", "./", "../", "(", "@", "xpath:")
_PAGE = "<html><head><title>t</title></head><body><p id='i' class='c'><a href='u' title='t'>t</a> t</p></body></html>"
_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|'[^']*')"""
    r"|(?P<variable>\$[\w.:-]+)"
    r"|(?P<name>[^\W\d][\w.-]*(?::(?!:)(?:[^\W\d][\w.-]*|\*))?)"
    r"|(?P<open>[(\[])"
    r"|(?P<close>[)\]])"
)
_OPERATORS = frozenset({"and", "or", "div", "mod"})


def check_selector(text: str, *, jmespath: bool) -> None:
    """Raise ValueError for a text that no page can be asked: no XPath, no CSS selector, with `jmespath` no JMESPath.

    An XPath is one by its beginning, as in monitor.pages.Selection.
    """
    if text.startswith(_XPATH_STARTS):
        if trouble := _xpath_trouble(text.removeprefix("xpath:")):
            raise ValueError(f"{text!r} is no XPath: {trouble}")
        return
    trouble = _css_trouble(text)
    if trouble and jmespath:
        other = _jmespath_trouble(text)
        trouble = f"{trouble}) and no JMESPath ({other}" if other else ""
    if trouble:
        raise ValueError(f"{text!r} is no CSS selector ({trouble})")


def _css_trouble(text: str) -> str:
    # Imported when a source has selectors, which few have: every command reads the configuration.
    from cssselect import SelectorError  # noqa: PLC0415
    from parsel.csstranslator import css2xpath  # noqa: PLC0415

    try:
        return _xpath_trouble(css2xpath(text))
    except SelectorError as error:
        return str(error)


def _xpath_trouble(text: str) -> str:
    """What stands in the way of an XPath; empty when nothing does.

    It is evaluated on a page. What is evaluated only where something before it was found (a predicate, an argument)
    is also evaluated by itself, since that page holds nothing of what the user has in mind.
    """
    from parsel import Selector  # noqa: PLC0415 - as above

    page = Selector(_PAGE, type="html")
    for part, whole in [(text, text), *_parts(text)]:
        try:
            page.xpath(whole)
        except ValueError as error:
            words = str(error).removeprefix("XPath error: ").removesuffix(f" in {whole}")
            return words if part == text else f"{words} in {part}"
        except re.error as error:  # of the functions re:test() and re:match()
            return f"{error} in {part}"
    return ""


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """The variables, names with a prefix, function calls and predicates of an XPath; each as it is, and as an XPath."""
    name: re.Match[str] | None = None
    opened: list[int | None] = []
    for token in _TOKEN.finditer(text):
        if token["variable"]:
            yield token[0], f"//*[{token[0]}]"
        elif token["name"] and ":" in token[0] and not text[token.end() :].lstrip().startswith("("):
            yield token[0], f"//{token[0]}"
        elif token["open"]:
            opened.append(_opening(text, token, name))
        elif token["close"] and opened:
            start = opened.pop()
            if start is not None:
                part = text[start : token.end()]
                yield part, f"//*{part}" if part.startswith("[") else f"//*[{part}]"
        name = token if token["name"] else None


def _opening(text: str, bracket: re.Match[str], before: re.Match[str] | None) -> int | None:
    """Where a predicate or a function call begins; None for mere parentheses. `before` is a name before the bracket."""
    if bracket[0] == "[":
        return bracket.start()
    if before is None or before[0] in _OPERATORS or text[before.end() : bracket.start()].strip():
        return None
    return before.start()


def _jmespath_trouble(text: str) -> str:
    """What stands in the way of a JMESPath: its grammar, or a function that there is not or that takes another number.

    It is not evaluated: what a function makes of a value depends on the JSON.
    """
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - as above
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # noqa: PLC0415
    from jmespath.functions import Functions  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        nodes = [jmespath.compile(text).parsed]
    except JMESPathError as error:
        return str(error).splitlines()[0]
    while nodes:
        node = nodes.pop()
        nodes += node["children"]
        if node["type"] != "function_expression":
            continue
        known = Functions.FUNCTION_TABLE.get(node["value"])
        if known is None:
            return f"there is no function {node['value']}()"
        wanted, given = known["signature"], len(node["children"])
        variadic = bool(wanted) and wanted[-1].get("variadic", False)
        if given < len(wanted) or (given > len(wanted) and not variadic):
            return f"{node['value']}() does not take {given} arguments"
    return ""
