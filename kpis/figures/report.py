"""All figures of a window as programs read them: rates as fractions, durations in days, None for no data."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings

from kpis import windows
from kpis.figures import automation, frequency, lead_time, outcome, picking, returns
from kpis.figures.scope import ALL, BOTH, CUTS, Scope
from kpis.windows import Window

Groups = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Figure:
    """How it is computed, what it says without a case, and whether it is about lines.

    `brief` computes it without what takes longest: reasons, stages, gaps.
    """

    compute: Callable[[Scope], Groups]
    nothing: Mapping[str, Any]
    lines: bool = False
    brief: Callable[[Scope], Groups] | None = None

    def of(self, scope: Scope, *, brief: bool = False) -> Groups:
        """By group of the scope."""
        return (self.brief or self.compute)(scope) if brief else self.compute(scope)


FIGURES: Mapping[str, Figure] = {
    "return_rate": Figure(returns.return_rate, returns.NOTHING, lines=True, brief=returns.unit_rate),
    "picking_accuracy": Figure(picking.picking_accuracy, picking.NOTHING, lines=True),
    "lead_time": Figure(lead_time.lead_time, lead_time.NOTHING, brief=lead_time.whole_time),
    "purchase_frequency": Figure(frequency.purchase_frequency, frequency.NOTHING, brief=frequency.orders_per_customer),
    "perfect_order": Figure(outcome.perfect_order, outcome.NOTHING_PERFECT),
    "on_time": Figure(outcome.on_time, outcome.NOTHING_ON_TIME),
    "satisfaction": Figure(outcome.satisfaction, outcome.NOTHING_SAID, brief=outcome.overall_scores),
    "automation": Figure(automation.automation, automation.NOTHING),
}


class UnknownCut(ValueError):
    """There is no such way to take the figures apart."""

    def __init__(self, cut: str) -> None:
        self.cut = cut
        super().__init__(f"Figures cannot be cut by {cut}: choose one of {', '.join(CUTS)}.")


def report(
    first: date,
    last: date,
    *,
    by: str = "",
    only: Mapping[str, str] | None = None,
    names: Collection[str] = tuple(FIGURES),
) -> dict[str, Any]:
    """The named figures of the days from `first` to before `last`; with `by` also those of each group of that cut.

    Raises UnknownCut. A figure that does not know the cut is left out of the groups.
    """
    if by and by not in CUTS:
        raise UnknownCut(by)
    scope = Scope(windows.days(first, last), only=only or {})
    told: dict[str, Any] = {"from": str(first), "to": str(last), "timezone": settings.SHOP_TIME_ZONE}
    told |= {name: whole(name, scope) for name in names}
    if by:
        told |= {"by": by, "groups": _groups(replace(scope, cut=by), names)}
    return told


def whole(name: str, scope: Scope) -> dict[str, Any]:
    """One figure of one window."""
    figure = FIGURES[name]
    return figure.compute(scope).get(ALL, dict(figure.nothing))


def parts(name: str, scope: Scope, *, brief: bool = False) -> Groups:
    """One figure by the values of the scope's cut; empty where it does not know the cut."""
    figure = FIGURES[name]
    return figure.of(scope, brief=brief) if scope.cut and scope.applies(lines=figure.lines) else {}


def series(
    name: str, edges: Sequence[datetime], *, only: Mapping[str, str] | None = None, brief: bool = False
) -> list[dict[str, Any]]:
    """One figure of each window between two edges, in the statements that one window would take."""
    figure = FIGURES[name]
    scope = Scope(Window(edges[0], edges[-1]), only=only or {}, edges=edges)
    groups = figure.of(scope, brief=brief)
    return [groups.get(str(place), dict(figure.nothing)) for place in range(1, len(edges))]


def in_brief(name: str, each: Sequence[Window]) -> list[dict[str, Any]]:
    """One figure in brief of each window, in the statements that one would take; they may overlap."""
    figure, whole = FIGURES[name], Window(min(part.since for part in each), max(part.until for part in each))
    groups = figure.of(Scope(whole, each=each), brief=True)
    return [groups.get(str(place), dict(figure.nothing)) for place in range(1, len(each) + 1)]


def series_by(name: str, scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """One figure in brief of each window between the scope's edges, for each of `among` of its cut."""
    figure = FIGURES[name]
    groups, steps = figure.of(scope, brief=True), range(1, len(scope.edges))
    return {
        value: [groups.get(f"{place}{BOTH}{value}", dict(figure.nothing)) for place in steps] for value in scope.among
    }


def _groups(scope: Scope, names: Collection[str]) -> dict[str, dict[str, Any]]:
    """By value of the cut; a value that nobody wrote down is ""."""
    computed = {name: parts(name, scope) for name in names if scope.applies(lines=FIGURES[name].lines)}
    values = sorted({value or "" for groups in computed.values() for value in groups})
    return {
        value: {name: groups.get(value, dict(FIGURES[name].nothing)) for name, groups in computed.items()}
        for value in values
    }
