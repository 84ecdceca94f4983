"""The layers rule: who may import whom, read from the imports themselves."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawler", "monitor", "digests")

# The first prefix that fits decides. Lower layers know nothing of higher ones.
LAYERS = (
    ("monitor.errors", 0),
    ("monitor.models", 0),
    ("monitor.announcing", 0),
    ("monitor.pages", 0),
    ("monitor.history", 0),
    ("monitor.facts.findings", 0),
    ("monitor.storied", 0),
    ("monitor.health.conditions", 0),
    ("monitor.health", 1),
    *((f"monitor.{name}", 0) for name in ("probes", "archived", "replayed")),
    *((f"monitor.{name}", 1) for name in ("text", "volatile", "fingerprint", "identity", "sightings", "changes")),
    *(
        (f"monitor.{name}", 1)
        for name in ("comparison", "visits", "site_changes", "facts", "stories", "analysis", "side_by_side")
    ),
    *((f"monitor.{name}", 1) for name in ("addresses", "imported")),
    *(
        (f"monitor.{name}", 1)
        for name in ("periods", "schedule", "source_tables", "suggestions", "replay", "filters", "quiet_hours")
    ),
    ("crawler.extract", 1),
    *((f"monitor.{name}", 2) for name in ("config", "setup", "secrets", "store", "clock", "locks", "source_health")),
    *((f"monitor.{name}", 2) for name in ("config_file", "grouping", "importing")),
    ("crawler", 3),
    ("digests", 3),
    *((f"monitor.{name}", 4) for name in ("jobs", "crawl_process", "probe_process", "replay_process")),
    *(
        (f"monitor.{name}", 4)
        for name in ("daemon", "stop_signals", "reload", "operator", "healthz", "vital_signs", "checkup", "cli")
    ),
    ("monitor", 0),  # the package itself: a sentence
)


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def layer(module: str) -> int:
    for prefix, number in LAYERS:
        if module == prefix or module.startswith(prefix + "."):
            return number
    raise AssertionError(f"{module} stands in no layer: give it one in tests/test_layers.py")


@pytest.mark.parametrize(("module", "path"), list(modules()))
def test_no_module_imports_from_a_higher_layer(module, path):
    known = {name for name, _ in modules()}
    for imported in imports(path) & known:
        assert layer(imported) <= layer(module), f"{module} imports {imported}"


@pytest.mark.parametrize(
    ("package", "stranger"), [("crawler", "digests"), ("digests", "crawler"), ("monitor", "crawler")]
)
def test_crawler_and_digests_do_not_know_each_other_and_the_crawler_is_reached_as_a_child_only(package, stranger):
    for module, path in modules():
        if module.split(".")[0] == package:
            assert not any(name.split(".")[0] == stranger for name in imports(path)), module


def test_the_lowest_layer_needs_the_standard_library_only():
    for module, path in modules():
        if layer(module) == 0:
            outside = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"monitor"}
            assert not outside, module


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("sqlite3", "monitor.store"),
        ("sqlite_utils", "monitor.store"),
        ("zstandard", "monitor.store"),
        ("apscheduler", "monitor.daemon"),
        ("scrapy", "crawler"),
        ("jinja2", "digests"),
        ("smtplib", "digests.channels"),
        ("click", "monitor.cli"),
        ("apprise", "digests.channels.apprise_process"),
        ("weasyprint", "digests.pdf_process"),
    ],
)
def test_each_library_has_one_home(library, home):
    for module, path in modules():
        if any(name.split(".")[0] == library for name in imports(path)):
            assert module == home or module.startswith(home + "."), f"{module} imports {library}"


def test_pure_modules_ask_nobody_for_the_time():
    for module, path in modules():
        if layer(module) <= 1:
            text = path.read_text(encoding="utf-8")
            assert "datetime.now(" not in text, module
            assert "date.today(" not in text, module
            assert "time.time(" not in text, module


def test_every_module_opens_with_its_charter():
    for module, path in modules():
        charter = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert charter, module
        assert charter.splitlines()[0].rstrip().endswith((".", ":", "`.", "…")), f"{module}: {charter.splitlines()[0]}"


IMPORT_EACH_FIRST = """
import importlib, os, sys, traceback
import scrapy.cmdline, scrapy.core.downloader.handlers, trafilatura, htmldate, feedparser, sqlite_utils, pydantic, rich, jinja2
failed = []
for name in sys.argv[1:]:
    if os.fork() == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.wait()[1]:
        failed.append(name)
sys.exit(" ".join(failed) or 0)
"""


@pytest.mark.long
def test_every_module_can_be_the_first_of_ours_that_is_imported():
    """The tests' commands find everything loaded (warm_process.py): they would not notice a circle of imports."""
    names = [name for name, _ in modules() if not name.endswith("__main__")]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH_FIRST, *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
