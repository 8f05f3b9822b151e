"""`ventanilla` and `python -m ventanilla`."""

from __future__ import annotations

import sys

from ventanilla.config.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
