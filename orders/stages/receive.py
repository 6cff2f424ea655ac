"""Stage 2 of 9, received: the shop, the stock room and the order agree on what is sent from where."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from inventory import services as stock
from inventory.errors import NotEnoughStock
from inventory.models import Reservation, Stock, Warehouse
from orders.history import advanced
from orders.models import Allocation, Order, OrderLine
from orders.queue import held, wake


@dataclass(frozen=True)
class Candidate:
    """How much of the order one warehouse could send alone."""

    warehouse: Warehouse
    units: int
    of: int


def receive(order_id: int, *, by: str) -> Order:
    """Source every line, as few parcels as possible, and keep the decision with its candidates."""
    with held(order_id) as order:
        order.receive()
        lines = list(order.lines.all())
        candidates = find_candidates(lines)
        whole = next((row for row in candidates if row.units == row.of), None)
        if whole:
            # Looked at without a lock: if others were faster, the order stays split as it was promised.
            with suppress(NotEnoughStock):
                home = dict(Stock.objects.filter(warehouse=whole.warehouse).values_list("product_id", "pk"))
                stock.move_promises({line.reservation_key: {home[line.product_id]: line.quantity} for line in lines})
        sources = allocate(lines)
        wake(order.state)
        return advanced(
            order,
            by=by,
            why=_sentence(sources),
            candidates=[{"warehouse": row.warehouse.name, "units": row.units, "of": row.of} for row in candidates],
            sources=[
                {"sku": row.line.sku, "warehouse": row.warehouse.name, "quantity": row.quantity} for row in sources
            ],
        )


def find_candidates(lines: Sequence[OrderLine]) -> list[Candidate]:
    """Active warehouses by priority, with the units on hand each could send: free ones and those promised to us."""
    wanted: defaultdict[int, int] = defaultdict(int)
    for line in lines:
        wanted[line.product_id] += line.quantity
    ours: defaultdict[int, int] = defaultdict(int)
    for promised in Reservation.objects.filter(key__in=[line.reservation_key for line in lines]):
        ours[promised.stock_id] += promised.quantity
    units: defaultdict[Warehouse, int] = defaultdict(int)
    for row in Stock.objects.filter(product_id__in=wanted, warehouse__active=True).select_related("warehouse"):
        free = max(0, row.on_hand - row.reserved + ours[row.pk])
        units[row.warehouse] += min(free, wanted[row.product_id])
    ranked = sorted(units, key=lambda warehouse: (warehouse.priority, warehouse.pk))
    return [Candidate(warehouse, units[warehouse], sum(wanted.values())) for warehouse in ranked]


def allocate(lines: Sequence[OrderLine]) -> list[Allocation]:
    """Write down which warehouse stands for which units: exactly what is promised there."""
    by_key = {line.reservation_key: line for line in lines}
    promised = Reservation.objects.filter(key__in=by_key).select_related("stock__warehouse").order_by("id")
    return Allocation.objects.bulk_create(
        Allocation(line=by_key[row.key], warehouse=row.stock.warehouse, quantity=row.quantity) for row in promised
    )


def _sentence(sources: Sequence[Allocation]) -> str:
    units: defaultdict[str, int] = defaultdict(int)
    for row in sources:
        units[row.warehouse.name] += row.quantity
    shares = [f"{name} sends {count} {'unit' if count == 1 else 'units'}" for name, count in units.items()]
    return ", ".join(shares) + (": no single warehouse has everything" if len(units) > 1 else "")
