"""What comes back: into stock unless damaged, the exact money to the customer, once per key, never more than left."""

from dataclasses import replace
from decimal import Decimal

import pytest

from fulfillment.errors import NothingToReturn
from fulfillment.models import Return, ReturnLine, Shipment
from fulfillment.returns.receiving import receive_return
from fulfillment.services import open_shipments
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory.models import Stock, StockMovement
from orders.models import Order, OrderEvent, Payment, Refund
from orders.order_request import LineRequest, PaymentRequest
from orders.stages.place import place
from tests.factories import carry, make_channel, make_order, make_product, make_stock, make_warehouse, order_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """Three mugs at 10.00 and one plate at 25.00, delivered and paid."""
    make_stock(make_product("MUG"), 10)
    make_stock(make_product("PLATE", price="25.00"), 10)
    return make_order([("MUG", 3), ("PLATE", 1)], state="delivered")


def back(order, reason="unwanted", key="R-1", **lines):
    return receive_return(order.pk, lines=lines, reason=reason, key=key, by="alice")


def shelf():
    return dict(Stock.objects.values_list("product__sku", "on_hand"))


def as_it_is():
    return (
        shelf(),
        list(Payment.objects.order_by("id").values_list("captured", "refunded")),
        list(Order.objects.values("state", "due_at", "event_seq")),
        (Return.objects.count(), ReturnLine.objects.count(), Refund.objects.count(), StockMovement.objects.count()),
    )


def test_what_comes_back_is_stocked_and_refunded_and_the_order_stays_as_it_is(order):
    assert shelf() == {"MUG": 7, "PLATE": 9}
    record = back(order, MUG=2, PLATE=1)
    assert (record.order_id, record.reason, record.refund) == (order.pk, "unwanted", 45)
    assert list(record.lines.values_list("order_line__sku", "quantity")) == [("MUG", 2), ("PLATE", 1)]
    assert shelf() == {"MUG": 9, "PLATE": 10}
    moved = StockMovement.objects.filter(kind="return").order_by("id").values_list("quantity", "key", "by", "reason")
    assert [(row[0], row[1].rsplit(":", 2)[0], *row[2:]) for row in moved] == [
        (2, f"return:{record.pk}", "alice", "unwanted"),
        (1, f"return:{record.pk}", "alice", "unwanted"),
    ]
    assert (Payment.objects.get().refunded, Refund.objects.get().amount) == (45, 45)
    assert Order.objects.get().state == "delivered"
    returned, refunded = OrderEvent.objects.order_by("-seq")[:2][::-1]
    assert (returned.name, returned.by) == ("order.returned", "alice")
    assert returned.data["lines"] == [{"sku": "MUG", "quantity": 2}, {"sku": "PLATE", "quantity": 1}]
    assert (refunded.name, Decimal(refunded.data["amount"])) == ("payment.refunded", 45)


def test_what_arrived_damaged_is_refunded_and_not_stocked(order):
    back(order, reason="damaged", MUG=1)
    assert shelf() == {"MUG": 7, "PLATE": 9}
    assert (StockMovement.objects.filter(kind="return").count(), Payment.objects.get().refunded) == (0, 10)


@pytest.mark.parametrize("reason", ["unwanted", "wrong_item", "not_as_described", "too_late"])
def test_whatever_else_the_reason_it_is_stocked(order, reason):
    back(order, reason=reason, MUG=1)
    assert shelf() == {"MUG": 8, "PLATE": 9}


def test_the_same_return_is_booked_once(order):
    first = back(order, MUG=2)
    before = as_it_is()
    assert back(order, MUG=2).pk == first.pk
    assert as_it_is() == before


def test_a_return_may_come_in_parts(order):
    assert [back(order, key=f"R-{number}", MUG=1).refund for number in range(3)] == [10, 10, 10]
    assert (shelf()["MUG"], Payment.objects.get().refunded) == (10, 30)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"MUG": 4}, "1 × MUG"),
        ({"PLATE": 2, "MUG": 3}, "1 × PLATE"),
        ({"SPOON": 1}, "1 × SPOON"),
        ({"MUG": 5, "SPOON": 1}, "2 × MUG, 1 × SPOON"),
    ],
)
def test_more_than_was_sent_does_not_come_back(order, lines, said):
    before = as_it_is()
    with pytest.raises(NothingToReturn, match=f"Not delivered, or back already: {said}"):
        back(order, **lines)
    assert as_it_is() == before


def test_what_is_back_does_not_come_back_again(order):
    back(order, MUG=2)
    before = as_it_is()
    with pytest.raises(NothingToReturn, match="1 × MUG"):
        back(order, key="R-2", MUG=2)
    assert as_it_is() == before


@pytest.mark.parametrize("lines", [{}, {"MUG": 0}, {"MUG": -1}, {"MUG": 1, "PLATE": 0}])
def test_a_return_of_nothing_is_none(order, lines):
    before = as_it_is()
    with pytest.raises(NothingToReturn, match="A return names at least one unit of each SKU"):
        back(order, **lines)
    assert as_it_is() == before


