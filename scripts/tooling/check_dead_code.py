"""Names what the product defines and nothing of it uses, as far as vulture sees it; exit code 1 when there is any.

Tests are no use of a thing: what only they call is dead too. Settings, manifests and registries name things as text, so
a name that stands in a second place of the product counts as used. What a library calls by a name of its own (hooks of
servers, fields and managers) is listed in pyproject.toml, [tool.vulture].
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

from places import ROOT
from vulture import Vulture

_PRODUCT = ("ventanilla", "scripts/tooling", "bench")
_KINDS = {"function", "method", "class", "property", "unreachable_code"}
_WORD = re.compile(r"[A-Za-z_]\w*")
_WALKED = {"actions", "checks", "kinds", "steps"}  # folders whose classes a registry finds, one in each file
_TESTS = ("*/tests/*", "*/testing/*")


def main() -> int:
    """Print a line for each dead definition."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    judge = Vulture(**settings)
    judge.scavenge([str(ROOT / part) for part in _PRODUCT], exclude=["*/migrations/*", *_TESTS])
    words = Counter(word for path in _sources() for word in _WORD.findall(path.read_text()))
    dead = [
        f"{one.filename.relative_to(ROOT)}:{one.first_lineno}: {one.message}"
        for one in judge.get_unused_code(min_confidence=60)
        if one.typ in _KINDS and words[one.name] < 2
        if not (one.typ == "class" and one.filename.parent.name in _WALKED)
    ]
    print("\n".join(dead), end="\n" if dead else "")
    return 1 if dead else 0


def _sources() -> list[Path]:
    """Whose words count as uses: migrations and templates too."""
    kinds = ("*.py", "*.html", "*.txt")
    found = (path for part in _PRODUCT for kind in kinds for path in (ROOT / part).rglob(kind))
    return [path for path in found if not any(path.match(pattern) for pattern in _TESTS)]


if __name__ == "__main__":
    sys.exit(main())
