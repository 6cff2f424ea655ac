"""How long an order may stay in a state, and a worker, carrier or third party be silent, before people are told.

The defaults stand in `orders.flow.STAGES` and here; what the shop sets instead is kept as a row for each change. All
pages and figures ask here. Bounds are looked up once in a while, so a change is everywhere within `KNOWN_SECONDS`.
"""

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic

from orders.flow import STAGES, State
from orders.models import BoundChange

KNOWN_SECONDS = 10.0
MINUTE = timedelta(minutes=1)
WORKER, SILENT, UNACCEPTED = "worker", "silent", "unaccepted"
DEFAULTS: Mapping[str, timedelta] = {
    **{stage.state.value: stage.bound for stage in STAGES if stage.bound},
    WORKER: timedelta(minutes=5),
    SILENT: timedelta(days=4),
    UNACCEPTED: timedelta(hours=4),
}
_known: tuple[float, Mapping[str, timedelta]] = (0.0, DEFAULTS)


def bounds() -> Mapping[str, timedelta]:
    """All that hold now, by name."""
    global _known  # noqa: PLW0603
    until, found = _known
    if monotonic() < until:
        return found
    newest = BoundChange.objects.order_by("name", "-pk").distinct("name").values_list("name", "minutes")
    found = {**DEFAULTS, **{name: minutes * MINUTE for name, minutes in newest if minutes and name in DEFAULTS}}
    _known = (monotonic() + KNOWN_SECONDS, found)
    return found


def bound_of(name: State | str) -> timedelta | None:
    """One of them; None for a state in which an order may stay for ever."""
    return bounds().get(str(name))


def set_bound(name: str, bound: timedelta | None, *, by: str) -> bool:
    """From now on; None is the default. Returns whether it was otherwise before. Raises KeyError."""
    global _known  # noqa: PLW0603
    _known = (0.0, DEFAULTS)
    before = bounds()[name]
    if before == (bound or DEFAULTS[name]):
        return False
    minutes = None if bound in (None, DEFAULTS[name]) else max(1, bound // MINUTE)
    BoundChange.objects.create(name=name, minutes=minutes, before=before // MINUTE, by=by[:80])
    _known = (0.0, DEFAULTS)
    return True
