"""How a file is read and where its columns go: what was guessed, and what people chose instead."""

from __future__ import annotations

from typing import Literal

import msgspec

SKIP = "skip"
# Where a column may go besides "custom:<key>" (an attribute) and "new:<name>" (one to be made).
FIELDS = (
    "name",
    "last_name",
    "email",
    "phone_number",
    "identifier",
    "company_name",
    "city",
    "country_code",
    "preferred_language",
    "description",
)
KEY_FIELDS = frozenset({"identifier", "email", "phone_number"})
CUSTOM, NEW = "custom:", "new:"

OnExisting = Literal["update", "fill", "keep"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """All of it is guessed when the file arrives and can be changed until the import begins.

    `targets` has one entry for each column; `region` reads phone numbers without their country ("CL"); `on_existing`:
    update and complete, only fill what is blank, or leave known contacts as they are.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    has_header: bool = True
    columns: list[str] = []
    targets: list[str] = []
    region: str = ""
    day_first: bool = True
    decimal_comma: bool = False
    on_existing: OnExisting = "update"
    labels: list[str] = []
