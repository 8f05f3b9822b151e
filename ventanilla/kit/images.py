"""Small pictures of pictures: 250 pixels wide, upright, and safe against pictures made to exhaust memory.

One is drawn at a time. Small ones here; a large one by a program of its own that ends (kit.drawing), so that a rush of
photos is over when it is over: memory once taken by a process that continues seldom comes back.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
from typing import IO

import structlog

log = structlog.get_logger("images")

THUMBNAIL_WIDTH = 250  # contract B.12
_SMALL_PIXELS = 3_000_000  # a screenshot; a photo of a phone is JPEG, which unpacks itself small
_WAIT_SECONDS = 5.0  # for a turn to draw; then the picture itself is shown, and drawn another time
_PROGRAM_SECONDS = 30.0
_MOST_WAITING = 3
_turn = threading.Lock()
_waiting = threading.BoundedSemaphore(_MOST_WAITING)


class Busy(Exception):
    """Others are being drawn: not now."""


def measures(content: IO[bytes]) -> tuple[int, int] | None:
    """Width and height in pixels as it is seen (turned as the camera was held); None when it cannot be drawn."""
    from ventanilla.kit import drawing  # with the library for pictures, which most processes seldom need

    picture = drawing.opened(content)
    if picture is None:
        return None
    try:
        # Of a PNG without it in front the whole picture would be unpacked in search of it.
        has_exif = picture.format != "PNG" or "exif" in picture.info
        turned = has_exif and picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    except drawing.BROKEN:
        turned = False
    width, height = picture.size
    return (height, width) if turned else (width, height)


def thumbnail(content: IO[bytes], *, width: int = THUMBNAIL_WIDTH) -> bytes | None:
    """A WebP at most `width` pixels wide, upright and without the camera's data; None when it cannot be drawn.

    Raises Busy when too many others wait to be drawn.
    """
    return _draw(content, "thumbnail", width)


def square(content: IO[bytes], *, side: int = THUMBNAIL_WIDTH) -> bytes | None:
    """A square WebP cut from the middle, for avatars; None when the picture cannot be drawn. Raises Busy."""
    return _draw(content, "square", side)


def _draw(content: IO[bytes], way: str, side: int) -> bytes | None:
    if not _waiting.acquire(blocking=False):
        raise Busy
    try:
        if not _turn.acquire(timeout=_WAIT_SECONDS):
            raise Busy
        try:
            return _draw_now(content, way, side)
        finally:
            _turn.release()
    finally:
        _waiting.release()


def _draw_now(content: IO[bytes], way: str, side: int) -> bytes | None:
    from ventanilla.kit import drawing  # with the library for pictures, which most processes seldom need

    picture = drawing.opened(content)
    if picture is None:
        return None
    try:
        is_small = drawing.pixels_to_unpack(picture, side=side) <= _SMALL_PIXELS
    except drawing.BROKEN:
        return None
    if is_small:
        return drawing.WAYS[way](picture, side=side)
    content.seek(0)
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(content, file)
        file.seek(0)
        return _by_program(file, way, side)


def _by_program(file: IO[bytes], way: str, side: int) -> bytes | None:
    command = [sys.executable, "-P", "-m", "ventanilla.kit.drawing", way, str(side)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and words of ours
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PROGRAM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("images.too_slow", way=way)
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None
