"""Claims: opened once, for what was sent and is not settled; settled once, with the exact money or the goods again."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from feedback.asking import may_be_asked
from fulfillment.claims import Told, open_claim, refuse_claim, settle_claim
from fulfillment.errors import ClaimRefused, NothingToReturn
from fulfillment.models import Claim, ClaimLine
from fulfillment.returns.receiving import receive_return
from inventory.errors import NotEnoughStock
from inventory.models import Stock
from ordermgmt.verify import verify
from orders.models import Order, OrderEvent, Payment, Refund
from orders.order_request import PaymentRequest
from orders.payments.standing import balance_of
from tests.factories import carry, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """Three mugs at 10.00 and one plate at 25.00, shipped for 4.95, delivered and paid."""
    make_stock(make_product("MUG"), 10)
    make_stock(make_product("PLATE", price="25.00"), 10)
    return make_order([("MUG", 3), ("PLATE", 1)], state="delivered", shipping_total=Decimal("4.95"))


def claim(order, kind="missing", key="C-1", against="shop", **units):
    lines = dict(order.lines.values_list("sku", "pk"))
    named = {lines[sku]: count for sku, count in units.items()}
    return open_claim(order.pk, kind=kind, units=named, key=key, by="sam", told=Told(against=against))


def as_it_is():
    return (
        list(Claim.objects.values()),
        list(ClaimLine.objects.values()),
        list(Payment.objects.values("captured", "refunded")),
        Order.objects.count(),
        OrderEvent.objects.count(),
        Refund.objects.count(),
    )


def clean():
    return [(check.name, check.breaches) for check in verify().checks if check.count]


def test_a_claim_is_opened_once_for_its_key(order):
    first = claim(order, MUG=2)
    before = as_it_is()
    assert claim(order, MUG=2).pk == first.pk
    assert as_it_is() == before
    opened = OrderEvent.objects.latest("pk")
    assert (opened.name, opened.data["kind"], opened.data["lines"]) == (
        "claim.opened",
        "missing",
        [{"sku": "MUG", "quantity": 2}],
    )


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({}, "A claim names at least one unit"),
        ({"MUG": 0}, "A claim names at least one unit"),
        ({"MUG": 4}, "Of MUG 3 can be claimed"),
        ({"MUG": 1, "PLATE": 2}, "Of PLATE 1 can be claimed"),
    ],
)
def test_what_was_not_sent_cannot_be_claimed(order, units, said):
    before = as_it_is()
    with pytest.raises(ClaimRefused, match=said):
        claim(order, **units)
    assert as_it_is() == before


def test_one_claim_is_open_per_line_and_party(order):
    claim(order, MUG=1)
    before = as_it_is()
    with pytest.raises(ClaimRefused, match="A claim for MUG is open already"):
        claim(order, key="C-2", MUG=1)
    assert as_it_is() == before
    assert claim(order, key="C-3", against="carrier", kind="lost", MUG=1).against == "carrier"
    line = order.lines.get(sku="MUG")
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.create(
            claim=claim(order, key="C-4", PLATE=1), order_line=line, quantity=1, open_against="shop"
        )


def test_money_comes_back_exactly_with_its_share_of_the_shipping(order):
    settled = settle_claim(claim(order, MUG=2).pk, outcome="refund", by="sam")
    # The shipping is shared 30 : 25 over the lines: 2.70 and 2.25; two of three mugs bear 1.80 of it.
    assert settled.refund == Decimal("21.80") == Payment.objects.get().refunded
    rest = [settle_claim(claim(order, key="C-2", MUG=1, PLATE=1).pk, outcome="refund", by="sam").refund]
    assert settled.refund + sum(rest) == order.total == Payment.objects.get().refunded
    assert clean() == []


def test_settling_twice_pays_once_and_another_outcome_is_refused(order):
    row = claim(order, MUG=1)
    settle_claim(row.pk, outcome="refund", by="sam")
    before = as_it_is()
    settle_claim(row.pk, outcome="refund", by="sam")
    for end in (
        lambda: settle_claim(row.pk, outcome="nothing", by="sam"),
        lambda: refuse_claim(row.pk, note="", by="sam"),
    ):
        with pytest.raises(ClaimRefused, match="already"):
            end()
    with pytest.raises(ClaimRefused, match="already"):
        settle_claim(row.pk, outcome="reship", by="sam")
    assert as_it_is() == before


def test_goods_are_sent_again_as_a_linked_order_that_costs_nothing(order):
    row = settle_claim(claim(order, MUG=2, kind="damaged").pk, outcome="reship", by="sam")
    again = row.reshipment
    assert (again.parent_id, again.parent_relation, again.total, again.customer_id) == (
        order.pk,
        "reshipment",
        0,
        order.customer_id,
    )
    assert list(again.lines.values_list("sku", "quantity", "total")) == [("MUG", 2, 0)]
    settle_claim(row.pk, outcome="reship", by="sam")
    assert Order.objects.count() == 2
    assert carry(again, to="delivered").state == "delivered"
    assert clean() == []


def test_what_is_not_there_cannot_be_sent_again_and_the_claim_stays_open(order):
    row = claim(order, MUG=2)
    Stock.objects.filter(product__sku="MUG").update(on_hand=0)
    before = as_it_is()
    with pytest.raises(NotEnoughStock):
        settle_claim(row.pk, outcome="reship", by="sam")
    assert as_it_is() == before


@pytest.mark.parametrize(
    ("against", "outcome"), [("shop", "carrier_paid"), ("carrier", "refund"), ("carrier", "reship")]
)
def test_an_outcome_fits_whom_the_claim_is_against(order, against, outcome):
    row = claim(order, against=against, MUG=1)
    with pytest.raises(ClaimRefused, match="cannot end like this"):
        settle_claim(row.pk, outcome=outcome, by="sam")
    assert (Claim.objects.get().state, Order.objects.count()) == ("open", 1)


def test_a_carrier_pays_the_shop_and_the_customer_sees_none_of_it(order):
    row = settle_claim(
        claim(order, against="carrier", kind="lost", MUG=3).pk, outcome="carrier_paid", by="sam", amount=Decimal(20)
    )
    assert (row.compensation, row.refund, Payment.objects.get().refunded) == (20, 0, 0)


def test_a_refused_claim_may_be_opened_again(order):
    refuse_claim(claim(order, MUG=1).pk, note="It was in the box.", by="sam")
    refuse_claim(Claim.objects.get().pk, note="Again", by="sam")
    assert Claim.objects.get().settle_note == "It was in the box."
    assert claim(order, key="C-2", MUG=1).state == "open"


def test_what_a_claim_has_paid_back_does_not_come_back_for_money(order):
    settle_claim(claim(order, MUG=2).pk, outcome="refund", by="sam")
    with pytest.raises(NothingToReturn, match="1 × MUG"):
        receive_return(order.pk, lines={"MUG": 2}, reason="unwanted", key="R-1", by="alice")
    assert receive_return(order.pk, lines={"MUG": 1}, reason="unwanted", key="R-1", by="alice").refund == 10
    with pytest.raises(ClaimRefused, match="Of MUG 0 can be claimed"):
        claim(order, key="C-2", MUG=1)
    assert clean() == []


def test_what_was_not_paid_yet_is_owed_no_longer():
    order = make_order(state="delivered", payment=PaymentRequest("invoice", authorised=Decimal(10)))
    settle_claim(claim(order, **{"MUG-1": 1}).pk, outcome="refund", by="sam")
    order = Order.objects.get()
    assert (Payment.objects.get().refunded, balance_of(order).owed, balance_of(order).credited) == (0, 0, 10)


def test_nobody_is_asked_how_it_went_while_a_claim_is_open(order):
    assert may_be_asked(order)
    row = claim(order, MUG=1)
    assert not may_be_asked(order)
    settle_claim(row.pk, outcome="nothing", by="sam")
    claim(order, key="C-2", kind="lost", against="carrier", MUG=1)
    assert may_be_asked(order)
