"""Placing stores the order, its money, its customer and its promise together, or nothing of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inventory import clock
from inventory.errors import NotEnoughStock
from inventory.models import Product, Reservation, Stock
from orders.errors import AmountTooLarge, CapturedTooMuch, DiscountTooLarge, ExternalIdTaken, UnknownSku, WrongCurrency
from orders.models import Customer, Order, OrderEvent, OrderLine, Payment
from orders.order_request import LineRequest, PaymentRequest
from orders.stages.place import place
from tests.factories import (
    LONDON,
    make_channel,
    make_product,
    make_stock,
    make_tax_class,
    make_warehouse,
    order_request,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def mug():
    product = make_product(price="12.00")
    make_stock(product, 10)
    return product


def placed(request, *, channel=None):
    return Order.objects.get(pk=place(request, channel=channel or make_channel(), by="channel:web").order_id)


def nothing_is_stored():
    kinds = (Order, OrderLine, OrderEvent, Payment, Customer, Reservation)
    return not any(kind.objects.exists() for kind in kinds) and set(Stock.objects.values_list("reserved")) <= {(0,)}


def test_an_order_is_stored_with_its_lines_its_pledge_and_its_promise(mug):
    with clock.at(NOON):
        result = place(
            order_request([("MUG-1", 3)], external_id="A-1", shipping_total=Decimal("4.95"), note="Ring twice"),
            channel=make_channel(),
            by="channel:web",
        )
    assert result.created is True
    order = Order.objects.get()
    assert (order.pk, order.external_id, order.channel.code) == (result.order_id, "A-1", "web")
    assert (order.state, order.open_holds, order.attempts, order.note) == ("placed", 0, 0, "Ring twice")
    assert (order.placed_at, order.state_since, order.due_at) == (NOON, NOON, NOON)
    assert order.promised_at == NOON + timedelta(days=5)
    assert order.shipping_address == order.billing_address == LONDON
    line = OrderLine.objects.get()
    assert (line.order_id, line.position, line.sku, line.name) == (order.pk, 1, "MUG-1", "Mug-1")
    assert (line.quantity, line.unit_price, line.total, line.tax) == (3, 12, 36, 6)
    assert (order.items_total, order.shipping_total, order.tax_total) == (36, Decimal("4.95"), 6)
    assert order.total == Decimal("40.95")
    payment = Payment.objects.get()
    assert (payment.method, payment.authorised, payment.captured) == ("card", Decimal("40.95"), 0)
    assert (payment.captured_at, payment.voided_at) == (None, None)
    assert list(Reservation.objects.values_list("key", "quantity")) == [(f"line:{line.pk}", 3)]
    assert Stock.objects.get().reserved == 3


def test_the_first_event_says_who_placed_what(mug):
    with clock.at(NOON):
        order = placed(order_request([("MUG-1", 2)]))
    event = OrderEvent.objects.get()
    assert (event.order_id, event.seq, event.name, event.at, event.by) == (
        order.pk,
        1,
        "order.placed",
        NOON,
        "channel:web",
    )
    assert event.data == {"channel": "web", "lines": 1, "total": "24.00", "payment": "card", "authorised": "24.00"}
    assert Order.objects.get().event_seq == 1


@pytest.mark.parametrize(
    ("currency", "price", "rate", "included", "tax", "total"),
    [
        ("GBP", "9.99", "0.2", True, "5.00", "29.97"),
        ("GBP", "9.99", "0.2", False, "5.99", "35.96"),
        ("GBP", "0.03", "0.175", False, "0.02", "0.11"),
        ("JPY", "1055", "0.1", True, "288", "3165"),
        ("JPY", "1055", "0.1", False, "317", "3482"),
        ("KWD", "1.005", "0.05", True, "0.144", "3.015"),
        ("KWD", "1.005", "0.05", False, "0.151", "3.166"),
        ("GBP", "5.00", "0", False, "0.00", "15.00"),
    ],
)
def test_tax_is_inside_or_on_top_and_rounded_half_up_per_line(currency, price, rate, included, tax, total):
    make_stock(make_product("TEA", price=price, currency=currency, tax_rate=rate))
    channel = make_channel("shop", currency=currency, prices_include_tax=included)
    placed(order_request([("TEA", 3)], currency=currency), channel=channel)
    order = Order.objects.get()
    assert (order.currency, order.items_total) == (currency, Decimal(price) * 3)
    assert (order.tax_total, order.total) == (Decimal(tax), Decimal(total))
    assert Payment.objects.get().authorised == Decimal(total)


def test_a_catalogue_price_finer_than_the_currency_is_rounded_before_it_is_multiplied():
    make_stock(make_product("TEA", price="99.500", currency="JPY", tax_rate="0"))
    placed(order_request([("TEA", 3)], currency="JPY"), channel=make_channel("shop", currency="JPY"))
    assert OrderLine.objects.get().unit_price == 100
    assert Order.objects.get().total == 300


def test_lines_keep_their_order_and_their_own_rounding(mug):
    make_stock(make_product("PLATE", price="0.05", tax_rate="0.1"))
    lines = (LineRequest("PLATE", 1), LineRequest("MUG-1", 1, Decimal("7.77")), LineRequest("PLATE", 2))
    placed(replace(order_request(), lines=lines))
    rows = OrderLine.objects.order_by("position").values_list("position", "sku", "quantity", "unit_price", "tax")
    assert list(rows) == [
        (1, "PLATE", 1, Decimal("0.05"), Decimal("0.00")),
        (2, "MUG-1", 1, Decimal("7.77"), Decimal("1.30")),
        (3, "PLATE", 2, Decimal("0.05"), Decimal("0.01")),
    ]
    order = Order.objects.get()
    assert (order.items_total, order.tax_total) == (Decimal("7.92"), Decimal("1.31"))


def test_what_the_customer_was_shown_stays_when_the_catalogue_changes(mug):
    placed(order_request())
    Product.objects.update(name="Cup", price=99, tax_class=make_tax_class("0"))
    line = OrderLine.objects.get()
    assert (line.name, line.unit_price, line.tax) == ("Mug-1", 12, 2)


@pytest.mark.parametrize(
    ("asked", "authorised", "captured"),
    [
        (PaymentRequest("card"), "12.00", "0"),
        (PaymentRequest("card", authorised=Decimal("5.00")), "5.00", "0"),
        (PaymentRequest("card", authorised=Decimal("12.00"), captured=Decimal("12.00")), "12.00", "12.00"),
        (PaymentRequest("invoice"), "0", "0"),
        (PaymentRequest("cod"), "0", "0"),
        (PaymentRequest("transfer", captured=Decimal("12.00")), "12.00", "12.00"),
    ],
)
def test_a_card_pledges_the_total_and_others_what_they_paid(mug, asked, authorised, captured):
    with clock.at(NOON):
        placed(order_request(payment=asked))
    payment = Payment.objects.get()
    assert (payment.authorised, payment.captured) == (Decimal(authorised), Decimal(captured))
    assert payment.captured_at == (NOON if payment.captured else None)


def test_a_promised_date_of_the_storefront_is_kept(mug):
    placed(order_request(promised_at=NOON))
    assert Order.objects.get().promised_at == NOON


def test_the_same_order_sent_again_is_the_same_order(mug):
    request = order_request(external_id="A-1")
    first = place(request, channel=make_channel(), by="channel:web")
    lines = tuple(replace(line, discount=Decimal("0.00")) for line in request.lines)  # as said by not saying it
    again = place(replace(request, lines=lines), channel=make_channel(), by="channel:web")
    assert (first.created, again.created, again.order_id) == (True, False, first.order_id)
    assert (Order.objects.count(), OrderEvent.objects.count(), Stock.objects.get().reserved) == (1, 1, 1)


def test_an_order_sent_again_is_known_even_when_its_product_is_sold_out_and_gone(mug):
    request = order_request([("MUG-1", 10)], external_id="A-1")
    first = placed(request)
    Product.objects.update(active=False)
    assert placed(request).pk == first.pk


@pytest.mark.parametrize(
    "change",
    [
        {"lines": (LineRequest("MUG-1", 2),)},
        {"email": "other@example.org"},
        {"note": "x"},
        {"shipping_total": Decimal("1.00")},
        {"shipping_total": Decimal(0)},  # free, where the method had its price
        {"lines": (LineRequest("MUG-1", 1, unit_price=Decimal(0)),)},
        {"payment": PaymentRequest("card", authorised=Decimal(0))},
        {"shipping_address": {**LONDON, "city": "Leeds"}},
        {"payment": PaymentRequest("invoice")},
    ],
)
def test_another_order_under_a_known_id_is_refused(mug, change):
    request = order_request(external_id="A-1")
    first = placed(request)
    with pytest.raises(ExternalIdTaken, match=f"External id A-1 belongs to order {first.number}") as refused:
        placed(replace(request, **change))
    assert (refused.value.code, refused.value.external_id) == ("external_id_conflict", "A-1")
    assert (Order.objects.count(), OrderLine.objects.get().quantity, Stock.objects.get().reserved) == (1, 1, 1)
    assert Customer.objects.get().email == "marta@example.org"


def test_two_channels_may_use_the_same_id(mug):
    request = order_request(external_id="A-1")
    orders = {placed(request, channel=make_channel(code)).pk for code in ("web", "phone")}
    assert len(orders) == 2


def test_unknown_and_retired_products_are_named_and_nothing_is_stored(mug):
    make_stock(make_product("OLD", active=False))
    lines = [("MUG-1", 1), ("ZEBRA", 1), ("OLD", 1), ("ZEBRA", 2)]
    with pytest.raises(UnknownSku, match="Not in the catalogue: OLD, ZEBRA") as refused:
        placed(order_request(lines))
    assert (refused.value.code, refused.value.skus) == ("unknown_sku", ["OLD", "ZEBRA"])
    assert nothing_is_stored()


def test_a_channel_sells_in_its_own_currency(mug):
    with pytest.raises(WrongCurrency, match="This channel sells in GBP, not in EUR") as refused:
        placed(order_request(currency="EUR"))
    assert (refused.value.code, refused.value.given, refused.value.expected) == ("wrong_currency", "EUR", "GBP")
    assert nothing_is_stored()


def test_without_stock_nothing_is_stored(mug):
    make_stock(make_product("PLATE"), 1)
    with pytest.raises(NotEnoughStock) as refused:
        placed(order_request([("MUG-1", 1), ("PLATE", 2)]))
    assert refused.value.missing == {"PLATE": 1}
    assert nothing_is_stored()


def test_an_order_may_be_promised_from_two_warehouses():
    product = make_product()
    make_stock(product, 2, warehouse=make_warehouse("LEEDS", priority=1))
    make_stock(product, 5, warehouse=make_warehouse("YORK", priority=2))
    placed(order_request([("MUG-1", 4)]))
    assert sorted(Reservation.objects.values_list("stock__warehouse__code", "quantity")) == [("LEEDS", 2), ("YORK", 2)]


@pytest.mark.parametrize(
    ("change", "wall"),
    [
        ({"lines": (LineRequest("MUG-1", 0),)}, IntegrityError),
        ({"lines": (LineRequest("MUG-1", -1),)}, DiscountTooLarge),
        ({"payment": PaymentRequest("card", authorised=Decimal(5), captured=Decimal(6))}, IntegrityError),
        ({"shipping_total": Decimal(-100)}, IntegrityError),
        ({"lines": (LineRequest("MUG-1", 1, Decimal("99999999999999")),)}, AmountTooLarge),
    ],
)
def test_what_slips_past_an_interface_goes_no_further(mug, change, wall):
    with pytest.raises(wall), transaction.atomic():
        placed(replace(order_request(), **change))
    assert nothing_is_stored()


def test_a_customer_is_one_row_per_address_with_the_newest_name_and_phone(mug):
    placed(order_request(email="Marta@Example.org", name="M. Silva", phone="1"))
    placed(order_request(email="marta@example.ORG", name="Marta Silva", phone="2"))
    customer = Customer.objects.get()
    assert (customer.email, customer.name, customer.phone) == ("marta@example.org", "Marta Silva", "2")
    assert set(Order.objects.values_list("customer", flat=True)) == {customer.pk}


def test_a_blocked_customer_stays_blocked_when_they_order_again(mug):
    placed(order_request())
    Customer.objects.update(blocked=True)
    placed(order_request())
    assert Customer.objects.get().blocked is True


def test_order_numbers_are_given_by_the_database_and_never_repeat(mug):
    numbers = [placed(order_request()).number for _ in range(3)]
    assert [Order.objects.get(number=number).number for number in numbers] == numbers
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert numbers[0] > 10_000


def test_a_channel_cannot_have_taken_more_than_the_order_costs():
    make_stock(make_product(), 5)
    payment = PaymentRequest("card", authorised=Decimal(30), captured=Decimal("10.01"))
    with pytest.raises(CapturedTooMuch, match="10.01 was taken for an order of 10.00"):
        place(order_request(payment=payment), channel=make_channel(), by="channel:web")
    assert (Order.objects.count(), Stock.objects.get().reserved) == (0, 0)
