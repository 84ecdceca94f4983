"""How often the place of a post is read right: `python benchmarks/places.py FILE.jsonl [MORE.jsonl ...]`.

Each line is a post with `title`, `body` and, as the answer, `region_code` (six digits, or null). Prints every error,
the share that is right to the county and to the city, and what a post costs. With `--bare` the labels are shortened to
the stem that people use (【徐闻县招商】 to 【徐闻招商】), with `--city` and `--province` they name the division above.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from monitor.facts.findings import Level
from monitor.facts.place import read_place
from monitor.facts.place_divisions import Division, divisions
from monitor.text import without_label

ROUNDS = 5


def above(post: dict[str, Any], level: Level) -> Division | None:
    """The division of `level` that holds the answer."""
    answer = divisions().get(post["region_code"] or "")
    return next((one for one in answer.line if one.level is level), None) if answer else None


def relabelled(post: dict[str, Any], how: str) -> dict[str, Any]:
    """The post under another label for the same place."""
    level = {"--bare": Level.COUNTY, "--city": Level.CITY, "--province": Level.PROVINCE}[how]
    one = above(post, level)
    return post | {"title": f"【{one.stem}招商】{without_label(post['title'])}"} if one else post


def main() -> None:
    """Read every post of the files, print what is wrong and the shares."""
    ways = [word for word in sys.argv[1:] if word.startswith("--")]
    posts = [
        json.loads(line)
        for name in sys.argv[1:]
        if not name.startswith("--")
        for line in Path(name).read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    for how in ways:
        posts = [relabelled(post, how) for post in posts]
    if not posts:
        raise SystemExit(__doc__)
    right = cities = 0
    for post in posts:
        place = read_place(post["title"], post["body"])
        code, answer = place.code if place else None, post["region_code"]
        right += code == answer
        cities += (code or "")[:4] == (answer or "")[:4]
        if code != answer:
            print(
                f"{post.get('id', '')}: {answer}, read {code} from {place.words if place else None!r}: {post['title']}"
            )
    started = time.perf_counter()
    for _ in range(ROUNDS):
        for post in posts:
            read_place(post["title"], post["body"])
    cost = (time.perf_counter() - started) / ROUNDS / len(posts) * 1000
    print(f"{len(posts)} posts: county {right / len(posts):.3f}, city {cities / len(posts):.3f}, {cost:.3f} ms a post")


if __name__ == "__main__":
    main()
