"""Jinja2's immutable sandbox, made narrower for templates that a user wrote; it reads no files and knows no digest.

Jinja2 keeps a template from Python; what it costs to fill one, it does not bound. So a charge is put into every loop,
macro and call, every printed character is counted, and nothing may grow beyond what a page has room for. A list may
hold another twice, and so on: small to keep, and endless to print or to compare. So whatever works on a value measures
it first, with all that it holds.
"""

from collections.abc import Callable, Mapping, Sized
from functools import wraps
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateAssertionError
from jinja2.filters import FILTERS, do_join, do_replace
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

BUILT_IN = "builtin/"  # what the names of our own templates begin with
WORK = 30_000_000  # characters printed or repeated in one filling; a digest of 2,000 stories takes some 6,000,000
LARGEST = 1_000_000  # characters of a text, members of a list
_COPIED = 10  # characters that are copied or compared, for what one costs to print
_TURN = 100  # what a turn of a loop or a call costs beside the text in it
_HIGHEST = 1_000  # exponent; and digits of a number, a power of ten each
_METHODS = frozenset(
    (
        *("isoformat", "date", "time", "weekday", "isoweekday"),
        *("items", "keys", "values", "get", "index", "count"),
        *("startswith", "endswith", "find", "strip", "lstrip", "rstrip", "split", "splitlines"),
        *("upper", "lower", "capitalize", "title"),
    )
)
_FILTERS = (
    *("abs", "int", "float", "round", "min", "max", "count", "length", "wordcount"),
    *("capitalize", "lower", "title", "upper", "trim", "truncate", "string", "striptags", "urlencode"),
    *("e", "escape", "forceescape", "d", "default", "first", "last", "list", "items", "reverse", "sort", "dictsort"),
    *("groupby", "map", "reject", "rejectattr", "select", "selectattr", "unique"),
)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment for one filling of one template: what it has cost so far is remembered in it."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, loader: BaseLoader, filters: Mapping[str, Callable[..., Any]], *, escaping: bool) -> None:
        super().__init__(
            loader=loader,
            autoescape=escaping,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=self._counted,
        )
        self._work = 0
        known = {name: FILTERS[name] for name in _FILTERS}
        own = {"join": do_join, "replace": do_replace, "sum": _total, "bounded": bounded}
        self.filters = {name: self._checked(one) for name, one in {**known, **own, **filters}.items()}
        self.tests = {name: self._tested(one) for name, one in self.tests.items()}
        self.globals.pop("lipsum", None)

    def charge(self, work: int) -> str:
        """Count some work, and print nothing. Raises SecurityError when it was too much."""
        self._work += work
        if self._work > WORK:
            raise SecurityError("it repeats too much: a digest is not that long")
        return ""

    def turn(self) -> bool:
        """Count a turn of a loop whose body may be skipped."""
        self.charge(_TURN)
        return True

    def measured(self, value: Any) -> Any:
        """The value that is about to be worked on, after its size was counted. Raises SecurityError."""
        self.charge(len(value) // _COPIED if isinstance(value, str | range) else _size(value))
        return value

    def joined(self, *parts: Any) -> str:
        """What `~` makes of its parts."""
        parts = tuple(map(self.measured, parts))
        escaping = any(hasattr(part, "__html__") for part in parts)
        texts = [part if isinstance(part, str) else str(part) for part in parts]
        _refuse_beyond(sum(map(len, texts)))
        return Markup("").join(texts) if escaping else "".join(texts)  # Markup escapes what it joins

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Fields, and of methods those few that make nothing large."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        is_method = isinstance(value, BuiltinMethodType | MethodType) or type(value).__name__ == "method-wrapper"
        return not is_method or attr in _METHODS or isinstance(obj, LoopContext)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """No wrapping: `format` writes a million blanks for a short text, so it is not among the methods."""
        del value
        return None

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a function."""
        self.charge(_TURN)
        for one in (getattr(obj, "__self__", None), *args, *kwargs.values()):
            self.measured(one)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate, if the result stays small."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("% cannot be used to write a text; use ~")
        if operator == "**" and isinstance(right, int | float) and abs(right) > _HIGHEST:
            raise SecurityError("the exponent is too large")
        if operator == "*":
            for one, times in ((left, right), (right, left)):
                if isinstance(one, Sized) and isinstance(times, int):
                    _refuse_beyond(len(one) * times)
        return self.measured(bounded(super().call_binop(context, operator, left, right)))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not (name or "").startswith(BUILT_IN):
            _refuse_unescaped(tree, name, filename)
        _Charged().visit(tree)
        tree.set_environment(self)
        return tree

    def _counted(self, value: Any) -> Any:
        """Called with whatever is printed."""
        if isinstance(value, str):
            self.charge(len(value))
        else:
            self.measured(value)
        return value

    def _tested(self, test: Any) -> Callable[..., Any]:
        @wraps(test)
        def tested(*args: Any) -> Any:
            return test(*map(self.measured, args))

        return tested

    def _checked(self, filter_: Callable[..., Any]) -> Callable[..., Any]:
        place = 1 if hasattr(filter_, "jinja_pass_arg") else 0

        @wraps(filter_)
        def checked(*args: Any, **kwargs: Any) -> Any:
            value = args[place]
            self.charge(len(value) if isinstance(value, str | range) else 1)
            for one in (*args[place:], *kwargs.values()):
                self.measured(one)
            if filter_ is do_join:
                args = (*args[:place], _joinable(value, *args[place + 1 : place + 2], **kwargs), *args[place + 1 :])
            elif filter_ is do_replace:
                _refuse_replacement(str(value), *map(str, args[place + 1 : place + 3]))
            return bounded(filter_(*args, **kwargs))

        return checked


def _size(value: Any) -> int:
    """The characters and members of a value, with all that it holds. Raises SecurityError where they are too many."""
    size, found = 0, [value]
    while found:
        one = found.pop()
        size += len(one) if isinstance(one, str) else 1
        _refuse_beyond(size)
        match one:
            case dict():
                found += [*one.keys(), *one.values()]
            case list() | tuple() | set() | frozenset():
                found += one
            case Namespace():
                found += object.__getattribute__(one, "_Namespace__attrs").values()  # any other way asks the template
    return size


def bounded(value: Any) -> Any:
    """The value, if it is not larger than anything on a page. Raises SecurityError."""
    if isinstance(value, str | list | tuple | dict):
        _refuse_beyond(len(value))
    elif isinstance(value, int) and value.bit_length() > 4 * _HIGHEST:
        raise SecurityError("the number is too large")
    return value


def _refuse_beyond(length: int) -> None:
    if length > LARGEST:
        raise SecurityError(f"a text or list of {length} is too long; the longest has {LARGEST}")


def _refuse_unescaped(tree: nodes.Template, name: str | None, filename: str | None) -> None:
    """What a post holds must show as text: nothing switches that off."""
    for node in tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        raise TemplateAssertionError("autoescape cannot be switched here", node.lineno, name, filename)


def _joinable(value: Any, separator: Any = "", **kwargs: Any) -> list[Any]:
    """The members of what is to be joined, if the result has room."""
    members = list(value)
    between = str(kwargs.get("d", separator))
    _refuse_beyond(sum(len(one) + len(between) if isinstance(one, str) else len(between) + 1 for one in members))
    return members


def _refuse_replacement(text: str, old: str = "", new: str = "") -> None:
    _refuse_beyond(len(text) + text.count(old) * len(new))


def _total(numbers: Any) -> Any:
    return sum(numbers)


class _Charged(NodeTransformer):
    """Puts a charge into whatever repeats, and the check of the length into whatever grows."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja2 looks it up by the node's name
        work = _static(node.body)
        self.generic_visit(node)
        node.body.insert(0, _charge(work, node.lineno))
        turn = _call("turn", [], node.lineno)
        node.test = nodes.And(turn, node.test, lineno=node.lineno) if node.test is not None else None
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        work = _static(node.body)
        self.generic_visit(node)
        node.body.insert(0, _charge(work, node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _call("joined", node.nodes, node.lineno)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.filter = nodes.Filter(node.filter, "bounded", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _measured(node.expr)
        for operand in node.ops:
            operand.expr = _measured(operand.expr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _measured(node.node)
        else:
            node.arg = _measured(node.arg)
        return node

    def visit_Pair(self, node: nodes.Pair) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.key = _measured(node.key)
        return node

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.template = _measured(node.template)
        return node

    visit_Import = visit_FromImport = visit_Extends = visit_Include  # noqa: N815 - they, too, look a name up


def _measured(node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else _call("measured", [node], node.lineno)


def _static(body: list[nodes.Node]) -> int:
    """The characters of a body's own text: each turn repeats them."""
    return sum(len(text.data) for node in body for text in node.find_all(nodes.TemplateData))


def _charge(work: int, line: int) -> nodes.Output:
    return nodes.Output([_call("charge", [nodes.Const(work + _TURN, lineno=line)], line)], lineno=line)


def _call(method: str, arguments: list[nodes.Expr], line: int) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(method, lineno=line), arguments, [], None, None, lineno=line)
