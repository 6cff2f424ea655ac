"""What the list of orders can be asked: a filter by name, what it takes, and the condition it becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from fulfillment.flow import LEFT
from fulfillment.models import Label, Shipment
from inventory import clock
from kpis.windows import today
from ordermgmt.lists.language import IS, BadValue, Clause, Typed, amount, day, duration
from orders.flow import State
from orders.models import Hold, Order, OrderLine, Tier

LARGEST_NUMBER = 2**63 - 1
LOOKUPS = {IS: "", ">": "__gt", ">=": "__gte", "<": "__lt", "<=": "__lte"}
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
YES, NO = ("yes", "true", "1"), ("no", "false", "0")

Build = Callable[[str, str], Q]


@dataclass(frozen=True)
class Filter:
    """`build` makes the condition of one value and its sign; without `compares` only = is possible."""

    words: str
    example: str
    build: Build
    compares: bool = False


@dataclass(frozen=True)
class Fault:
    """A clause that says nothing, and why."""

    clause: Clause
    why: str


def narrowed(orders: QuerySet[Order], asked: Typed) -> tuple[QuerySet[Order], Sequence[Fault]]:
    """The orders for which every clause and word holds; a clause with a fault is left out."""
    faults = []
    for clause in asked.clauses:
        try:
            condition = _condition(clause)
        except BadValue as bad:
            faults.append(Fault(clause, str(bad)))
        else:
            orders = orders.exclude(condition) if clause.negated else orders.filter(condition)
    for word in asked.words:
        orders = orders.filter(_mentions(word))
    return orders, faults


def _condition(clause: Clause) -> Q:
    known = FILTERS.get(clause.name)
    if known is None:
        raise BadValue(f"There is no filter {clause.name}. Filters are {', '.join(FILTERS)}")
    if clause.sign != IS and not known.compares:
        raise BadValue(f"{clause.name} is something or is not: it cannot be compared")
    condition = Q()
    for value in clause.values:
        condition |= known.build(value, clause.sign)
    return condition


def _mentions(word: str) -> Q:
    """Name, e-mail, the channel's own id, the number, or the beginning of a tracking number."""
    plain = word.removeprefix("#")
    hits = Q(customer__name__icontains=plain) | Q(customer__email__icontains=plain) | Q(external_id__icontains=plain)
    if is_number(plain):
        hits |= Q(number=int(plain))
    labels = Label.objects.filter(tracking_number__istartswith=plain)
    return hits | Q(pk__in=labels.values("parcel__shipment__order"))


def is_number(words: str) -> bool:
    """Whether an order could have it as its number."""
    return words.isascii() and words.isdecimal() and int(words) <= LARGEST_NUMBER


def _state(value: str, sign: str) -> Q:
    named = {state.value: state for state in State} | DOING
    if value.lower() not in named:
        raise BadValue(f"There is no state {value}. States are {', '.join([*State.values, *DOING])}")
    return Q(state=named[value.lower()])


def _age(value: str, sign: str) -> Q:
    """Older is earlier, so the comparison turns round; an age without a sign is at least that."""
    turned = {IS: "__lte", ">": "__lt", ">=": "__lte", "<": "__gt", "<=": "__gte"}[sign]
    return Q(**{f"state_since{turned}": clock.now() - duration(value)})


def _held(value: str, sign: str) -> Q:
    if value.lower() in YES:
        return Q(open_holds__gt=0)
    if value.lower() in NO:
        return Q(open_holds=0)
    return Q(pk__in=Hold.objects.filter(released_at=None, reason=value.lower()).values("order"))


def _partly(value: str, sign: str) -> Q:
    """Some of its shipments have left and some have not, or some have arrived and some have not."""
    if value.lower() not in (*YES, *NO):
        raise BadValue(f"{value} is neither yes nor no")
    running = Shipment.objects.exclude(state=State.CANCELLED)
    left, here = running.filter(state__in=LEFT), running.exclude(state__in=LEFT)
    arrived, away = running.filter(state=State.DELIVERED), running.exclude(state=State.DELIVERED)
    partly = Q(pk__in=left.values("order")) & Q(pk__in=here.values("order"))
    partly |= Q(pk__in=arrived.values("order")) & Q(pk__in=away.values("order"))
    return partly if value.lower() in YES else ~partly


def _number(field: str, value: str, sign: str) -> Q:
    return Q(**{f"{field}{LOOKUPS[sign]}": amount(value)})


def _moment(field: str, value: str, sign: str) -> Q:
    """A day of the shop, from its start to before the next; later than a day is after its end."""
    first = day(value, today=today())
    start, end = _start(first), _start(date.fromordinal(first.toordinal() + 1))
    conditions = {
        IS: {f"{field}__gte": start, f"{field}__lt": end},
        ">": {f"{field}__gte": end},
        ">=": {f"{field}__gte": start},
        "<": {f"{field}__lt": start},
        "<=": {f"{field}__lt": end},
    }
    return Q(**conditions[sign])


def _start(of: date) -> datetime:
    return datetime.combine(of, time(), ZoneInfo(settings.SHOP_TIME_ZONE))


def _tier(value: str, sign: str) -> Q:
    if value.upper() not in Tier.values:
        raise BadValue(f"There is no tier {value}. Tiers are {', '.join(Tier.values)}")
    return Q(customer__tier_override=value.upper()) | Q(customer__tier_override="", customer__tier=value.upper())


def _sku(value: str, sign: str) -> Q:
    return Q(pk__in=OrderLine.objects.filter(sku__iexact=value).values("order"))


def _warehouse(value: str, sign: str) -> Q:
    sent = Shipment.objects.filter(warehouse__code__iexact=value).exclude(state=State.CANCELLED)
    return Q(pk__in=sent.values("order"))


def _carrier(value: str, sign: str) -> Q:
    return Q(pk__in=Label.objects.filter(carrier__iexact=value).values("parcel__shipment__order"))


def _text(field: str, value: str, sign: str) -> Q:
    return Q(**{f"{field}__iexact": value})


FILTERS: Mapping[str, Filter] = {
    "state": Filter("Where the order stands", "state:picking", _state),
    "age": Filter("How long it has stood there", "age:>2h", _age, compares=True),
    "held": Filter("Whether it is held, or why", "held:yes", _held),
    "partly": Filter("Whether only a part of it has left or arrived", "partly:yes", _partly),
    "sku": Filter("A product in it", "sku:85123A", _sku),
    "tier": Filter("The customer's tier", "tier:A", _tier),
    "channel": Filter("Where it was bought", "channel:web", partial(_text, "channel__code")),
    "country": Filter("Where it goes", "country:GB", partial(_text, "shipping_address__country")),
    "warehouse": Filter("Who sends it", "warehouse:LEEDS", _warehouse),
    "carrier": Filter("Who carries it", "carrier:fake", _carrier),
    "total": Filter("What it costs", "total:>=50", partial(_number, "total"), compares=True),
    "placed": Filter("When it was placed", "placed:>7d", partial(_moment, "placed_at"), compares=True),
    "promised": Filter("When it should arrive", "promised:<today", partial(_moment, "promised_at"), compares=True),
}
