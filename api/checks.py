"""Does everything hold? Style, types, floors and tests, each told with its time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from geo.settings import CHECKOUT


@dataclass(frozen=True)
class Check:
    """One check: its name and how it is run."""

    name: str
    command: list[str]


def style_checks() -> list[Check]:
    """Answer the checks that take a second: they run first."""
    ruff = [sys.executable, "-m", "ruff"]
    return [
        Check("ruff check", [*ruff, "check", "."]),
        Check("ruff format", [*ruff, "format", "--check", "."]),
    ]


def side_checks() -> list[Check]:
    """Answer the checks that run beside the tests, one after the other."""
    lint_imports = str(Path(sys.executable).parent / "lint-imports")
    return [Check("mypy", [sys.executable, "-m", "mypy"]), Check("import-linter", [lint_imports])]


def the_tests(pytest_arguments: Sequence[str]) -> Check:
    """Answer the tests: on three workers, each taking over what another has not begun.

    Two cores are kept busy by three: one of them always waits for a server or a browser.
    """
    parallel = [] if _chooses_workers(pytest_arguments) else ["-n", "3", "--dist", "worksteal"]
    return Check("pytest", [sys.executable, "-m", "pytest", *parallel, *pytest_arguments])


@dataclass(frozen=True)
class Outcome:
    """How a check ended: whether it passed, its seconds, what it said where that was kept."""

    name: str
    passed: bool
    seconds: float
    said: str = ""


def run_checks(console: Console, *, full: bool, pytest_arguments: list[str]) -> bool:
    """Run every check, also after one failed; print a summary; answer whether all passed."""
    environment = os.environ | ({"ATLAS_TEST_FULL": "1"} if full else {})
    outcomes = [_run(check, console, environment) for check in style_checks()]
    with ThreadPoolExecutor(1) as beside:
        waiting = [beside.submit(_run_quietly, check, environment) for check in side_checks()]
        tested = _run(the_tests(pytest_arguments), console, environment)
        for asked in waiting:
            outcome = asked.result()
            console.rule(outcome.name, style="dim")
            console.print(outcome.said, end="", markup=False, highlight=False, soft_wrap=True)
            outcomes.append(outcome)
    outcomes.append(tested)
    console.rule("汇总 · summary", style="dim")
    for outcome in outcomes:
        mark = "[green]✓[/]" if outcome.passed else "[bold red]✗[/]"
        console.print(f"{mark} {outcome.name:<14} {outcome.seconds:7.1f} s")
    return all(outcome.passed for outcome in outcomes)


def _run(check: Check, console: Console, environment: dict[str, str]) -> Outcome:
    """Run a check that speaks to the terminal itself."""
    console.rule(check.name, style="dim")
    began = time.monotonic()
    done = subprocess.run(check.command, cwd=CHECKOUT, env=environment)
    return Outcome(check.name, done.returncode == 0, time.monotonic() - began)


def _run_quietly(check: Check, environment: dict[str, str]) -> Outcome:
    """Run a check whose words are kept until the tests beside it are over."""
    began = time.monotonic()
    done = subprocess.run(
        check.command, cwd=CHECKOUT, env=environment, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return Outcome(check.name, done.returncode == 0, time.monotonic() - began, done.stdout)


def _chooses_workers(arguments: Sequence[str]) -> bool:
    return any(argument.startswith(("-n", "--numprocesses", "--dist")) for argument in arguments)
