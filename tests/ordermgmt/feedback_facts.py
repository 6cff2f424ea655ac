"""Orders as the figures know them, by the dozen: rows beside one real order, with the facts a test is about."""

from datetime import timedelta
from itertools import count

from inventory import clock
from kpis.models import LineFact, OrderFact, ReturnFact
from orders.models import Order
from tests.factories import make_order

numbers = count(1)


def make_facts(many: int, **fields: object) -> list[OrderFact]:
    """`many` delivered orders, on time and whole; `fields` of `OrderFact` differ."""
    model = Order.objects.first() or make_order(state="placed")
    columns = {row.attname: getattr(model, row.attname) for row in Order._meta.concrete_fields}
    for name in ("id", "number"):
        columns.pop(name)
    orders = Order.objects.bulk_create(
        Order(**{**columns, "external_id": f"fact-{next(numbers)}"}) for _ in range(many)
    )
    now = clock.now()
    start = {
        "channel": "web",
        "customer": "1",
        "placed_at": now - timedelta(days=5),
        "delivered_at": now - timedelta(days=2),
        "late": False,
        "short": False,
        "damaged": False,
        "documents": False,
    }
    known = Order.objects.in_bulk([order.pk for order in orders])
    return OrderFact.objects.bulk_create(
        OrderFact(order=order, number=str(order.number), **{**start, **fields}) for order in known.values()
    )


def make_lines(facts: list[OrderFact], sku: str, **fields: object) -> list[LineFact]:
    """A delivered line of each."""
    start = {"position": 1, "sku": sku, "quantity": 1, "delivered": 1}
    start |= {"delivered_at": facts[0].delivered_at, "picked_at": facts[0].placed_at}
    return LineFact.objects.bulk_create(LineFact(fact=fact, **{**start, **fields}) for fact in facts)


def send_back(lines: list[LineFact], reason: str) -> None:
    """Each of these lines came back."""
    LineFact.objects.filter(pk__in=[line.pk for line in lines]).update(returned=1)
    ReturnFact.objects.bulk_create(ReturnFact(line=line, quantity=1, reason=reason) for line in lines)
