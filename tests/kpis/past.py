"""An invented past of a shop as a history file, and the figures of it worked out in plain Python, row by row."""

import csv
import io
import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kpis.history_import.rows import columns

LONDON = ZoneInfo("Europe/London")
HEADER = list(columns("Europe/London"))
STAGES = ("placed", "approved", "picked", "packed", "shipped", "delivered")
REASONS = ("wrong_item", "damaged", "too_small", "not_as_described", "missing")
WRONG, DAMAGED, UNDOCUMENTED = {"wrong_item", "missing"}, {"damaged"}, {"not_as_described"}


def invented(orders: int, *, seed: int = 1) -> list[dict[str, str]]:
    """Rows of a history file: late parcels, returns, mispicks, silence, cancelled and contradictory orders."""
    dice = random.Random(seed)
    rows = []
    for number in range(orders):
        placed = datetime.combine(date(2025, 2, 20), time()) + timedelta(minutes=number * 97)
        at = {"placed": placed}
        for before, stage in pairwise(STAGES):
            if dice.random() < 0.05 and stage in ("approved", "picked", "packed"):
                continue  # nobody wrote it down
            last = at.get(before) or max(at.values())
            at[stage] = last + timedelta(seconds=dice.randint(60, 120_000))
        if dice.random() < 0.05:
            at["shipped"] = at["placed"] - timedelta(hours=1)
        cancelled = dice.random() < 0.07
        if cancelled:
            at = {"placed": placed}
        order = {f"{stage}_at": moment.isoformat(sep=" ") for stage, moment in at.items()} | {
            "order_number": f"N{number}",
            "channel": dice.choice(["web", "phone"]),
            "customer_id": f"c{dice.randint(1, orders // 3)}",
            "promised_at": (placed + timedelta(days=5)).date().isoformat(),
            "cancelled_at": (placed + timedelta(hours=3)).isoformat(sep=" ") if cancelled else "",
            "csat": str(dice.randint(1, 5)) if dice.random() < 0.4 and not cancelled else "",
            "nps": str(dice.randint(0, 10)) if dice.random() < 0.3 and not cancelled else "",
        }
        rows += [order | _line(dice, at.get("delivered")) for _ in range(dice.randint(1, 4))]
    return rows


def _line(dice: random.Random, delivered: datetime | None) -> dict[str, str]:
    quantity = dice.randint(1, 6)
    line = {"sku": f"S{dice.randint(1, 30)}", "quantity": str(quantity), "unit_price": f"{dice.randint(1, 5000) / 100}"}
    if delivered and dice.random() < 0.12:
        line |= {
            "returned_quantity": str(dice.randint(1, quantity)),
            "returned_at": (delivered + timedelta(days=dice.randint(1, 40))).isoformat(sep=" "),
            "return_reason": dice.choice(REASONS),
        }
    if dice.random() < 0.03:
        line["mispicked_quantity"] = "1"
    return line


