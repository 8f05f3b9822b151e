"""Drawing one picture small. Also a program, for pictures that need much memory: it draws one and ends, and the memory
is the system's again, which that of a process that continues rarely is.

    python -m ventanilla.kit.drawing thumbnail|square SIDE < picture > webp

Nothing of Django here: it starts in a tenth of a second.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 50_000_000  # a 50-megapixel photo takes 200 MB once unpacked; larger ones are shown as files
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF")  # what we serve as pictures; Pillow reads many more
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
)

_PROGRAM_SECONDS = 20
_PROGRAM_BYTES = 2 * 1024**3


def opened(content: IO[bytes]) -> Image.Image | None:
    """The picture with its header read only, or None when it is none or too large."""
    try:
        picture = Image.open(content, formats=FORMATS)
    except BROKEN:
        return None
    width, height = picture.size
    return picture if 0 < width * height <= MAX_PIXELS else None


def pixels_to_unpack(picture: Image.Image, *, side: int) -> int:
    """How many pixels drawing it that small will hold at once. Makes JPEG unpack itself smaller where it can."""
    whole = picture.size[0] * picture.size[1]
    picture.draft("RGB", (side * 2, side * 2 * 4))
    if picture.info.get("progressive"):  # its parts are spread over the whole file
        return whole
    return picture.size[0] * picture.size[1]


def thumbnail(picture: Image.Image, *, side: int) -> bytes | None:
    """A WebP at most `side` wide, upright and without the camera's data; None when it cannot be drawn."""
    try:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((side, side * 4))  # very tall pictures are bounded too
        return _encoded(upright)
    except BROKEN:
        return None


def square(picture: Image.Image, *, side: int) -> bytes | None:
    """A square WebP cut from the middle; None when the picture cannot be drawn."""
    try:
        return _encoded(ImageOps.fit(ImageOps.exif_transpose(picture), (side, side)))
    except BROKEN:
        return None


WAYS = {"thumbnail": thumbnail, "square": square}


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    has_alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    picture.convert("RGBA" if has_alpha else "RGB").save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def main() -> int:
    """Draw what comes in; 1 when it cannot be drawn."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (_PROGRAM_SECONDS, _PROGRAM_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_PROGRAM_BYTES, _PROGRAM_BYTES))
    way, side = sys.argv[1], int(sys.argv[2])
    picture = opened(sys.stdin.buffer)
    if picture is None:
        return 1
    pixels_to_unpack(picture, side=side)
    drawn = WAYS[way](picture, side=side)
    if drawn is None:
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
