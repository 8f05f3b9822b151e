"""Subjects of mails: what stands before them, and the line they must be.

A prefix is known by its form: tags that gateways and lists put there, a short word, how often (`(2)`, `[3]`), a colon. The
words are those that mail programs write in the languages we know; a word no one knows is a prefix only with its count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

MAX_SUBJECT_CHARS = (
    500  # a header line ends at 998 bytes (RFC 5322 §2.1.1); encoded words take up to twice the characters
)

# The desk has the same words (features/conversations/mail/prefixes.json); a test holds the two together.
_REPLY = (
    "re res resp respuesta resposta respondido rta rp r rif risp réf rép aw antw antwort sv svar vs vast vastaus"
    " odp odpověď odpoveď odg ynt yanıt yan cvp atb ats bls balas vá válasz απ απάντηση σχετ răs răspuns erantz"
    " отв ответ відп відповідь отг одг rsp רה תגובה תשובה השב رد الرد پاسخ"
    " 回复 回覆 回復 答复 答覆 返信 답장 회신 답변 ตอบ ตอบกลับ"
)
_FORWARD = (
    "fw fwd forward forwarded rv reenv reenviado reenvío reenviada enc encam encaminhada wg weitergeleitet tr"
    " i inoltra inoltrato inoltro doorst doorgestuurd vb vidarebefordrat videresendt vl pd továbbítás ilt i̇lt ilet"
    " i̇let πρθ προωθ προώθηση пересл переслано пер препр přep předáno posr prosl redir bir trs lih fs edas pārs"
    " הועבר העברה تحويل 转发 轉寄 轉發 转寄 転送 전달 ส่งต่อ"
)
REPLY_WORDS = [*_REPLY.split(), "trả lời"]
FORWARD_WORDS = [*_FORWARD.split(), "إعادة توجيه", "chuyển tiếp"]

_INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_TAG = r"(?:\[[^\[\]]{1,60}\]|\([^()]{1,40}\)|\{[^{}]{1,40}\}|\*{2,5}[^*]{1,40}\*{2,5})"
_COUNT = r"(?:\s?[(\[]\s?\d{1,3}\s?[)\]]|[\^*]\d{1,3})"
_COLON = r"\s{0,2}[:：]"


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_PREFIX = re.compile(
    rf"[\s{_INVISIBLE}]*+(?P<tags>(?:{_TAG}\s*+){{0,4}})[\s{_INVISIBLE}]*+"
    rf"(?:(?P<forward>{_any_of(FORWARD_WORDS)})\.?{_COUNT}?{_COLON}"
    rf"|(?P<reply>{_any_of(REPLY_WORDS)})\.?{_COUNT}?{_COLON}"
    rf"|(?P<counted>[^\W\d_]{{1,3}})\s?[(\[]\d{{1,3}}[)\]]{_COLON})[\s{_INVISIBLE}]*+",
    re.IGNORECASE,
)
_ONE_TAG = re.compile(_TAG)
_OUR_NUMBER = re.compile(r"\s*\[#\d+\]\s*")
# What a gateway writes before the subject of mail from elsewhere: the same subject comes back with and without it.
_GATEWAY = re.compile(
    r"\s*(?=[\[({*])"
    r"(?:[\[({]|\*{2,5})\s?(?:ext(?:ern\w{0,4})?|estern\w|correo externo|spam\??|bulk|caution|virus[- ]free)\b"
    r"[^\[\](){}*]{0,30}(?:[\])}]|\*{2,5})\s*",
    re.IGNORECASE,
)

_NEVER = frozenset({"Cc", "Zl", "Zp", "Cs"})  # controls, line ends, halves of characters


class _Prefix(NamedTuple):
    tags: str
    is_forward: bool
    end: int


def _prefixes(text: str) -> Iterator[_Prefix]:
    """From the outermost on."""
    end = 0
    while (match := _PREFIX.match(text, end)) is not None:
        end = match.end()
        yield _Prefix(match["tags"], match["forward"] is not None, end)


def _one_line(subject: str) -> str:
    return " ".join(subject.split())


def is_forward(subject: str) -> bool:
    """Whether it says that another's mail was passed on. `Re: Fwd: …` answers one and is none."""
    first = next(_prefixes(_one_line(subject)), None)
    return first is not None and first.is_forward


def is_reply(subject: str) -> bool:
    """Whether it says that it answers a mail, by its prefix or by our number."""
    text = _one_line(subject)
    first = next(_prefixes(text), None)
    return not first.is_forward if first is not None else _OUR_NUMBER.match(text) is not None


def without_reply_prefix(subject: str) -> str:
    """Without `Re:` and its like, on one line. What was passed on keeps saying so, and a list or another desk its tag."""
    text = _one_line(subject)
    end = 0
    tags: list[str] = []
    for prefix in _prefixes(text):
        if prefix.is_forward:
            break
        end = prefix.end
        tags += (tag[0] for tag in _ONE_TAG.finditer(prefix.tags) if not _GATEWAY.match(tag[0]))
    return " ".join([*dict.fromkeys(tags), text[end:].strip()]).strip()


def without_prefixes(subject: str) -> str:
    """Without `Re:`, `Fwd:`, our number and the tags before them, on one line."""
    text = _one_line(subject)
    while True:
        end = max((prefix.end for prefix in _prefixes(text)), default=0)
        if (number := _OUR_NUMBER.match(text, end)) is not None:
            end = number.end()
        if not end:
            return text.strip()
        text = text[end:]


def bare_subject(subject: str) -> str:
    """The same in lower case and without the tags of gateways, for comparison."""
    text = without_prefixes(subject)
    while (tag := _GATEWAY.match(text)) is not None and text[tag.end() :].strip():
        text = without_prefixes(text[tag.end() :])
    return text.lower()


def is_subject(text: str) -> bool:
    """Whether it can stand in a mail's header as it is: one line of characters, neither empty nor too long."""
    return 0 < len(text.strip()) <= MAX_SUBJECT_CHARS and not any(
        unicodedata.category(character) in _NEVER for character in text
    )
