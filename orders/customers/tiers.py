"""How good a customer is: points for recency, frequency and value (RFM) and for how they pay, and the tier of the sum.

Thresholds are absolute, so that a customer is scored alone and every point can be explained. Nobody can do better by
paying later, by owing more or by sending more back: those only ever take points away. Pure; `scoring` feeds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.retelling import in_english
from inventory.wording import grouped
from orders.customers.standing import PaymentHistory
from orders.models import Tier
from orders.money import kept

Steps = Sequence[tuple[int, int]]  # (bound, points), the best first


def about_one_pound() -> dict[str, Decimal]:
    """What one step of `value` is worth in a currency, roughly; one that is not named counts as one."""
    return {"JPY": Decimal(180), "KWD": Decimal("0.4"), "INR": Decimal(100), "SEK": Decimal(12), "PLN": Decimal(5)}


@dataclass(frozen=True)
class TierRules:
    """The thresholds. Up to 20 points for recency, 30 for frequency, 20 for value, 30 for paying in time.

    `recency` gives points for a last order at most so many days ago, `frequency` for so many finished orders and
    `value` for so much spent on them in 12 months, in pounds or what `worth` makes of another currency; of several
    currencies the best one counts. `in_time` gives points for such a share of bills in percent, `prepaid` are those
    of who never paid later. `overdue`, `charged_back` and `called_off` cost their points each time, `returned` for
    such a share of orders in percent of which something came back.
    """

    recency: Steps = ((30, 20), (90, 15), (180, 8), (365, 3))
    frequency: Steps = ((12, 30), (6, 24), (4, 20), (3, 16), (2, 10), (1, 5))
    value: Steps = ((2000, 20), (1000, 16), (500, 12), (300, 10), (200, 8), (50, 4))
    in_time: Steps = ((100, 30), (95, 24), (80, 10), (0, -10))
    prepaid: int = 20
    overdue: int = -40
    charged_back: int = -60
    called_off: int = -2
    most_called_off: int = 5
    returned: Steps = ((50, -20), (25, -10))
    from_a: int = 70
    from_b: int = 50
    worth: Mapping[str, Decimal] = field(default_factory=about_one_pound)


@dataclass(frozen=True)
class Score:
    """One input: what was found, and the points for it, of `most`."""

    name: str
    value: str
    points: int
    most: int


@dataclass(frozen=True)
class Scores:
    """The tier with all it was computed from; `sentence` says it to people. Without a finished order there is none."""

    tier: str
    points: int
    sentence: str
    inputs: tuple[Score, ...]


def rules_of(settings: Mapping[str, Any]) -> TierRules:
    """The rules with some thresholds replaced, as from JSON; raises ValueError for a name that is none."""
    if unknown := settings.keys() - {row.name for row in fields(TierRules)}:
        raise ValueError(f"There are no such tier rules: {', '.join(sorted(unknown))}")
    worth = {currency: Decimal(str(one)) for currency, one in settings.get("worth", {}).items()}
    return TierRules(**{**settings, "worth": about_one_pound() | worth})


def scores(history: PaymentHistory, *, at: datetime, rules: TierRules) -> Scores:
    """Score a customer as of `at`; its words are English, as they are kept."""
    with in_english():
        return _scores(history, at=at, rules=rules)


def _scores(history: PaymentHistory, *, at: datetime, rules: TierRules) -> Scores:
    if not history.finished or history.last_order_at is None:
        return Scores("", 0, _("No tier yet: no order has been delivered."), ())
    days = (at - history.last_order_at).days
    inputs = (
        Score("recency", _days_ago(days), _at_most(days, rules.recency), _most(rules.recency)),
        Score(
            "frequency",
            _orders(history.recent),
            _at_least(history.recent, rules.frequency),
            _most(rules.frequency),
        ),
        _value(history, rules),
        _in_time(history, rules),
        Score("overdue", str(history.overdue_now), rules.overdue * history.overdue_now, 0),
        Score("charge-backs", str(history.charged_back), rules.charged_back * history.charged_back, 0),
        _called_off(history, rules),
        _returned(history, rules),
    )
    points = sum(row.points for row in inputs)
    tier = Tier.A if points >= rules.from_a else Tier.B if points >= rules.from_b else Tier.C
    return Scores(tier.value, points, f"{tier.value}: {_sentence(history, days)}", inputs)


def _value(history: PaymentHistory, rules: TierRules) -> Score:
    """Each currency by itself: amounts are compared, never added."""
    found = [
        (_at_least(spent.recent / rules.worth.get(currency, Decimal(1)), rules.value), kept(spent.recent, currency))
        for currency, spent in sorted(history.spending.items())
    ]
    points = max(found, default=(0, ""))[0]
    value = " and ".join(words for _points, words in found)
    return Score("value", _("{value} in 12 months").format(value=value), points, _most(rules.value))


def _in_time(history: PaymentHistory, rules: TierRules) -> Score:
    share, most = history.on_time_share, _most(rules.in_time)
    if share is None:
        return Score("payment", _("never paid later"), rules.prepaid, most)
    bills = history.paid_on_time + history.paid_late + history.overdue_now
    points = _at_least(share * 100, rules.in_time)
    said = ngettext("{paid} of {count} bill in time", "{paid} of {count} bills in time", bills)
    return Score("payment", said.format(paid=grouped(history.paid_on_time), count=grouped(bills)), points, most)


def _called_off(history: PaymentHistory, rules: TierRules) -> Score:
    points = rules.called_off * min(history.called_off, rules.most_called_off)
    return Score("called off", str(history.called_off), points, 0)


def _returned(history: PaymentHistory, rules: TierRules) -> Score:
    share = Decimal(100 * history.returned) / history.finished
    said = ngettext("{returned} of {count} order", "{returned} of {count} orders", history.finished)
    value = said.format(returned=grouped(history.returned), count=grouped(history.finished))
    return Score("returns", value, _at_least(share, rules.returned), 0)


def _sentence(history: PaymentHistory, days: int) -> str:
    overdue, back = history.overdue_now, history.charged_back
    said = [_orders(history.recent), _("last {ago}").format(ago=_days_ago(days)), _paid(history)]
    if overdue:
        said.append(ngettext("{count} bill overdue", "{count} bills overdue", overdue).format(count=grouped(overdue)))
    if back:
        words = ngettext("{count} payment charged back", "{count} payments charged back", back)
        said.append(words.format(count=grouped(back)))
    if history.returned:
        words = _("returned {returned} of {finished}")
        said.append(words.format(returned=grouped(history.returned), finished=grouped(history.finished)))
    return ", ".join(said)


def _orders(count: int) -> str:
    words = ngettext("{count} order in 12 months", "{count} orders in 12 months", count)
    return words.format(count=grouped(count))


def _paid(history: PaymentHistory) -> str:
    share, late = history.on_time_share, history.paid_late
    if share is None:
        return _("paid in advance")
    if share == 1:
        return _("always paid on time")
    bills = history.paid_on_time + late
    if late:
        said = ngettext("paid {late} of {count} bill late", "paid {late} of {count} bills late", bills)
    else:
        said = ngettext("paid {count} bill on time", "paid {count} bills on time", bills)
    return said.format(late=grouped(late), count=grouped(bills))


def _at_most(value: int, steps: Steps) -> int:
    """The points of the first step that `value` does not exceed."""
    return next((points for bound, points in steps if value <= bound), 0)


def _at_least(value: Decimal | int, steps: Steps) -> int:
    """The points of the first step that `value` reaches."""
    return next((points for bound, points in steps if value >= bound), 0)


def _most(steps: Steps) -> int:
    return max(points for _, points in steps)


def _days_ago(days: int) -> str:
    if days < 1:
        return _("today")
    return ngettext("{count} day ago", "{count} days ago", days).format(count=grouped(days))
