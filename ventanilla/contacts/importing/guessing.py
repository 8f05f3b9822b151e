"""What a file says of itself: its encoding, separator and header, and where each column probably goes."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import islice
from typing import IO

import msgspec

from ventanilla.contacts.importing.options import CUSTOM, SKIP, Options
from ventanilla.contacts.importing.reading import Row, header_of, rows_of, text_of
from ventanilla.contacts.normal import folded
from ventanilla.kit.phones import REGIONS

_SAMPLE_BYTES = 1 << 17
_SAMPLE_ROWS = 200
_LIKELY = ["cp1252", "mac_roman", "cp850", "cp1250", "cp1251"]
# What a few accents of Western Europe look like in each; a library that asks for statistics needs far longer texts.
_WESTERN = ("cp1252", "mac-roman", "cp850")
_USUAL = frozenset("áéíóúüñçàèìòùâêîôûãõäöïëÁÉÍÓÚÜÑÇÀÈÂÊÃÕÄÖ¿¡ºª«»€·’‘“”–—…°´©®")
ENCODINGS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "iso8859-15",
    "mac-roman",
    "cp850",
    "cp1250",
    "cp1251",
)
DELIMITERS = (";", ",", "\t", "|")
_ODD_DELIMITERS = frozenset(":#~^!§¦")  # that nobody guesses, but a file may say
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORDS: dict[str, tuple[str, ...]] = {
    "name": ("nombre", "name", "nombrecompleto", "fullname", "contacto", "cliente", "firstname", "nombres", "primernombre"),
    "last_name": ("apellido", "apellidos", "lastname", "surname", "familyname"),
    "email": ("correo", "email", "mail", "correoelectronico", "emailaddress", "direcciondecorreo"),
    "phone_number": (
        "telefono", "celular", "movil", "phone", "phonenumber", "mobile", "fono", "tel", "whatsapp",
        "numerodetelefono",
    ),
    "identifier": ("identifier", "identificador", "id", "codigo", "externalid", "customerid", "idcliente"),
    "company_name": ("empresa", "company", "companyname", "compania", "organizacion", "organization"),
    "city": ("ciudad", "city", "localidad", "comuna", "poblacion"),
    "country_code": ("pais", "country", "countrycode"),
    "preferred_language": ("idioma", "language", "lengua", "preferredlanguage"),
    "description": ("notas", "descripcion", "description", "notes", "observaciones", "comentarios"),
}  # fmt: skip
_KNOWN = {word: target for target, words in _WORDS.items() for word in words}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")


def encoding_of(content: IO[bytes]) -> str:
    """By its mark, else UTF-8 when all of it is that, else what the letters look like. Leaves the file at its start."""
    content.seek(0)
    head = content.read(_SAMPLE_BYTES)
    for mark, name in _BOMS:
        if head.startswith(mark):
            content.seek(0)
            return name
    wide = _wide(head)
    if wide is None and _is_utf8(content):
        wide = "utf-8"
    content.seek(0)
    if wide is not None:
        return wide
    letters = _with_letters(head)
    western = max(_WESTERN, key=lambda name: _share(letters, name))
    if _share(letters, western) > 0.8:
        return western
    from charset_normalizer import from_bytes  # a megabyte that only a file without a known charset needs

    best = from_bytes(letters, cp_isolation=_LIKELY, threshold=0.9).best()
    guess = best.encoding.replace("_", "-") if best is not None else "cp1252"
    return guess if guess in ENCODINGS else "cp1252"


def _wide(head: bytes) -> str | None:
    """Two bytes a letter without a mark: every other byte of ordinary text is zero."""
    pairs = len(head) // 2
    if pairs < 8:
        return None
    odd, even = head[1::2].count(0), head[::2].count(0)
    if odd > pairs * 0.6 and even < pairs * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.6 and odd < pairs * 0.1 else None


def _is_utf8(content: IO[bytes]) -> bool:
    content.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := content.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _share(letters: bytes, encoding: str) -> float:
    """Of the letters beyond ASCII, how many are usual ones."""
    beyond = [char for char in letters.decode(encoding, "replace") if ord(char) > 127]
    return sum(char in _USUAL for char in beyond) / len(beyond) if beyond else 1.0


def _with_letters(head: bytes) -> bytes:
    """The lines that tell encodings apart, so that a thousand plain ones do not drown them."""
    lines = [line for line in head.splitlines() if any(byte > 127 for byte in line)]
    return b"\n".join(lines[:400]) or head[:4096]


def delimiter_of(content: IO[bytes], *, encoding: str) -> str:
    """The separator by which most rows have the same number of columns, and more than one."""
    content.seek(0)
    sample = content.read(_SAMPLE_BYTES).decode(encoding, "replace").removeprefix("\ufeff")
    content.seek(0)
    if sample[:4].lower() == "sep=" and (sample[4:5] in DELIMITERS or sample[4:5] in _ODD_DELIMITERS):
        return sample[4]
    lines = sample.splitlines(keepends=True)
    if len(lines) > 1 and len(sample) >= _SAMPLE_BYTES // 4:
        lines.pop()  # cut off in the middle
    return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: Sequence[str], delimiter: str) -> float:
    rows = rows_of(iter(lines), delimiter=delimiter, has_header=False)
    counts = Counter(len(row.cells) for row in islice(rows, _SAMPLE_ROWS))
    if not counts:
        return 0.0
    width, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    return 0.0 if width < 2 else times / counts.total() + min(width, 50) / 1000


def options_of(
    content: IO[bytes],
    *,
    attributes: Sequence[tuple[str, str]],
    region: str,
    given: dict[str, object] | None = None,
) -> Options:
    """All that can be guessed; `given` are encoding, delimiter or has_header that somebody chose.

    `attributes` are (key, name) of the account's own.
    """
    chosen = given or {}
    encoding = str(chosen.get("encoding") or encoding_of(content))
    delimiter = str(chosen.get("delimiter") or delimiter_of(content, encoding=encoding))
    with _text(content, encoding) as text:
        first = header_of(text, delimiter=delimiter)
    said = chosen.get("has_header")
    has_header = bool(said) if said is not None else looks_like_header(first)
    with _text(content, encoding) as text:
        rows = list(islice(rows_of(text, delimiter=delimiter, has_header=has_header), 1000))
    width = (
        len(first) if has_header else max((len(row.cells) for row in rows[:50] if not row.fault), default=0)
    )
    columns = _names(first if has_header else [], width)
    return Options(
        encoding=encoding,
        delimiter=delimiter,
        has_header=has_header,
        columns=columns,
        targets=targets_of(columns, rows, attributes),
        region=region,
        day_first=_is_day_first(rows),
        decimal_comma=delimiter == ";",
    )


@contextmanager
def _text(content: IO[bytes], encoding: str) -> Iterator[IO[str]]:
    """The file from its start as text; left open, for others read on."""
    content.seek(0)
    text = text_of(content, encoding=encoding)
    try:
        yield text
    finally:
        text.detach()


def looks_like_header(cells: Sequence[str]) -> bool:
    """Whether the first row names columns: a known name says yes, an address or a number no."""
    if any(_plain(cell) in _KNOWN for cell in cells):
        return True
    return bool(cells) and not any("@" in cell or re.search(r"\d{5}", cell) for cell in cells)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", folded(text))


def _names(header: Sequence[str], width: int) -> list[str]:
    """A name for each column; one that stands there twice is told apart by its number."""
    seen: Counter[str] = Counter()
    names = []
    for index in range(min(width, 200)):
        name = header[index].replace("\x00", "").strip()[:120] if index < len(header) else ""
        name = name or f"{index + 1}"
        seen[name.lower()] += 1
        names.append(name if seen[name.lower()] == 1 else f"{name} ({seen[name.lower()]})")
    return names


def targets_of(
    columns: Sequence[str], rows: Sequence[Row], attributes: Sequence[tuple[str, str]]
) -> list[str]:
    """Where each column goes by its name, or by what stands in it; each place once, what is not known stays out."""
    known = dict(_KNOWN)
    for key, name in attributes:
        known |= {_plain(key): f"{CUSTOM}{key}", _plain(name): f"{CUSTOM}{key}"}
    targets: list[str] = []
    for index, column in enumerate(columns):
        target = known.get(_plain(column)) or _by_content(index, rows)
        targets.append(target if target and target not in targets else SKIP)
    return targets


def _by_content(index: int, rows: Sequence[Row]) -> str | None:
    cells = [row.cells[index].strip() for row in rows[:100] if index < len(row.cells)]
    filled = [cell for cell in cells if cell]
    if len(filled) >= 1 and sum("@" in cell and " " not in cell for cell in filled) > len(filled) * 0.8:
        return "email"
    return None


def with_free_attributes(options: Options) -> Options:
    """The contract's way: what is no known field becomes an attribute of the column's own name (F.22)."""
    targets = [
        f"{CUSTOM}{column}" if target == SKIP else target
        for column, target in zip(options.columns, options.targets, strict=True)
    ]
    return msgspec.structs.replace(options, targets=targets)


def _is_day_first(rows: Sequence[Row]) -> bool:
    """Whether 03/04 is the third of April: so it is unless some second number is more than twelve."""
    first = second = 0
    for row in rows:
        for cell in row.cells:
            if found := _DAY.fullmatch(cell.strip()):
                first, second = max(first, int(found[1])), max(second, int(found[2]))
    return not (second > 12 >= first)


def region_of(timezone: str) -> str:
    """The country of a time zone ("America/Santiago": CL); "" for a zone of none."""
    try:
        table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    except ModuleNotFoundError:  # the system's own zones serve, and say nothing of countries
        return ""
    for line in table.splitlines():
        code, _place, name = ([*line.split("\t"), "", ""])[:3]
        if name == timezone and code in REGIONS:
            return code
    return ""
