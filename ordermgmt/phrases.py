"""How times, people and amounts are said on every page, in as few words as are clear."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from inventory import clock

ADDRESS_PARTS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def age(span: timedelta) -> str:
    """20 s, 38 min, 2 h, 2 h 10, 4 d."""
    if span < MINUTE:
        return f"{max(0, int(span.total_seconds()))} s"
    if span < HOUR:
        return f"{span // MINUTE} min"
    if span < DAY:
        minutes = span % HOUR // MINUTE
        return f"{span // HOUR} h {minutes:02}" if minutes else f"{span // HOUR} h"
    return f"{span // DAY} d"


def ago(moment: datetime) -> str:
    """The age of something that happened at `moment`."""
    return age(clock.now() - moment)


def day(moment: date) -> str:
    """Mon 23 Nov, of a moment in the shop's zone; with the year when it is not this one."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    this_year = local.year == timezone.localtime(clock.now()).year
    return f"{local:%a} {local.day} {local:%b}" if this_year else f"{local.day} {local:%b %Y}"


def time_of_day(moment: datetime) -> str:
    """09:14, in the shop's zone."""
    return f"{timezone.localtime(moment):%H:%M}"


def moment_or_day(moment: datetime) -> str:
    """09:14 for today, Mon 23 Nov 09:14 for any other day."""
    today = timezone.localtime(clock.now()).date()
    at = time_of_day(moment)
    return at if timezone.localtime(moment).date() == today else f"{day(moment)} {at}"


def in_one_line(address: Mapping[str, str]) -> str:
    """In the order it is written on a parcel, without the phone; the database keeps the parts without an order."""
    known = [address.get(name) for name in ADDRESS_PARTS]
    others = [part for name, part in sorted(address.items()) if name not in (*ADDRESS_PARTS, "phone")]
    return ", ".join(str(part) for part in [*known, *others] if part)


def until(moment: datetime) -> str:
    """Mon 23 Nov for the day's beginning, Mon 23 Nov 09:14 for any other moment."""
    at = time_of_day(moment)
    return day(moment) if at == "00:00" else f"{day(moment)} {at}"


def who(by: str) -> str:
    """The people's name for what history keeps: `system:receive` is the system, `channel:web` a channel."""
    kind, _, name = by.partition(":")
    if kind == "system":
        return "system"
    if kind == "channel" and name:
        return f"{name} channel"
    return name or kind


def is_person(by: str) -> bool:
    """A user of the dashboard, not a program, a channel, the carrier or the customer."""
    return ":" not in by and by not in ("system", "carrier", "customer")


def percent(share: float, digits: int = 1) -> str:
    """99.4 %, with a space that does not break."""
    return f"{share * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def counted(count: int, noun: str) -> str:
    """1 unit, 2 units, 1,284 units."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(words: list[str]) -> str:
    """A, B and C."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def titled(slug: str) -> str:
    """First order value, from first-order-value."""
    return slug.replace("-", " ").replace("_", " ").capitalize()
