"""What was measured, and the row of the result that follows from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

DIGITS = {"orders_per_s": 1, "p50_ms": 1, "p95_ms": 1, "p99_ms": 1, "sql_per_order": 2, "rss_mb": 1, "ratio": 3}


@dataclass(frozen=True)
class Run:
    """One run of one part. `waits_ms` is empty where nobody waits; `found` orders were in the database afterwards."""

    orders: int
    found: int
    seconds: float
    statements: int
    waits_ms: Sequence[float] = ()
    memory_mb: float | None = None
    wrong: Mapping[int, int] = field(default_factory=Counter)

    @property
    def orders_per_s(self) -> float:
        """Of those that were answered right."""
        return self.orders / self.seconds

    @property
    def faults(self) -> list[str]:
        """Why its figures must not be trusted."""
        answers = [f"{count} answers with status {status or 'none'}" for status, count in sorted(self.wrong.items())]
        lost = [f"{self.orders} orders acknowledged, {self.found} found"] if self.orders != self.found else []
        return [*answers, *lost, *(["no order at all"] if not self.orders else [])]


@dataclass(frozen=True)
class Row:
    """A part's medians over its runs. None: nothing to measure there. `ratio` is to the part `limit`."""

    name: str
    clients: int
    orders_per_s: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    sql_per_order: float | None
    rss_mb: float | None
    ratio: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Rounded to what can be believed."""
        return {
            name: value if value is None or name not in DIGITS else round(value, DIGITS[name])
            for name, value in asdict(self).items()
        }


def percentile(waits_ms: Sequence[float], share: int) -> float | None:
    """The wait that `share` per cent of all do not exceed (nearest rank)."""
    ranked = sorted(waits_ms)
    return ranked[-(-len(ranked) * share // 100) - 1] if ranked else None


def row(name: str, clients: int, runs: Sequence[Run]) -> Row:
    """The medians."""
    return Row(
        name,
        clients,
        orders_per_s=median(run.orders_per_s for run in runs),
        p50_ms=_median([percentile(run.waits_ms, 50) for run in runs]),
        p95_ms=_median([percentile(run.waits_ms, 95) for run in runs]),
        p99_ms=_median([percentile(run.waits_ms, 99) for run in runs]),
        sql_per_order=_median([run.statements / run.orders if run.orders else None for run in runs]),
        rss_mb=_median([run.memory_mb for run in runs]),
    )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
