"""What an order costs, to the smallest unit of its currency."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.errors import AmountTooLarge, DiscountTooLarge, NoSuchShipping, UnknownSku, WrongCurrency
from orders.money import split, unit
from orders.order_request import DiscountRequest, LineRequest
from orders.pricing import Catalogue, Offer, Shipping, Terms, price
from tests.factories import LONDON, order_request

BRITISH = {"": Decimal("0.2"), "DE": Decimal("0.19"), "JE": Decimal(0)}
GROSS, NET = Terms("GBP", prices_include_tax=True), Terms("GBP", prices_include_tax=False)


def offer(number, sku, cost, *, currency="GBP", rates=BRITISH, components=()):
    return Offer(number, sku, sku.title(), Decimal(cost), currency, rates, components)


MUG, TEA, BOOK = offer(1, "MUG", "10.00"), offer(2, "TEA", "3.33"), offer(3, "BOOK", "7.50", rates={"": Decimal(0)})
SHELF = {row.sku: row for row in (MUG, TEA, BOOK)}
POST = Shipping("post", "Post", Decimal("4.95"), Decimal(50), ("GB", "DE"), 3, BRITISH)


def priced(*lines, terms=GROSS, shelf=SHELF, **fields):
    request = replace(order_request(**fields), currency=terms.currency, lines=lines)
    return price(request, Catalogue(shelf, {"post": POST}), terms)


def to(country):
    return {"shipping_address": {**LONDON, "country": country}}


def test_a_line_is_its_price_times_its_quantity_with_the_tax_within():
    order = priced(LineRequest("MUG", 3))
    (line,) = order.lines
    assert (line.unit_price, line.total, line.tax, line.tax_rate) == (10, 30, 5, Decimal("0.2"))
    assert (order.items_total, order.tax_total, order.total) == (30, 5, 30)


def test_tax_comes_on_top_where_prices_exclude_it():
    order = priced(LineRequest("TEA", 3), terms=NET)
    assert (order.items_total, order.tax_total, order.total) == (Decimal("9.99"), Decimal("2.00"), Decimal("11.99"))


@pytest.mark.parametrize(("country", "tax"), [("GB", "5.00"), ("DE", "4.79"), ("JE", "0.00"), ("FR", "5.00")])
def test_the_rate_is_the_country_s_or_else_the_class_s_own(country, tax):
    assert priced(LineRequest("MUG", 3), **to(country)).tax_total == Decimal(tax)


def test_a_discount_on_a_line_lowers_its_total_and_its_tax():
    order = priced(LineRequest("MUG", 3, discount=Decimal("6.00")))
    (line,) = order.lines
    assert (line.unit_price, line.discount, line.total, line.tax) == (10, 6, 24, 4)
    assert (order.discount_total, order.total) == (6, 24)


def test_a_discount_on_the_order_is_divided_by_what_the_lines_cost():
    order = priced(
        LineRequest("MUG", 1), LineRequest("TEA", 1), discounts=(DiscountRequest("Ten off", Decimal("10.00")),)
    )
    assert [line.discount for line in order.lines] == [Decimal("7.50"), Decimal("2.50")]
    assert [line.total for line in order.lines] == [Decimal("2.50"), Decimal("0.83")]
    assert (order.discount_total, order.total) == (10, Decimal("3.33"))


@pytest.mark.parametrize(
    "fields",
    [{"discounts": (DiscountRequest("All", Decimal("10.01")),)}, {"line": Decimal("10.01")}],
)
def test_more_off_than_there_is_to_pay_is_refused(fields):
    line = LineRequest("MUG", 1, discount=fields.pop("line", Decimal(0)))
    with pytest.raises(DiscountTooLarge):
        priced(line, **fields)


def test_a_price_that_the_channel_names_stands_above_the_catalogue_s():
    assert priced(LineRequest("MUG", 2, Decimal("8.00"))).total == 16


@pytest.mark.parametrize(("units", "freight", "tax"), [(1, "4.95", "0.83"), (4, "4.95", "0.83"), (5, "0.00", "0.00")])
def test_a_shipping_method_has_its_price_and_its_tax_until_it_is_free(units, freight, tax):
    order = priced(LineRequest("MUG", units), shipping_method="post")
    assert (order.shipping_total, order.shipping_tax) == (Decimal(freight), Decimal(tax))
    assert order.tax_total == order.lines[0].tax + Decimal(tax)


def test_the_channel_may_say_what_shipping_costs():
    order = priced(LineRequest("MUG", 1), shipping_method="post", shipping_total=Decimal("1.20"))
    assert (order.shipping_total, order.shipping_tax, order.total) == (
        Decimal("1.20"),
        Decimal("0.20"),
        Decimal("11.20"),
    )


@pytest.mark.parametrize(("method", "country"), [("pigeon", "GB"), ("post", "FR")])
def test_a_method_that_is_unknown_or_does_not_go_there_is_refused(method, country):
    with pytest.raises(NoSuchShipping):
        priced(LineRequest("MUG", 1), shipping_method=method, **to(country))


def test_unknown_goods_and_foreign_money_are_refused():
    with pytest.raises(UnknownSku) as refused:
        priced(LineRequest("MUG", 1), LineRequest("GOLD", 1))
    assert refused.value.skus == ["GOLD"]
    dollars = {"MUG": offer(1, "MUG", "10.00", currency="USD")}
    with pytest.raises(WrongCurrency):
        priced(LineRequest("MUG", 1), shelf=dollars)
    assert priced(LineRequest("MUG", 1, Decimal("9.00")), shelf=dollars).total == 9


MILLION, NEARLY_ALL = Decimal("1000000.00"), Decimal("99999999999.00")


@pytest.mark.parametrize(
    "lines",
    [
        [LineRequest("MUG", 100_000, MILLION)],
        [LineRequest("MUG", 100_000, MILLION, discount=100_000 * MILLION)],
        [LineRequest("MUG", 1, NEARLY_ALL, discount=NEARLY_ALL)] * 2,
    ],
    ids=["the total", "a line before its discount", "the discounts together"],
)
def test_an_amount_beyond_what_can_be_kept_is_refused(lines):
    with pytest.raises(AmountTooLarge):
        priced(*lines)


def test_a_bundle_stands_as_its_components_which_share_its_price():
    box = offer(9, "BOX", "20.00", components=((MUG, 1), (TEA, 2), (BOOK, 1)))
    order = priced(LineRequest("BOX", 3), shelf={"BOX": box})
    assert [(line.sku, line.bundle, line.quantity) for line in order.lines] == [
        ("MUG", "BOX", 3),
        ("TEA", "BOX", 6),
        ("BOOK", "BOX", 3),
    ]
    assert [line.total for line in order.lines] == [Decimal("24.83"), Decimal("16.54"), Decimal("18.63")]
    assert (order.total, order.discount_total) == (60, 0)
    assert order.lines[2].tax == 0


def test_a_gift_of_a_bundle_costs_nothing_and_divides_nothing():
    free = offer(9, "BOX", "0.00", components=((MUG, 1), (TEA, 1)))
    order = priced(LineRequest("BOX", 1), shelf={"BOX": free})
    assert [line.total for line in order.lines] == [0, 0]


CURRENCIES = st.sampled_from(["JPY", "GBP", "KWD"])
PRICES = st.integers(0, 1_000_000)


@given(amount=PRICES, weights=st.lists(PRICES, min_size=1, max_size=9), currency=CURRENCIES)
def test_parts_sum_to_the_whole_and_none_is_a_unit_away_from_its_share(amount, weights, currency):
    step = unit(currency)
    parts = split(amount * step, [Decimal(weight) for weight in weights], currency)
    assert sum(parts) == amount * step
    for part, weight in zip(parts, weights, strict=True):
        assert part % step == 0
        share = Decimal(amount) * weight / sum(weights) if sum(weights) else Decimal(amount) / len(weights)
        assert abs(part / step - share) < 1


@given(
    currency=CURRENCIES,
    net=st.booleans(),
    cost=st.tuples(PRICES, PRICES, PRICES),
    units=st.tuples(st.integers(1, 50), st.integers(1, 50)),
    share=st.integers(0, 100),
)
def test_whatever_is_bought_the_lines_sum_to_the_order(currency, net, cost, units, share):
    step = unit(currency)
    mug, tea = (
        Offer(number, sku, sku, amount * step, currency, BRITISH)
        for number, sku, amount in ((1, "MUG", cost[0]), (2, "TEA", cost[1]))
    )
    box = Offer(3, "BOX", "BOX", cost[2] * step, currency, BRITISH, ((mug, 2), (tea, 1)))
    lines = (LineRequest("MUG", units[0]), LineRequest("BOX", units[1]))
    whole = cost[0] * units[0] + cost[2] * units[1]
    off = DiscountRequest("Sale", (whole * share // 100) * step)
    order = priced(
        *lines, terms=Terms(currency, not net), shelf={"MUG": mug, "BOX": box}, discounts=(off,) if off.amount else ()
    )
    assert order.items_total == sum(line.total for line in order.lines) == whole * step - off.amount
    assert order.total == order.items_total + (order.tax_total if net else 0)
    for line in order.lines:
        assert line.total == line.unit_price * line.quantity - line.discount
        assert line.discount >= 0
        assert line.total >= 0
        assert all(amount % step == 0 for amount in (line.unit_price, line.discount, line.total, line.tax))
