"""The four figures on Today: each with its sample, its change against the 30 days before, and its curve."""

from dataclasses import dataclass
from datetime import timedelta

from kpis import selectors, windows
from ordermgmt.charts import Curve, curve
from ordermgmt.phrases import DAY, age, counted, percent

PERIOD, STEP = 30, 3


@dataclass(frozen=True)
class Trend:
    """The change in words, and whether it is for the better; None where it is too small to be shown."""

    words: str
    better: bool | None

    @property
    def change(self) -> str:
        return "no change" if self.better is None else self.words.replace("-", "−")

    @property
    def tone(self) -> str:
        return {True: "good", False: "bad", None: "faint"}[self.better]

    @property
    def meaning(self) -> str:
        return {True: "better than", False: "worse than", None: "from"}[self.better]


@dataclass(frozen=True)
class KpiTile:
    """One figure; `value` is None when the period has no case."""

    name: str
    value: str | None
    sample: str
    trend: Trend | None
    curve: Curve


def tiles() -> tuple[KpiTile, ...]:
    """All four, in four queries."""
    return (_lead_time(), _accuracy(), _returns(), _frequency())


def _periods() -> list[windows.Window]:
    now = windows.last_days(PERIOD)
    return [now, windows.last_days(PERIOD, skip=PERIOD), *windows.parts(PERIOD, STEP)]


def _lead_time() -> KpiTile:
    now, before, *steps = selectors.lead_times(_periods())
    name = "Order lead time, p50 / p90"
    if now is None:
        return _nothing(name, "No order was delivered in 30 days")
    slow = now.p90 >= DAY
    value = f"{now.p50 / DAY:.1f} / {now.p90 / DAY:.1f} days" if slow else f"{age(now.p50)} / {age(now.p90)}"
    trend = None
    if before:
        gap = now.p50 - before.p50
        sign = "-" if gap < timedelta() else "+"
        change = f"{sign}{abs(gap) / DAY:.1f} d" if slow else f"{sign}{age(abs(gap))}"
        trend = Trend(change, _better(-gap / DAY, 0.05 if slow else 0.00001))
    sample = f"Placed to delivered, {counted(now.orders, 'order')}, 30 days"
    return KpiTile(name, value, sample, trend, curve([step.p50 / DAY if step else None for step in steps]))


def _accuracy() -> KpiTile:
    now, before, *steps = selectors.picking_accuracies(_periods())
    if now is None:
        return _nothing("Picking accuracy", "Nothing was picked in 30 days")
    trend = _points(now.rate, before.rate if before else None, up_is_better=True)
    sample = f"Lines right first time of {now.lines_picked:,}, {percent(now.unscanned_share, 0)} unscanned, 30 days"
    return KpiTile(
        "Picking accuracy", percent(now.rate), sample, trend, curve([step.rate if step else None for step in steps])
    )


def _returns() -> KpiTile:
    now, before, *steps = selectors.return_rates(_periods())
    if now is None:
        return _nothing("Rate of return", "No unit was delivered in 30 days")
    trend = _points(now.rate, before.rate if before else None, up_is_better=False)
    sample = f"{now.units_returned:,} back of {counted(now.units_delivered, 'unit')} delivered in 30 days, still open"
    return KpiTile(
        "Rate of return", percent(now.rate), sample, trend, curve([step.rate if step else None for step in steps])
    )


def _frequency() -> KpiTile:
    now, before, *steps = selectors.purchase_frequencies(_periods())
    if now is None:
        return _nothing("Purchase frequency", "Nobody ordered in 30 days")
    gap = now.rate - before.rate if before else 0.0
    trend = Trend(f"{gap:+.2f}", _better(gap, 0.005)) if before else None
    sample = f"{counted(now.orders, 'order')} by {counted(now.customers, 'customer')} in 30 days"
    value = f"{now.rate:.2f} orders"
    return KpiTile("Purchase frequency", value, sample, trend, curve([step.rate if step else None for step in steps]))


def _nothing(name: str, why: str) -> KpiTile:
    return KpiTile(name, None, why, None, Curve("", ""))


def _points(now: float, before: float | None, *, up_is_better: bool) -> Trend | None:
    """The change of a rate in percentage points."""
    if before is None:
        return None
    gap = (now - before) * 100
    return Trend(f"{gap:+.1f} pt", _better(gap if up_is_better else -gap, 0.05))


def _better(gain: float, least: float) -> bool | None:
    """A change too small to be shown is none."""
    return None if abs(gain) < least else gain > 0
