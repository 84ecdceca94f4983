"""What the answers of SMTP servers mean, and whether trying again is of any use; it talks to nobody.

RFC 5321 (4.2.3) lists the codes, RFC 7504 adds 521 and 556, RFC 4954 those of log-ins.
"""

import re
from dataclasses import dataclass

TAKEN = (250, 251)
GO_ON = 354
CLOSING = 421
# What the other side says of this mail or reader, and would say again.
_FOR_GOOD = frozenset((501, 521, 550, 551, 552, 553, 554, 555, 556))
_MANY = 552  # after RCPT: too many recipients at once, in the words of older servers (RFC 5321, 4.5.3.1.10)
# 530, 534, 535 and 538 are not among them, nor these: a log-in that somebody mends lets the waiting mail through.
_LOG_IN = re.compile(r"5\.7\.(0|8|9|11)\b|(?i:authenticat|auth required|log ?in first)")


@dataclass(frozen=True, slots=True)
class Answer:
    """A code, and the server's words on one line."""

    code: int
    words: str

    @classmethod
    def of(cls, code: int, said: bytes | str) -> "Answer":
        """What smtplib hands on."""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return cls(code, " ".join(words.split())[:200])

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


def is_permanent(answer: Answer, *, recipient: bool = False) -> bool:
    """Whether no try will help until somebody mends something. `recipient`: the answer is to RCPT."""
    if answer.code not in _FOR_GOOD or _LOG_IN.search(answer.words):
        return False
    return not (recipient and answer.code == _MANY)
