"""What a rush took from the system goes back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ventanilla.kit import memory

RUSH = """
import sys, threading, time
from ventanilla.kit import memory
if sys.argv[1] == "small":
    memory.keep_small_pools()
rest = memory.Rest()
before = memory.resident()

def work():
    # Blocks below the size at which they are the system's own, of which a few stay here and there.
    blocks = [bytes(100_000) for _ in range(150)]
    kept.append(blocks[::50])

kept = []
for _ in range(3):
    threads = [threading.Thread(target=work) for _ in range(8)]
    [t.start() for t in threads], [t.join() for t in threads]
time.sleep(1.5)  # quiet
rest.look()
print(memory.resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc")
def test_most_of_a_rush_is_given_back_when_it_is_quiet() -> None:
    done = subprocess.run([sys.executable, "-c", RUSH, "small"], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 16 * 1024 * 1024


def test_nothing_is_looked_for_in_a_process_that_has_not_grown() -> None:
    rest = memory.Rest()
    assert not rest.look()


def test_a_system_without_these_functions_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_function", lambda _name: None)
    memory.keep_small_pools()
    rest = memory.Rest()
    rest._least = -(10**12)
    assert not rest.look()
