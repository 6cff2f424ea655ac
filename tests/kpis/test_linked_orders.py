"""What was sent again or exchanged is an order, but nobody bought it: it counts for no tier and no frequency."""

from datetime import timedelta

import pytest

from fulfillment.claims import open_claim, settle_claim
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import Wish, WishLine, note_sent, request_return
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from inventory import clock
from kpis import windows
from kpis.figures.customers import cohort_grid
from kpis.figures.frequency import purchase_frequency
from kpis.figures.scope import Scope
from kpis.fold import check, rebuild
from kpis.models import OrderFact
from ordermgmt.order_page import order_page
from orders.customers.standing import payment_history
from orders.models import Order
from tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought():
    """Three mugs: one was sent again, one exchanged."""
    order = make_order([("MUG-1", 3)], state="delivered")
    line = order.lines.get()
    claim = open_claim(order.pk, kind="damaged", units={line.pk: 1}, key="c", by="sam")
    settle_claim(claim.pk, outcome="reship", by="sam")
    wish = Wish((WishLine(line.pk, 1, "unwanted"),), "exchange")
    row = note_sent(request_return(order.pk, wish=wish, key="r", by="customer").pk, by="customer")
    receive_parcel(row.pk, by="bob")
    inspect_unit(row.lines.get().pk, found=Found("A", "restock"), by="bob")
    settle_return(row.pk, by="sam")
    return order


def test_only_what_was_bought_counts_for_tier_and_frequency(bought):
    assert sorted(Order.objects.values_list("parent_relation", flat=True)) == ["", "exchange", "reshipment"]
    history = payment_history([bought.customer_id], before=clock.now() + timedelta(hours=1))[bought.customer_id]
    assert (history.orders, history.spending["GBP"].total, history.usual("GBP")) == (1, 30, 30)
    rebuild(lambda done, of: None)
    assert check(lambda done, of: None) == []
    assert sorted(OrderFact.objects.values_list("follows", flat=True)) == [False, True, True]
    long_ago, tomorrow = (windows.today() + timedelta(days=days) for days in (-60, 1))
    window = windows.days(long_ago, tomorrow)
    (figures,) = purchase_frequency(Scope(window)).values()
    assert (figures["orders"], figures["customers"], figures["repeat_rate"]) == (1, 1, 0)
    cells = cohort_grid(window.since, window.until, first=long_ago.replace(day=1))
    assert [(row.customers, row.orders) for row in cells] == [(1, 1)]


def test_the_page_of_the_order_shows_its_claim_and_its_return_with_what_came_of_them(bought):
    page = order_page(bought.number)
    (claim,), (row,) = page.claims, page.returns
    assert (claim.contents, claim.tone, claim.claim.reshipment.parent_id) == ("1 × MUG-1", "good", bought.pk)
    assert (row.contents, row.tone, row.record.exchange.parent_id) == ("1 × MUG-1", "good", bought.pk)
