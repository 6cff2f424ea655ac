"""Why goods come back, and the rate of each month's deliveries."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import grouped
from kpis.figures import behind, whole
from kpis.figures.returns import NOTHING, unit_rate_of_orders
from ordermgmt.kpis.calendar import spans
from ordermgmt.kpis.charts import Axis, Column, bars, pareto
from ordermgmt.kpis.sections.shared import Page
from ordermgmt.kpis.tables import Cell, Section, Table, number
from ordermgmt.phrases import counted, month_and_year, percent, titled

HEADS = (
    gettext_lazy("Delivered in"),
    gettext_lazy("Rate"),
    gettext_lazy("Cohort"),
    gettext_lazy("Units back"),
    gettext_lazy("Units"),
    gettext_lazy("Orders"),
    gettext_lazy("With a return"),
)
NO_REASON = gettext_lazy("no reason given")


def sections(page: Page) -> Iterator[Section]:
    """The reasons as a Pareto, the cohorts month by month."""
    yield _reasons(page)
    yield _cohorts(page)


def _reasons(page: Page) -> Section:
    told = whole("return_rate", page.choice.scope)
    of = told["units_delivered"]
    units = {reason: round(rate * of) for reason, rate in told["by_reason"].items()}
    orders = behind.return_reasons(page.choice.scope)
    ranked = sorted(units, key=lambda reason: (-units[reason], reason))
    columns = [
        Column(
            _named(reason),
            units[reason],
            _("{named}: {units} of {orders}").format(
                named=_named(reason), units=counted(units[reason], "unit"), orders=counted(orders[reason], "order")
            ),
            page.orders("returned", {"reason": reason}),
        )
        for reason in ranked
    ]
    rows = [
        (
            Cell(_named(reason), reason or str(NO_REASON)),
            Cell(grouped(units[reason]), units[reason]),
            Cell(percent(told["by_reason"][reason]), told["by_reason"][reason]),
            number(orders[reason], page.orders("returned", {"reason": reason})),
        )
        for reason in ranked
    ]
    return Section(
        "reasons",
        _("Why goods come back"),
        _("Units by reason, and which share of all the first reasons make up together."),
        pareto(_("Reasons of returns"), columns, unit="units") if columns else None,
        Table((_("Reason"), _("Units"), _("Of all units delivered"), _("Orders")), rows),
    )


def _cohorts(page: Page) -> Section:
    edges = page.choice.months()
    axis = Axis(edges, spans(edges[0], edges[-1]))
    monthly = replace(page, axis=axis, choice=replace(page.choice, first=edges[0], last=edges[-1]))
    told, nothing = unit_rate_of_orders(monthly.edge_scope), {**NOTHING, "delivered": 0, "returned": 0}
    columns, rows = [], []
    for place in range(axis.steps):
        month = told.get(str(place + 1), nothing)
        name, rate, still = month_and_year(edges[place]), month["units"], month["open_cohort"]
        words = _("no data") if rate is None else percent(rate)
        state = _("open") if still else _("closed")
        title = _("{name}: {words} of {units}, {state}").format(
            name=name, words=words, units=counted(month["units_delivered"], "unit"), state=state
        )
        columns.append(
            Column(name, rate or 0.0, title, monthly.orders("delivered", step=place), "open" if still else "")
        )
        rows.append(
            (
                Cell(name, edges[place]),
                Cell(words, rate),
                Cell(state, state, tone="warn" if still else ""),
                Cell(grouped(month["units_returned"]), month["units_returned"]),
                Cell(grouped(month["units_delivered"]), month["units_delivered"]),
                number(month["delivered"], monthly.orders("delivered", step=place)),
                number(month["returned"], monthly.orders("returned", step=place)),
            )
        )
    return Section(
        "cohorts",
        _("By month of delivery"),
        _("Month by month, up to two years. Pale bars are open: their goods may still come back."),
        bars(_("Rate of return by month of delivery"), columns, unit="percent", axis=axis),
        Table(
            HEADS,
            rows,
            frozenset({0, 2}),
        ),
    )


def _named(reason: str) -> str:
    return titled(reason) if reason else NO_REASON.capitalize()
