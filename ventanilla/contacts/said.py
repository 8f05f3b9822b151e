"""What a visitor's session said of itself, and what it may therefore be told and may change.

Anyone can say anything. What a session is told of a contact is what it said itself, unless the company's own server
vouched for it (HMAC): so no answer depends on what is known of someone else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ventanilla.contacts.normal import KEYS, is_blank, merged
from ventanilla.kit.names import is_visitor_name

TOLD = ("name", *KEYS)
_FREE = ("custom_attributes", "additional_attributes")


def is_told_all(*, hmac_verified: bool, is_withheld: bool) -> bool:
    """Whether what the contact's record says may be told to this session."""
    return hmac_verified and not is_withheld


def told_keys(
    record: Mapping[str, Any], said: Mapping[str, Any], *, is_told_all: bool, has_joined: bool
) -> dict[str, Any]:
    """name, email, phone_number and identifier as the session may be told them.

    Whoever began with the contact, or was let in by an agent, may hear the name it goes by when they gave none.
    """
    source = record if is_told_all else said
    name = source.get("name") or ("" if has_joined else record.get("name"))
    return {"name": name or "", **{key: source.get(key) or None for key in KEYS}}


def is_nameless(name: str) -> bool:
    """Whether the name is none that anyone gave."""
    return not name.strip() or is_visitor_name(name)


def remember(said: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`said` with what is said now."""
    kept = {**said, **{key: given[key] for key in TOLD if given.get(key)}}
    for part in _FREE:
        if given.get(part):
            kept[part] = merged(said.get(part) or {}, given[part])
    return kept


def leaves(values: Mapping[str, Any], *, prefix: str) -> Iterator[tuple[str, Any]]:
    """Each value of a nested object with its path: ("additional_attributes.social_profiles.github", "carla")."""
    for key, value in values.items():
        path = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            yield from leaves(value, prefix=path)
        else:
            yield path, value


def sifted(
    standing: Mapping[str, Any],
    said: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    may_fill: bool,
    may_correct: bool,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of `given` may be written over `standing`, and the rest.

    `may_fill`: blanks. `may_correct`: what still stands as the session itself said it.
    """
    written: dict[str, Any] = {}
    refused: dict[str, Any] = {}
    for key, value in given.items():
        before, own = standing.get(key), said.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            inner = sifted(
                before,
                own if isinstance(own, Mapping) else {},
                value,
                may_fill=may_fill,
                may_correct=may_correct,
            )
            for kept, part in zip((written, refused), inner, strict=True):
                if part:
                    kept[key] = part
        elif (
            (may_fill and is_blank(before))
            or before == value
            or (may_correct and key in said and before == own)
        ):
            written[key] = value
        else:
            refused[key] = value
    return written, refused
