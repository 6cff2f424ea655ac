"""The four figures on Today: each with its sample, its change against the 30 days before, and its curve."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from inventory.wording import grouped, localized
from kpis.briefs import Lately, briefs
from ordermgmt.charts import Curve, curve
from ordermgmt.phrases import age, counted, percent


@dataclass(frozen=True)
class Trend:
    """The change in words, and whether it is for the better; None where it is too small to be shown."""

    words: str
    better: bool | None

    @property
    def change(self) -> str:
        return _("no change") if self.better is None else self.words.replace("-", "−")

    @property
    def tone(self) -> str:
        return {True: "good", False: "bad", None: "faint"}[self.better]

    @property
    def word(self) -> str:
        return {True: _("better"), False: _("worse"), None: ""}[self.better]

    @property
    def meaning(self) -> str:
        return {True: _("better than"), False: _("worse than"), None: _("from")}[self.better]


@dataclass(frozen=True)
class KpiTile:
    """One figure; `value` is None when the period has no case. `figure` names its page."""

    figure: str
    name: str
    value: str | None
    sample: str
    trend: Trend | None
    curve: Curve


def tiles() -> tuple[KpiTile, ...]:
    """All four, from the same facts as the pages of the figures."""
    told = briefs()
    return (
        _lead_time(told["lead_time"]),
        _accuracy(told["picking_accuracy"]),
        _returns(told["return_rate"]),
        _frequency(told["purchase_frequency"]),
    )


def _lead_time(told: Lately) -> KpiTile:
    now, before = told.now, told.before
    figure, name = "lead_time", _("Order lead time, p50 / p90")
    if now["p50"] is None:
        return _nothing(figure, name, _("No order was delivered in 30 days"))
    slow = now["p50"] >= 1
    value = (
        _("{p50} / {p90} days").format(p50=grouped(now["p50"], 1), p90=grouped(now["p90"], 1))
        if slow
        else f"{_span(now['p50'])} / {_span(now['p90'])}"
    )
    trend = None
    if before["p50"] is not None:
        gap = now["p50"] - before["p50"]
        sign = "-" if gap < 0 else "+"
        change = localized(f"{sign}{abs(gap):.1f} d") if slow else f"{sign}{age(timedelta(days=abs(gap)))}"
        trend = Trend(change, _better(-gap, 0.05 if slow else 0.00001))
    sample = _("Placed to delivered, {orders}, 30 days").format(orders=counted(now["orders"], "order"))
    return KpiTile(figure, name, value, sample, trend, curve([step["p50"] for step in told.steps]))


def _span(days: float) -> str:
    """2.4 d, or below a day as other times are told."""
    return f"{grouped(days, 1)} d" if days >= 1 else age(timedelta(days=days))


def _accuracy(told: Lately) -> KpiTile:
    now, before = told.now, told.before
    figure, name = "picking_accuracy", _("Picking accuracy")
    if now["lines"] is None:
        return _nothing(figure, name, _("Nothing was picked in 30 days"))
    unscanned = now["unscanned_share"]
    seen = "" if unscanned is None else _(", {unscanned} unscanned").format(unscanned=percent(unscanned, 0))
    sample = _("Lines right first time of {lines_picked}{seen}, 30 days").format(
        lines_picked=grouped(now["lines_picked"]), seen=seen
    )
    trend = _points(now["lines"], before["lines"], up_is_better=True)
    return KpiTile(figure, name, percent(now["lines"]), sample, trend, curve([step["lines"] for step in told.steps]))


def _returns(told: Lately) -> KpiTile:
    now, before = told.now, told.before
    figure, name = "return_rate", _("Rate of return")
    if now["units"] is None:
        return _nothing(figure, name, _("No unit was delivered in 30 days"))
    delivered = counted(now["units_delivered"], "unit")
    sample = _("{units_returned} back of {delivered} delivered in 30 days, still open").format(
        units_returned=grouped(now["units_returned"]), delivered=delivered
    )
    trend = _points(now["units"], before["units"], up_is_better=False)
    return KpiTile(figure, name, percent(now["units"]), sample, trend, curve([step["units"] for step in told.steps]))


def _frequency(told: Lately) -> KpiTile:
    now, before = told.now, told.before
    figure, name, rate = "purchase_frequency", _("Purchase frequency"), "orders_per_customer"
    if now[rate] is None:
        return _nothing(figure, name, _("Nobody ordered in 30 days"))
    gap = now[rate] - (before[rate] or 0.0)
    trend = Trend(localized(f"{gap:+.2f}"), _better(gap, 0.005)) if before[rate] is not None else None
    sample = _("{orders} by {customers} in 30 days").format(
        orders=counted(now["orders"], "order"), customers=counted(now["customers"], "customer")
    )
    return KpiTile(
        figure,
        name,
        _("{now} orders").format(now=grouped(now[rate], 2)),
        sample,
        trend,
        curve([step[rate] for step in told.steps]),
    )


def _nothing(figure: str, name: str, why: str) -> KpiTile:
    return KpiTile(figure, name, None, why, None, Curve("", ""))


def _points(now: float, before: float | None, *, up_is_better: bool) -> Trend | None:
    """The change of a rate in percentage points."""
    if before is None:
        return None
    gap = (now - before) * 100
    return Trend(localized(_("{gap:+.1f} pt").format(gap=gap)), _better(gap if up_is_better else -gap, 0.05))


def _better(gain: float, least: float) -> bool | None:
    """A change too small to be shown is none."""
    return None if abs(gain) < least else gain > 0
