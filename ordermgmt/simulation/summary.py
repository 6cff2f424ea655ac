"""What came out of a simulation: a frozen record, as JSON for programs and as a table for people."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from statistics import quantiles
from typing import Any

from ordermgmt.simulation.book import Book
from ordermgmt.simulation.faults import Fault
from ordermgmt.simulation.session import Session
from orders.flow import FINAL, STAGES, State
from orders.history import EVENT_OF_STATE

MOST_HISTORIES = 200

Json = dict[str, Any]


@dataclass(frozen=True)
class Audit:
    """The report of `verify`, and how many facts differ from those made from scratch; None: not looked at."""

    verify: Json | None = None
    facts: int | None = None


@dataclass(frozen=True)
class Summary:
    """All that is said at the end. `stages` and `sent_from` come from at most 200 orders.

    `verify` and `facts_differ` are those of the audit; `stations` what their people did there, by station.
    """

    orders: int
    acknowledged: int
    refused: Mapping[str, int]
    final: Mapping[str, int]
    unfinished: int
    duplicates: int
    seconds: float
    orders_per_s: float
    place: Mapping[str, float]
    stages: Mapping[str, Mapping[str, float]]
    sent_from: Mapping[str, int]
    returns: int
    survey_answers: int
    stations: Mapping[str, Mapping[str, int]]
    faults: Sequence[Fault]
    verify: Json | None
    facts_differ: int | None

    @property
    def ok(self) -> bool:
        """Every acknowledged order ended once, no scan was misjudged, and books and facts are right where looked at."""
        right = (self.verify is None or bool(self.verify["ok"])) and not self.facts_differ
        right = right and not any(tally.get("misjudged") for tally in self.stations.values())
        return self.acknowledged > 0 and self.unfinished == 0 and self.duplicates == 0 and right

    def as_json(self) -> Json:
        """For `--json`."""
        return asdict(self)


def summarise(session: Session, *, seconds: float, faults: Sequence[Fault], audit: Audit) -> Summary:
    """Look once more at everything, and add it up."""
    progress, book = session.progress(), session.book
    histories = read_histories(book)
    waits = [entry.seconds * 1000 for entry in book.acknowledged.values()]
    return Summary(
        orders=progress.planned,
        acknowledged=progress.acknowledged,
        refused=dict(book.refused),
        final={state.value: progress.standing.get(state, 0) for state in FINAL},
        unfinished=progress.unfinished,
        duplicates=duplicates(book),
        seconds=round(seconds, 2),
        orders_per_s=round(progress.acknowledged / seconds, 2),
        place={"p50_ms": round(quantile(waits, 50), 1), "p95_ms": round(quantile(waits, 95), 1)},
        stages=times_by_stage(histories),
        sent_from=sent_from(histories),
        returns=session.customers.returns,
        survey_answers=session.customers.answers,
        stations={name: dict(station.tally) for name, station in session.stations.items()},
        faults=tuple(faults),
        verify=audit.verify,
        facts_differ=audit.facts,
    )


def duplicates(book: Book) -> int:
    """Orders of ours beyond one for each errand; also one that exists though nobody was told."""
    ours = {entry.errand.external_id for entry in book.acknowledged.values()}
    prefixes = {external_id.rpartition("-")[0] for external_id in ours}
    found = [row for row in book.rows.values() if row.external_id.rpartition("-")[0] in prefixes]
    return len(found) - len({row.external_id for row in found} & ours)


def read_histories(book: Book) -> list[Json]:
    """At most 200 acknowledged orders in full, evenly chosen."""
    numbers = sorted(book.acknowledged)
    chosen = numbers[:: max(1, -(-len(numbers) // MOST_HISTORIES))]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(partial(_history, book), chosen))


def _history(book: Book, number: int) -> Json:
    order: Json = book.desk(book.acknowledged[number].errand.channel).get(f"orders/{number}/")
    return order


def times_by_stage(histories: Sequence[Json]) -> dict[str, dict[str, float]]:
    """Median and ninth decile of the seconds from each state to the next."""
    taken: defaultdict[str, list[float]] = defaultdict(list)
    for order in histories:
        entered = {event["name"]: datetime.fromisoformat(event["at"]) for event in order["events"]}
        for before, after in pairwise(stage.state for stage in STAGES):
            if EVENT_OF_STATE[after] in entered:
                since = entered[EVENT_OF_STATE[after]] - entered[EVENT_OF_STATE[before]]
                taken[after.value].append(since.total_seconds())
    return {
        state: {"p50_s": round(quantile(times, 50), 2), "p90_s": round(quantile(times, 90), 2)}
        for state, times in taken.items()
    }


def sent_from(histories: Sequence[Json]) -> dict[str, int]:
    """Shipments by the code of the warehouse that sent them."""
    shipments = [row for order in histories for row in order["shipments"] if row["state"] != State.CANCELLED]
    return dict(sorted(Counter(row["warehouse"] for row in shipments).items()))


def quantile(values: Sequence[float], percent: int) -> float:
    """The value below which that share of the values lies; 0 of none."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def as_table(summary: Summary) -> str:
    """For a terminal."""
    ends = ", ".join(f"{count} {state}" for state, count in summary.final.items() if count)
    refused = ", ".join(f"{count} × {code}" for code, count in summary.refused.items())
    rows = {
        "Orders": f"{summary.acknowledged} of {summary.orders} acknowledged"
        + (f", refused: {refused}" if refused else ""),
        "Ended": ends or "none",
        "Unfinished": str(summary.unfinished),
        "Duplicates": str(summary.duplicates),
        "Time": f"{summary.seconds:.1f} s, {summary.orders_per_s:.1f} orders a second",
        "Placing": f"{summary.place['p50_ms']:.0f} ms median, {summary.place['p95_ms']:.0f} ms for 95 %",
        "Sent from": ", ".join(f"{code} {count}" for code, count in summary.sent_from.items()) or "nowhere",
        "Returns": str(summary.returns),
        "Surveys": f"{summary.survey_answers} answered",
        "Stations": _stations(summary.stations),
        "Killed": ", ".join(f"{fault.part} at {fault.at_s} s" for fault in summary.faults) or "nothing",
        "Books": _books(summary.verify),
        "Facts": _facts(summary.facts_differ),
    }
    lines = [f"{name:<11} {text}" for name, text in rows.items()]
    times = [f"  {state:<10} {time['p50_s']:>8.2f} s {time['p90_s']:>8.2f} s" for state, time in summary.stages.items()]
    return "\n".join([*lines, "", f"  {'to reach':<10} {'median':>10} {'9 of 10':>10}", *times])


def _stations(stations: Mapping[str, Mapping[str, int]]) -> str:
    told = (
        f"{name} {tally.get('calls', 0):,} calls, {tally.get('scans', 0):,} scans, "
        f"{tally.get('mismatches', 0):,} refused, {tally.get('repeats', 0):,} sent again"
        + (f", MISJUDGED {tally['misjudged']:,}" if tally.get("misjudged") else "")
        for name, tally in stations.items()
    )
    return "; ".join(told) or "nobody signed in, the key did it"


def _books(verify: Json | None) -> str:
    if verify is None:
        return "not verified: the database of this shop is not ours to read"
    return "every invariant holds" if verify["ok"] else "BROKEN, see manage.py verify"


def _facts(differ: int | None) -> str:
    if differ is None:
        return "not compared"
    return f"BROKEN, {differ:,} are not as made from scratch" if differ else "every one is as made from scratch"