@pytest.mark.parametrize("state", ["placed", "approved", "picked", "packed"])
def test_nothing_comes_back_before_it_was_sent(state):
    order = make_order([("MUG-1", 1)], state=state)
    before = as_it_is()
    with pytest.raises(NothingToReturn, match="1 × MUG-1"):
        back(order, **{"MUG-1": 1})
    assert as_it_is() == before


@pytest.mark.parametrize("state", ["shipped", "surveyed", "reviewed"])
def test_what_has_left_may_come_back_whatever_happened_since(state):
    order = make_order([("MUG-1", 1)], state=state)
    assert back(order, **{"MUG-1": 1}).refund == 10
    assert Order.objects.get().state == state


def test_only_the_parcel_that_left_may_come_back():
    for code, sku, priority in [("LEEDS", "MUG", 1), ("YORK", "TEA", 2)]:
        make_stock(make_product(sku), 5, warehouse=make_warehouse(code, priority=priority))
    order = make_order([("MUG", 2), ("TEA", 1)], state="approved")
    open_shipments(order.pk, by="test")
    for advance in (pick, pack, ship):
        advance(Shipment.objects.get(number=1).pk, by="test")
    with pytest.raises(NothingToReturn, match="1 × TEA"):
        back(order, MUG=2, TEA=1)
    assert back(order, MUG=2).refund == 20
    assert shelf() == {"MUG": 5, "TEA": 5}


@pytest.fixture
def split_line():
    """Five mugs: two from Leeds and three from York."""
    product = make_product("MUG")
    make_stock(product, 2, warehouse=make_warehouse("LEEDS", priority=1))
    make_stock(product, 3, warehouse=make_warehouse("YORK", priority=2))
    return make_order([("MUG", 5)], state="approved")


def test_a_warehouse_that_has_sent_nothing_yet_gets_nothing_back(split_line):
    open_shipments(split_line.pk, by="test")
    for advance in (pick, pack, ship):
        advance(Shipment.objects.get(number=1).pk, by="test")
    back(split_line, MUG=2)
    assert dict(Stock.objects.values_list("warehouse__code", "on_hand")) == {"LEEDS": 2, "YORK": 3}


def test_units_go_back_to_the_warehouse_that_sent_the_most(split_line):
    carry(split_line, to="shipped")
    back(split_line, MUG=4)
    assert dict(Stock.objects.values_list("warehouse__code", "on_hand")) == {"LEEDS": 0, "YORK": 4}


def test_two_lines_of_one_product_come_back_line_by_line():
    make_stock(make_product("MUG"), 10)
    request = replace(order_request(), lines=(LineRequest("MUG", 2, Decimal(8)), LineRequest("MUG", 2, Decimal(6))))
    placed = place(request, channel=make_channel(), by="channel:web")
    order = carry(Order.objects.get(pk=placed.order_id), to="shipped")
    assert back(order, MUG=3).refund == 22
    assert list(ReturnLine.objects.order_by("id").values_list("order_line__position", "quantity")) == [(1, 2), (2, 1)]
    assert back(order, key="R-2", MUG=1).refund == 6


@pytest.mark.parametrize(("price", "rate"), [("0.10", "0.175"), ("3.33", "0.2"), ("0.01", "0.05"), ("9.99", "0.07")])
def test_without_tax_in_the_prices_the_parts_refund_exactly_what_was_paid(price, rate):
    make_stock(make_product("TEA", price=price, tax_rate=rate), 20)
    channel = make_channel("trade", prices_include_tax=False)
    order = make_order([("TEA", 7)], channel=channel, state="delivered")
    refunds = [back(order, key=f"R-{number}", TEA=units).refund for number, units in enumerate((1, 2, 1, 3))]
    assert sum(refunds) == order.total == Payment.objects.get().refunded
    assert all(refund == refund.quantize(Decimal("0.01")) for refund in refunds)


def test_shipping_is_not_refunded():
    order = make_order(state="delivered", shipping_total=Decimal("4.95"))
    back(order, **{"MUG-1": 1})
    payment = Payment.objects.get()
    assert (payment.captured, payment.refunded) == (Decimal("14.95"), 10)


def test_what_was_not_paid_yet_is_not_refunded():
    order = make_order(state="delivered", payment=PaymentRequest("invoice", authorised=Decimal(10)))
    assert back(order, **{"MUG-1": 1}).refund == 10
    assert (Payment.objects.get().refunded, Refund.objects.count()) == (0, 0)


def test_a_refund_is_taken_from_the_oldest_payment_first():
    order = make_order([("MUG-1", 3)], payment=PaymentRequest("transfer", captured=Decimal(12)))
    Payment.objects.create(order=order, method="card", authorised=Decimal(18))
    order = carry(order, to="shipped")
    back(order, **{"MUG-1": 2})
    assert list(Payment.objects.order_by("id").values_list("captured", "refunded")) == [(12, 12), (18, 8)]
