"""A bench from the empty stack to the last row: stages first, then the other parts, round by round."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ordermgmt.bench.figures import Row, Run, row
from ordermgmt.bench.ground import Ground, opened_ground, web_command
from ordermgmt.bench.limit import Limit
from ordermgmt.bench.parts import STAGES, WORKERS, parts, stages, warm_up
from ordermgmt.bench.script import Script, read_sample
from ordermgmt.bench.table import machine
from ordermgmt.stack.places import DATABASE_NAME

NAMES = ("limit", "limit_hot", "place", "bulk", "hot", *STAGES)
QUIET = 0.5

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line. `seconds` for each part in each round."""

    seconds: int = 10
    rounds: int = 3
    only: Sequence[str] = NAMES


@dataclass(frozen=True)
class Result:
    """The rows, and what was wrong; without faults the rows can be believed."""

    rows: Sequence[Row]
    faults: Sequence[str]
    measured_on: str


def measure(wish: Wish, tell: Tell) -> Result:
    """On a stack of its own; `tell` hears of every run. The stages come first, while no other orders wait."""
    if (load := os.getloadavg()[0]) > QUIET:
        tell(f"This machine is busy (load {load:.1f}), so the figures will be too low.")
    with opened_ground() as ground:
        journal = Journal(tell)
        warm_up(ground)
        limit = Limit(ground.server, Script(read_sample(ground.server, DATABASE_NAME)))
        if set(wish.only) & set(STAGES):
            for verb, run in stages(ground, wish.seconds).items():
                if verb in wish.only:
                    journal.note(verb, WORKERS, run)
        chosen = [part for part in parts(limit) if part.name in wish.only]
        for _ in range(wish.rounds if chosen else 0):
            for part in chosen:
                journal.note(part.name, part.clients, _measured(part.measure, ground, wish.seconds))
        tell("Verifying the books ...")
        measured_on = machine(postgres=ground.server.version(), web=web_command(ground.port)[1])
        return Result(journal.rows(), [*journal.faults, *ground.breaches()], measured_on)


def _measured(part: Callable[[Ground, int], Run], ground: Ground, seconds: int) -> Run:
    """What the part before has left to write to disk is written first."""
    ground.server.do("postgres", "CHECKPOINT")
    return part(ground, seconds)


class Journal:
    """All runs so far."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._runs: defaultdict[tuple[str, int], list[Run]] = defaultdict(list)
        self.faults: list[str] = []

    def note(self, name: str, clients: int, run: Run) -> None:
        """Write it down and say it."""
        self._runs[name, clients].append(run)
        self.faults += [f"{name}, {clients} clients: {fault}" for fault in run.faults]
        self._tell(f"{name}, {clients} clients: {run.orders_per_s:,.1f} orders/s")

    def rows(self) -> list[Row]:
        """In the order of `NAMES`, each beside the limit if that was measured."""
        rows = [row(name, clients, runs) for (name, clients), runs in self._runs.items()]
        rows.sort(key=lambda each: (NAMES.index(each.name), each.clients))
        limit = next((each.orders_per_s for each in rows if each.name == "limit"), None)
        return [replace(each, ratio=each.orders_per_s / limit) if limit else each for each in rows]
