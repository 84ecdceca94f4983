"""The subject and the text of a message, whichever kind it is; how they look is render's business."""

from digests.content import Digest
from digests.notice import Notice
from digests.render import render, render_notice, subject
from digests.wording import CHINESE, Words, words_of
from monitor.announcing import Delivery


def subject_of(delivery: Delivery, message: Digest | Notice) -> str:
    """As in a mail; a resend on purpose says so."""
    again = words_for(message).resent if delivery.resend_of is not None else ""
    return again + (message.subject if isinstance(message, Notice) else subject(message))


def text_of(message: Digest | Notice, form: str) -> str:
    """As `md` or `html`."""
    return render_notice(message, form) if isinstance(message, Notice) else render(message, form)


def words_for(message: Digest | Notice) -> Words:
    """The words in its language; the operator is told in Chinese."""
    return CHINESE if isinstance(message, Notice) else words_of(message.language)
