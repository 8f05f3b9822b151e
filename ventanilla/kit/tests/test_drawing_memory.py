"""A rush of large pictures is over when it is over: the memory it took is the system's again."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time

import pytest
from PIL import Image

from ventanilla.kit import images

pytestmark = pytest.mark.feature("Z-29")

# In a process of its own, whose memory nothing else moves.
RUSH = """
import io, json, sys, threading
from pathlib import Path
from PIL import Image
from ventanilla.kit import images

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM"))

content = sys.stdin.buffer.read()
small = io.BytesIO(); Image.new("RGB", (800, 600), "teal").save(small, "PNG")
images.thumbnail(small)
before = resident()
drawn = []
def draw():
    try:
        drawn.append(images.thumbnail(io.BytesIO(content)) is not None)
    except images.Busy:
        drawn.append(None)
threads = [threading.Thread(target=draw) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps({"before": before, "after": resident(), "peak": peak(), "drawn": drawn}))
"""


def picture(width: int, height: int, image_format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, image_format, **options)
    return out.getvalue()


@pytest.mark.timeout(300)
def test_twelve_pictures_of_49_megapixels_leave_the_memory_as_it_was() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUSH], input=picture(7_000, 7_000), capture_output=True, check=True
    )
    said = json.loads(done.stdout)
    assert True in said["drawn"]
    assert said["after"] - said["before"] < 60, said
    assert said["peak"] - said["before"] < 100, said


def test_a_large_picture_is_drawn_like_a_small_one() -> None:
    for content in (
        picture(3_000, 2_000),
        picture(3_000, 2_000, "JPEG", progressive=True),
        picture(300, 200),
    ):
        drawn = images.thumbnail(io.BytesIO(content))
        assert drawn is not None
        assert Image.open(io.BytesIO(drawn)).size[0] == 250
    assert images.square(io.BytesIO(picture(3_000, 2_000)), side=100) is not None


def test_a_large_picture_that_is_cut_off_is_none() -> None:
    content = picture(3_000, 2_000)
    assert images.thumbnail(io.BytesIO(content[: len(content) // 2])) is None


def test_measuring_unpacks_nothing() -> None:
    content = picture(7_000, 7_000)
    began = time.process_time()
    assert images.measures(io.BytesIO(content)) == (7_000, 7_000)
    assert time.process_time() - began < 0.2  # unpacking takes more than a second


def test_who_comes_when_many_wait_is_told_so() -> None:
    held = threading.Semaphore(0)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            held.acquire(timeout=5)
            held.release()
            return super().read(size)

    content = picture(300, 200)
    threads = [threading.Thread(target=_quietly, args=(Slow(content),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 5
    told = False
    while not told and time.monotonic() < end:
        try:
            images.thumbnail(io.BytesIO(content))
        except images.Busy:
            told = True
    held.release()
    for thread in threads:
        thread.join()
    assert told
    assert images.thumbnail(io.BytesIO(content)) is not None


def _quietly(content: io.BytesIO) -> None:
    try:
        images.thumbnail(content)
    except images.Busy:
        return
