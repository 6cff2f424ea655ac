"""A product becomes a bundle while goods of it arrive: one of the two is refused, whoever comes first."""

from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.models import BundleComponent, Stock
from tests.factories import make_product, make_warehouse

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10
LOCK = "PERFORM FROM inventory_product WHERE id = p_product FOR NO KEY UPDATE;"


def both(box, mug, warehouse):
    """What two people do at the same moment."""
    return [
        partial(BundleComponent.objects.create, bundle=box, component=mug, quantity=2),
        partial(Stock.objects.create, product=box, warehouse=warehouse),
    ]


def test_a_product_gets_stock_or_components(at_once):
    mug, leeds = make_product(), make_warehouse()
    for number in range(ROUNDS):
        box = make_product(f"BOX-{number}")
        results = at_once(both(box, mug, leeds))
        assert sum(isinstance(result, IntegrityError) for result in results) == 1, results
        assert box.components.count() + box.stock.count() == 1


def test_without_the_lock_it_gets_both(at_once):
    box = make_product("BOX")
    acts = both(box, make_product(), make_warehouse())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('refuse_stock_of_bundles'::regproc)")
        (kept,) = cursor.fetchone()
        assert LOCK in kept
        cursor.execute(kept.replace(LOCK, "").replace("RETURN NULL", "PERFORM pg_sleep(0.3); RETURN NULL"))
        try:
            at_once(acts)
        finally:
            cursor.execute(kept)
    assert (box.components.count(), box.stock.count()) == (1, 1)


def test_one_after_the_other_is_refused_as_well():
    box, mug = make_product("BOX"), make_product()
    for acts in (both(box, mug, make_warehouse()), both(make_product("CHEST"), mug, make_warehouse())[::-1]):
        acts[0]()
        with pytest.raises(IntegrityError, match="cannot have both stock and components"), transaction.atomic():
            acts[1]()
    assert (BundleComponent.objects.count(), Stock.objects.count()) == (1, 1)
