"""How well and how fast facts are read: `python benchmarks/facts.py FILE.jsonl [--errors]`.

FILE has one object a line with title, body, published, and the labels event_year, recycled, amounts_yuan, stage.
Labels are looked at only after the facts were read. How often the place is right, benchmarks/places.py says; what it
costs is in the time here, which is of the processor and not of the clock.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

from monitor.facts.findings import Facts
from monitor.facts.place import read_place
from monitor.facts.reading import read_facts

ROUNDS = 5


def read(post: dict[str, str]) -> Facts:
    """The facts of one line, from what a tool may see."""
    place = read_place(post["title"], post["body"])
    return read_facts(post["title"], post["body"], date.fromisoformat(post["published"]), place=place)


def found(facts: Facts) -> dict[str, object]:
    """What is compared, under the names of the labels."""
    return {
        "event_year": facts.event_date.year if facts.event_date else None,
        "recycled": facts.recycled,
        "amounts_yuan": sorted(facts.contracted),
        "stage": facts.stage.value,
    }


def words(facts: Facts, field: str) -> str:
    """The words that a fact was read from."""
    if field == "amounts_yuan":
        return "; ".join(f"{one.words}={one.kind}" for one in facts.money)
    if field == "stage":
        return facts.stage_words
    return facts.event_date.words if facts.event_date else ""


def main(file: str) -> None:
    """Print accuracy per field, the errors, and the time per post."""
    posts = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines() if line.strip()]
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        all_facts = [read(post) for post in posts]
        best = min(best, time.process_time() - started)
    for field in ("event_year", "recycled", "amounts_yuan", "stage"):
        right = 0
        for post, facts in zip(posts, all_facts, strict=True):
            wanted = sorted(set(post[field])) if field == "amounts_yuan" else post[field]
            if found(facts)[field] == wanted:
                right += 1
            else:
                print(
                    f"  {field} {post.get('id', '')} {post['title'][:30]}: {found(facts)[field]} for {wanted}", end=" "
                )
                print(f"[{words(facts, field)}]")
        print(f"{field:<13} {right / len(posts):.3f} ({right}/{len(posts)})")
    length = sum(len(post["body"]) for post in posts) / len(posts)
    print(f"{best / len(posts) * 1000:.2f} ms a post of {length:.0f} characters, best of {ROUNDS} rounds")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit("a file is missing: python benchmarks/facts.py FILE.jsonl")
    main(sys.argv[1])
