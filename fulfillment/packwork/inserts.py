"""What is added to a parcel so that the customer smiles: which rules hold for a shipment, and what was done."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from fulfillment.errors import NotPackedRight
from fulfillment.models import Insert, InsertRule, Shipment
from inventory import clock
from orders.flow import State
from orders.history import record
from orders.models import Order, Tier

Occasion = InsertRule.Occasion
APOLOGY_DAYS = timedelta(days=120)


def inserts_for(shipment: Shipment) -> list[InsertRule]:
    """The rules that hold for this shipment, most important first; only the first shipment of an order gets any."""
    order = shipment.order
    if order.shipments.exclude(state=State.CANCELLED).filter(number__lt=shipment.number).exists():
        return []
    occasions = [occasion for occasion in Occasion if _holds(occasion, order)]
    return list(_in_force(order).filter(occasion__in=occasions).order_by("priority", "id"))


def add_inserts(shipment: Shipment, rules: Sequence[int], *, by: str) -> None:
    """Write down what was added to a held shipment; raises NotPackedRight for a rule that does not hold."""
    offered = {rule.pk: rule for rule in inserts_for(shipment)}
    if wrong := [rule for rule in rules if rule not in offered]:
        raise NotPackedRight([_("insert {rule} is not for this shipment").format(rule=rule) for rule in wrong])
    for rule in map(offered.__getitem__, dict.fromkeys(rules)):
        Insert.objects.create(shipment=shipment, rule=rule, cost=rule.cost, by=by, at=clock.now())
        told = {"shipment": shipment.code, "insert": rule.name, "kind": rule.kind, "cost": str(rule.cost)}
        record(shipment.order, "pack.inserted", by=by, **told)


def _in_force(order: Order) -> QuerySet[InsertRule]:
    today = _today()
    used = Count("inserts", filter=Q(inserts__at__gte=F("counted_at")))
    rows = InsertRule.objects.filter(active=True).annotate(used=used)
    rows = rows.filter(Q(counted=None) | Q(counted__gt=F("used")))
    rows = rows.filter(Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today))
    rows = rows.filter(Q(channel=None) | Q(channel=order.channel_id))
    rows = rows.filter(Q(least_total=None) | Q(least_total__lte=order.total))
    return rows.filter(Q(sku="") | Q(sku__in=order.lines.filter(quantity__gt=0).values("sku")))


def _holds(occasion: Occasion, order: Order) -> bool:
    customer, earlier = order.customer, _earlier(order)
    if occasion == Occasion.FIRST_ORDER:
        return not earlier.exists()
    if occasion == Occasion.TIER_A:
        return customer.standing == Tier.A
    if occasion == Occasion.APOLOGY:
        return _came_late(earlier)
    if occasion == Occasion.BIRTHDAY:
        return customer.birth_month == _today().month
    return True


def _earlier(order: Order) -> QuerySet[Order]:
    """Of the same customer, but for those that came to nothing."""
    before = Order.objects.filter(customer=order.customer_id, placed_at__lt=order.placed_at).exclude(pk=order.pk)
    return before.exclude(state__in=(State.CANCELLED, State.REJECTED))


def _came_late(earlier: QuerySet[Order]) -> bool:
    """Whether the newest of them that was placed lately came after its promised date, or has not come by then."""
    last = earlier.filter(placed_at__gte=clock.now() - APOLOGY_DAYS).order_by("-placed_at").first()
    if last is None:
        return False
    arrived = [row.delivered_at for row in last.shipments.exclude(state=State.CANCELLED)]
    known = [moment for moment in arrived if moment is not None]
    came = max(known) if arrived and len(known) == len(arrived) else clock.now()
    return came > last.promised_at


def _today() -> date:
    """The shop's calendar day."""
    return clock.now().astimezone(ZoneInfo(settings.SHOP_TIME_ZONE)).date()
