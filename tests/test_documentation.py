"""The documentation is true: every command, option and setting stands in it, with its default."""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import click
import pytest

from digests.channels.refusals import DINGTALK, FEISHU, WECOM
from monitor.cli import COMMANDS, cli
from monitor.config import (
    CHANNELS,
    AudienceConfig,
    ChangesConfig,
    Config,
    CrawlConfig,
    DigestConfig,
    OperatorConfig,
    SelectConfig,
    SourceConfig,
)
from monitor.health.conditions import State, Symptom
from monitor.models import Verdict

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEMPLATE = files("monitor.cli").joinpath("zhaoshang.toml.template").read_text(encoding="utf-8")
TABLES = [
    Config,
    CrawlConfig,
    DigestConfig,
    ChangesConfig,
    OperatorConfig,
    SourceConfig,
    SelectConfig,
    AudienceConfig,
    *CHANNELS.values(),
]


def command(name: str) -> click.Command:
    """A command by its words: `status`, `source add`."""
    found: click.Command = cli
    for word in name.split():
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None
        found = inner
    return found


def commands() -> Iterator[str]:
    """What a user can type: every command, and of a group its commands."""
    for name in COMMANDS:
        found = command(name)
        if isinstance(found, click.Group):
            yield from (f"{name} {inner}" for inner in found.list_commands(click.Context(found)))
        else:
            yield name


@pytest.mark.parametrize("name", list(commands()))
def test_every_command_and_option_stands_in_the_readme(name):
    rows = (line for line in README.splitlines() if re.match(rf"\| `zhaoshang {name}[ `]", line))
    row = next(rows, None)
    assert row is not None, name
    for parameter in command(name).params:
        if parameter.name in ("own_config", "own_now"):  # described once for all commands
            continue
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in row, f"{name} {parameter.opts[0]}"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_help_says_what_the_command_says(name):
    assert COMMANDS[name][2] == (command(name).help or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")


def written(value: object) -> str | None:
    """A default as the README writes it; None where it has none to show."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        unit = next((u, n) for u, n in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)) if seconds % n == 0)
        return f'"{seconds // unit[1]}{unit[0]}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (str, Path)):
        return f'"{value}"'
    if isinstance(value, tuple) and value:
        return f"[{', '.join(written(one) or '' for one in value)}]"
    return None


@pytest.mark.parametrize(
    ("table", "key"),
    [(table, key) for table in TABLES for key in table.model_fields],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_every_setting_stands_in_the_readme_with_its_default_and_in_the_template(table, key):
    field = table.model_fields[key]
    if table is Config and key in ("crawl", "digest", "changes", "operator", "source", "audience", "rule", "channel"):
        assert f"`[{key}]`" in README or f"`[[{key}]]`" in README or f"`[{key}.NAME]`" in README
        return
    if table is SourceConfig and key == "select":
        assert "`[source.select]`" in README
        assert "[source.select]" in TEMPLATE
        return
    rows = [line for line in README.splitlines() if line.startswith(f"| `{key}` |")]
    assert rows, f"{table.__name__}.{key}"
    default = None if field.is_required() else written(field.default)
    if default is not None and default != '""' and key != "title":
        assert any(f"`{default}`" in row for row in rows), f"{table.__name__}.{key} = {default}"
    assert re.search(rf"\b{key} = ", TEMPLATE), f"{key} is missing in the template"


def test_the_template_is_valid_with_every_key_switched_on():
    switched_on = re.sub(r"^# (?=[\w.]+ = |\[)", "", TEMPLATE, flags=re.MULTILINE)
    table = tomllib.loads(switched_on)
    config = Config.model_validate(table)
    as_it_is = Config.model_validate(tomllib.loads(TEMPLATE))
    assert as_it_is.crawl == CrawlConfig()
    assert as_it_is.source == ()  # the example is no source: `zhaoshang source add` begins with a clean file
    assert config.crawl == CrawlConfig(contact="mailto:you@example.cn")
    assert [source.name for source in config.source] == ["example"]
    assert config.digest == DigestConfig(template=Path("templates"))
    kinds = {name: channel.type for name, channel in config.channels.items()}
    assert kinds == {
        "file": "file",
        "mail": "email",
        "group": "dingtalk",
        "hook": "webhook",
        "others": "apprise",
        "program": "command",
    }


def test_every_kind_of_channel_and_every_code_is_explained():
    text = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    for kind in CHANNELS:
        assert f'| `"{kind}"` |' in README
        assert f"`{kind}`" in text
    for meanings in (WECOM, DINGTALK, FEISHU):
        for code in meanings:
            assert re.search(rf"(?m)^\|[^|]*(?<![\d-]){code}(?!\d)[^|]*\|", text), code


def test_every_verdict_is_explained():
    text = (ROOT / "docs" / "how-it-decides.md").read_text(encoding="utf-8")
    for verdict in Verdict:
        if verdict is not Verdict.COMPLETED:
            assert f"| {verdict.value} |" in text
    assert "completes it" in text


def test_every_state_and_sign_of_a_source_is_explained():
    text = (ROOT / "docs" / "health.md").read_text(encoding="utf-8")
    for state in State:
        assert f"| {state.value} |" in text
    named = {word.strip() for row in re.findall(r"(?m)^\| ([a-z, -]+) \|", text) for word in row.split(",")}
    assert {symptom.value for symptom in Symptom} - {"stopped"} <= named
    assert "(stopped: the daemon was shut down)" in text


def test_links_between_the_documents_lead_somewhere():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_readme_opens_with_what_it_is_for_then_the_two_commands():
    headings = re.findall(r"^## (.+)$", re.sub(r"(?s)```.*?```", "", README), re.MULTILINE)
    assert headings == [
        "Two commands",
        "A first real source",
        "Who hears of what",
        "The daemon",
        "Commands",
        "Configuration",
        "How the code is laid out",
    ]
