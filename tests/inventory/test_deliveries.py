"""Deliveries come in parts, with too much, too little and damaged; only good units reach the shelf, once."""

from datetime import date

import pytest

from inventory.errors import KeyReused, NotStocked, NotUsable, ReferenceTaken, WrongState
from inventory.models import BundleComponent, DeliveryReceipt, ExpectedDelivery, ExpectedLine, Stock, StockMovement
from inventory.services.deliveries import Receipt, add_line, close_delivery, expect_delivery, receive_delivery
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 5, 8)


@pytest.fixture
def mug():
    return make_product()


def expected(reference="PO-1", due_on=FRIDAY, **units):
    """A delivery to Leeds, units by SKU with - as _."""
    products = {make_product(sku.replace("_", "-")).pk: count for sku, count in units.items()}
    leeds = make_warehouse()
    return expect_delivery(leeds, reference=reference, supplier="Potters", due_on=due_on, units=products, by="bob")


def line(delivery, sku="MUG-1"):
    return delivery.lines.get(stock__product__sku=sku)


def receive(delivery, key="r:1", **units):
    """(good, damaged) by SKU."""
    came = {line(delivery, sku.replace("_", "-")).pk: Receipt(*pair) for sku, pair in units.items()}
    return receive_delivery(delivery.pk, received=came, key=key, by="petra")


def lines():
    """SKU: (expected, received, damaged, outstanding)."""
    rows = ExpectedLine.objects.select_related("stock__product")
    return {row.stock.product.sku: (row.expected, row.received, row.damaged, row.outstanding) for row in rows}


def on_hand():
    return dict(Stock.objects.values_list("product__sku", "on_hand"))


def ledger():
    return list(StockMovement.objects.order_by("id").values_list("kind", "quantity", "by", "reason"))


def test_a_delivery_is_expected_for_products_that_never_lay_there():
    make_stock(make_product("PLATE"), 3)
    delivery = expected(MUG_1=12, PLATE=4)
    assert (delivery.state, delivery.supplier, delivery.due_on, delivery.opened_by) == (
        *("open", "Potters"),
        *(FRIDAY, "bob"),
    )
    assert lines() == {"MUG-1": (12, 0, 0, 12), "PLATE": (4, 0, 0, 4)}
    assert on_hand() == {"MUG-1": 0, "PLATE": 3}


def test_a_reference_names_one_delivery():
    expected(MUG_1=12)
    with pytest.raises(ReferenceTaken) as refused:
        expected(MUG_1=5)
    assert (refused.value.reference, lines()) == ("PO-1", {"MUG-1": (12, 0, 0, 12)})


@pytest.mark.parametrize(("reference", "units"), [("PO-1", {}), ("PO-1", {"MUG_1": 0}), (" ", {"MUG_1": 1})])
def test_a_delivery_has_a_name_and_brings_something(reference, units):
    with pytest.raises(NotUsable):
        expected(reference, **units)
    assert (ExpectedDelivery.objects.count(), Stock.objects.count()) == (0, 0)


def test_a_day_that_stands_for_never_is_no_day_on_which_a_delivery_is_due(mug):
    with pytest.raises(NotUsable, match="within ten years"):
        expected(due_on=date.max, MUG_1=12)
    assert (ExpectedDelivery.objects.count(), Stock.objects.count()) == (0, 0)


def test_a_bundle_is_not_delivered(mug):
    BundleComponent.objects.create(bundle=make_product("BOX"), component=mug, quantity=4)
    with pytest.raises(NotStocked) as refused:
        expected(MUG_1=4, BOX=1)
    assert refused.value.skus == ["BOX"]
    assert (ExpectedDelivery.objects.count(), Stock.objects.count()) == (0, 0)


def test_a_delivery_comes_in_parts():
    delivery = expected(MUG_1=12, PLATE=4)
    receive(delivery, MUG_1=(5, 0), PLATE=(0, 0))
    assert (lines(), on_hand()) == ({"MUG-1": (12, 5, 0, 7), "PLATE": (4, 0, 0, 4)}, {"MUG-1": 5, "PLATE": 0})
    receive(delivery, "r:2", MUG_1=(7, 0), PLATE=(4, 0))
    assert (lines(), on_hand()) == ({"MUG-1": (12, 12, 0, 0), "PLATE": (4, 4, 0, 0)}, {"MUG-1": 12, "PLATE": 4})
    assert ledger() == [("receive", units, "petra", "PO-1") for units in (5, 7, 4)]


