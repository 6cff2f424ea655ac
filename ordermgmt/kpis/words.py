"""What each figure means to people: its name, its formula in words, its unit, which way is better, its cuts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import Words, grouped, localized
from kpis.figures.scope import LINE_CUTS, ORDER_CUTS
from ordermgmt.phrases import DAY, MINUTE, age, counted, percent
from ordermgmt.tiles import Trend

Told = Mapping[str, Any]
OF_ORDERS, OF_LINES = tuple(ORDER_CUTS), tuple(dict.fromkeys([*LINE_CUTS, *ORDER_CUTS]))
NO_DATA = gettext_lazy("no data")
LEAST = {"percent": 0.0005, "days": 0.05, "orders": 0.005}
MOST_TARGET = {"percent": 1.0, "days": 3650.0, "orders": 10_000.0}


@dataclass(frozen=True)
class Meaning:
    """`headline` is the value that stands for the figure; `whole` and `fault` are parts of it that have orders.

    `unit` is percent, days or orders, `size` names the sample's number.
    """

    slug: str
    name: Words
    formula: Words
    unit: str
    headline: str
    better: str
    sample: Callable[[Told], str]
    whole: str
    fault: str
    cuts: Sequence[str]
    cut: str
    size: str = "orders"

    def value(self, told: Told) -> float | None:
        """The headline."""
        found: float | None = told[self.headline]
        return found

    def shown(self, told: Told) -> str:
        """The headline in words; of the lead time also how long nine in ten took."""
        text = shown(self.value(told), self.unit)
        if self.slug == "lead_time" and told["p90"] is not None:
            slow = told["p90"] >= 1
            return (
                _("{p50} / {p90} days").format(p50=grouped(told["p50"], 1), p90=grouped(told["p90"], 1))
                if slow
                else f"{text} / {shown(told['p90'], 'days')}"
            )
        return text

    def trend(self, now: Told, before: Told) -> Trend | None:
        """The change against the window before; None where it says nothing.

        So it is where one of them has no data, and where less came back while more still may.
        """
        new, old = self.value(now), self.value(before)
        if new is None or old is None or (now.get("open_cohort") and new < old):
            return None
        gap, least = new - old, LEAST[self.unit]
        words = {"percent": _("{gap:+.1f} pt").format(gap=gap * 100), "orders": f"{gap:+.2f}"}.get(
            self.unit, f"{gap:+.1f} d"
        )
        words = localized(words)
        if self.unit == "days" and max(new, old) < 1:
            words, least = f"{'+' if gap > 0 else '-'}{age(timedelta(days=abs(gap)))}", MINUTE / DAY
        better = None if abs(gap) < least else (gap > 0) == (self.better == "up")
        return Trend(words, better)

    def reached(self, told: Told, target: float) -> bool | None:
        """Whether it is as good as the target, or better."""
        value = self.value(told)
        if value is None:
            return None
        return value >= target if self.better == "up" else value <= target


def shown(value: float | None, unit: str) -> str:
    """97.3 %, 3.2 days, 1.59; no data."""
    if value is None:
        return str(NO_DATA)
    if unit == "percent":
        return percent(value)
    if unit == "days":
        return _("{value} days").format(value=grouped(value, 1)) if value >= 1 else age(timedelta(days=value))
    return grouped(value, 2)


def _returned(told: Told) -> str:
    back, of = told["units_returned"], counted(told["units_delivered"], "unit")
    still = _("; the return window is still open") if told["open_cohort"] else ""
    return _("{back} back of {of} delivered{still}").format(back=grouped(back), of=of, still=still)


def _picked(told: Told) -> str:
    unscanned = told["unscanned_share"]
    seen = "" if unscanned is None else _("; {unscanned} unscanned").format(unscanned=percent(unscanned))
    return _("{lines_wrong} wrong of {lines} picked{seen}").format(
        lines_wrong=grouped(told["lines_wrong"]), lines=counted(told["lines_picked"], "line"), seen=seen
    )


def _lead(told: Told) -> str:
    odd = told["excluded_contradictory"]
    return _("{orders} delivered").format(orders=counted(told["orders"], "order")) + (
        _("; {odd} left out, their times contradict").format(odd=grouped(odd)) if odd else ""
    )


def _bought(told: Told) -> str:
    return _("{orders} by {customers}").format(
        orders=counted(told["orders"], "order"), customers=counted(told["customers"], "customer")
    )


def _said(told: Told) -> str:
    rate = told["response_rate"]
    return f"{counted(told['answers'], 'answer')}" + (
        _("; {rate} of those asked have answered").format(rate=percent(rate, 0)) if rate is not None else ""
    )


def _delivered(told: Told) -> str:
    return _("{orders} delivered").format(orders=counted(told["orders"], "order"))


def _alone(told: Told) -> str:
    return _("{orders} placed here and shipped; {orders_held} held").format(
        orders=counted(told["orders_shipped"], "order"), orders_held=grouped(told["orders_held"])
    )


ALL = (
    Meaning(
        slug="return_rate",
        name=gettext_lazy("Rate of return"),
        formula=gettext_lazy(
            "Units received back ÷ units delivered, of the units delivered in the window, whenever they came back."
        ),
        unit="percent",
        headline="units",
        better="down",
        sample=_returned,
        whole="delivered",
        fault="returned",
        cuts=OF_LINES,
        cut="product",
        size="units_delivered",
    ),
    Meaning(
        slug="picking_accuracy",
        name=gettext_lazy("Picking accuracy"),
        formula=gettext_lazy(
            "Lines right first time ÷ lines picked. Wrong is a scan that did not match, a short pick, or what a "
            "return, a claim or the customer's answer says of a wrong or missing item, however late: it counts for the "
            "day of the pick."
        ),
        unit="percent",
        headline="lines",
        better="up",
        sample=_picked,
        whole="picked",
        fault="wrong",
        cuts=OF_LINES,
        cut="picker",
        size="lines_picked",
    ),
    Meaning(
        slug="lead_time",
        name=gettext_lazy("Order lead time, p50 / p90"),
        formula=gettext_lazy(
            "Placed to delivered with the last shipment, of the orders delivered in the window. Half of them "
            "took no longer than p50, nine in ten no longer than p90."
        ),
        unit="days",
        headline="p50",
        better="down",
        sample=_lead,
        whole="delivered",
        fault="held",
        cuts=OF_ORDERS,
        cut="warehouse",
    ),
    Meaning(
        slug="purchase_frequency",
        name=gettext_lazy("Purchase frequency"),
        formula=gettext_lazy("Orders placed in the window ÷ the customers who placed them, without cancelled ones."),
        unit="orders",
        headline="orders_per_customer",
        better="up",
        sample=_bought,
        whole="placed",
        fault="cancelled",
        cuts=OF_ORDERS,
        cut="cohort",
        size="customers",
    ),
    Meaning(
        slug="perfect_order",
        name=gettext_lazy("Perfect order"),
        formula=gettext_lazy(
            "Orders delivered in full, on time, undamaged and documented right ÷ orders delivered. One that "
            "fails any of the four is not perfect."
        ),
        unit="percent",
        headline="rate",
        better="up",
        sample=_delivered,
        whole="delivered",
        fault="imperfect",
        cuts=OF_ORDERS,
        cut="warehouse",
    ),
    Meaning(
        slug="on_time",
        name=gettext_lazy("On time"),
        formula=gettext_lazy("Orders delivered on or before the promised date ÷ delivered orders that had one."),
        unit="percent",
        headline="rate",
        better="up",
        sample=_delivered,
        whole="promised",
        fault="late",
        cuts=OF_ORDERS,
        cut="carrier",
    ),
    Meaning(
        slug="satisfaction",
        name=gettext_lazy("Satisfaction (CSAT)"),
        formula=gettext_lazy(
            "Scores of 4 and 5 ÷ all scores, of the answers given in the window. NPS and what customers gave "
            "single stages stand on its page."
        ),
        unit="percent",
        headline="csat",
        better="up",
        sample=_said,
        whole="answered",
        fault="unhappy",
        cuts=OF_ORDERS,
        cut="carrier",
        size="answers",
    ),
    Meaning(
        slug="automation",
        name=gettext_lazy("Automation"),
        formula=gettext_lazy(
            "Orders that reached shipping without a person ÷ orders shipped, of those placed in the window."
        ),
        unit="percent",
        headline="rate",
        better="up",
        sample=_alone,
        whole="shipped",
        fault="touched",
        cuts=OF_ORDERS,
        cut="channel",
        size="orders_shipped",
    ),
)
MEANINGS: Mapping[str, Meaning] = {meaning.slug: meaning for meaning in ALL}
