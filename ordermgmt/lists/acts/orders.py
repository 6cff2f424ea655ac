"""Acts on orders and shipments."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fulfillment.flow import LEFT, OPEN
from fulfillment.holds import hold_shipment, release_shipment
from fulfillment.models import Shipment, ShipmentHold
from inventory.models import Warehouse
from ordermgmt.access import MAY_ACT, MAY_CANCEL
from ordermgmt.lists.acts.act import (
    Act,
    HoldManyForm,
    NoForm,
    Otherwise,
    ReasonForm,
    Targets,
    Terms,
    in_order,
    placed,
    what_it_placed,
)
from orders import services
from orders.errors import NotAllowedNow
from orders.flow import FINAL, GOODS_HERE, State
from orders.models import Channel, Hold, Order
from orders.policy.versions import policies_of
from orders.services.holds import EXCEPTION, takes_two


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
    """All of its holds or none. What a check of the policy found, or two people decide, is for the order's own page."""
    order = Order.objects.get(pk=order_id)
    holds = list(placed(order.holds.filter(released_at=None), terms))
    if any(hold.decision_id is not None for hold in holds):
        raise NotAllowedNow("release", order, [gettext("a check holds it, which is decided on its own page")])
    if any(takes_two(hold, order, by=by) for hold in holds):
        raise NotAllowedNow("release", order, [gettext("it takes two people, who agree on its own page")])
    for hold in holds:
        services.release_hold(hold.pk, by=by)


def _cancel_order(order_id: int, terms: Terms, by: str) -> None:
    services.cancel(order_id, reason=terms["reason"], by=by)


def _hold_shipment(shipment_id: int, terms: Terms, by: str) -> None:
    hold_shipment(shipment_id, reason=terms["reason"], note=terms["note"], by=by)


def _release_shipment(shipment_id: int, terms: Terms, by: str) -> None:
    holds = placed(ShipmentHold.objects.filter(shipment=shipment_id, released_at=None), terms)
    for pk in holds.values_list("pk", flat=True):
        release_shipment(pk, by=by)


def _held_for(holds: QuerySet[Any], terms: Terms) -> Q | None:
    """The rows that one of these open `holds` stops for the reason that was typed."""
    return Q(Exists(holds.filter(released_at=None, reason=terms["reason"]))) if "reason" in terms else None


def _held_the_same(holds: QuerySet[Any], terms: Terms) -> Q | None:
    return _held_for(holds.filter(note=terms["note"], until=None), terms) if "note" in terms else None


def _order_held(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return _held_for(OF_ORDER, terms)


def _order_held_the_same(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return _held_the_same(OF_ORDER, terms)


def _shipment_held(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return _held_for(OF_SHIPMENT, terms)


def _shipment_held_the_same(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return _held_the_same(OF_SHIPMENT, terms)


def _for_two(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    """Orders whose holds take two people, by the policies of their channels."""
    policies = policies_of(list(Channel.objects.values_list("pk", flat=True)))
    most = {pk: policy.second_person_above for pk, policy in policies.items()}
    large = [Q(channel=pk, total__gt=limit) for pk, limit in most.items() if limit is not None]
    by_people = Exists(OF_ORDER.filter(released_at=None).exclude(reason=EXCEPTION))
    return reduce(or_, large) & Q(by_people) if large else None


OF_ORDER = Hold.objects.filter(order=OuterRef("pk"))
OF_SHIPMENT = ShipmentHold.objects.filter(shipment=OuterRef("pk"))
SENDING = Shipment.objects.filter(order=OuterRef("pk"))
HELD_THE_SAME = _("they are held for just this")
HELD_FOR_IT = _("they are held for this reason with other words: release that hold first")
FREE = Otherwise(_("nothing holds them"), Q(open_holds=0), is_so=True)
ORDER_ACTS = (
    Act(
        "hold-orders",
        _("Hold"),
        MAY_ACT,
        HoldManyForm,
        (
            Otherwise(_("their journey is over"), Q(state__in=FINAL)),
            Otherwise(_("their goods have left the warehouse, and a hold stops no parcel"), ~Q(state__in=GOODS_HERE)),
            Otherwise(HELD_THE_SAME, _order_held_the_same, is_so=True),
            Otherwise(HELD_FOR_IT, _order_held),
        ),
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
        (
            FREE,
            Otherwise(
                _("a check holds them, which is decided one by one"),
                Q(Exists(OF_ORDER.filter(released_at=None, decision__isnull=False))),
            ),
            Otherwise(_("their value takes two people, who agree on each one's page"), _for_two),
        ),
        _orders,
        _release_order,
    ),
    Act(
        "cancel-orders",
        _("Cancel"),
        MAY_CANCEL,
        ReasonForm,
        (
            Otherwise(_("they are cancelled already"), Q(state=State.CANCELLED), is_so=True),
            Otherwise(_("their journey is over"), Q(state__in=FINAL)),
            Otherwise(
                _("goods of theirs have left the warehouse"),
                ~Q(state__in=GOODS_HERE) | Q(Exists(SENDING.filter(state__in=LEFT))),
            ),
            Otherwise(
                _("a third party has taken them on"),
                Q(Exists(SENDING.filter(taken_on=True).exclude(state=State.CANCELLED))),
            ),
        ),
        _orders,
        _cancel_order,
        is_grave=True,
    ),
    Act(
        "hold-shipments",
        _("Hold"),
        MAY_ACT,
        HoldManyForm,
        (
            Otherwise(_("they were called off"), Q(state=State.CANCELLED)),
            Otherwise(_("they have left the warehouse"), ~Q(state__in=OPEN)),
            Otherwise(HELD_THE_SAME, _shipment_held_the_same, is_so=True),
            Otherwise(HELD_FOR_IT, _shipment_held),
        ),
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
        (FREE,),
        _shipments,
        _release_shipment,
        place=_place,
    ),
)
