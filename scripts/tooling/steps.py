"""The steps that scripts/check and scripts/test are made of. Each returns a Tally and never raises for a red result."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from places import PYTHON, ROOT, STATE, VENV, scratch_environment
from results import Tally, failed_in_junit, read_junit, read_vitest

_BIN = VENV / "bin"
MINUTE = 60
MOST_AGAIN = 3  # more failures than that are no accident
WORKERS = 2  # test processes: as many as the smallest machine has cores
# The whole run ends by then, with its closing line, whatever a single step would like.
_END = time.monotonic() + float(os.environ.get("VENTANILLA_TEST_SECONDS", 72 * MINUTE))


def run(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    limit: int = 3 * MINUTE,
    counts_itself: bool = True,
) -> Tally:
    """Run one command within `limit` seconds. With `counts_itself` it is one check, passed when it exits with 0."""
    begin, cpu = time.monotonic(), _cpu_of_children()
    limit = max(5, min(limit, int(_END - begin)))
    process = subprocess.Popen(
        [str(word) for word in command], cwd=folder, env=env, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    late = False
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
        os.killpg(process.pid, signal.SIGKILL)  # its own session, so nothing but what it started
        output, _ = process.communicate()
    failed = late or process.returncode != 0
    tally = Tally(name, seconds=time.monotonic() - begin, output=output[-20000:])
    tally.cpu_seconds = _cpu_of_children() - cpu  # of two steps that run beside each other: of both
    tally.note = f"stopped after {limit} s" if late else ""
    if counts_itself:
        tally.passed, tally.failed = (0, 1) if failed else (1, 0)
    elif failed:
        tally.note = tally.note or f"exit code {process.returncode}"
    return tally


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def format_and_lint() -> list[Tally]:
    """Format, lint, floors, declared packages and dead code of the Python code."""
    return [
        run("ruff format", [_BIN / "ruff", "format", "--check", "--quiet", "."]),
        run("ruff check", [_BIN / "ruff", "check", "--output-format=concise", "."]),
        run("import floors", [_BIN / "lint-imports"]),
        run("dependencies", [_BIN / "deptry", "."]),
        run("dead code", [PYTHON, ROOT / "scripts" / "tooling" / "check_dead_code.py"]),
    ]


def types() -> Tally:
    """Strict types of the Python code."""
    return run("mypy", [_BIN / "mypy"], env=scratch_environment(), limit=6 * MINUTE)


def migrations() -> Tally:
    """No model differs from what the migrations make."""
    command = [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]
    return run("migrations drift", command, env=scratch_environment())


def generated_documents() -> Tally:
    """Pages made from the code say what the code says."""
    command = [PYTHON, ROOT / "scripts" / "tooling" / "generate_docs.py", "--check"]
    return run("generated pages", command, env=scratch_environment())


def commit_messages() -> Tally:
    """The commits since the base in pyproject.toml say what they do, and why."""
    return run("commit messages", [PYTHON, ROOT / "scripts" / "tooling" / "commit_messages.py"])


def openapi() -> Tally:
    """The API's description is sound, and the desk's client was made from today's code."""
    command = [PYTHON, ROOT / "scripts" / "tooling" / "check_openapi.py"]
    return run("OpenAPI drift", command, env=scratch_environment())


def frontend(part: str, env: Mapping[str, str]) -> list[Tally]:
    """Types, lint, rules of the house and unit tests of the desk or the widget, and its build's floor of browsers."""
    folder = ROOT / part
    words = npm_words(folder)
    tallies = []
    for word, name in {
        "typecheck": "types",
        "check": "types",
        "lint": "lint",
        "house": "house rules",
        "knip": "unused parts",
        "floor": "floor of browsers",
    }.items():
        if word in words:
            tallies.append(
                run(
                    f"{part} {name}",
                    ["npm", "run", "--silent", word],
                    folder=folder,
                    env=env,
                    limit=5 * MINUTE,
                )
            )
    report = STATE / f"vitest-{part}.json"
    report.unlink(missing_ok=True)
    reporters = ["--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    command = ["node_modules/.bin/vitest", "run", *reporters]
    tests = run(f"{part} tests", command, folder=folder, env=env, limit=5 * MINUTE, counts_itself=False)
    return [*tallies, _counted(tests, report)]


def npm_words(folder: Path) -> frozenset[str]:
    """The scripts that the package in `folder` defines."""
    found = re.search(r'"scripts"\s*:\s*\{(.*?)\}', (folder / "package.json").read_text(), re.DOTALL)
    return frozenset(re.findall(r'"([\w:-]+)"\s*:', found[1])) if found else frozenset()


def pytest(
    name: str, *arguments: str, run_name: str, env: Mapping[str, str], limit: int, workers: int = WORKERS
) -> Tally:
    """A pytest run whose tests are counted one by one."""
    report = STATE / f"junit-{run_name}.xml"
    report.unlink(missing_ok=True)
    environment = os.environ | {"VENTANILLA_TEST_RUN": run_name} | env
    command = [_BIN / "pytest", "-q", f"-n{workers}", f"--junit-xml={report}", *arguments]
    return _counted(run(name, command, env=environment, limit=limit, counts_itself=False), report)


def once_more(first: Tally, *, run_name: str, env: Mapping[str, str], limit: int) -> Tally:
    """`first` after its few failed tests ran again, alone: a busy machine makes a thread late, a fault fails twice.

    What passes only then is printed with what it said the first time, and named in the table.
    """
    names = failed_in_junit(STATE / f"junit-{run_name}.xml")
    if not 0 < len(names) == first.failed <= MOST_AGAIN:
        return first
    print(first.output.rstrip(), flush=True)
    second = pytest(
        f"{first.name}, again", *names, run_name=f"{run_name}-again", env=env, limit=limit, workers=1
    )
    unsteady = sorted(set(names) - set(failed_in_junit(STATE / f"junit-{run_name}-again.xml")))
    if second.passed != len(unsteady):
        return first
    first.seconds += second.seconds
    first.cpu_seconds += second.cpu_seconds
    first.passed, first.failed, first.output = first.passed + second.passed, second.failed, second.output
    first.failures = [one for one in first.failures if one[0] in unsteady] + second.failures
    first.note = " ".join(["passed only alone:", *unsteady]) if unsteady else first.note
    return first


def _counted(tally: Tally, report: Path) -> Tally:
    """`tally` with the tests of `report`; a run that ended badly without a failing test counts as one failure."""
    ended_badly = bool(tally.note)
    if report.exists():
        (read_junit if report.suffix == ".xml" else read_vitest)(report, tally)
    if (ended_badly or not report.exists()) and not tally.failed:
        tally.failed = 1
    tally.note = tally.note if tally.failed else ""
    return tally
