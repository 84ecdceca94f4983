"""Rebuild monitor/stories/general_words.tsv: `python tools/build_general_words.py dict.txt.small`.

The input is extra_dict/dict.txt.small of jieba (https://github.com/fxsjy/jieba, MIT licence, Copyright (c) 2013 Sun
Junyi), a word and its frequency in general text a line. Kept are words of two characters and more that are frequent
enough to say less than a rare one.
"""

import sys
from pathlib import Path

LEAST = 300  # of a frequency; rarer words say all that a word can
TABLE = Path(__file__).parent.parent / "monitor" / "stories" / "general_words.tsv"
HEAD = """\
# Words of general Chinese and how often they are met, those that are met {least} times and more.
# Source: jieba, extra_dict/dict.txt.small as of 2020-02-15, https://github.com/fxsjy/jieba
# Licence: MIT, Copyright (c) 2013 Sun Junyi
"""


def main(source: str) -> None:
    """Write the table."""
    rows = (line.split(" ") for line in Path(source).read_text(encoding="utf-8").splitlines())
    kept = [(word, int(count)) for word, count, *_ in rows if len(word) > 1 and int(count) >= LEAST]
    lines = [f"{word}\t{count}" for word, count in sorted(kept, key=lambda row: (-row[1], row[0]))]
    TABLE.write_text(HEAD.format(least=LEAST) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
