"""Small pictures of pictures: 250 pixels wide, upright, and safe against pictures made to exhaust memory."""

from __future__ import annotations

import io
from typing import IO, Literal

from PIL import Image, ImageOps, UnidentifiedImageError

THUMBNAIL_WIDTH = 250  # contract B.12
MAX_PIXELS = 50_000_000  # a 50-megapixel photo takes 200 MB once unpacked; larger ones are shown as files
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF")  # what we serve as pictures; Pillow reads many more

_Broken = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError)


def _opened(content: IO[bytes]) -> Image.Image | None:
    """The picture with its header read only, or None when it is none or too large."""
    try:
        picture = Image.open(content, formats=_FORMATS)
    except _Broken:
        return None
    width, height = picture.size
    return picture if 0 < width * height <= MAX_PIXELS else None


def measures(content: IO[bytes]) -> tuple[int, int] | None:
    """Width and height in pixels as it is seen (turned as the camera was held); None when it cannot be drawn."""
    picture = _opened(content)
    if picture is None:
        return None
    try:
        turned = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    except _Broken:
        turned = False
    width, height = picture.size
    return (height, width) if turned else (width, height)


def thumbnail(content: IO[bytes], *, width: int = THUMBNAIL_WIDTH) -> bytes | None:
    """A WebP at most `width` pixels wide, upright and without the camera's data; None when it cannot be drawn."""
    picture = _opened(content)
    if picture is None:
        return None
    try:
        picture.draft("RGB", (width * 2, width * 2 * 4))  # JPEG can unpack itself smaller
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((width, width * 4))  # very tall pictures are bounded too
        return _encoded(upright, "WEBP")
    except _Broken:
        return None


def square(content: IO[bytes], *, side: int = THUMBNAIL_WIDTH) -> bytes | None:
    """A square WebP cut from the middle, for avatars; None when the picture cannot be drawn."""
    picture = _opened(content)
    if picture is None:
        return None
    try:
        return _encoded(ImageOps.fit(ImageOps.exif_transpose(picture), (side, side)), "WEBP")
    except _Broken:
        return None


def _encoded(picture: Image.Image, image_format: Literal["WEBP"]) -> bytes:
    out = io.BytesIO()
    has_alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    picture.convert("RGBA" if has_alpha else "RGB").save(out, image_format, quality=80, method=4)
    return out.getvalue()
