"""Whether the commits since the base named in pyproject.toml say what they do, and why, in the house's form."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass

from places import ROOT

WIDTH = 72  # columns of a subject: what `git log` shows on a narrow terminal, and hosts before they cut
TRIVIAL_LINES = 12  # changed lines up to which the subject may say it all
_SUBJECT = re.compile(r"^[a-z0-9][a-z0-9_, /-]*: [^a-z\s].*\.$")
_MADE_BY_GIT = re.compile(r"^(Merge|Revert) ")
_END, _FIELD = "\x1e", "\x1f"


@dataclass(frozen=True)
class Commit:
    """One commit: its id, its message in two parts, and how many lines it changed."""

    sha: str
    subject: str
    body: str
    lines: int


def faults(commit: Commit) -> list[str]:
    """What is wrong with this commit's message; nothing is said of messages that git writes itself."""
    if _MADE_BY_GIT.match(commit.subject):
        return []
    found = []
    if len(commit.subject) > WIDTH:
        found.append(f"the subject has {len(commit.subject)} columns, {WIDTH} at most")
    if not _SUBJECT.match(commit.subject):
        found.append("the subject is “area: Imperative sentence.”")
    if not commit.body.strip() and commit.lines > TRIVIAL_LINES:
        found.append(f"{commit.lines} changed lines need a body that says why")
    return found


def base() -> str:
    """The commit after which messages are read: `commits_since` of [tool.ventanilla] in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["tool"]["ventanilla"]["commits_since"])


def commits(since: str) -> list[Commit] | None:
    """The commits after `since`, oldest first; None where there is no history to read (a copy, a shallow clone)."""
    if _git("merge-base", "--is-ancestor", since, "HEAD") is None:
        return None
    listed = _git(
        "log", "--reverse", "--numstat", f"--format={_END}%H{_FIELD}%s{_FIELD}%b{_FIELD}", f"{since}..HEAD"
    )
    return [_commit(text) for text in (listed or "").split(_END)[1:]]


def _commit(text: str) -> Commit:
    sha, subject, body, numbers = text.split(_FIELD)
    changed = [line.split("\t")[:2] for line in numbers.strip().splitlines()]
    lines = sum(int(number) for row in changed for number in row if number.isdigit())
    return Commit(sha[:9], subject, body, lines)


def _git(*words: str) -> str | None:
    done = subprocess.run(["git", *words], cwd=ROOT, text=True, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def main() -> int:
    """Print each fault; 1 when there is one."""
    read = commits(base())
    if read is None:
        print("no history to read")
        return 0
    told = [f"{one.sha} {one.subject}\n    {fault}" for one in read for fault in faults(one)]
    print("\n".join(told))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
