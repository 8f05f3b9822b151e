"""Dates and times in a line of any language, by their form: a number, words, a year. No names of months are needed."""

from __future__ import annotations

import re
import unicodedata

DATE, TIME, SHORT_DATE = "\x01", "\x02", "\x03"  # what `mark_dates` leaves in the place of each

_YEAR = r"(?:(?:19|20|25)\d\d|1[34]\d\d)"  # also the Buddhist and the Persian calendar
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = r"(?:\.|º|ª|°|st\b|nd\b|rd\b|th\b|er\b|ème\b|a\b|an\b|e\b|-?(?:го|й|е|ра|та)\b|\([^()]{1,3}\))?"
_WORD = r"[^\W\d_]{1,14}[.’'´׳״]?"
_GAP = r"[\s,./\-]{0,4}"

_CJK = re.compile(
    r"(?:(?:令和|平成|民國|民国)?\s?\d{1,4}\s?[年년]\s?)?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号號]?(?:\s?[(（][^()（）]{1,4}[)）])?"
)
_NUMERIC = re.compile(
    r"(?<![\d.@/:-])(?P<a>\d{1,4})\s?(?P<s>[./\-‐‑–])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<c>\d{1,4})\.?(?![\d@-])(?!\.\d)"
)
_CJK_TIME = re.compile(
    r"(?:上午|下午|早上|晚上|中午|凌晨|午前|午後|오전|오후)?\s?\d{1,2}\s?[时時点點시]\s?(?:\d{1,2}\s?[分분]?)?(?:\s?\d{1,2}\s?[秒초])?"
)
_CLOCK = re.compile(
    r"(?:上午|下午|早上|晚上|中午|凌晨|午前|午後|오전|오후)?\s?"
    r"(?<![\d.:@])(?:[01]?\d|2[0-4])\s?(?P<s>[:.hH٫])\s?[0-5]\d(?:\s?(?:(?P=s)|[:.m])\s?[0-5]\d)?(?!\d|:\d)(?!\.\d)"
    r"(?:\s?(?:[ap]\.?\s?m\b\.?|[πμ]\.?\s?μ\.?|Uhr\b|uur\b|hrs?\b\.?|h\b|ч\b\.?|de\.|du\.|ÖÖ|ÖS|SA|CH|صباحا|مساء|[صم](?!\w)))?",
    re.IGNORECASE,
)
_WITH_YEAR = (
    # 2 de dic. de 2026, 2. jouluk. 2026, 2nd of December, 2026
    re.compile(
        rf"(?<!\d){_DAY}{_ORDINAL}{_GAP}(?:{_WORD}{_GAP}){{1,4}}{_YEAR}(?!\d)(?:-?(?:an|en|ko|eko)\b)?"
    ),
    # Dec 2, 2026; pros 2. 2026
    re.compile(rf"(?<![^\W\d_])[^\W\d_]{{3,14}}\.?\s{{1,2}}{_DAY}{_ORDINAL}\s?,?\s{{1,2}}{_YEAR}(?!\d)"),
    # 2026 abe. 2(a), 2026(e)ko abenduaren 2a, 2026.eko abenduak 2, 2026. dec. 2., 2026 m. gruodžio 2 d.
    re.compile(
        rf"(?<!\d){_YEAR}\.?(?:\([^()]{{1,3}}\))?\w{{0,3}}[.,]?\s{{1,2}}(?:{_WORD}\s{{1,2}}){{1,3}}{_DAY}(?!\d){_ORDINAL}(?!\s?[:.h]\d)"
    ),
    # 2 thg 12, 2026
    re.compile(rf"(?<!\d){_DAY}\s(?:thg|tháng)\.?\s\d{{1,2}},?\s(?:năm\s)?{_YEAR}(?!\d)", re.IGNORECASE),
)
_WITHOUT_YEAR = (
    re.compile(rf"(?<![\d\w]){_DAY}{_ORDINAL}\s{{1,2}}(?:de\s|of\s|d['’])?[^\W\d_]{{3,14}}\.?"),
    re.compile(rf"(?<![^\W\d_])[^\W\d_]{{3,14}}\.?\s{{1,2}}{_DAY}{_ORDINAL}(?![\d\w:])"),
)


def with_plain_digits(text: str) -> str:
    """The digits of any script as those of ours, and its letters without the marks that patterns take for no letters."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(one: str) -> str:
    if one.isascii() or one.isalpha():
        return one
    if one.isdecimal():
        return str(unicodedata.decimal(one))
    return "" if unicodedata.category(one) in {"Mn", "Mc"} else "." if one == "॰" else one


def mark_dates(text: str) -> str:
    """The text with DATE, TIME and SHORT_DATE (one without its year) in the place of each. Expects `with_plain_digits`."""
    if not any(one.isdigit() for one in text):
        return text
    if any(one in text for one in "年月년월"):
        text = _CJK.sub(f" {DATE} ", text)
    text = _NUMERIC.sub(_numeric, text)
    if any(one in text for one in "时時点點시"):
        text = _CJK_TIME.sub(f" {TIME} ", text)
    text = _CLOCK.sub(f" {TIME} ", text)
    for pattern in _WITH_YEAR:
        text = pattern.sub(f" {DATE} ", text)
    if DATE not in text:
        for pattern in _WITHOUT_YEAR:
            text = pattern.sub(f" {SHORT_DATE} ", text, count=1)
    return text


def _numeric(match: re.Match[str]) -> str:
    a, b, c = match["a"], match["b"], match["c"]
    numbers = int(a), int(b), int(c)
    if len(a) == 4:
        is_date = 1300 < numbers[0] < 2700 and 1 <= numbers[1] <= 12 and 1 <= numbers[2] <= 31
    else:
        small, large = sorted(numbers[:2])
        is_year = len(c) == 2 or 1300 < numbers[2] < 2700
        is_date = len(a) <= 2 and 1 <= small <= 12 and large <= 31 and is_year and len(c) != 3
        is_date |= (
            len(a) == 2 and 1 <= numbers[1] <= 12 and 1 <= numbers[2] <= 31 and match["s"] in "/."
        )  # 26/12/2
    return f" {DATE} " if is_date else match[0]
