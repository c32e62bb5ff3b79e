"""Does everything hold? Style, types, floors and tests, each told with its time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from geo.settings import CHECKOUT


@dataclass(frozen=True)
class Check:
    """One check: its name and how it is run."""

    name: str
    command: list[str]


def all_checks(pytest_arguments: list[str]) -> list[Check]:
    """Answer the checks in the order in which they run, the quick ones first."""
    python = sys.executable
    lint_imports = str(Path(python).parent / "lint-imports")
    parallel = [] if _chooses_workers(pytest_arguments) else ["-n", "2"]
    return [
        Check("ruff check", [python, "-m", "ruff", "check", "."]),
        Check("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Check("mypy", [python, "-m", "mypy"]),
        Check("import-linter", [lint_imports]),
        Check("pytest", [python, "-m", "pytest", *parallel, *pytest_arguments]),
    ]


def run_checks(console: Console, *, full: bool, pytest_arguments: list[str]) -> bool:
    """Run every check, also after one failed; print a summary; answer whether all passed."""
    environment = os.environ | ({"ATLAS_TEST_FULL": "1"} if full else {})
    outcomes: list[tuple[str, bool, float]] = []
    for check in all_checks(pytest_arguments):
        console.rule(check.name, style="dim")
        began = time.monotonic()
        passed = subprocess.run(check.command, cwd=CHECKOUT, env=environment).returncode == 0
        outcomes.append((check.name, passed, time.monotonic() - began))
    console.rule("汇总 · summary", style="dim")
    for name, passed, seconds in outcomes:
        mark = "[green]✓[/]" if passed else "[bold red]✗[/]"
        console.print(f"{mark} {name:<14} {seconds:7.1f} s")
    return all(passed for _, passed, _ in outcomes)


def _chooses_workers(arguments: list[str]) -> bool:
    return any(argument.startswith(("-n", "--numprocesses")) for argument in arguments)
