"""The time zones that people may choose from."""

from zoneinfo import available_timezones

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
ZONES = ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in AREAS))
