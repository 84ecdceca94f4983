"""How well posts are grouped and their facts read: `python benchmarks/stories.py FILE.jsonl [--predictions OUT.jsonl]`.

FILE has one post a line: id, title, body, published, and where known url; as labels event, region_code, event_year,
recycled, amounts_yuan, stage, of which any may be missing. The posts are stored in order of publication, one after
another, in a fresh database, and grouped as the product does it. A prediction is made of title, body, published and url
alone, and written to OUT; only then are the labels read.

Printed are pairwise and B-cubed precision, recall and F1, beside the best that plain TF-IDF cosine of words reaches
when its threshold is chosen for these very posts; every pair that was wrongly put together or missed; and how often
each fact is right. Industry is written and not scored: its words are nobody's standard.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.facts.findings import Facts
from monitor.grouping import group_posts
from monitor.identity import url_identity
from monitor.models import SourceSpec
from monitor.pages import Entry, ListingPage
from monitor.store import Store
from monitor.stories.measuring import Figures, b_cubed, pairs, word_cosine
from monitor.text import LabelPattern

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SEEN = ("id", "title", "body", "published", "url")  # all that a prediction may be made of
SOURCE = SourceSpec("benchmark", "https://listing.example/", "benchmark")
FACTS = ("region_code", "event_year", "recycled", "amounts_yuan", "stage")
CITY = 4  # digits of a division code that name the prefecture

Line = Mapping[str, Any]  # a post of the file


def predict(posts: Sequence[Line]) -> list[dict[str, Any]]:
    """What the product says of each post, in the order given; labels are not looked at."""
    visible = [{key: post.get(key) for key in SEEN} for post in posts]
    by_date = sorted(visible, key=lambda post: str(post["published"]))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "stories.db") as store:
        store.sync([SOURCE], (), NOW)
        crawl = store.start_crawl(SOURCE.name, 0, NOW)
        names = {}
        for number, post in enumerate(by_date):
            url = post["url"] or f"https://post.example/{number}"
            names[url_identity(url)] = str(post["id"])
            body = post["body"] or post["title"]  # a post without a text is told by its title
            entry = Entry(post["title"], url, date.fromisoformat(post["published"]), body=body)
            page = ListingPage(SOURCE.url, "jsonl", (entry,))
            store.record_listing(crawl, page, LabelPattern.parse("…"), NOW, ZONE)
            group_posts(store, NOW)
        said = {
            names[url_identity(filed.post.url or "")]: _prediction(filed.story, filed.facts)
            for filed in store.filed_posts()
        }
    return [{"id": post["id"], **said.get(str(post["id"]), {})} for post in posts]


def _prediction(story: int | None, facts: Facts | None) -> dict[str, Any]:
    facts = facts or Facts()
    return {
        "story": f"S{story}",
        "region_code": facts.place.code if facts.place else None,
        "event_year": facts.event_date.year if facts.event_date else None,
        "recycled": facts.recycled,
        "amounts_yuan": list(facts.contracted),
        "stage": facts.stage.value,
        "industry": facts.industries[0] if facts.industries else None,
    }


def score(posts: Sequence[Line], predictions: Sequence[Line]) -> None:
    """Print how predictions and labels compare."""
    labels = {str(post["id"]): post for post in posts}
    said = {str(one["id"]): one for one in predictions}
    if all("event" in post for post in posts):
        _score_stories(labels, {name: one["story"] for name, one in said.items() if "story" in one})
    for field in FACTS:
        if all(field in post for post in posts):
            right = [_matches(field, labels[name][field], said[name].get(field)) for name in labels]
            print(f"{field:<13} {sum(right) / len(right):.3f} ({sum(right)}/{len(right)})")
    if all("region_code" in post for post in posts):
        right = [
            str(said[name].get("region_code"))[:CITY] == str(labels[name]["region_code"])[:CITY] for name in labels
        ]
        print(f"{'  its city':<13} {sum(right) / len(right):.3f}")
    if all("amounts_yuan" in post for post in posts):
        print(f"{'  each amount':<13} {_each_amount(labels, said)}")


def _score_stories(labels: Mapping[str, Line], stories: Mapping[str, str]) -> None:
    events = {name: post["event"] for name, post in labels.items()}
    found = pairs(events, stories)
    threshold, plain = word_cosine({name: post["title"] + post["body"] for name, post in labels.items()}, events)
    print(f"{len(events)} posts, {len(set(events.values()))} events, {len(set(stories.values()))} stories")
    print(f"pairs    {found.figures}    (word TF-IDF cosine >= {threshold:.3f}, chosen for these: {plain.figures})")
    print(f"B-cubed  {b_cubed(events, stories)}")
    for words, those in (("wrongly together", found.wrong), ("missed", found.missed)):
        for a, b in those:
            print(f"  {words}: {a} {labels[a]['title'][:26]} | {b} {labels[b]['title'][:26]}")


def _matches(field: str, label: Any, said: Any) -> bool:
    if field == "amounts_yuan":
        return said is not None and set(label) == set(said)
    return bool(label == said)


def _each_amount(labels: Mapping[str, Line], said: Mapping[str, Line]) -> Figures:
    wanted = {(name, yuan) for name, post in labels.items() for yuan in post["amounts_yuan"]}
    found = {(name, yuan) for name, one in said.items() for yuan in one.get("amounts_yuan") or ()}
    right = len(wanted & found)
    return Figures(right / len(found) if found else 1.0, right / len(wanted) if wanted else 1.0)


def _read(file: Path) -> list[Line]:
    """The posts of the file. Ends the program, in one line, where it is none."""
    try:
        posts = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        sys.exit(f"{file}: cannot be read: {error}")
    for number, post in enumerate(posts, 1):
        missing = [key for key in SEEN if key != "url" and not (isinstance(post, dict) and key in post)]
        if missing:
            sys.exit(f"{file}: post {number} has no {missing[0]}; give each line id, title, body and published")
    if not posts:
        sys.exit(f"{file}: there is no post in it")
    return posts


def main() -> None:
    """Predict, write, then score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--predictions", type=Path, metavar="OUT.jsonl", help="write them there, one post a line")
    options = parser.parse_args()
    posts = _read(options.file)
    started = time.process_time()
    predictions = predict(posts)
    taken = time.process_time() - started
    if options.predictions:
        lines = (json.dumps(one, ensure_ascii=False) for one in predictions)
        options.predictions.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    score(posts, predictions)
    print(f"{taken / len(posts) * 1000:.1f} ms of processor time a post, stored and grouped one by one")


if __name__ == "__main__":
    main()
