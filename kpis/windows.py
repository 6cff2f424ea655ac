"""Spans of time a figure is about: half-open, in whole days of the shop's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from inventory import clock

# Days that a figure can be asked of.
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Window:
    """Everything at or after `since` and before `until`."""

    since: datetime
    until: datetime


def days(first: date, last: date) -> Window:
    """From the start of `first` to the start of `last`, which is no longer inside."""
    zone = ZoneInfo(settings.SHOP_TIME_ZONE)
    return Window(datetime.combine(first, time(), zone), datetime.combine(last, time(), zone))


def day_of(moment: datetime) -> date:
    """The shop's calendar day, wherever the reader sits."""
    return moment.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE)).date()


def today() -> date:
    """The shop's calendar day now."""
    return day_of(clock.now())


def last_days(count: int, *, skip: int = 0) -> Window:
    """The latest `count` days, today included; `skip` moves the window that many days back."""
    end = today() + timedelta(days=1 - skip)
    return days(end - timedelta(days=count), end)


def parts(window_days: int, step: int) -> list[Window]:
    """The latest `window_days` days cut into windows of `step` days, oldest first."""
    return [last_days(step, skip=skip) for skip in range(window_days - step, -1, -step)]
