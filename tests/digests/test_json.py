"""The JSON of a digest is what docs/json.md says, key by key and type by type, and the same wherever it is given out."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from digests.channels.webhook import body_of
from digests.content import Digest, from_json
from digests.render import render

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "json.md").read_text(encoding="utf-8")
# The section of each object; the names of its type in the code are nobody's business there.
SECTIONS = {
    "Digest": "Digest",
    "Period": "Period",
    "Item": "Item",
    "Copy": "Post",
    "Amount": "Amount",
    "Link": "Link",
    "PlaceGroup": "Place",
    "ToldLine": "Told before",
    "Chain": "Chain",
    "Step": "Step",
    "ChangeLine": "Change",
    "Piece": "Piece",
    "OffLabelLine": "Off-label",
    "SourceLine": "Source",
    "Chart": "Chart",
    "Bar": "Bar",
}
WORDS = {"string": "text", "integer": "number", "boolean": "true, false", "date": "day", "date-time": "instant"}


def documented(section: str) -> dict[str, str]:
    """Key -> type, as the document's table has them."""
    body = re.search(rf"(?ms)^## {section}\n(.*?)(?=^## |\Z)", DOCUMENT)
    assert body is not None, section
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+?) \| [^|]+ \|$", body[1])
    assert len({key for key, _ in rows}) == len(rows)
    return {key: re.sub(r"\[([^\]]+)\]\(#([^)]+)\)", r"\2", kind) for key, kind in rows}


def objects() -> dict[str, dict[str, Any]]:
    schema = TypeAdapter(Digest).json_schema(mode="serialization")
    found = {name: one for name, one in schema["$defs"].items() if "properties" in one}
    return {"Digest": schema, **found}


def in_words(schema: dict[str, Any]) -> str:
    """A type as the document writes it; of an object, the place of its section."""
    if "anyOf" in schema:
        first, null = schema["anyOf"]
        assert null == {"type": "null"}
        return f"{in_words(first)} or null"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return SECTIONS[name].lower().replace(" ", "-") if name in SECTIONS else "text"
    if schema["type"] == "array":
        inner = in_words(schema["items"])
        return f"{inner}s" if inner in ("text", "number") else inner
    return WORDS[schema.get("format", schema["type"])]


def test_every_object_has_its_section() -> None:
    assert objects().keys() == SECTIONS.keys()


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_is_documented_with_its_type_and_every_documented_key_is_there(name: str) -> None:
    properties = objects()[name]["properties"]
    assert documented(SECTIONS[name]) == {key: in_words(one) for key, one in properties.items()}


def test_a_digest_holds_the_documented_keys_and_no_others(full_digest: Digest, empty_digest: Digest) -> None:
    for digest in (full_digest, empty_digest):
        written = json.loads(render(digest, "json"))
        assert written.keys() == documented("Digest").keys()
        assert written["period"].keys() == documented("Period").keys()
    written = json.loads(render(full_digest, "json"))
    for item in (*written["highlights"], *written["late"], *written["recycled"], *written["places"][0]["items"]):
        assert item.keys() == documented("Item").keys()
    assert written["highlights"][0]["amounts"] == [{"yuan": 1_200_000_000, "words": "12亿元", "post_id": 1}]
    assert written["built_at"] == "2025-07-21T00:00:00Z"
    assert written["late"][0]["effective_on"] == "2025-07-08"
    assert from_json(render(full_digest, "json")) == full_digest


def test_the_file_and_the_command_give_the_same_bytes(workplace, tmp_path: Path) -> None:
    workplace.configure(
        '[[source]]\nname = "s"\nurl = "list.json"\n[channel.file]\ntype = "file"\nformats = ["json"]\n'
    )
    (tmp_path / "list.json").write_text(
        json.dumps([{"title": "【湛江招商】甲<项目>签约", "url": "http://zj.example/1", "date": "2025-07-18"}]), "utf-8"
    )
    assert workplace.zhaoshang("--now", "2025-07-19T08:00+08:00", "crawl").returncode == 0
    assert workplace.zhaoshang("--now", "2025-07-21T08:00+08:00", "deliver").returncode == 0
    written = (workplace.data / "digests" / "everyone" / "2025-W29.json").read_bytes()
    shown = workplace.zhaoshang("digest", "2025-W29", "--format", "json")
    assert shown.stdout.encode() == written
    assert workplace.zhaoshang("digest", "2025-W29", "--format", "json", "--output", "x.json").returncode == 0
    assert (tmp_path / "x.json").read_bytes() == written


def test_a_webhook_finds_the_same_object(full_digest: Digest, delivery: Callable[..., Any]) -> None:
    body = json.loads(body_of(delivery(), full_digest))
    assert body["digest"] == json.loads(render(full_digest, "json"))
    sample = replace(full_digest, test=True)
    assert json.loads(body_of(delivery(), sample))["digest"]["test"] is True
