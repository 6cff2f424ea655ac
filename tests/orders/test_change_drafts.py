"""What an order costs after a change: prices that were sold stay, and every sum is exact in every currency."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.changes.drafts import Book, Draft, changed, shares
from orders.changes.operations import (
    AddLine,
    Operation,
    ReplaceLine,
    SetAddress,
    SetDiscounts,
    SetNotes,
    SetQuantity,
    SetShipping,
    from_json,
    names_amounts,
    to_json,
)
from orders.changes.parts import joined, parted
from orders.changes.preview import money_words, shipping_notes
from orders.errors import DiscountTooLarge, NoSuchLine, NoSuchShipping, UnknownSku
from orders.money import unit
from orders.order_request import DiscountRequest
from orders.pricing import Catalogue, Offer, PricedLine, Shipping, Terms, less, tax_on

NOW = datetime(2026, 5, 4, tzinfo=UTC)
POST = Shipping("post", "Post", Decimal(4), Decimal(50), ("GB", "DE"), 3, {"": Decimal("0.2"), "DE": Decimal("0.19")})
TEA = Offer(9, "TEA", "Tea", Decimal(4), "GBP", {"": Decimal("0.05")})
BOOK = Book(Catalogue({"TEA": TEA}, {"post": POST}), {1: {"": Decimal("0.2"), "DE": Decimal("0.19")}}, NOW)


def line(place: int, units: int, each: str, off: str = "0", rate: str = "0.2") -> PricedLine:
    total = Decimal(each) * units - Decimal(off)
    tax = tax_on(total, Decimal(rate), Terms("GBP", True))
    return PricedLine(place, 1, f"P-{place}", "P", "", units, Decimal(each), Decimal(off), total, Decimal(rate), tax)


def draft(*lines: PricedLine, off: str = "0", shipping: str = "0") -> Draft:
    """An order of these lines, whose discounts include their shares of `off`."""
    given_off = tuple([DiscountRequest("Voucher", Decimal(off))] if Decimal(off) else [])
    return Draft(
        terms=Terms("GBP", True),
        lines=lines,
        discounts=given_off,
        discount_total=sum((row.discount for row in lines), Decimal(0)),
        shipping_method="post" if Decimal(shipping) else "",
        shipping_total=Decimal(shipping),
        shipping_tax=tax_on(Decimal(shipping), Decimal("0.2"), Terms("GBP", True)),
        shipping_address={"country": "GB"},
        billing_address={"country": "GB"},
        note="",
        gift_note="",
        promised_at=NOW,
    )


def test_a_quantity_keeps_price_and_rate_and_takes_the_discount_in_proportion() -> None:
    after = changed(draft(line(1, 3, "10.00", "1.00")), [SetQuantity(1, 2)], BOOK)
    assert (after.lines[0].discount, after.lines[0].total, after.total) == (
        Decimal("0.67"),
        Decimal("19.33"),
        after.total,
    )
    assert after.lines[0].tax == Decimal("3.22")
    assert after.discount_total == Decimal("0.67")


def test_an_order_discount_is_shared_anew_by_what_the_lines_cost() -> None:
    before = draft(line(1, 2, "10.00", "4.00"), line(2, 1, "5.00", "1.00"), off="5.00")
    after = changed(before, [SetQuantity(1, 1)], BOOK)
    assert [row.discount for row in after.lines] == [Decimal("3.33"), Decimal("1.67")]
    assert (after.total, after.discounts) == (Decimal("10.00"), before.discounts)


def test_a_discount_on_the_order_never_comes_to_more_than_what_is_left() -> None:
    before = draft(line(1, 1, "20.00", "6.40"), line(2, 1, "5.00", "1.60"), off="8.00")
    after = changed(before, [SetQuantity(1, 0)], BOOK)
    assert (after.total, after.discounts) == (0, (DiscountRequest("Voucher", Decimal("5.00")),))
    with pytest.raises(DiscountTooLarge):
        changed(before, [SetDiscounts((DiscountRequest("All", Decimal("25.01")),))], BOOK)


def test_products_are_added_and_replaced_at_the_price_of_the_day() -> None:
    before = draft(line(1, 2, "10.00"))
    added = changed(before, [AddLine("TEA", 3)], BOOK)
    assert [(row.asked, row.sku, row.quantity, row.total) for row in added.lines[1:]] == [(2, "TEA", 3, Decimal(12))]
    replaced = changed(before, [ReplaceLine(1, "TEA")], BOOK)
    assert [(row.sku, row.quantity) for row in replaced.lines] == [("P-1", 0), ("TEA", 2)]
    assert replaced.total == 8
    with pytest.raises(UnknownSku):
        changed(before, [AddLine("GONE", 1)], BOOK)
    with pytest.raises(NoSuchLine):
        changed(before, [SetQuantity(2, 1)], BOOK)


def test_another_country_taxes_all_lines_and_shipping_anew_and_keeps_the_price() -> None:
    before = draft(line(1, 2, "10.00"), shipping="4.00")
    after = changed(before, [SetAddress("shipping", {"country": "DE"})], BOOK)
    assert (after.total, after.lines[0].tax_rate, after.lines[0].tax) == (24, Decimal("0.19"), Decimal("3.19"))
    assert after.shipping_tax == Decimal("0.64")
    with pytest.raises(NoSuchShipping):
        changed(before, [SetAddress("shipping", {"country": "US"})], BOOK)


def test_shipping_stays_as_sold_until_it_is_changed() -> None:
    free = draft(line(1, 6, "10.00"), shipping="0")
    free = replace(free, shipping_method="post")
    after = changed(free, [SetQuantity(1, 4)], BOOK)
    assert (after.shipping_total, after.total) == (0, 40)
    assert shipping_notes(free, after, POST.free_from, POST.price) == (
        "Shipping stays as it was sold, though items now cost less than £50.00.",
    )
    charged = changed(free, [SetQuantity(1, 4), SetShipping("post")], BOOK)
    assert (charged.shipping_total, charged.promised_at) == (4, NOW + timedelta(days=3))
    assert changed(free, [SetShipping("post", Decimal("1.50"))], BOOK).shipping_total == Decimal("1.50")


@pytest.mark.parametrize(
    ("difference", "refunded", "unpaid", "words"),
    [
        ("9.90", "0", "9.90", "The customer pays £9.90 more; £9.90 are not pledged yet."),
        ("9.90", "0", "0", "The customer pays £9.90 more, which is pledged already."),
        ("-2", "2", "0", "The customer gets £2.00 back."),
        ("-2", "0", "0", "The customer pays £2.00 less; nothing of it was taken yet."),
        ("0", "0", "0", "The customer pays as much as before."),
    ],
)
def test_money_is_told_in_words(difference: str, refunded: str, unpaid: str, words: str) -> None:
    assert money_words(Decimal(difference), Decimal(refunded), Decimal(unpaid), "GBP") == words


EVERY_KIND: list[Operation] = [
    AddLine("TEA", 2, Decimal("0.00")),
    SetQuantity(1, 0),
    ReplaceLine(1, "TEA", 3),
    SetAddress("billing", {"country": "GB", "line1": "1 High Street"}),
    SetShipping("post", Decimal("0.00")),
    SetDiscounts((DiscountRequest("Sorry", Decimal("1.50")),)),
    SetNotes(note=""),
]


def test_operations_are_kept_as_json_and_read_again() -> None:
    assert list(from_json(to_json(EVERY_KIND))) == EVERY_KIND


@pytest.mark.parametrize("operation", EVERY_KIND, ids=[type(row).__name__ for row in EVERY_KIND])
def test_an_amount_of_nothing_is_an_amount(operation: Operation) -> None:
    assert names_amounts([operation]) == isinstance(operation, AddLine | SetShipping | SetDiscounts)


CURRENCIES = ("JPY", "GBP", "EUR", "KWD")


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Orders as placing makes them: lines with discounts of their own and a share of the order's."""
    currency = draw(st.sampled_from(CURRENCIES))
    terms, step = Terms(currency, draw(st.booleans())), unit(currency)
    lines = []
    for place in range(1, draw(st.integers(1, 5)) + 1):
        units, each = draw(st.integers(0, 7)), step * draw(st.integers(0, 5000))
        off = step * draw(st.integers(0, int(each * units / step)))
        rate = Decimal(draw(st.sampled_from(["0", "0.05", "0.2", "0.255"])))
        lines.append(PricedLine(place, 1, f"P-{place}", "P", "", units, each, off, each * units - off, rate))
    most = sum((row.total for row in lines), Decimal(0))
    amounts = [step * draw(st.integers(0, int(most / step / 2))) for _ in range(draw(st.integers(0, 2)))]
    lines = less(lines, sum(amounts, Decimal(0)), terms)
    lines = [replace(row, tax=tax_on(row.total, row.tax_rate, terms)) for row in lines]
    return replace(
        draft(),
        terms=terms,
        lines=tuple(lines),
        discounts=tuple(DiscountRequest(f"D{n}", amount) for n, amount in enumerate(amounts) if amount),
        discount_total=sum((row.discount for row in lines), Decimal(0)),
        shipping_total=step * draw(st.integers(0, 900)),
        shipping_tax=step * draw(st.integers(0, 90)),
    )


