"""What may come back: a channel's policy, and what it says of each line of an order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import ReturnPolicy, ShipmentLine
from fulfillment.returns.worth import units_disputed, units_spoken_for
from inventory import clock
from inventory.wording import Words
from orders.balance import NOTHING
from orders.flow import State
from orders.models import Order, OrderLine


@dataclass(frozen=True)
class Policy:
    """What holds for a channel; see `ReturnPolicy`. `final_sale` are ids of products."""

    window_days: int
    approve_at_once: bool = True
    restocking_percent: Decimal = NOTHING
    label_price: Decimal = NOTHING
    allow_exchange: bool = True
    allow_credit: bool = True
    condition: Words = gettext_lazy("Unused, in its original packaging.")
    final_sale: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Returnable:
    """How many units of a line may still come back, and until when; `why_not` when it is none."""

    line: OrderLine
    units: int
    until: datetime | None
    why_not: str = ""


def policy_of(channel_id: int) -> Policy:
    """The channel's own policy, or the program's."""
    row = ReturnPolicy.objects.prefetch_related("final_sale").filter(channel_id=channel_id).first()
    if row is None:
        return Policy(window_days=settings.RETURN_WINDOW_DAYS)
    return Policy(
        window_days=row.window_days,
        approve_at_once=row.approve_at_once,
        restocking_percent=row.restocking_percent,
        label_price=row.label_price,
        allow_exchange=row.allow_exchange,
        allow_credit=row.allow_credit,
        condition=row.condition,
        final_sale=frozenset(product.pk for product in row.final_sale.all()),
    )


def returnable(order: Order, policy: Policy) -> list[Returnable]:
    """Line by line what customers may send back themselves: what arrived, within its window."""
    arrived = ShipmentLine.objects.filter(shipment__state=State.DELIVERED, order_line__order=order).order_by()
    sums = arrived.values("order_line").annotate(units=Sum("quantity"), last=Max("shipment__delivered_at"))
    here = {row["order_line"]: (row["units"], row["last"]) for row in sums}
    return [_returnable(line, *here.get(line.pk, (0, None)), policy) for line in order.lines.filter(quantity__gt=0)]


def _returnable(line: OrderLine, arrived: int, last: datetime | None, policy: Policy) -> Returnable:
    if last is None:
        return Returnable(line, 0, None, _("Not delivered yet"))
    until = last + timedelta(days=policy.window_days)
    left = max(0, arrived - units_spoken_for(line) - units_disputed(line))
    if line.product_id in policy.final_sale:
        return Returnable(line, 0, None, _("Final sale: this is not taken back"))
    if not left:
        return Returnable(line, 0, until, _("All of it is back, announced or settled"))
    if until < clock.now():
        return Returnable(line, 0, until, _("The time to return it is over"))
    return Returnable(line, left, until)
