"""How it was decided where an order is sent from: one sentence, and every way that was weighed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from inventory.retelling import retold
from ordermgmt.phrases import counted, day, listed
from orders.models import OrderEvent, SourcingRule

DECISIONS = ("order.received", "order.sourced")


@dataclass(frozen=True)
class WayRow:
    """One way to send the order; days and cost are empty where they are not known."""

    warehouses: str
    parcels: int
    leaves: str
    arrives: str
    is_late: bool
    cost: str
    is_taken: bool
    why_not: str


@dataclass(frozen=True)
class SourcingCard:
    """The decision that holds; `rules` says by what it was taken, `moved` that the promised day is another one now."""

    sentence: str
    rules: str
    ways: tuple[WayRow, ...]
    moved: str

    @property
    def compared(self) -> str:
        """1 way compared, 3 ways compared."""
        return _("{ways} compared").format(ways=counted(len(self.ways), "way"))


def sourcing_card(events: Iterable[OrderEvent]) -> SourcingCard | None:
    """The latest decision among the events; None before there is one."""
    decisions = [event.data for event in events if event.name in DECISIONS and "rules" in event.data]
    if not decisions:
        return None
    data = decisions[-1]
    return SourcingCard(
        sentence=retold(str(data.get("why", ""))),
        rules=_(", then ").join(_rule(rule) for rule in data["rules"]),
        ways=tuple(map(way_row, data.get("candidates", []))),
        moved=_moved(data),
    )


def way_row(way: Mapping[str, Any]) -> WayRow:
    """One way as it stands in the history."""
    warehouses = [str(name) for name in way.get("warehouses", [])]
    return WayRow(
        warehouses=listed(warehouses),
        parcels=len(warehouses),
        leaves=_day(way.get("leaves")),
        arrives=_day(way.get("arrives")),
        is_late=bool(way.get("late")),
        cost=str(way.get("cost") or ""),
        is_taken=bool(way.get("chosen")),
        why_not=retold(str(way.get("why_not", ""))),
    )


def _rule(rule: Mapping[str, str]) -> str:
    label = SourcingRule.Kind(rule["kind"]).label.lower()
    return f"{label} ({rule['warehouse']})" if rule["warehouse"] else label


def _moved(data: Mapping[str, Any]) -> str:
    moved = data.get("promise_moved")
    if not moved:
        return ""
    before, after = (day(datetime.fromisoformat(moved[name])) for name in ("from", "to"))
    return _("The promised day moved from {before} to {after}.").format(before=before, after=after)


def _day(iso: str | None) -> str:
    return day(date.fromisoformat(iso)) if iso else ""
