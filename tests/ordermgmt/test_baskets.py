"""The bundled sample is read to the last line, the same way every time."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ordermgmt.simulation.baskets import Sample, read_sample
from ordermgmt.simulation.catalogue import articles, readable
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.people import ISO_CODES, person
from ordermgmt.simulation.plan import plan_errands
from ordermgmt.simulation.shop import Shares, stock_for


@pytest.fixture(scope="module")
def sample() -> Sample:
    return read_sample()


def test_every_line_is_read_or_counted_as_left_out(sample: Sample) -> None:
    assert len(sample.baskets) == 1198
    assert sum(len(basket.lines) for basket in sample.baskets) == 34271
    assert sum(basket.units.total() for basket in sample.baskets) == 367442
    assert sample.left_out == {"not a product": 139, "written off or free": 100, "credit without a basket": 351}


def test_the_first_basket_is_the_first_of_november(sample: Sample) -> None:
    first = sample.baskets[0]
    assert (first.invoice, first.customer, first.country) == ("573744", "17733", "United Kingdom")
    assert first.placed_at == datetime(2011, 11, 1, 8, 16, tzinfo=UTC)
    assert (first.lines[0].sku, first.lines[0].quantity, first.lines[0].unit_price) == ("21314", 8, Decimal("2.1"))


def test_guests_are_named_after_their_invoice(sample: Sample) -> None:
    guests = [basket for basket in sample.baskets if basket.customer == f"guest-{basket.invoice}"]
    assert len(guests) == 47
    assert len({basket.customer for basket in sample.baskets}) == 951


def test_a_code_stands_once_in_a_basket_in_capitals(sample: Sample) -> None:
    for basket in sample.baskets:
        skus = [line.sku for line in basket.lines]
        assert len(skus) == len(set(skus))
        assert all(sku == sku.upper() for sku in skus)
        assert all(line.quantity > 0 and line.unit_price > 0 for line in basket.lines)


def test_credit_notes_take_back_no_more_than_was_bought(sample: Sample) -> None:
    by_invoice = {basket.invoice: basket for basket in sample.baskets}
    back: dict[str, Counter[str]] = {}
    for note in sample.credit_notes:
        back.setdefault(note.basket, Counter()).update(note.units)
        assert by_invoice[note.basket].placed_at < note.noted_at
    assert len(sample.credit_notes) == 70
    assert len(back) == 65
    assert all(units <= by_invoice[invoice].units for invoice, units in back.items())


def test_a_note_for_every_unit_cancels(sample: Sample) -> None:
    assert [note.basket for note in sample.credit_notes if note.cancels] == ["574307", "575220", "575935"]


def test_the_catalogue_has_every_article_once(sample: Sample) -> None:
    catalogue = articles(sample.baskets)
    assert len({article.sku for article in catalogue}) == len(catalogue) == 2577
    assert all(article.weight_g > 0 and min(article.size_mm) > 0 for article in catalogue)
    heart = next(article for article in catalogue if article.sku == "21314")
    assert (heart.name, heart.price) == ("Small Glass Heart Trinket Pot", Decimal("2.1"))


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("BAG 250g SWIRLY MARBLES", "Bag 250g Swirly Marbles"),
        ("HAND WARMER  OWL DESIGN", "Hand Warmer Owl Design"),
        ("SET OF 6 CHILDREN'S T-LIGHTS", "Set of 6 Children's T-Lights"),
        ("THE KING GIFT BAG", "The King Gift Bag"),
    ],
)
def test_names_are_made_readable(found: str, shown: str) -> None:
    assert readable(found) == shown


def test_a_customer_is_always_the_same_person(sample: Sample) -> None:
    assert {basket.country for basket in sample.baskets} == set(ISO_CODES)
    people = {person(basket.customer, basket.country) for basket in sample.baskets}
    assert len({somebody.email for somebody in people}) == 951
    assert all(somebody.email.endswith("@example.org") for somebody in people)


def test_the_seed_alone_decides_the_plan(sample: Sample) -> None:
    first, again = (plan_errands(sample, 40, dice=Dice(7), prefix="test") for _ in range(2))
    other = plan_errands(sample, 40, dice=Dice(8), prefix="test")
    assert first == again
    assert [errand.basket.invoice for errand in first] != [errand.basket.invoice for errand in other]
    assert [errand.body() for errand in first] == [errand.body() for errand in again]


def test_more_orders_than_baskets_draws_them_again(sample: Sample) -> None:
    errands = plan_errands(sample, 1300, dice=Dice(1), prefix="test")
    fitting = [basket for basket in sample.baskets if len(basket.lines) <= 500]
    assert len(fitting) == 1192
    assert {errand.basket for errand in errands[:1192]} == set(fitting)
    assert len({errand.external_id for errand in errands}) == 1300


def test_the_stock_serves_every_order_and_some_only_by_hand(sample: Sample) -> None:
    baskets = [errand.basket for errand in plan_errands(sample, 200, dice=Dice(1), prefix="test")]
    units = stock_for(baskets, articles(sample.baskets), shares=Shares(0.15, 0.1), dice=Dice(1))
    for basket in baskets:
        assert all(max(kept.get(line.sku, 0) for kept in units.values()) >= line.quantity for line in basket.lines)
    by_hand = [basket for basket in baskets if any(line.sku not in units["YORK"] for line in basket.lines)]
    assert 40 <= len(by_hand) <= 50
