"""Robots of chat groups: 企业微信, 钉钉, 飞书. One part is sent at a time; which were taken, the outbox remembers."""

import hashlib
import json
from datetime import datetime

from digests.channels.pace import wait_for_turn
from digests.channels.platforms import Body, Platform
from digests.channels.posting import knock, post
from digests.channels.reaching import Address, Route
from digests.channels.redacting import redacted
from digests.channels.refusals import Refusal, refusal_of
from digests.channels.wording import words_for
from digests.chat.entries import entries_of, title_of
from digests.chat.parts import parts_of
from digests.content import Digest
from digests.notice import Notice
from monitor.announcing import Delivery, DeliveryPart
from monitor.config import RobotTable
from monitor.errors import DeliveryError

_LONGEST_TITLE = 80
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class Robot:
    """One robot of a platform. It keeps no secret: the address is read when it is needed."""

    def __init__(self, name: str, config: RobotTable, platform: Platform) -> None:
        self._config = config
        self._platform = platform
        self._where = f"channel {name}"
        self.kind = platform.kind

    def cut(self, delivery: Delivery, message: Digest | Notice) -> tuple[str, ...]:
        """The texts of the messages that a digest or a notice takes."""
        widest = json.dumps(self._body(delivery, message, DeliveryPart(999, 999, "")), ensure_ascii=False)
        return parts_of(entries_of(message), self._platform.markup, self._platform.largest - len(widest.encode()))

    def send_part(self, delivery: Delivery, message: Digest | Notice, part: DeliveryPart, now: datetime) -> None:
        """Hand one of them over. Raises DeliveryError or SecretError."""
        url, secret = self._config.address(), self._config.signing_secret()
        address = self._address(url)
        body = self._body(delivery, message, part)
        if secret:
            signed, body = self._platform.signed(url, body, secret, now)
            address = self._address(signed)
        where = f"{self._where} ({address})" + (f", part {part.number} of {part.count}" if part.count > 1 else "")
        data = json.dumps(body, ensure_ascii=False).encode()
        answer = post(address, data, _HEADERS, self._route(), where)
        refusal = refusal_of(answer, self._platform.meanings, self._platform.code_keys, self._platform.word_keys)
        if refusal is not None:
            raise self._error(refusal, where, url, secret)

    def wait_for_turn(self) -> None:
        """Wait until the platform takes one more message of this robot. Raises SecretError."""
        robot = hashlib.sha256(self._config.address().encode()).hexdigest()
        wait_for_turn(f"{self.kind} {robot}", self._platform.rates)

    def check(self, *, offline: bool = False) -> str:
        """Read the secrets, connect, send nothing, and say what came of it. Raises DeliveryError or SecretError."""
        address = self._address(self._config.address())
        self._config.signing_secret()
        if offline:
            return f"{address} (not connected)"
        knock(address, self._route(), f"{self._where} ({address})")
        return f"{address} can be reached; nothing was sent, so whether the key is good only a message will tell"

    def _body(self, delivery: Delivery, message: Digest | Notice, part: DeliveryPart) -> Body:
        title = title_of(message)
        title = title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
        words = words_for(message)
        again = words.resent if delivery.resend_of is not None else ""
        mark = words.part(part.number, part.count) if part.count > 1 else ""
        # By the number and the mark, readers know a repeat for what it is.
        text = f"{part.content}{self._platform.markup.gap}{words.number(delivery.id)}{mark}"
        return self._platform.body(again + title + mark, text)

    def _address(self, url: str) -> Address:
        try:
            return Address.parse(url)
        except ValueError as error:
            raise DeliveryError(
                str(error), where=self._where, todo="copy the robot's address anew", permanent=True
            ) from None

    def _route(self) -> Route:
        config = self._config
        return Route(config.timeout.total_seconds(), config.proxy, config.allow_private)

    def _error(self, refusal: Refusal, where: str, url: str, secret: str | None) -> DeliveryError:
        return DeliveryError(
            redacted(refusal.words, url, secret),
            where=where,
            todo=refusal.todo,
            handed_over=refusal.unclear,
            permanent=refusal.permanent,
            wait=refusal.wait,
        )
