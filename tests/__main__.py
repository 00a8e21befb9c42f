"""All checks in one go: `python -m tests`. What follows is handed to pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "-q", "."),
    ("mypy",),
    ("lint-imports", "--no-cache"),
)


def main() -> int:
    """Runs every check even when one fails; the exit status is 1 if any did."""
    failed = [check[0] for check in CHECKS if subprocess.run([TOOLS / check[0], *check[1:]], cwd=CHECKOUT).returncode]
    if subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=CHECKOUT).returncode:
        failed.append("pytest")
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
