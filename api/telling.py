"""How does a command tell, line by line, what it does and how long each step took?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Step:
    """One step under way: call it to move its bar, set `result` for the line that stays."""

    def __init__(self, title: str, bar: Progress | None = None) -> None:
        self.result = ""
        self._bar = bar
        self._task = bar.add_task(title, total=None, note="") if bar else None

    def __call__(self, done: int, total: int | None, text: str) -> None:
        """Move the bar; this makes a step a geo.progress.Progress."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, note=text)


class Teller:
    """Tells steps on a terminal (with bars) or into a log (one line each)."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Tell one step: a bar while it runs, then one line with its result and its seconds."""
        began = time.monotonic()
        if self.console.is_terminal:
            columns = (
                TextColumn("[cyan]…[/] {task.description}"),
                BarColumn(bar_width=24),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[note]}"),
            )
            with Progress(*columns, console=self.console, transient=True) as bar:
                step = Step(title, bar)
                yield step
        else:
            step = Step(title)
            yield step
        seconds = time.monotonic() - began
        tail = f"  {step.result}" if step.result else ""
        self.console.print(f"[green]✓[/] {title}{tail}  [dim]{seconds:.1f} s[/]")

    def say(self, text: str) -> None:
        """Print one line."""
        self.console.print(text)


class SilentTeller(Teller):
    """Tells nobody: for tests, and for work that runs unwatched."""

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run the step without a word."""
        yield Step(title)

    def say(self, text: str) -> None:
        """Say nothing."""
