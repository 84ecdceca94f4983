"""Grouping and reading again may be killed at any moment: the next call goes on, and no post has two stories."""

import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.grouping import reanalyse

ROOT = Path(__file__).parents[3]
HEAD = (
    "import os, signal, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
    "import monitor.grouping as grouping\nfrom monitor.store import Store\ngrouping._BATCH = 2\n"
    "def kill(done, total):\n    if done >= 4:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
    "with Store(Path(sys.argv[1])) as store:\n    "
)
GROUP = "grouping.group_posts(store, datetime(2025, 7, 21, tzinfo=UTC), kill)\n"
AGAIN = "grouping.reanalyse(store, kill)\n"
INSIDE = (  # in the middle of a transaction
    "enter = store._enter\n    def entering(*given):\n        enter(*given)\n"
    "        os.kill(os.getpid(), signal.SIGKILL)\n    store._enter = entering\n    " + GROUP
)


def killed(script: str, database: Path) -> None:
    done = subprocess.run([sys.executable, "-c", HEAD + script, str(database)], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -9


@pytest.fixture
def posts(desk: Any) -> Any:
    for number in range(12):
        desk.add(f"p{number}", number % 4, edition=number // 4)
    return desk


def sound(desk: Any) -> None:
    store = desk.store
    assert store.ungrouped() == 0
    assert len(desk.together()) == 4
    assert store.count_stories() == 4
    assert store._rows("SELECT COUNT(*) FROM story_members")[0][0] == 12
    assert store._rows("SELECT COUNT(*) FROM post_facts")[0][0] == 12
    assert store._rows("PRAGMA foreign_key_check") == []
    with store._indexing():
        for post_id, packed in store._rows("SELECT post_id, keys FROM story_evidence"):
            keys = [key for (key,) in struct.iter_unpack(">q", packed)]
            assert [post_id in posts for posts in store._story_index._having(keys).values()] == [True] * len(keys)


@pytest.mark.long
def test_grouping_that_is_killed_between_two_transactions_goes_on(posts: Any, database: Path) -> None:
    killed(GROUP, database)
    assert posts.store.ungrouped() == 8
    assert posts.group() == 8
    sound(posts)


@pytest.mark.long
def test_grouping_that_is_killed_inside_one_has_done_nothing_of_it(posts: Any, database: Path) -> None:
    killed(INSIDE, database)
    assert posts.store.ungrouped() == 12
    assert posts.store._rows("SELECT COUNT(*) FROM stories")[0][0] == 0
    assert posts.group() == 12
    sound(posts)


@pytest.mark.long
def test_reading_again_goes_on_where_it_was_killed(posts: Any, database: Path) -> None:
    posts.group()
    before = posts.stories()
    with posts.store._write() as conn:
        conn.execute("UPDATE post_facts SET version = 0")
    killed(AGAIN, database)
    assert posts.store.stale() == 8
    killed(AGAIN, database)
    assert posts.store.stale() == 4

    assert reanalyse(posts.store) == 4
    assert posts.stories() == before
    sound(posts)
