"""Names for visitors who have not said theirs: two words and a number, "quiet-river-12", "rio-sereno-12"."""

from __future__ import annotations

import secrets

_ENGLISH = (
    "amber bright calm clear cool crisp dawn early fresh gentle golden green happy kind late light lively misty mossy"
    " open patient plain quick quiet round shy silver small soft spring steady still sunny warm weathered wild".split(),
    "bay bird breeze brook cloud coast cove creek dune field forest garden grove harbor hill island lake leaf meadow"
    " moon mountain orchard path pebble pine pond rain river road shore sky snow star stone stream tree valley".split(),
)
# Masculine nouns and adjectives only, so that any pair agrees.
_SPANISH = (
    "arroyo barco bosque camino campo cerro cielo faro jardin lago llano lucero mar monte olivo otono pajaro parque pinar"
    " prado puente puerto rio sauce sendero sol tejado trigo valle vado verano viento volcan".split(),
    "alegre amable azul blanco breve callado claro curioso discreto dorado fresco largo leve libre ligero limpio lejano"
    " manso nuevo paciente plateado rapido sencillo sereno soleado suave tibio tranquilo verde viejo vivo".split(),
)


def visitor_name(locale: str = "es") -> str:
    """A name no one chose; not unique."""
    first, second = _SPANISH if locale.startswith("es") else _ENGLISH
    return f"{secrets.choice(first)}-{secrets.choice(second)}-{secrets.randbelow(90) + 10}"


def is_visitor_name(name: str) -> bool:
    """Whether it is a name that `visitor_name` gave, which any true name may replace."""
    parts = name.split("-")
    pairs = ((_ENGLISH[0], _ENGLISH[1]), (_SPANISH[0], _SPANISH[1]))
    return len(parts) == 3 and parts[2].isdigit() and any(parts[0] in a and parts[1] in b for a, b in pairs)


def first_and_last(name: str) -> tuple[str, str]:
    """First and last word; both empty when the name has one word (contract F.19)."""
    words = name.split()
    return (words[0], words[-1]) if len(words) > 1 else ("", "")
