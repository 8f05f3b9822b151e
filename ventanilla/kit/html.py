"""Foreign HTML made safe to show; its text is made by `html_text`."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

from ventanilla.kit.html_text import text_from_html as text_from_html
from ventanilla.kit.markup import bearable

_TAGS = frozenset(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub"
    " summary sup table tbody td tfoot th thead time tr tt u ul var".split()
)
# Gone with what is inside them: what they hold is not text for people.
_DROPPED = frozenset(
    {"script", "style", "title", "head", "noscript", "template", "iframe", "object", "embed", "svg", "math"}
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor"},
    "a": {"href", "name"},
    "img": {"src", "alt", "border"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "scope", "nowrap"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "font": {"color", "face", "size"},
    "time": {"datetime"},
    "blockquote": {"cite", "type"},
    "details": {"open"},
}
# No position, z-index, animation, content or variables: a message must not draw outside its box.
_STYLES = frozenset(
    "background background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width"
    " border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius"
    " border-right border-right-color border-right-style border-right-width border-spacing border-style border-top"
    " border-top-color border-top-style border-top-width border-width caption-side clear color direction display float"
    " font font-family font-size font-style font-variant font-weight height letter-spacing line-height list-style"
    " list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width"
    " overflow-wrap padding padding-bottom padding-left padding-right padding-top table-layout text-align text-decoration"
    " text-indent text-transform unicode-bidi vertical-align white-space width word-break word-spacing word-wrap".split()
)
# url() and its like would load something, the rest are ways to hide it (escapes, comments) or to run code in old browsers.
_DANGEROUS_STYLE = re.compile(
    r"url\s*\(|src\s*\(|image\s*\(|image-set|cross-fade|expression|javascript:|\\|/\*|@|var\s*\(|attr\s*\(|<",
    re.I,
)
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid", "data"})
_SAFE_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$", re.I)
_BLANKS = re.compile(r"[\x00-\x20]+")  # no browser sees them in a scheme


def _style(value: str) -> str:
    if not _DANGEROUS_STYLE.search(value):
        return value
    return ";".join(part for part in value.split(";") if not _DANGEROUS_STYLE.search(part))


def _filter(tag: str, attribute: str, value: str, *, place: Callable[[str], str | None]) -> str | None:
    if attribute == "style":
        return _style(value) or None
    if tag == "img" and attribute == "src":
        scheme = _BLANKS.sub("", value[:64]).partition(":")[0].lower()
        if scheme == "cid":
            return place(value.strip()[4:])
        if scheme == "data":
            return value if _SAFE_DATA_IMAGE.match(value.strip()) else None
        return value
    if value.lstrip().lower().startswith(("data:", "cid:")):
        return None
    return value


def _cleaner(place: Callable[[str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _filter(tag, name, value, place=place),
        filter_style_properties=set(_STYLES),
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        # One attribute each: with two their order would change from call to call.
        set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}},
        link_rel="noopener noreferrer nofollow",
    )


def _in_order(html: str) -> str:
    return bearable(html, tags=_TAGS, dropped=_DROPPED)


def clean_html(html: str, *, place: Callable[[str], str | None]) -> str:
    """Foreign HTML to be sent on: safe, with the pictures inside the message where `place` says.

    `place` is given the content id of each such picture and answers its new address, or None for one that stays behind
    and is told by its description.
    """
    return _cleaner(place).clean(_in_order(html))
