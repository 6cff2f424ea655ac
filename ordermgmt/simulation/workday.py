"""When people work: the shop's hours, the carrier's collections, and one job after the other."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ordermgmt.simulation.baskets import SAMPLE_ZONE

OPENS, CLOSES = time(8), time(18)
SATURDAY = 5  # the real shop trades on Sundays
COLLECTIONS = (time(11, 30), time(16, 30))
LOOK = timedelta(minutes=15)


@dataclass(frozen=True)
class Workday:
    """The shop's hours; in the hours up to `late_until` somebody is there whatever the day and the hour."""

    late_from: datetime
    late_until: datetime

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody works then."""
        if self.late_from <= moment <= self.late_until:
            return True
        local = moment.astimezone(SAMPLE_ZONE)
        return local.weekday() != SATURDAY and OPENS <= local.time() < CLOSES

    def opening(self, moment: datetime) -> datetime:
        """The first moment from then on at which somebody works, to a quarter of an hour."""
        while not self.is_open(moment):
            moment += LOOK
        return moment

    def after(self, moment: datetime, span: timedelta) -> datetime:
        """The moment at which `span` of working time has passed since then."""
        moment = self.opening(moment)
        while span > LOOK:
            moment, span = self.opening(moment + LOOK), span - LOOK
        return self.opening(moment + span)


@dataclass
class Bench:
    """One person, who does one job after the other."""

    workday: Workday
    free_at: datetime

    def take(self, ready_at: datetime, span: timedelta) -> datetime:
        """When a job that can begin at `ready_at` and takes `span` of working time is done."""
        self.free_at = self.workday.after(max(ready_at, self.free_at), span)
        return self.free_at


def next_collection(moment: datetime) -> datetime:
    """When the carrier's van comes next."""
    day = moment.astimezone(SAMPLE_ZONE)
    while True:
        for hour in COLLECTIONS:
            van = datetime.combine(day.date(), hour, SAMPLE_ZONE)
            if van >= moment and day.weekday() != SATURDAY:
                return van
        day += timedelta(days=1)


def next_morning(moment: datetime) -> datetime:
    """Nine o'clock of the next working day, when a third party answers."""
    day = moment.astimezone(SAMPLE_ZONE) + timedelta(days=1)
    if day.weekday() == SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day.date(), time(9), SAMPLE_ZONE)
