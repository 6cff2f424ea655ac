"""How long the pages of the figures take, as the history behind them grows."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.db import connections
from django.test import Client

from inventory import clock
from kpis import windows
from kpis.history_import import run
from ordermgmt.bench.asking import asked, owner_signed_in
from ordermgmt.bench.past import write_past
from ordermgmt.bench.server import SETTINGS, Server
from ordermgmt.kpis.words import MEANINGS
from ordermgmt.simulation.runs import use_database
from ordermgmt.stack.places import DATABASE_NAME
from ordermgmt.stack.stack import private_stack

Tell = Callable[[str], None]
PAGES = ("/kpis/", *(f"/kpis/{slug}/" for slug in MEANINGS), "/kpis/quiet/")
DAYS = 30


@dataclass(frozen=True)
class Timed:
    """One page with so many orders behind it; milliseconds on the server. `ratio` is to the smallest history."""

    page: str
    orders: int
    p50_ms: float
    p95_ms: float
    queries: int
    ratio: float


@dataclass(frozen=True)
class Scale:
    """All pages at all sizes, and how fast the histories were taken in."""

    pages: Sequence[Timed]
    lines_per_s: float


def measure_pages(sizes: Sequence[int], requests: int, tell: Tell) -> Scale:
    """Grow a history to each of `sizes` on a private stack, and ask for every page `requests` times, for other days."""
    now = clock.now()
    found: list[Timed] = []
    taken: list[float] = []
    with private_stack(env={}, postgres=SETTINGS, programs=False) as stack, TemporaryDirectory() as folder:
        stack.migrate()
        use_database(stack.database_url)
        try:
            client = owner_signed_in()
            for known, size in zip((0, *sizes), sizes, strict=False):
                tell(f"Drawing {size - known:,} orders ...")
                file = Path(folder) / f"{size}.csv"
                write_past(file, size - known, until=now, skip=known)
                lines, seconds = _taken_in(file, tell)
                taken.append(lines / seconds)
                file.unlink()
                Server(stack.database_url).do(DATABASE_NAME, "VACUUM ANALYZE")
                tell(f"Asking for {len(PAGES)} pages with {size:,} orders behind them ...")
                found += _asked(client, size, requests)
        finally:
            connections.close_all()
    return Scale(list(_beside_the_smallest(found)), median(taken))


def _taken_in(file: Path, tell: Tell) -> tuple[int, float]:
    """How many lines, in how many seconds."""
    began = time.perf_counter()
    with file.open("rb") as opened:
        outcome = run(opened, name=file.name, by="bench")
    took = time.perf_counter() - began
    if outcome.errors:
        raise ValueError(f"The drawn history was refused: {outcome.errors[0]}")
    tell(f"Took in {outcome.lines:,} lines, {outcome.lines / took:,.0f} a second")
    return outcome.lines, took


def _asked(client: Client, orders: int, requests: int) -> Iterator[Timed]:
    """Every page, each time for another window."""
    for page in PAGES:
        found = asked(client, [_address(page, back) for back in range(requests)], requests)
        yield Timed(page, orders, found.p50_ms, found.p95_ms, found.queries, 1.0)


def _address(page: str, back: int) -> str:
    """With the window that ended so many days ago."""
    last = windows.today() - timedelta(days=back)
    return f"{page}?from={last - timedelta(days=DAYS)}&to={last}"


def _beside_the_smallest(rows: Sequence[Timed]) -> Iterator[Timed]:
    least = {row.page: row.p50_ms for row in reversed(rows)}
    for row in rows:
        yield Timed(row.page, row.orders, row.p50_ms, row.p95_ms, row.queries, row.p50_ms / least[row.page])
