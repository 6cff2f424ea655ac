"""What the list of orders can be asked."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fulfillment.flow import LEFT
from fulfillment.models import Label, Shipment
from inventory.models import Product
from ordermgmt.customers.naming import named
from ordermgmt.lists.filters import (
    NO,
    YES,
    Fault,
    Filter,
    Filters,
    any_of,
    carried_by,
    is_number,
    moment,
    narrow,
    number,
    since,
    text,
    yes_or_no,
)
from ordermgmt.lists.language import BadValue, Typed
from orders.flow import State
from orders.models import Channel, Hold, Order, OrderLine, Tier

# What waits for a stage is doing it: an order that is being picked is approved.
DOING = {
    "receiving": State.PLACED,
    "approving": State.RECEIVED,
    "picking": State.APPROVED,
    "packing": State.PICKED,
    "shipping": State.PACKED,
    "delivering": State.SHIPPED,
    "surveying": State.DELIVERED,
    "reviewing": State.SURVEYED,
}


def narrowed(orders: QuerySet[Order], asked: Typed) -> tuple[QuerySet[Order], Sequence[Fault]]:
    """The orders for which every clause and word holds; a clause with a fault is left out."""
    return narrow(orders, asked, FILTERS, mentions)


def mentions(word: str) -> Q:
    """The customer as in the search for anything, the channel's own id, the number, or a tracking number's beginning.

    Each is looked up in an index of its own; conditions joined by OR would have every order read.
    """
    plain = word.removeprefix("#")
    labels = Label.objects.filter(tracking_number__startswith=plain.upper())
    ways = [
        Q(customer__in=named(plain)),
        Q(channel__in=Channel.objects.order_by().values("pk"), external_id=plain),
        Q(pk__in=labels.values("parcel__shipment__order")),
        *([Q(number=int(plain))] if is_number(plain) else []),
    ]
    return any_of(Order, ways)


def _state(value: str, sign: str) -> Q:
    named = {state.value: state for state in State} | DOING
    if value.lower() not in named:
        raise BadValue(
            gettext("There is no state {value}. States are {what}").format(
                value=value, what=", ".join([*State.values, *DOING])
            )
        )
    return Q(state=named[value.lower()])


def _held(value: str, sign: str) -> Q:
    if value.lower() in YES:
        return Q(open_holds__gt=0)
    if value.lower() in NO:
        return Q(open_holds=0)
    return Q(pk__in=Hold.objects.filter(released_at=None, reason=value.lower()).values("order"))


def _partly() -> Q:
    """Some of its shipments have left and some have not, or some have arrived and some have not.

    First those of several shipments, which are few; only these are looked at closely.
    """
    several = Shipment.objects.filter(number__gt=1).order_by().values("order")
    running = Shipment.objects.filter(order=OuterRef("pk")).exclude(state=State.CANCELLED)
    left, here = Exists(running.filter(state__in=LEFT)), Exists(running.exclude(state__in=LEFT))
    arrived, away = Exists(running.filter(state=State.DELIVERED)), Exists(running.exclude(state=State.DELIVERED))
    return Q(pk__in=several) & (Q(left, here) | Q(arrived, away))


def _tier(value: str, sign: str) -> Q:
    if value.upper() not in Tier.values:
        raise BadValue(
            gettext("There is no tier {value}. Tiers are {values}").format(value=value, values=", ".join(Tier.values))
        )
    return Q(customer__tier_override=value.upper()) | Q(customer__tier_override="", customer__tier=value.upper())


def _sku(value: str, sign: str) -> Q:
    """By the product itself: so the database knows how many lines are of it, and of an unknown one reads nothing."""
    products = list(Product.objects.filter(sku__iexact=value).order_by().values_list("pk", flat=True))
    return Q(pk__in=OrderLine.objects.filter(product__in=products).values("order"))


def _warehouse(value: str, sign: str) -> Q:
    sent = Shipment.objects.filter(warehouse__code__iexact=value).exclude(state=State.CANCELLED)
    return Q(pk__in=sent.values("order"))


def _carrier(value: str, sign: str) -> Q:
    return Q(pk__in=Label.objects.filter(carried_by(value)).values("parcel__shipment__order"))


FILTERS: Filters = {
    "state": Filter(_("Where the order stands"), "state:picking", _state),
    "age": Filter(_("How long it has stood there"), "age:>2h", since("state_since"), compares=True),
    "held": Filter(_("Whether it is held, or why"), "held:yes", _held),
    "partly": Filter(_("Whether only a part of it has left or arrived"), "partly:yes", yes_or_no(_partly())),
    "sku": Filter(_("A product in it"), "sku:85123A", _sku),
    "tier": Filter(_("The customer's tier"), "tier:A", _tier),
    "channel": Filter(_("Where it was bought"), "channel:web", text("channel__code")),
    "country": Filter(_("Where it goes"), "country:GB", text("shipping_address__country")),
    "warehouse": Filter(_("Who sends it"), "warehouse:LEEDS", _warehouse),
    "carrier": Filter(_("Who carries it"), "carrier:fake", _carrier),
    "total": Filter(_("What it costs"), "total:>=50", number("total"), compares=True),
    "placed": Filter(_("When it was placed"), "placed:>7d", moment("placed_at"), compares=True),
    "promised": Filter(_("When it should arrive"), "promised:<today", moment("promised_at"), compares=True),
}
