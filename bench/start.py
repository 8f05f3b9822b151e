"""What a start costs: CPU of every process of `ventanilla serve` until its first answer and until all is quiet, the time to
that answer, and the memory of the idle processes.

    python -m bench.start [ROUNDS]      the second and later starts of one installation; the first migrates
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_QUIET_SECONDS = 6.0


def main() -> None:
    """Start and stop an installation several times."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        _start(folder)
        found = [_start(folder) for _ in range(rounds)]
    for name, unit in (("answer", "s"), ("cpu_answer", "s CPU"), ("cpu", "s CPU"), ("memory", "MB")):
        values = sorted(one[name] for one in found)
        print(f"{name:<12} median {statistics.median(values):.2f}, least {values[0]:.2f} {unit}")


def _start(folder: str) -> dict[str, float]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("VENTANILLA_", "PYTHONDONTWRITE"))}
    env |= {"VENTANILLA_DATA": folder, "VENTANILLA_LOG_LEVEL": "warning"}
    begin = time.monotonic()
    command = [sys.executable, "-m", "ventanilla", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "ready"
        answer = time.monotonic() - begin
        cpu_answer = _cpu(process.pid)
        time.sleep(_QUIET_SECONDS)
        found = {"answer": answer, "cpu_answer": cpu_answer, "cpu": _cpu(process.pid)}
        found["memory"] = sum(_memory(pid) for pid in _family(process.pid))
        process.send_signal(signal.SIGTERM)
    return found


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _cpu(pid: int) -> float:
    """CPU seconds of the process, of its children, and of those that have ended."""
    total = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += sum(map(int, fields[11:15]))
    return total / _TICK


def _memory(pid: int) -> float:
    """Megabytes of the process, of what it shares its part (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
