"""What a small played past may lack: a change, a claim, a return, a webhook that was told, orders on one walk."""

from fulfillment.changes import apply_change, cancel_units
from fulfillment.claims import open_claim, settle_claim
from fulfillment.models import PickingPolicy
from fulfillment.pickwork.planning import plan_work
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import Wish, WishLine, request_return
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from inventory import clock
from orders.changes.operations import SetQuantity
from orders.changes.proposals import propose
from orders.flow import State
from orders.models import Order, OrderEvent, OrderLine, WebhookDelivery, WebhookEndpoint


def leave_one_of_each(*, but: Order) -> None:
    """All of it, in orders other than `but`."""
    change_one(but)
    claim_some()
    tell_once()
    walk_together()


def change_one(but: Order) -> None:
    """One more unit by a change and one called off again, in an order that is not gathered yet."""
    free = Order.objects.filter(state=State.APPROVED).exclude(shipments__taken_on=True)
    order = free.exclude(pk=but.pk).earliest("pk")
    line = order.lines.earliest("position")
    change = propose(order.pk, [SetQuantity(line.position, line.quantity + 1)], reason="One more", by="test")
    apply_change(change.pk, by="test", put_back=True)
    cancel_units(order.pk, {line.position: 1}, reason="Too many", by="test", put_back=True)


def return_for_credit(order: Order, line: OrderLine) -> None:
    """One unit came back, was inspected, and became store credit."""
    wish = Wish((WishLine(line.pk, 1, "unwanted"),), "credit", by_staff=True)
    row = request_return(order.pk, wish=wish, key="verify:return", by="test")
    receive_parcel(row.pk, by="test")
    inspect_unit(row.lines.get().pk, found=Found("A", "restock"), by="test")
    settle_return(row.pk, by="test")


def claim_some() -> None:
    """Two claims of orders that were delivered: one was paid back for, and one sent again."""
    orders = (
        Order.objects.filter(state=State.DELIVERED)
        .exclude(returns__isnull=False)
        .filter(lines__quantity__gt=1)
        .distinct()
        .order_by("pk")[:2]
    )
    for order, outcome in zip(orders, ("refund", "reship"), strict=True):
        line = order.lines.filter(quantity__gt=1).earliest("position")
        if outcome == "refund":
            return_for_credit(order, line)
        claim = open_claim(order.pk, kind="missing", units={line.pk: 1}, key=f"verify:{outcome}", by="customer")
        settle_claim(claim.pk, outcome=outcome, by="test")


def walk_together() -> None:
    """What waits in Leeds is planned into waves, so there are totes whatever the past has made."""
    policy = PickingPolicy.objects.get(warehouse__code="LEEDS")
    policy.kind = PickingPolicy.Kind.WAVE
    assert plan_work(policy.warehouse, by="test", policy=policy)


def tell_once() -> None:
    """A storefront was told of one event, and asks for no more."""
    event = OrderEvent.objects.filter(name="order.placed").earliest("pk")
    told = WebhookEndpoint.objects.create(
        channel=event.order.channel, name="Storefront", url="https://shop.example/hooks", events=[], created_by="alice"
    )
    said = {"order": event.order, "seq": event.seq, "status": "delivered", "code": 200}
    WebhookDelivery.objects.create(endpoint=told, event=event, delivered_at=clock.now(), **said)