def is_exact(checked: Draft) -> None:
    """What the database and `verify` insist on, and that a line's discount covers its share of the order's."""
    step = unit(checked.terms.currency)
    for row in checked.lines:
        assert row.total == row.unit_price * row.quantity - row.discount
        assert min(row.total, row.discount, row.tax) >= 0
        assert not any(amount % step for amount in (row.total, row.discount, row.tax))
    off = sum((row.amount for row in checked.discounts), Decimal(0))
    bears = shares(checked.lines, off, checked.terms.currency)
    assert sum(bears, Decimal(0)) == off
    assert all(0 <= share <= row.discount for share, row in zip(bears, checked.lines, strict=True))


@given(drafts(), st.data())
def test_whatever_quantities_are_typed_every_sum_is_exact(before: Draft, data: st.DataObject) -> None:
    is_exact(before)
    typed = [SetQuantity(row.asked, data.draw(st.integers(0, 9))) for row in before.lines]
    after = changed(before, typed, Book.empty())
    is_exact(after)
    assert after.quantities() == {row.line: row.quantity for row in typed}
    assert [row.unit_price for row in after.lines] == [row.unit_price for row in before.lines]


@given(drafts(), st.data())
def test_what_is_split_sums_exactly_and_joined_again_is_the_whole(before: Draft, data: st.DataObject) -> None:
    units = {row.asked: data.draw(st.integers(0, row.quantity)) for row in before.lines}
    units = {place: count for place, count in units.items() if count}
    stay, go = parted(before, units)
    for part in (stay, go):
        is_exact(part)
    assert stay.total + go.total == before.total
    assert stay.tax_total + go.tax_total == before.tax_total
    assert stay.off() + go.off() == before.off()
    assert stay.discount_total + go.discount_total == before.discount_total
    assert joined(stay, go).total == before.total
