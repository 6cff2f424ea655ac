"""The figures of live orders, worked out in plain Python from the history and the rows it names, order by order."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from statistics import fmean
from zoneinfo import ZoneInfo

from orders.models import Order
from tests.kpis.past import percentile

LONDON = ZoneInfo("Europe/London")
STAGES = ("placed", "received", "approved", "picked", "packed", "shipped", "delivered")
BREAKS = {"wrong_item": "short", "missing": "short", "wrong_quantity": "short", "damaged": "damaged"}
BREAKS |= {"defective": "damaged", "not_as_described": "documents", "documents": "documents"}
NOT_BOUGHT = ("exchange", "reshipment")
SYSTEMS = ("system", "carrier", "customer")


@dataclass
class Told:
    """What the history says of one order; `lines` are units delivered, back, and when."""

    order: Order
    at: dict[str, datetime] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    lines: list[tuple[int, int, datetime]] = field(default_factory=list)
    reasons: list[tuple[str, int, datetime]] = field(default_factory=list)

    def within(self, stage: str, first: date, last: date) -> bool:
        """Whether it came there on one of these days, by the shop's calendar."""
        return stage in self.at and first <= self.at[stage].astimezone(LONDON).date() < last


def told_of(order: Order) -> Told:
    """Read event by event."""
    told = Told(order, {"placed": order.placed_at})
    for event in order.events.order_by("seq"):
        what, _, step = event.name.partition(".")
        if what == "order" and step in (*STAGES[1:], "cancelled", "rejected"):
            told.at[step] = event.at
        if what in ("order", "shipment") and step in STAGES[1:6] and ":" not in event.by and event.by not in SYSTEMS:
            told.touched.add(step)
    sent = [row for row in order.shipments.all() if row.state != "cancelled"]
    arrived = [row.delivered_at for row in sent if row.delivered_at]
    if "delivered" in told.at and arrived:
        told.at["delivered"] = max(arrived)
    _goods(told, [row for row in sent if row.state == "delivered"])
    _complaints(told)
    if "delivered" in told.at and told.at["delivered"] > order.promised_at:
        told.failed.add("late")
    return told


def _goods(told: Told, sent: list) -> None:
    units, at, back = defaultdict(int), {}, defaultdict(int)
    for shipment in sent:
        for row in shipment.lines.all():
            units[row.order_line_id] += row.quantity
            at[row.order_line_id] = max(shipment.delivered_at, at.get(row.order_line_id, shipment.delivered_at))
    for record in told.order.returns.all():
        for row in record.lines.all():
            if row.received:
                back[row.order_line_id] += row.received
                told.reasons.append((row.reason, row.received, at[row.order_line_id]))
                told.failed |= {BREAKS[row.reason]} if row.reason in BREAKS else set()
    told.lines = [(count, back[line], at[line]) for line, count in units.items()]


def _complaints(told: Told) -> None:
    answer = getattr(getattr(told.order, "survey_record", None), "answer", None)
    for line in answer.lines.all() if answer else ():
        told.failed |= set() if line.right_item and line.right_quantity else {"short"}
        told.failed |= set() if line.undamaged else {"damaged"}
    for claim in told.order.claims.filter(against="shop").exclude(state="refused").exclude(outcome="nothing"):
        told.failed.add("damaged" if claim.kind == "damaged" else "short")


def worked_out_live(orders: list[Told], first: date, last: date) -> dict[str, object]:
    """The figures of a window as `kpis.figures.report` tells them, each that has a case; picking apart."""
    delivered = [told for told in orders if told.within("delivered", first, last)]
    placed = [told for told in orders if told.within("placed", first, last)]
    figures = {
        "return_rate": _returns(orders, first, last),
        "purchase_frequency": _frequency(placed),
        "satisfaction": _satisfaction(orders, first, last),
        "automation": _automation(placed),
    }
    if delivered:
        figures |= {"lead_time": _lead(delivered), **_kept(delivered)}
    return {name: told for name, told in figures.items() if told}


