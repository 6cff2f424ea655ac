"""Acts on orders and shipments."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fulfillment.flow import OPEN
from fulfillment.holds import hold_shipment, release_shipment
from fulfillment.models import Shipment, ShipmentHold
from inventory.models import Warehouse
from ordermgmt.access import MAY_ACT, MAY_CANCEL
from ordermgmt.lists.acts.act import (
    Act,
    HoldManyForm,
    NoForm,
    ReasonForm,
    Targets,
    Terms,
    in_order,
    placed,
    what_it_placed,
)
from orders import services
from orders.errors import NotAllowedNow
from orders.flow import FINAL, GOODS_HERE
from orders.models import Order


def _orders(ids: Sequence[int]) -> Targets:
    found = Order.objects.filter(pk__in=ids).values_list("pk", "number")
    return in_order(ids, {pk: f"#{number}" for pk, number in found})


def _shipments(ids: Sequence[int]) -> Targets:
    return in_order(ids, {row.pk: row.code for row in Shipment.objects.filter(pk__in=ids).select_related("order")})


def _place(shipment_id: int) -> Warehouse:
    return Shipment.objects.select_related("warehouse").get(pk=shipment_id).warehouse


def _hold_order(order_id: int, terms: Terms, by: str) -> None:
    services.hold(order_id, reason=terms["reason"], note=terms["note"], by=by)


def _release_order(order_id: int, terms: Terms, by: str) -> None:
    """Its holds one by one. What a check of the policy found is for those who decide trust, on the order's page."""
    order = Order.objects.get(pk=order_id)
    holds = placed(order.holds.filter(released_at=None), terms)
    for pk, decision in holds.values_list("pk", "decision"):
        if decision is not None:
            raise NotAllowedNow("release", order, [gettext("a check holds it, which is decided on its own page")])
        services.release_hold(pk, by=by)


def _cancel_order(order_id: int, terms: Terms, by: str) -> None:
    services.cancel(order_id, reason=terms["reason"], by=by)


def _hold_shipment(shipment_id: int, terms: Terms, by: str) -> None:
    hold_shipment(shipment_id, reason=terms["reason"], note=terms["note"], by=by)


def _release_shipment(shipment_id: int, terms: Terms, by: str) -> None:
    holds = placed(ShipmentHold.objects.filter(shipment=shipment_id, released_at=None), terms)
    for pk in holds.values_list("pk", flat=True):
        release_shipment(pk, by=by)


ORDER_ACTS = (
    Act(
        "hold-orders",
        _("Hold"),
        MAY_ACT,
        HoldManyForm,
        ~Q(state__in=FINAL),
        _("their journey is over"),
        _orders,
        _hold_order,
        undone_by="release-orders",
        undo=what_it_placed,
    ),
    Act(
        "release-orders",
        _("Release"),
        MAY_ACT,
        NoForm,
        Q(open_holds__gt=0),
        _("nothing holds them"),
        _orders,
        _release_order,
    ),
    Act(
        "cancel-orders",
        _("Cancel"),
        MAY_CANCEL,
        ReasonForm,
        Q(state__in=GOODS_HERE),
        _("their goods have left, or they ended"),
        _orders,
        _cancel_order,
        is_grave=True,
    ),
    Act(
        "hold-shipments",
        _("Hold"),
        MAY_ACT,
        HoldManyForm,
        Q(state__in=OPEN),
        _("they are no longer here"),
        _shipments,
        _hold_shipment,
        undone_by="release-shipments",
        undo=what_it_placed,
        place=_place,
    ),
    Act(
        "release-shipments",
        _("Release"),
        MAY_ACT,
        NoForm,
        Q(open_holds__gt=0),
        _("nothing holds them"),
        _shipments,
        _release_shipment,
        place=_place,
    ),
)