def test_damaged_units_came_and_do_not_reach_the_shelf():
    delivery = expected(MUG_1=12)
    receive(delivery, MUG_1=(8, 3))
    assert (lines(), on_hand()) == ({"MUG-1": (12, 8, 3, 1)}, {"MUG-1": 8})
    assert ledger() == [("receive", 8, "petra", "PO-1")]


def test_more_may_come_than_was_ordered():
    delivery = expected(MUG_1=12)
    receive(delivery, MUG_1=(13, 2))
    assert (lines(), on_hand()) == ({"MUG-1": (12, 13, 2, 0)}, {"MUG-1": 13})


@pytest.mark.parametrize("pair", [(5, 0), (5, 1), (0, 2)])
def test_the_same_receipt_is_booked_once(pair):
    delivery = expected(MUG_1=12)
    receive(delivery, MUG_1=pair)
    after = (lines(), on_hand(), ledger())
    receive(delivery, MUG_1=pair)
    close_delivery(delivery.pk, by="bob")
    assert receive(delivery, MUG_1=pair).state == "closed"
    assert (lines(), on_hand(), ledger(), DeliveryReceipt.objects.count()) == (*after, 1)


def test_a_key_does_not_stand_for_another_receipt():
    delivery = expected(MUG_1=12)
    receive(delivery, MUG_1=(0, 2))
    with pytest.raises(KeyReused) as refused:
        receive(delivery, MUG_1=(2, 0))
    assert (refused.value.key, lines(), on_hand()) == ("r:1", {"MUG-1": (12, 0, 2, 10)}, {"MUG-1": 0})


def test_two_deliveries_may_have_receipts_of_the_same_key():
    one, two = expected(MUG_1=3), expected("PO-2", MUG_1=4)
    receive(one, MUG_1=(3, 0))
    receive(two, MUG_1=(4, 0))
    assert on_hand() == {"MUG-1": 7}


@pytest.mark.parametrize("pair", [(0, 0), (-1, 0), (3, -1)])
def test_a_receipt_brings_something_and_takes_nothing(pair):
    delivery = expected(MUG_1=12)
    with pytest.raises(NotUsable):
        receive(delivery, MUG_1=pair)
    assert (lines(), ledger(), DeliveryReceipt.objects.count()) == ({"MUG-1": (12, 0, 0, 12)}, [], 0)


def test_a_line_of_another_delivery_is_not_received():
    one, two = expected(MUG_1=3), expected("PO-2", PLATE=4)
    came = {line(one).pk: Receipt(3, 0), line(two, "PLATE").pk: Receipt(4, 0)}
    with pytest.raises(NotUsable):
        receive_delivery(one.pk, received=came, key="r:1", by="petra")
    assert (on_hand(), ledger()) == ({"MUG-1": 0, "PLATE": 0}, [])


def test_something_nobody_expected_gets_a_line():
    delivery = expected(MUG_1=3)
    bowl = make_product("BOWL")
    row = add_line(delivery.pk, product_id=bowl.pk, by="petra")
    assert add_line(delivery.pk, product_id=bowl.pk, by="bob") == row
    assert row.added_by == "petra"
    receive(delivery, BOWL=(2, 1))
    assert lines() == {"MUG-1": (3, 0, 0, 3), "BOWL": (0, 2, 1, 0)}
    assert on_hand() == {"MUG-1": 0, "BOWL": 2}


def test_a_product_that_is_expected_keeps_its_line(mug):
    delivery = expected(MUG_1=3)
    assert add_line(delivery.pk, product_id=mug.pk, by="petra") == line(delivery)
    assert lines() == {"MUG-1": (3, 0, 0, 3)}


def test_what_is_closed_takes_nothing_in(mug):
    delivery = expected(MUG_1=3)
    receive(delivery, MUG_1=(1, 0))
    closed = close_delivery(delivery.pk, by="alice")
    assert (closed.state, closed.closed_by, closed.closed_at is None) == ("closed", "alice", False)
    for step in (
        lambda: receive(delivery, "r:2", MUG_1=(2, 0)),
        lambda: add_line(delivery.pk, product_id=mug.pk, by="bob"),
        lambda: close_delivery(delivery.pk, by="bob"),
    ):
        with pytest.raises(WrongState, match="delivery PO-1 now: it is closed"):
            step()
    assert (on_hand(), ExpectedDelivery.objects.get().closed_by) == ({"MUG-1": 1}, "alice")
