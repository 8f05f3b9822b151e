"""What the writer wrote, apart from the history they quote and the signature under it (es, en, pt, de, fr and more).

Rules of our own: on the cases of tests/test_replies.py the library we measured (mail-parser-reply 1.36) finds 24 of 62,
having no Portuguese and taking greetings for signatures. Nothing is lost: the whole text is kept beside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_CHARS = 200_000  # beyond this the text is cut before it is parsed: nobody writes that, and patterns take their time

# "On …, X wrote:" as mail programs write it. A line may be wrapped once or twice; it ends with a colon.
_WROTE = re.compile(
    r"^[ \t]*+(?:>[ \t]*+)?(?:"
    r"(?:El|On|Le|Am|Em|Il|Op|A|En|Den|Dne)\b[^\n]{0,200}(?:\n[^\n]{0,200}){0,2}?"
    r"(?:escribi[oó]|wrote|a [eé]crit|schrieb|escreveu|ha scritto|schreef|skrev|va escriure|napsal\(a\)|escribiu)"
    r"[^\n]{0,120}:"
    r"|[^\n]{3,200}(?:escribi[oó]|wrote|a [eé]crit|schrieb|escreveu|ha scritto|schreef)[ \t]*(?:el|on|le|am|em)?[^\n]{0,60}:"
    r")[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
# "-----Original Message-----" and the like, and Outlook's line of underscores.
_DIVIDER = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:Original Message|Mensaje original|Mensagem original|Urspr[uü]ngliche Nachricht"
    r"|Message d'origine|Messaggio originale|Oorspronkelijk bericht"
    r"|Forwarded message|Mensaje reenviado|Mensagem encaminhada|Reply message"
    r"|Begin forwarded message|Weitergeleitete Nachricht|Message transf[eé]r[eé])[ \t]*:?[ \t]*-{0,}"
    r"|_{20,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = r"(?:From|De|Von|Da|Van|Fra|Från)"
_SENT = (
    r"(?:Sent|Date|Enviado(?: el| em)?|Enviada(?: em)?|Fecha|Data"
    r"|Gesendet|Datum|Envoy[eé](?: le)?|Inviato|Verzonden|Fecha de env[ií]o)"
)
_TO = r"(?:To|Para|An|[AÀ]|Aan|Til|Till|Cc)"
_SUBJECT = r"(?:Subject|Asunto|Assunto|Betreff|Objet|Oggetto|Onderwerp)"
# Outlook's block of headers, bold (*From:*) or plain: three of the four, each on a line of its own, From first.
_BLOCK = re.compile(
    rf"^[ \t]*\*?{_FROM}[ \t]*:\*?[ \t]*\S[^\n]*\n"
    rf"(?:[ \t]*\n)?(?:(?:[ \t]*\*?(?:{_SENT}|{_TO}|{_SUBJECT})[ \t]*:\*?[^\n]*|[ \t]+\S[^\n]*)(?:\n|\Z)){{2,}}",
    re.IGNORECASE | re.MULTILINE,
)
_DELIMITER = re.compile(r"^-- ?$", re.MULTILINE)  # RFC 3676 §4.3
_SENT_FROM = re.compile(
    r"^[ \t]*(?:Enviado (?:desde|do|a partir do) (?:mi|meu|el)|Sent from (?:my|Mail for|Yahoo|Outlook)|Get Outlook for"
    r"|Obtener Outlook para|Obter o? ?Outlook para|Envoy[eé] (?:de mon|depuis mon|[aà] partir)|T[eé]l[eé]charger Outlook"
    r"|Von meinem|Gesendet (?:von|mit)|Holen Sie sich Outlook|Inviato da|Verzonden vanaf)[^\n]{0,120}\s*\Z",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Parts:
    """`reply`: what was written now. `signature`, `history`: what stood below it, each possibly empty."""

    reply: str
    signature: str = ""
    history: str = ""


def split_reply(text: str) -> Parts:
    """Split a plain text. A mail that is all quotation keeps its text as the reply: there is nothing else to show."""
    whole = text.replace("\r\n", "\n").replace("\xa0", " ")[:MAX_CHARS].strip("\n")
    cut = _first_cut(whole)
    reply, history = whole[:cut], whole[cut:]
    quote = _trailing_quote(reply)
    if ">" in reply[quote:]:
        reply, history = reply[:quote], reply[quote:] + history
    body, signature = _split_signature(reply.rstrip())
    if not body.strip():
        return Parts(reply.strip() or whole.strip(), "", history.strip("\n") if reply.strip() else "")
    return Parts(body.strip(), signature.strip(), history.strip("\n"))


def _trailing_quote(text: str) -> int:
    """Where the quoted and empty lines begin that it ends with; its length when it ends with another."""
    start = end = len(text)
    while end > 0:
        begin = text.rfind("\n", 0, end - 1) + 1
        line = text[begin:end].strip(" \t")
        if line.strip("\n") and not line.startswith(">"):
            break
        start = end = begin
    return start


def _first_cut(text: str) -> int:
    """Where the quoted history begins; the length of the text when there is none."""
    starts = [len(text)]
    for pattern in (_DIVIDER, _BLOCK):
        if (match := pattern.search(text)) is not None and text[: match.start()].strip():
            starts.append(match.start())
    for match in _WROTE.finditer(text):
        # The phrase may be part of what is said ("María escribió:"): only before quotation, or at the very end of it.
        below = text[match.end() :].lstrip("\n")
        if not text[: match.start()].strip():
            continue
        if below.lstrip().startswith(">") or _looks_like_attribution(match[0]) or not below.strip():
            starts.append(match.start())
            break
    return min(starts)


_ATTRIBUTION_SIGN = re.compile(r"@|\d{1,2}[:.]\d{2}|\b\d{4}\b")


def _looks_like_attribution(line: str) -> bool:
    """A date, a time or an address: a program wrote it."""
    return bool(_ATTRIBUTION_SIGN.search(line))


def _split_signature(text: str) -> tuple[str, str]:
    if (match := _DELIMITER.search(text)) is not None and text[: match.start()].strip():
        return text[: match.start()], text[match.start() :]
    if (match := _SENT_FROM.search(text)) is not None and text[: match.start()].strip():
        return text[: match.start()], text[match.start() :]
    return text, ""
