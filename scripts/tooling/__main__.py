"""The developer's words: run, test, check, features, lock, screenshots, wheel. Standard library only, Python 3.11+."""

from __future__ import annotations

import importlib
import os
import sys

from say import Problem, say

WORDS = {
    "run": "word_run",
    "test": "word_test",
    "check": "word_check",
    "features": "word_features",
    "lock": "word_lock",
    "screenshots": "word_screenshots",
    "wheel": "word_wheel",
}


def main() -> int:
    """Do the word given first on the command line with the arguments after it."""
    word, *arguments = sys.argv[1:] or ["run"]
    # Kept from writing bytecode, as in many containers, every process that is started would compile the product anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return int(importlib.import_module(WORDS[word]).main(arguments))
    except Problem as problem:
        say(problem.key, stream=sys.stderr, **problem.values)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
