"""Pictures that the HTML of a mail shows by their Content-ID (RFC 2392)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote

# In an attribute or in url(…) of a style, never in the text.
_CID = re.compile(r"([=(]\s*[\"']?\s*)cid:([^\"'\s<>)]{1,1998})", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^<>]{0,8000}>", re.IGNORECASE)
_ALT = re.compile(r"\s+alt\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]*)", re.IGNORECASE)
_IN_TEXT = re.compile(r"\[cid:([^\]\s]{1,998})\]|<cid:([^>\s]{1,998})>", re.IGNORECASE)


def _plain(content_id: str) -> str:
    return unquote(unescape(content_id)).strip("<>")


def shown_by(html: str) -> set[str]:
    """The Content-IDs of the parts that it shows, without their brackets."""
    if "cid:" not in html and "CID:" not in html:
        return set()
    return {_plain(found[2]) for found in _CID.finditer(html)}


def placed(html: str, addresses: Mapping[str, str]) -> str:
    """The HTML with these parts at these addresses, by Content-ID; others stay as they are."""

    def place(found: re.Match[str]) -> str:
        address = addresses.get(_plain(found[2]))
        return found[0] if address is None else f"{found[1]}{address}"

    return _CID.sub(place, html)


def named_in_html(html: str, names: Mapping[str, str]) -> str:
    """The HTML with `[image: name]` as the description of each such picture, for who reads it as text."""

    def name(found: re.Match[str]) -> str:
        shown = next((names[one] for one in shown_by(found[0]) if one in names), None)
        if shown is None:
            return found[0]
        label = _label(shown).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        # Spaced, for words stand beside it in the text.
        return _ALT.sub("", found[0]).rstrip("/> ") + f' alt=" {label} ">'

    return _IMG.sub(name, html) if "cid:" in html or "CID:" in html else html


def named_in_text(text: str, names: Mapping[str, str]) -> str:
    """The text with `[image: name]` for each `[cid:…]` that a mail program left where a picture was (contract F.20)."""

    def name(found: re.Match[str]) -> str:
        content_id = _plain(found[1] or found[2])
        return _label(names.get(content_id) or content_id.partition("@")[0])

    return _IN_TEXT.sub(name, text)


def _label(name: str) -> str:
    return f"[image: {name.replace('[', '(').replace(']', ')')}]"
