"""What goes wrong in the demo more often than by chance, so that findings have something true to say.

The best-selling article is not as good as it looks, and the third party packs too loosely. Until the shop learns better
its limit for first orders is so low that somebody has to look at every fifth.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from inventory.models import Warehouse
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.plan import Errand
from orders.models import Channel
from orders.policy.checks import BY_NAME
from orders.policy.versions import policy_of, save_policy

FAULTY_SHARE, BROKEN_SHARE, SEVERAL = 0.3, 0.33, 2
FIRST_ORDER, DUTCH = "first-order-value", "RTM"
LOW_LIMIT = Decimal(150)


@dataclass(frozen=True)
class WayBack:
    """What an order's customer will send back, by SKU, and why."""

    units: Mapping[str, int]
    reason: str


def best_seller(errands: Sequence[Errand]) -> str:
    """The SKU that is in the most baskets."""
    counted = Counter(sku for errand in errands for sku in errand.basket.units)
    return min(counted, key=lambda sku: (-counted[sku], sku))


def trouble_with(errand: Errand, *, mode: str, faulty: str, dice: Dice) -> WayBack | None:
    """What comes back of it because of one of the patterns; one or two units, so that the shop survives."""
    units = errand.basket.units
    if faulty in units and dice.happens(FAULTY_SHARE, "faulty", errand.number):
        return WayBack({faulty: min(units[faulty], SEVERAL)}, "poor_quality")
    if mode == Warehouse.Mode.THIRD_PARTY and dice.happens(BROKEN_SHARE, "broken", errand.number):
        sku = errand.basket.lines[0].sku
        return WayBack({sku: min(units[sku], SEVERAL)}, "damaged")
    return None


def distrust_first_orders(*, by: str) -> None:
    """A person has to look at first orders above a low limit, in every channel."""
    _limit_first_orders(LOW_LIMIT, note="Nobody knows us yet, so we look at the first ones.", by=by)


def trust_first_orders(*, by: str) -> None:
    """Back to the program's own limit."""
    _limit_first_orders(None, note="Nearly all were fine, and customers waited until the morning.", by=by)


def _limit_first_orders(limit: Decimal | None, *, note: str, by: str) -> None:
    for channel in Channel.objects.order_by("pk"):
        policy = policy_of(channel.pk)
        rule = replace(BY_NAME[FIRST_ORDER].default, threshold=limit)
        rules = {**policy.rules, FIRST_ORDER: rule}
        save_policy(channel, replace(policy, rules=rules), note=note, by=by)
