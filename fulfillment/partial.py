"""Partial shipment: of how many shipments an order consists, and how many of them have left and arrived."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from fulfillment.flow import LEFT
from fulfillment.models import Shipment
from orders.flow import State
from orders.models import Order


@dataclass(frozen=True)
class Share:
    """Of `shipments` that were not stopped, `shipped` have left a warehouse and `delivered` of these have arrived."""

    shipments: int = 0
    shipped: int = 0
    delivered: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether something has left, or arrived, and something else has not."""
        return 0 < self.shipped < self.shipments or 0 < self.delivered < self.shipments

    @property
    def words(self) -> str:
        """As in "1 of 2 shipped"; empty where all shipments are equally far."""
        if not self.is_partial:
            return ""
        told = {"of": self.shipments, "shipped": self.shipped, "delivered": self.delivered}
        if self.shipped == self.shipments:
            return _("%(delivered)d of %(of)d delivered") % told
        return _("%(shipped)d of %(of)d shipped") % told


def share_of(shipments: Iterable[Shipment]) -> Share:
    """Of the shipments of one order."""
    states = [row.state for row in shipments if row.state != State.CANCELLED]
    return Share(len(states), sum(state in LEFT for state in states), states.count(State.DELIVERED))


def with_share(orders: QuerySet[Order]) -> QuerySet[Order]:
    """The orders with what `read_share()` reads, in the same statement."""
    running = Shipment.objects.filter(order=OuterRef("pk")).exclude(state=State.CANCELLED).order_by().values("order")
    counted = running.annotate(
        found=JSONObject(
            shipments=Count("pk"),
            shipped=Count("pk", filter=Q(state__in=LEFT)),
            delivered=Count("pk", filter=Q(state=State.DELIVERED)),
        )
    )
    return orders.annotate(share_found=Subquery(counted.values("found")))


def read_share(order: Order) -> Share:
    """Of an order that was read `with_share()`."""
    found: dict[str, Any] = vars(order)["share_found"] or {}
    return Share(**found)
