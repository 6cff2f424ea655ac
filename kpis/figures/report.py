"""All figures of a window as programs read them: rates as fractions, durations in days, None for no data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings

from kpis import windows
from kpis.figures import frequency, lead_time, outcome, picking, returns
from kpis.figures.scope import ALL, CUTS, Scope

Groups = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Figure:
    """How it is computed, what it says without a case, and whether it is about lines."""

    compute: Callable[[Scope], Groups]
    nothing: Mapping[str, Any]
    lines: bool = False


FIGURES: Mapping[str, Figure] = {
    "return_rate": Figure(returns.return_rate, returns.NOTHING, lines=True),
    "picking_accuracy": Figure(picking.picking_accuracy, picking.NOTHING, lines=True),
    "lead_time": Figure(lead_time.lead_time, lead_time.NOTHING),
    "purchase_frequency": Figure(frequency.purchase_frequency, frequency.NOTHING),
    "perfect_order": Figure(outcome.perfect_order, outcome.NOTHING_PERFECT),
    "on_time": Figure(outcome.on_time, outcome.NOTHING_ON_TIME),
    "satisfaction": Figure(outcome.satisfaction, outcome.NOTHING_SAID),
}


class UnknownCut(ValueError):
    """There is no such way to take the figures apart."""

    def __init__(self, cut: str) -> None:
        self.cut = cut
        super().__init__(f"Figures cannot be cut by {cut}: choose one of {', '.join(CUTS)}.")


def report(first: date, last: date, *, by: str = "", only: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every figure of the days from `first` to before `last`; with `by` also those of each group of that cut.

    Raises UnknownCut. A figure that does not know the cut is left out of the groups.
    """
    if by and by not in CUTS:
        raise UnknownCut(by)
    scope = Scope(windows.days(first, last), only=only or {})
    told: dict[str, Any] = {"from": str(first), "to": str(last), "timezone": settings.SHOP_TIME_ZONE}
    told |= {name: one.compute(scope).get(ALL, dict(one.nothing)) for name, one in FIGURES.items()}
    if by:
        told |= {"by": by, "groups": _groups(replace(scope, cut=by))}
    return told


def _groups(scope: Scope) -> dict[str, dict[str, Any]]:
    """By value of the cut; a value that nobody wrote down is ""."""
    computed = {name: one.compute(scope) for name, one in FIGURES.items() if scope.applies(lines=one.lines)}
    values = sorted({value or "" for groups in computed.values() for value in groups})
    return {
        value: {name: groups.get(value, dict(FIGURES[name].nothing)) for name, groups in computed.items()}
        for value in values
    }
