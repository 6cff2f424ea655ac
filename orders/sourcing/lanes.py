"""When a parcel leaves a warehouse and how long it takes to the customer. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

DAYS_AT_HOME, DAYS_ABROAD = 1, 5  # where the shop has named no lane
SATURDAY = 5


@dataclass(frozen=True)
class Lane:
    """The way from a warehouse to a region: days on the road, and what a parcel costs; None is not known."""

    country: str
    postal_prefix: str
    days: int
    cost: Decimal | None


def lane_to(country: str, postal_code: str, lanes: Iterable[Lane], *, home: str) -> Lane:
    """Of the lanes of a warehouse at `home`, the longest prefix that fits; spaces and case do not count."""
    plain = _plain(postal_code)
    fits = [lane for lane in lanes if lane.country == country and plain.startswith(_plain(lane.postal_prefix))]
    if fits:
        return max(fits, key=lambda lane: len(_plain(lane.postal_prefix)))
    return Lane(country, "", DAYS_AT_HOME if country == home else DAYS_ABROAD, None)


def leaving_day(now: datetime, *, time_zone: str, cut_off: time | None) -> date:
    """The day on which an order of this moment leaves: today, after the cut-off tomorrow, never on a weekend."""
    local = now.astimezone(ZoneInfo(time_zone))
    too_late = cut_off is not None and local.time() > cut_off
    return working_day(local.date() + timedelta(days=too_late))


def working_day(day: date) -> date:
    """The day itself, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def arrival_of(awaited: int, arrivals: Iterable[tuple[date, int]]) -> date | None:
    """The day on which `awaited` units have come in, of arrivals (day, units), earliest first; None: not announced."""
    for day, units in arrivals:
        awaited -= units
        if awaited <= 0:
            return day
    return None


def _plain(postal_code: str) -> str:
    return postal_code.replace(" ", "").upper()
