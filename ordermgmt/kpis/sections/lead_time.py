"""Where the time goes: stage by stage, and under holds."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from inventory.wording import grouped
from kpis.figures import behind, whole
from kpis.figures.automation import STAGES
from ordermgmt.kpis.charts import Column, across
from ordermgmt.kpis.sections.shared import Page
from ordermgmt.kpis.tables import Cell, Section, Table, number
from ordermgmt.kpis.words import shown
from orders.flow import STAGE_BY_STATE, State

PARTS = (*(f"passed_{name}" for name in STAGES), "delivered", "held", "contradictory")


def sections(page: Page) -> Iterator[Section]:
    """The mean time of each stage with hold time apart."""
    told = whole("lead_time", page.choice.scope)
    counts = behind.counts("lead_time", PARTS, page.choice.scope).get("", dict.fromkeys(PARTS, 0))
    columns, rows = [], []
    for state, spread in told["stages"].items():
        part = "delivered" if state == "delivered" else f"passed_{state}"
        name = _("Until {label}").format(label=STAGE_BY_STATE[State(state)].state.label.lower())
        address = page.orders(part)
        title = _("{name}: {days} on average, {counts} orders").format(
            name=name, days=shown(spread["mean"], "days"), counts=grouped(counts[part])
        )
        columns.append(Column(name, spread["mean"], title, address))
        values = (Cell(shown(spread[key], "days"), spread[key]) for key in ("mean", "p50", "p90"))
        rows.append((Cell(name), *values, number(counts[part], address)))
    if told["hold_mean"] is not None:
        title = _("Of it under holds: {days} on average, {held} orders were held").format(
            days=shown(told["hold_mean"], "days"), held=grouped(counts["held"])
        )
        columns.append(Column(_("Of it under holds"), told["hold_mean"], title, page.orders("held"), "hold"))
        mean = Cell(shown(told["hold_mean"], "days"), told["hold_mean"])
        rows.append(
            (Cell(_("Of it under holds")), mean, Cell("–"), Cell("–"), number(counts["held"], page.orders("held")))
        )
    odd = number(counts["contradictory"], page.orders("contradictory"))
    rows.append((Cell(_("Left out: times contradict")), Cell("–"), Cell("–"), Cell("–"), odd))
    yield Section(
        "stages",
        _("Where the time goes"),
        _(
            "Mean days in each stage, from the last earlier stage whose time is known. "
            "Hold time lies within the stages."
        ),
        across(_("Days in each stage"), columns, unit="days") if columns else None,
        Table((_("Stage"), _("Mean"), "p50", "p90", _("Orders")), rows),
    )
