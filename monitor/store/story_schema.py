"""The tables of facts and stories, as a migration of the main database; imports nothing of the project but its set.

In a file of its own because schema.py is long; whoever opens a database takes `migrations` from here, so that all of
them are known.
"""

from sqlite_utils.db import Database

from monitor.store.schema_parts import migrations

__all__ = ["migrations"]


@migrations()
def m006_stories(db: Database) -> None:
    """What posts say of their events, and which of them report one event."""
    for statement in (
        # the revision that facts and story were read from; 0: of none yet. A pending post has no revision either.
        "ALTER TABLE posts ADD COLUMN grouped INTEGER NOT NULL DEFAULT 0",
        # Only what is still to be read stands in it, so that looking for it costs nothing in an archive of any size.
        "CREATE INDEX posts_ungrouped ON posts(effective_on, id) WHERE grouped <> revision",
        """
        -- What a post says of its event. The columns are what is asked for by value; `facts` has all of it.
        CREATE TABLE post_facts (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            version INTEGER NOT NULL,      -- of the rules it was read by (monitor.facts.reading)
            place_code TEXT,               -- GB/T 2260, six digits
            stage TEXT NOT NULL,
            industry TEXT,                 -- the main one
            investment INTEGER,            -- yuan: the largest amount of investment
            event_year INTEGER,
            event_month INTEGER,
            event_day INTEGER,
            recycled INTEGER NOT NULL,     -- 1: the event year is before the publication year
            edition INTEGER,
            facts TEXT NOT NULL,           -- JSON, each fact with the words that it was read from
            problem TEXT                   -- why it could not be read, where it could not; then the rest is empty
        ) STRICT
        """,
        "CREATE INDEX post_facts_by_version ON post_facts(version)",
        "CREATE INDEX post_facts_unread ON post_facts(post_id) WHERE problem IS NOT NULL",
        """
        -- What posts are compared by: one line of text (monitor.stories.evidence), read again when its version is old.
        CREATE TABLE story_evidence (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            version INTEGER NOT NULL,
            text TEXT NOT NULL,
            keys BLOB NOT NULL             -- its keys in story_keys, eight bytes each: what to take out again
        ) STRICT
        """,
        "CREATE INDEX story_evidence_by_version ON story_evidence(version)",
        """
        -- The index by which the posts are found that a new one may belong with. A key that many have says nothing,
        -- and gets no further rows. Without a reference to posts: it would be checked fifty times for each of them.
        CREATE TABLE story_keys (
            key INTEGER NOT NULL,
            post_id INTEGER NOT NULL,
            PRIMARY KEY (key, post_id)
        ) STRICT, WITHOUT ROWID
        """,
        """
        -- One event. A number is never given twice, also when its story was merged into another.
        CREATE TABLE stories (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            founded_at TEXT NOT NULL
        ) STRICT
        """,
        """
        -- Which story a post belongs to (exactly one), and why.
        CREATE TABLE story_members (
            post_id INTEGER PRIMARY KEY REFERENCES posts(id),
            story_id INTEGER NOT NULL REFERENCES stories(id),
            tie TEXT CHECK (tie IN ('copy', 'same', 'hand')),  -- NULL: it founded the story
            with_post INTEGER REFERENCES posts(id),            -- the member that it was matched with
            score REAL NOT NULL DEFAULT 1.0,
            reasons TEXT NOT NULL DEFAULT '[]'                 -- JSON: what agrees, then what conflicts
        ) STRICT
        """,
        "CREATE INDEX story_members_by_story ON story_members(story_id)",
        """
        -- Posts that are near and not of one event; the stories that they tie together are those of the two posts.
        CREATE TABLE story_links (
            post_id INTEGER NOT NULL REFERENCES posts(id),     -- the one that was read later
            other_id INTEGER NOT NULL REFERENCES posts(id),
            tie TEXT NOT NULL CHECK (tie IN ('related', 'step')),
            score REAL NOT NULL,
            reasons TEXT NOT NULL,
            PRIMARY KEY (post_id, other_id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX story_links_by_other ON story_links(other_id)",
        """
        -- In how many stories a word is, of those that are counted: what is common here says little. The empty word is
        -- in all of them, so it has their number.
        CREATE TABLE story_words (
            word TEXT PRIMARY KEY,
            stories INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        -- What people said of two posts: one event, two events, or nothing to do with each other. The machine never
        -- undoes it; only people do.
        CREATE TABLE story_corrections (
            post_a INTEGER NOT NULL REFERENCES posts(id),
            post_b INTEGER NOT NULL REFERENCES posts(id),
            kind TEXT NOT NULL CHECK (kind IN ('together', 'apart', 'unlinked')),
            at TEXT NOT NULL,
            CHECK (post_a < post_b),
            PRIMARY KEY (post_a, post_b, kind)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX story_corrections_by_second ON story_corrections(post_b)",
    ):
        db.conn.execute(statement)


@migrations()
def m007_story_filing(db: Database) -> None:
    """Which posts' keys are not all in `story_keys` yet."""
    db.conn.execute(
        """
        -- The latest posts, by the turn in which they were grouped. Each turn files one slice of the keys, so after as
        -- many turns as there are slices, a post is found by `story_keys` alone (monitor.store.story_filing).
        CREATE TABLE story_unfiled (
            post_id INTEGER PRIMARY KEY,
            turn INTEGER NOT NULL
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX story_unfiled_by_turn ON story_unfiled(turn)")
