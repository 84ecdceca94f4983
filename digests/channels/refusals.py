"""What the codes of the three chat platforms mean, and whether trying again is of any use; it talks to nobody.

企业微信: https://developer.work.weixin.qq.com/document/path/90455 lists the codes.
钉钉: https://open.dingtalk.com/document/orgapp/custom-robot-access, and what the platform itself answers; some codes
have several meanings, which only the words tell apart.
飞书: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot, the sections on security and on 11232.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digests.channels.posting import Answer

_RATE_LIMITED = 429
_OK = 200
_CLIENT_ERROR = range(400, 500)
_MINUTE = 60.0
_TEN_MINUTES = 600.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message was not taken. `permanent`: until somebody mends something. `unclear`: it may have been taken."""

    words: str
    todo: str = "it is tried again"
    permanent: bool = False
    unclear: bool = False
    wait: float = 0.0  # seconds for which the other side is left alone


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code, or one of a code's meanings: then some of `signs` stands in the platform's words."""

    refusal: Refusal
    signs: tuple[str, ...] = ()


def _for_good(words: str, todo: str, *signs: str) -> Meaning:
    return Meaning(Refusal(words, todo, permanent=True), signs)


def _for_now(words: str, *signs: str, wait: float = 0.0) -> Meaning:
    return Meaning(Refusal(words, wait=wait), signs)


_KEY = "copy the robot's address anew"
_LIST = "add this machine's address to the robot's list, or take the list away"
_WORDS = "give the robot a keyword that every digest holds, such as 招商"
_SIGN = "compare the signing secret with the robot's page, and this machine's clock with the time"
_OURS = "report this: the message is not what the platform expects"
_LONG = "report this: a message was cut too long"

Meanings = Mapping[int, Sequence[Meaning]]

WECOM: Meanings = {
    -1: [_for_now("the platform is busy")],
    40008: [_for_good("the kind of message is not known", _OURS)],
    40033: [_for_good("it holds characters that are not taken", _OURS)],
    40035: [_for_good("a parameter is not taken", _OURS)],
    40058: [_for_good("the message is too long", _LONG, "max length"), _for_good("a parameter is not taken", _OURS)],
    44004: [_for_good("the message is empty", _OURS)],
    45002: [_for_good("the message is too long", _LONG)],
    45009: [_for_now("too many messages", wait=_MINUTE)],
    45033: [_for_now("too many messages at once", wait=_MINUTE)],
    60020: [_for_good("this machine's address is not on the list of those that may send", _LIST)],
    93000: [_for_good("the key is not valid, or the robot was taken out of its group", _KEY)],
}

DINGTALK: Meanings = {
    -1: [_for_now("the platform is busy")],
    40035: [_for_good("a parameter is missing", _KEY)],
    43004: [_for_good("the kind of content is not taken", _OURS)],
    130101: [_for_now("too many messages", wait=_TEN_MINUTES)],
    410100: [_for_now("too many messages", wait=_TEN_MINUTES)],
    300001: [_for_good("the key is not valid", _KEY)],
    300005: [_for_good("the key is not valid", _KEY)],
    310000: [
        _for_good("none of the robot's keywords is in the message", _WORDS, "keyword", "关键词"),
        _for_good("this machine's address is not on the robot's list", _LIST, "whitelist", "白名单"),
        _for_now("the time of the signature is not accepted; check this machine's clock", "timestamp", "过期"),
        _for_good("the signature does not match", _SIGN, "sign", "签名"),
        _for_good("the robot's security settings refuse it", _SIGN),
    ],
    400013: [_for_good("the group was dissolved", _KEY)],
    400101: [_for_good("the key is not valid", _KEY)],
    400102: [_for_good("the robot is switched off", "switch it on in its group")],
    400105: [_for_good("the kind of message is not known", _OURS)],
    400106: [_for_good("there is no such robot", _KEY)],
    430101: [_for_good("it holds a link that the platform calls unsafe", "see which, and send it by another channel")],
    430102: [_for_good("it holds text that the platform does not allow", "see which, and send it by another channel")],
    430104: [_for_good("it holds what the platform does not allow", "see what, and send it by another channel")],
    460101: [_for_good("the message is too long", _LONG)],
}

FEISHU: Meanings = {
    9499: [
        _for_now("too many messages", "too many", "frequency", wait=_MINUTE),
        _for_good("the message is not what the platform expects, or too long", _OURS),
    ],
    11232: [_for_now("too many messages, of this robot or of all", wait=_MINUTE)],
    19001: [_for_good("the key is not valid", _KEY)],
    19002: [_for_good("a parameter is not taken", _OURS)],
    19007: [_for_good("the robot is switched off", "switch it on in its group")],
    19021: [_for_good("the signature does not match, or its time is more than an hour off", _SIGN)],
    19022: [_for_good("this machine's address is not on the robot's list", _LIST)],
    19024: [_for_good("none of the robot's keywords is in the message", _WORDS)],
    19036: [_for_good("the message is too long", _LONG)],
    230020: [_for_now("too many messages", wait=_MINUTE)],
    99991400: [_for_now("too many messages", wait=_MINUTE)],
}


def refusal_of(
    answer: Answer, meanings: Meanings, code_keys: Sequence[str], word_keys: Sequence[str]
) -> Refusal | None:
    """What an answer comes to; None when the message was taken, and only then.

    The code decides wherever there is one: these platforms say 200 to all but everything.
    """
    said = _object(answer) if answer.whole else None
    if said is None:
        return _without_a_code(answer)
    codes = [code for key in code_keys if isinstance(code := said.get(key), int) and not isinstance(code, bool)]
    if not codes:
        return _without_a_code(answer)
    code = codes[0]
    words = next((str(said[key]) for key in word_keys if said.get(key)), "")
    if code:
        return _meaning(code, words, meanings)
    return None if answer.status == _OK else _without_a_code(answer)


def _meaning(code: int, words: str, meanings: Meanings) -> Refusal:
    lowered = words.lower()
    for meaning in meanings.get(code, ()):
        if not meaning.signs or any(sign in lowered for sign in meaning.signs):
            known = meaning.refusal
            return Refusal(f"{known.words} (code {code}: {words})", known.todo, known.permanent, wait=known.wait)
    return Refusal(f"refused with code {code}: {words}", "look it up in the platform's list; it is tried again")


def _without_a_code(answer: Answer) -> Refusal:
    """An answer that is not the platform's: by its status, and where that says nothing, it may have been taken."""
    if answer.status == _RATE_LIMITED:
        return Refusal("too many messages (HTTP 429)", wait=retry_after(answer, _MINUTE))
    if answer.status in range(300, 400):
        return Refusal(f"answers with a redirect (HTTP {answer.status}), which is not followed", "check the address")
    if answer.status in _CLIENT_ERROR:
        return Refusal(f"refused with HTTP {answer.status}", "check the address; it is tried again")
    told = f"HTTP {answer.status}" if answer.whole else f"HTTP {answer.status}, which broke off"
    return Refusal(f"the answer is not the platform's ({told}); it may have arrived", unclear=True)


def retry_after(answer: Answer, usual: float) -> float:
    """How long the other side wants to be left alone: its Retry-After in seconds, an hour at most."""
    said = answer.headers.get("retry-after", "").strip()
    return min(float(said), 3600.0) if said.isascii() and said.isdigit() else usual


def _object(answer: Answer) -> dict[str, object] | None:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
