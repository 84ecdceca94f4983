"""PDFs by the real WeasyPrint in its own process, and what is said where one of its parts is missing."""

import builtins
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from digests import pdf_process
from digests.content import Digest, PlaceGroup
from digests.pdf import End, check, pdf_of
from digests.render import heading, render
from monitor.errors import PdfError

BOX = "\ufffd"


@cache
def missing() -> str:
    """What this machine lacks for PDFs; empty where it lacks nothing."""
    if find_spec("weasyprint") is None:
        return "needs the extra pdf: pip install 'zhaoshang[pdf]'"
    try:
        check()
    except PdfError as error:
        return str(error)
    return ""


needs_weasyprint = pytest.mark.skipif("missing()")


def words_of(made: bytes) -> str:
    """All words of a PDF, without the breaks between lines."""
    import pypdfium2  # noqa: PLC0415 - with it a library of some megabytes

    with pypdfium2.PdfDocument(made) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return re.sub(r"\s+", "", "".join(pages))


@needs_weasyprint
def test_a_digest_is_made_into_a_pdf_whose_characters_are_there(full_digest: Digest) -> None:
    import pypdfium2  # noqa: PLC0415 - as above

    made = pdf_of(full_digest)
    assert made.startswith(b"%PDF-")
    words = words_of(made)
    for told in (heading(full_digest), "海上风电项目开工", "总投资12亿元", "年份矛盾", "两年前的签约", "来源状态"):
        assert re.sub(r"\s+", "", told) in words
    assert BOX not in words
    with pypdfium2.PdfDocument(made) as document:
        about = document.get_metadata_dict()
        ink = document[0].render(scale=1).to_pil().convert("L")
    assert about["Title"] == heading(full_digest)
    assert about["CreationDate"] == "D:20250721000000Z"
    assert 0 in ink.tobytes()  # and they are drawn, in black


@pytest.mark.long
@needs_weasyprint
def test_the_same_digest_makes_the_same_bytes_and_another_one_others(full_digest: Digest) -> None:
    first = pdf_of(full_digest)
    assert pdf_of(full_digest) == first
    assert pdf_of(replace(full_digest, sentence="另一句。")) != first


@pytest.mark.long
@needs_weasyprint
def test_what_is_markup_in_a_title_shows_as_text_and_nothing_is_fetched(
    empty_digest: Digest, item: Callable[..., Any], tmp_path: Path
) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        secret = tmp_path / "secret.txt"
        secret.write_text("whom it does not concern", encoding="utf-8")
        title = f'<img src="{here}/title.png">'
        digest = replace(empty_digest, places=(PlaceGroup("湛江", (item(1, title=title),)),))
        assert "<imgsrc=" in words_of(pdf_of(digest))
        # Even where it stands in the page as markup, as it might in a template of somebody's own:
        for address in (f"{here}/x.png", secret.as_uri(), "secret.txt"):
            page = render(empty_digest, "html").replace(
                "</body>",
                f'<img src="{address}" alt="picture"><object data="{address}"></object>'
                f'<link rel="attachment" href="{address}"><style>@import "{address}";'
                f'body {{ background: url("{address}") }}</style></body>',
            )
            made = pdf_of(empty_digest, page)
            assert b"EmbeddedFile" not in made
            assert "concern" not in words_of(made)
        server.shutdown()
    assert asked == []


@needs_weasyprint
def test_check_names_what_it_would_work_with() -> None:
    assert re.fullmatch(r"WeasyPrint \d+\.\d+, \S.*", check())


@pytest.fixture
def in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a module of a test's own in the place of WeasyPrint, for the process that imports it."""

    def put(source: str) -> None:
        (tmp_path / "weasyprint.py").write_text(source, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")

    return put


def refused(digest: Digest, **options: Any) -> str:
    with pytest.raises(PdfError) as caught:
        pdf_of(digest, **options)
    assert not caught.value.permanent
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_weasyprint_one_line_says_how_to_get_it(empty_digest: Digest, in_its_place) -> None:
    in_its_place("raise ImportError('no module')")
    assert refused(empty_digest) == "PDF: WeasyPrint is not installed; run: pip install 'zhaoshang[pdf]'"


def test_a_library_that_is_missing_is_named(empty_digest: Digest, in_its_place) -> None:
    in_its_place("print('-----')\nraise OSError(\"cannot load library 'libpango-1.0-0': no such file\")")
    said = refused(empty_digest)
    assert said.startswith("PDF: WeasyPrint lacks a system library: cannot load library 'libpango-1.0-0'; install it")
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in said


@pytest.mark.parametrize("fc_list", ["", "#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 1\n"])
def test_without_a_font_for_chinese_there_is_no_pdf_of_empty_boxes(
    empty_digest: Digest, in_its_place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fc_list: str
) -> None:
    in_its_place("__version__ = '0'")
    folder = tmp_path / "bin"
    folder.mkdir()
    if fc_list:
        (folder / "fc-list").write_text(fc_list, encoding="utf-8")
        (folder / "fc-list").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    said = refused(empty_digest)
    assert said.startswith("PDF: there is no font that holds Chinese; install one")
    assert "fonts-noto-cjk" in said


def test_one_that_hangs_is_ended(empty_digest: Digest, in_its_place) -> None:
    in_its_place("import time\nwhile True: time.sleep(1)")
    assert "took longer than 0.5 s" in refused(empty_digest, seconds=0.5)


def test_it_ends_by_itself_when_nobody_waits_for_it_any_more(in_its_place) -> None:
    in_its_place("import time\nwhile True: time.sleep(1)")
    process = subprocess.run(
        [sys.executable, "-P", "-m", "digests.pdf_process", "1", ""], stdin=subprocess.DEVNULL, timeout=60, check=False
    )
    assert process.returncode < 0


def test_one_that_eats_the_memory_is_told_as_such(empty_digest: Digest, in_its_place) -> None:
    in_its_place("eaten = bytearray(4 << 30)")
    assert refused(empty_digest).startswith("PDF: takes more memory than a PDF may")


def test_any_other_failure_is_its_last_line(empty_digest: Digest, in_its_place) -> None:
    in_its_place("raise RuntimeError('first line\\nand  the\\tsecond')")
    assert refused(empty_digest).startswith("PDF: WeasyPrint failed: and the second; ")


def test_the_process_says_that_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *more: Any) -> Any:
        if name == "weasyprint":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", importing)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert pdf_process._answer("") == End.NOT_INSTALLED


@needs_weasyprint
def test_the_command_writes_it_to_a_file_or_a_pipe_and_not_to_a_terminal(workplace, tmp_path: Path) -> None:
    assert workplace.zhaoshang("crawl").returncode == 0
    done = workplace.zhaoshang("digest", "2025-W29", "--format", "pdf", "--output", "w29.pdf")
    assert done.returncode == 0, done.stderr
    words = words_of((tmp_path / "w29.pdf").read_bytes())
    assert "招商周报2025-W29" in words
    if shutil.which("script") is None:
        pytest.skip("needs the program script (util-linux) for a terminal")
    command = f"{sys.executable} -m monitor.cli digest 2025-W29 --format pdf"
    seen = subprocess.run(
        ["script", "-qec", command, "/dev/null"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert seen.returncode == 1
    assert "a PDF is nothing for a terminal; name a file with --output" in seen.stdout
