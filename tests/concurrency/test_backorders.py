"""Goods get lost and come in while orders are received and promised again: the books add up all the same."""

from functools import partial

import pytest

from inventory import services as stock
from inventory.models import LostPromise, Reservation, Stock, StockMovement
from ordermgmt.verify import verify
from orders.backorders import fill_backorders, mend_promises
from orders.models import Allocation, Order, OrderLine
from orders.queue import quiet
from orders.stages.receive import receive
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db(transaction=True)


def lose(row, number):
    return stock.write_down(row.pk, 1, kind=StockMovement.Kind.COUNT, key=f"count:{number}", by="bob", reason="Counted")


def arrive(row, number):
    return stock.move_stock(row.pk, 2, kind=StockMovement.Kind.RECEIVE, key=f"in:{number}", by="bob")


def in_quiet(act):
    with quiet():
        return act()


@pytest.mark.parametrize("seed", range(3))
def test_losing_mending_and_receiving_at_once_leaves_no_unit_unaccounted_for(at_once, seed):
    leeds, york = make_warehouse("LEEDS", priority=1), make_warehouse("YORK", priority=2)
    products = [make_product(f"P-{number}") for number in range(3)]
    rows = [make_stock(product, 8, warehouse=place) for product in products for place in (leeds, york)]
    with quiet():
        orders = [make_order([(f"P-{(n + seed) % 3}", 2), (f"P-{(n + 1) % 3}", 1)]) for n in range(10)]
        for order in orders[:5]:
            receive(order.pk, by="test")
    acts = [partial(receive, order.pk, by="test") for order in orders[5:]]
    acts += [partial(lose, row, f"{row.pk}:{number}") for row in rows for number in range(4)]
    acts += [partial(arrive, row, row.pk) for row in rows[::2]] + [mend_promises, fill_backorders] * 3
    results = at_once([partial(in_quiet, act) for act in acts])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert {check.name: check.breaches for check in verify().checks if not check.ok} == {}
    for row in rows:
        arrive(row, f"last:{row.pk}")
    mend_promises()
    assert not LostPromise.objects.exists()
    assert sum(Reservation.objects.values_list("quantity", flat=True)) == 30
    assert sum(Allocation.objects.values_list("quantity", flat=True)) == sum(
        OrderLine.objects.values_list("quantity", flat=True)
    )
    assert set(Order.objects.values_list("state", flat=True)) == {"received"}
    assert {check.name for check in verify().checks if not check.ok} == set()
    assert all(row.reserved <= row.on_hand for row in Stock.objects.all())