def _kept(delivered: list[Told]) -> dict[str, object]:
    perfect = [told for told in delivered if not told.failed]
    late = [told for told in delivered if "late" in told.failed]
    return {
        "perfect_order": {
            "rate": len(perfect) / len(delivered),
            "orders": len(delivered),
            "failed": {name: sum(name in told.failed for told in delivered) for name in ("late", "short", "damaged")},
        },
        "on_time": {"rate": 1 - len(late) / len(delivered), "orders": len(delivered)},
    }


def _automation(placed: list[Told]) -> dict[str, object]:
    shipped = [told for told in placed if "shipped" in told.at]
    if not shipped:
        return {}
    return {
        "rate": sum(not told.touched for told in shipped) / len(shipped),
        "orders": len(placed),
        "orders_held": sum(told.order.holds.exists() for told in placed),
    }


def _returns(orders: list[Told], first: date, last: date) -> dict[str, object]:
    def inside(at: datetime) -> bool:
        return first <= at.astimezone(LONDON).date() < last

    lines = [line for told in orders for line in told.lines if inside(line[2])]
    delivered, back = sum(line[0] for line in lines), sum(line[1] for line in lines)
    if not delivered:
        return {}
    reasons: defaultdict[str, int] = defaultdict(int)
    for told in orders:
        for reason, units, at in told.reasons:
            reasons[reason] += units if inside(at) else 0
    return {
        "units": back / delivered,
        "units_returned": back,
        "units_delivered": delivered,
        "by_reason": {reason: units / delivered for reason, units in reasons.items() if units},
    }


def _lead(delivered: list[Told]) -> dict[str, object]:
    spans: defaultdict[str, list[float]] = defaultdict(list)
    for told in delivered:
        for before, stage in pairwise(STAGES):
            spans[stage].append((told.at[stage] - told.at[before]).total_seconds() / 86_400)
    whole = [(told.at["delivered"] - told.at["placed"]).total_seconds() / 86_400 for told in delivered]
    return {
        "mean": fmean(whole),
        "p50": percentile(whole, 0.5),
        "p90": percentile(whole, 0.9),
        "orders": len(whole),
        "excluded_contradictory": 0,
        "stages": {stage: {"mean": fmean(days), "p90": percentile(days, 0.9)} for stage, days in spans.items()},
    }


def _frequency(placed: list[Told]) -> dict[str, object]:
    days: defaultdict[int, list[date]] = defaultdict(list)
    bought = [told for told in placed if told.order.parent_relation not in NOT_BOUGHT]
    for told in bought:
        if not told.at.keys() & {"cancelled", "rejected"}:
            days[told.order.customer_id].append(told.at["placed"].astimezone(LONDON).date())
    gaps = [float((after - before).days) for own in days.values() for before, after in pairwise(sorted(set(own)))]
    count = sum(map(len, days.values()))
    if not count:
        return {}
    return {
        "orders_per_customer": count / len(days),
        "orders": count,
        "customers": len(days),
        "repeat_rate": sum(len(own) > 1 for own in days.values()) / len(days),
        "median_gap": percentile(gaps, 0.5) if gaps else None,
        "cancelled": len(bought) - count,
    }


def _satisfaction(orders: list[Told], first: date, last: date) -> dict[str, object]:
    surveys = [told.order.survey_record for told in orders if hasattr(told.order, "survey_record")]
    asked = [row for row in surveys if first <= row.invited_at.astimezone(LONDON).date() < last]
    answers = [row.answer for row in surveys if hasattr(row, "answer")]
    said = [row for row in answers if first <= row.answered_at.astimezone(LONDON).date() < last]
    nps = [row.nps for row in said if row.nps is not None]
    if not (said and asked and nps):
        return {}
    return {
        "csat": sum(row.csat >= 4 for row in said) / len(said),
        "mean_score": fmean(row.csat for row in said),
        "nps": 100 * (sum(value >= 9 for value in nps) - sum(value <= 6 for value in nps)) / len(nps),
        "answers": len(said),
        "invitations": len(asked),
        "response_rate": sum(hasattr(row, "answer") for row in asked) / len(asked),
    }