def as_file(rows: list[dict[str, str]]) -> bytes:
    """The rows as a CSV with every column."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def assert_same(told: Mapping[str, Any], due: Mapping[str, Any]) -> None:
    """Equal wherever `due` has something to say, floats to the last digit that is shown."""
    for name, value in due.items():
        if isinstance(value, dict):
            assert_same(told[name], value)
        elif value is None:
            assert told[name] is None, name
        else:
            assert told[name] == pytest.approx(value, rel=1e-9), name


def worked_out(rows: list[dict[str, str]], first: date, last: date) -> dict[str, object]:
    """The same figures as `kpis.figures.report`, without a database and in another way."""
    orders: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        orders[row["order_number"]].append(row)
    inside = {number: lines for number, lines in orders.items() if _within(lines[0].get("delivered_at"), first, last)}
    return {
        "return_rate": _returns(inside),
        "picking_accuracy": _picking([row for row in rows if _within(row.get("picked_at"), first, last)]),
        "lead_time": _lead(inside),
        "purchase_frequency": _frequency(
            [lines[0] for lines in orders.values() if _within(lines[0]["placed_at"], first, last)]
        ),
        "perfect_order": _perfect(inside),
        "satisfaction": _satisfaction([lines[0] for lines in inside.values()]),
    }


def _moment(cell: str) -> datetime:
    return datetime.fromisoformat(cell).replace(tzinfo=LONDON)


def _within(cell: str | None, first: date, last: date) -> bool:
    return bool(cell) and first <= _moment(cell).date() < last  # type: ignore[arg-type]


def _units(row: dict[str, str]) -> int:
    return int(row.get("returned_quantity") or 0)


def _returns(orders: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    lines = [line for rows in orders.values() for line in rows]
    delivered, back = sum(int(line["quantity"]) for line in lines), sum(map(_units, lines))
    reasons: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        if _units(line):
            reasons[line["return_reason"]] += _units(line)
    returned = sum(any(map(_units, rows)) for rows in orders.values())
    return {
        "units": back / delivered,
        "orders": returned / len(orders),
        "units_returned": back,
        "units_delivered": delivered,
        "by_reason": {reason: units / delivered for reason, units in sorted(reasons.items())},
    }


def _picking(lines: list[dict[str, str]]) -> dict[str, object]:
    wrong = sum(bool(line.get("mispicked_quantity")) or line.get("return_reason") in WRONG for line in lines)
    return {"lines": 1 - wrong / len(lines), "lines_picked": len(lines), "lines_wrong": wrong}


def _lead(orders: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    times = [
        {stage: _moment(rows[0][f"{stage}_at"]) for stage in STAGES if rows[0].get(f"{stage}_at")}
        for rows in orders.values()
    ]
    sane = [at for at in times if all(_days(*pair) >= 0 for pair in pairwise(at.values()))]
    stages: defaultdict[str, list[float]] = defaultdict(list)
    for at in sane:
        for (_, before), (stage, after) in pairwise(at.items()):
            stages[stage].append(_days(before, after))
    return {
        **_spread([_days(at["placed"], at["delivered"]) for at in sane]),
        "orders": len(sane),
        "excluded_contradictory": len(times) - len(sane),
        "stages": {stage: _spread(stages[stage]) for stage in STAGES[1:]},
    }


def _days(before: datetime, after: datetime) -> float:
    return (after.timestamp() - before.timestamp()) / 86_400


def _spread(values: list[float]) -> dict[str, float]:
    points = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
    return {"mean": fmean(values)} | {name: percentile(values, share) for name, share in points.items()}


def percentile(values: list[float], share: float) -> float:
    """Linear between order statistics, as NumPy does it."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _frequency(orders: list[dict[str, str]]) -> dict[str, object]:
    days: defaultdict[str, list[date]] = defaultdict(list)
    for row in orders:
        if not row["cancelled_at"]:
            days[row["customer_id"]].append(_moment(row["placed_at"]).date())
    gaps = [(after - before).days for bought in days.values() for before, after in pairwise(sorted(set(bought)))]
    count = sum(map(len, days.values()))
    return {
        "orders_per_customer": count / len(days),
        "orders": count,
        "customers": len(days),
        "repeat_rate": sum(len(bought) > 1 for bought in days.values()) / len(days),
        "median_gap": percentile([float(gap) for gap in gaps], 0.5),
        "mean_gap": fmean(gaps),
        "cancelled": len(orders) - count,
    }


def _perfect(orders: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    failed = dict.fromkeys(("late", "short", "damaged", "documents"), 0)
    imperfect = 0
    for rows in orders.values():
        reasons = {row.get("return_reason") for row in rows}
        late = _moment(rows[0]["delivered_at"]).date() > date.fromisoformat(rows[0]["promised_at"])
        found = [late, *(bool(reasons & bad) for bad in (WRONG, DAMAGED, UNDOCUMENTED))]
        for name, is_so in zip(failed, found, strict=True):
            failed[name] += is_so
        imperfect += any(found)
    return {"rate": 1 - imperfect / len(orders), "orders": len(orders), "failed": failed}


def _satisfaction(orders: list[dict[str, str]]) -> dict[str, object]:
    scores = [int(row["csat"]) for row in orders if row["csat"]]
    nps = [int(row["nps"]) for row in orders if row["nps"]]
    return {
        "csat": sum(score >= 4 for score in scores) / len(scores),
        "mean_score": fmean(scores),
        "nps": 100 * (sum(value >= 9 for value in nps) - sum(value <= 6 for value in nps)) / len(nps),
        "answers": len(scores),
    }
