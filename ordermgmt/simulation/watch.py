"""Progress while a simulation runs: a bar per stage on a terminal, a line every few seconds anywhere else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ordermgmt.simulation import session
from orders.flow import EXITS, STAGES

LINE_SECONDS = 3.0


class Watch(Protocol):
    """Something that shows where the orders are."""

    def show(self, now: session.Progress) -> None:
        """Called several times a second."""


def reached(now: session.Progress) -> list[int]:
    """For each of the nine stages: how many orders have come so far or further."""
    counts = [now.standing.get(stage.state, 0) for stage in STAGES]
    return [sum(counts[place:]) for place in range(len(counts))]


@dataclass
class Lines:
    """For logs and pipes."""

    console: Console
    _next: float = 0.0

    def show(self, now: session.Progress) -> None:
        """One line, unless there was one just now."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LINE_SECONDS
        stages = ", ".join(
            f"{now.standing[stage.state]} {stage.state}" for stage in STAGES if stage.state in now.standing
        )
        exits = "".join(f", {now.standing[state]} {state}" for state in EXITS if state in now.standing)
        refused = f", {now.refused} refused" if now.refused else ""
        self.console.print(
            f"{now.acknowledged}/{now.planned} placed: {stages or 'none yet'}{exits}{refused}",
            highlight=False,
            soft_wrap=True,
        )


class Bars:
    """For people: an order that leaves by an exit is taken off every later bar."""

    def __init__(self, progress: Progress, planned: int) -> None:
        self._progress = progress
        self._tasks = [progress.add_task(f"{stage.number} {stage.state.label}", total=planned) for stage in STAGES]

    def show(self, now: session.Progress) -> None:
        """Move the bars."""
        gone = sum(now.standing.get(state, 0) for state in EXITS) + now.refused
        for task, count in zip(self._tasks, reached(now), strict=True):
            self._progress.update(task, completed=count, total=now.planned - gone)


@contextmanager
def watching(planned: int, *, aside: bool) -> Iterator[Watch]:
    """`aside` shows progress on standard error, because standard output is for a program."""
    console = Console(stderr=aside)
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (TextColumn("{task.description:<12}"), BarColumn(bar_width=40), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield Bars(progress, planned)
