"""Writes the mail of a digest or an alert, whole and ready to be signed; who carries it is the channel's business."""

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from digests.channels.mail_headers import address_header, list_id, subject_header, unsubscribe_header
from digests.channels.wording import subject_of, text_of
from digests.content import Digest
from digests.mail import mail_page
from digests.notice import Notice
from digests.pdf import pdf_of
from monitor.announcing import Delivery
from monitor.config import EmailChannelConfig

_AS_WRITTEN = SMTP.clone(refold_source="none")  # our headers are folded already


def build_message(
    config: EmailChannelConfig, delivery: Delivery, content: Digest | Notice, now: datetime, whole_at: str = ""
) -> EmailMessage:
    """The mail: the whole as Markdown in its text part, HTML beside it, and what is attached.

    `whole_at` is the address of the digest's page; where there is none, a digest that is too long for the HTML part is
    attached. The same arguments always give the same bytes. Raises DeliveryError where a PDF is wanted and cannot be
    made.
    """
    message = EmailMessage(policy=_AS_WRITTEN)
    message.set_raw("Subject", subject_header(subject_of(delivery, content)))
    message.set_raw("From", address_header("From", config.sender))
    message.set_raw("To", address_header("To", delivery.recipient))
    message["Date"] = format_datetime(now.astimezone(ZoneInfo(content.timezone)))
    message["Message-ID"] = delivery.message_id
    message["List-Id"] = list_id(delivery.audience, config.sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps out-of-office answers away
    if isinstance(content, Notice):
        _set_texts(message, text_of(content, "md"), text_of(content, "html"))
    else:
        unsubscribe = config.unsubscribe or config.sender
        message.set_raw("List-Unsubscribe", unsubscribe_header(unsubscribe, delivery.audience))
        page = mail_page(content, whole_at)
        _set_texts(message, text_of(content, "md"), page.html)
        _attach(message, config, delivery, content, whole=page.shortened and not whole_at)
    _set_boundaries(message, delivery.message_id)
    return message


def _set_texts(message: EmailMessage, text: str, html: str) -> None:
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")


def _attach(
    message: EmailMessage, config: EmailChannelConfig, delivery: Delivery, digest: Digest, *, whole: bool
) -> None:
    name = f"zhaoshang-{delivery.period_key}"
    if whole or "md" in config.attach:
        data = text_of(digest, "md").encode()
        message.add_attachment(data, "text", "markdown", filename=f"{name}.md", params={"charset": "utf-8"})
    if "pdf" in config.attach:
        message.add_attachment(pdf_of(digest), "application", "pdf", filename=f"{name}.pdf")


def _set_boundaries(message: EmailMessage, message_id: str) -> None:
    """By the Message-ID; those that Python draws by lot would make every try another message.

    No body holds one: all are base64, in which there is no underscore.
    """
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(f'{message_id}{number}'.encode()).hexdigest()[:32]}")
