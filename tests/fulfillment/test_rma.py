"""Returns that are announced: what may come back, how it is decided, received, inspected and settled, to the penny."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from fulfillment.claims import open_claim, settle_claim
from fulfillment.errors import NotReturnable
from fulfillment.models import Return, ReturnPolicy, ReturnReason, ReturnUnit
from fulfillment.return_flow import RETURN_EDGES, ReturnState
from fulfillment.returns.labelling import label_return
from fulfillment.returns.policy import policy_of, returnable
from fulfillment.returns.reasons import DEFAULTS, reason_groups
from fulfillment.returns.receiving import receive_parcel, receive_return
from fulfillment.returns.requesting import (
    Wish,
    WishLine,
    approve_return,
    cancel_return,
    decline_return,
    note_sent,
    request_return,
)
from fulfillment.returns.settling import Found, inspect_unit, return_money, settle_return
from inventory import clock
from inventory.models import Stock, StockMovement
from ordermgmt.verify import verify
from orders.customers.credit import credit_balance, spend_credit
from orders.errors import CreditTooSmall, NotAllowedNow, RefundTooLarge
from orders.models import CustomerEvent, Order, OrderEvent, Payment
from orders.payments.standing import balance_of
from orders.services import grant_refund
from tests.factories import carry, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """Three mugs at 10.00 and one plate at 25.00, shipped for 4.95, delivered and paid."""
    make_stock(make_product("MUG"), 10)
    make_stock(make_product("PLATE", price="25.00"), 10)
    return make_order([("MUG", 3), ("PLATE", 1)], state="delivered", shipping_total=Decimal("4.95"))


def wish(order, reason="unwanted", resolution="refund", exchange="", **units):
    lines = dict(order.lines.values_list("sku", "pk"))
    asked = tuple(WishLine(lines[sku], count, reason, exchange_sku=exchange) for sku, count in units.items())
    return Wish(asked, resolution)


def asked(order, key="R-1", **wanted):
    return request_return(order.pk, wish=wish(order, **wanted), key=key, by="customer")


def came(row, disposition="restock", grade="A", **received):
    """Received and inspected."""
    lines = {line.order_line.sku: line.pk for line in row.lines.all()}
    receive_parcel(row.pk, received={lines[sku]: n for sku, n in received.items()} or None, by="bob")
    for line in row.lines.all():
        for _ in range(line.received):
            inspect_unit(line.pk, found=Found(grade, disposition), by="bob")
    return Return.objects.get(pk=row.pk)


def shelf():
    return dict(Stock.objects.values_list("product__sku", "on_hand"))


def clean():
    return [(check.name, check.breaches) for check in verify().checks if check.count]


def test_the_whole_way_back(order):
    row = asked(order, MUG=2)
    assert (row.state, row.rma, row.requested_by) == ("approved", f"R{order.number}-1", "customer")
    row = label_return(row.pk, by="system:returns")
    assert (row.state, row.carrier, bool(row.tracking_number)) == ("labelled", "Parcelwing", True)
    assert label_return(row.pk, by="system:returns").tracking_number == row.tracking_number
    assert note_sent(row.pk, by="customer").state == "in_transit"
    row = came(row)
    assert (row.state, shelf()["MUG"]) == ("inspected", 9)
    row = settle_return(row.pk, by="sam")
    assert (row.state, row.goods, row.refund, row.credit, row.shipping) == ("settled", 20, 20, 0, 0)
    assert Payment.objects.get().refunded == 20
    assert settle_return(row.pk, by="sam").refund == 20 == Payment.objects.get().refunded
    steps = OrderEvent.objects.filter(name__startswith="return.").order_by("seq").values_list("name", flat=True)
    assert [name.split(".")[1] for name in steps] == [
        *("requested", "approved", "labelled", "in_transit", "received"),
        *("unit_inspected", "unit_inspected", "inspected", "settled"),
    ]
    assert clean() == []


def test_all_ways_back_sum_exactly_to_what_was_paid(order):
    """A wish keeps its shipping; what was wrong brings its share back; the parts never sum to more."""
    settle_return(came(asked(order, MUG=1)).pk, by="sam")
    wrong = settle_return(came(asked(order, key="R-2", reason="wrong_item", MUG=1, PLATE=1)).pk, by="sam")
    assert (wrong.goods, wrong.shipping, wrong.refund) == (35, Decimal("3.15"), Decimal("38.15"))
    last = settle_return(came(asked(order, key="R-3", reason="defective", MUG=1)).pk, by="sam")
    assert last.refund == Decimal("10.90")
    assert Payment.objects.get().refunded == order.total - Decimal("0.90")
    assert clean() == []


@pytest.mark.parametrize(
    ("disposition", "on_hand", "kinds"),
    [("restock", 8, ["return"])]
    + [(where, 7, ["return", "write_off"]) for where in ("refurbish", "write_off", "vendor")],
)
def test_stock_is_booked_by_what_becomes_of_each_unit(order, disposition, on_hand, kinds):
    came(asked(order, MUG=1), disposition=disposition, grade="C")
    moves = StockMovement.objects.filter(key__startswith="unit:").order_by("id")
    assert (shelf()["MUG"], [row.kind for row in moves]) == (on_hand, kinds)


def test_an_exchange_of_the_same_costs_nothing_more(order):
    row = settle_return(came(asked(order, resolution="exchange", MUG=2)).pk, by="sam")
    new = row.exchange
    assert (new.parent_id, new.parent_relation, new.total, row.credit, row.refund) == (order.pk, "exchange", 20, 20, 0)
    assert list(new.payments.exclude(captured=0).values_list("method", "captured")) == [("credit", 20)]
    assert credit_balance(order.customer_id) == {}
    assert carry(new, to="delivered").state == "delivered"
    assert clean() == []


def test_a_dearer_exchange_asks_for_the_difference_and_a_cheaper_one_gives_it_back(order):
    dear = settle_return(came(asked(order, resolution="exchange", exchange="PLATE", MUG=1)).pk, by="sam")
    assert (dear.credit, dear.refund, dear.exchange.total) == (10, 0, 25)
    assert balance_of(dear.exchange).owed == 15
    cheap = settle_return(came(asked(order, key="R-2", resolution="exchange", exchange="MUG", PLATE=1)).pk, by="sam")
    assert (cheap.credit, cheap.refund, cheap.exchange.total) == (10, 15, 10)
    assert Payment.objects.get(order=order).refunded == 15
    assert clean() == []


def test_store_credit_is_given_and_spent_once_and_never_more_than_there_is(order):
    row = settle_return(came(asked(order, resolution="credit", MUG=3)).pk, by="sam")
    assert (row.credit, row.refund, Payment.objects.get().refunded) == (30, 0, 0)
    assert credit_balance(order.customer_id) == {"GBP": 30}
    new = make_order([("PLATE", 1)])
    with pytest.raises(CreditTooSmall):
        spend_credit(new.pk, amount=Decimal(26), key="S-1", by="sam")
    for _ in range(2):
        spend_credit(new.pk, amount=Decimal(20), key="S-1", by="sam")
    assert credit_balance(order.customer_id) == {"GBP": 10}
    with pytest.raises(CreditTooSmall):
        spend_credit(new.pk, amount=Decimal(6), key="S-2", by="sam")
    assert clean() == []


def test_what_was_given_as_credit_is_not_paid_back_as_money_too(order):
    settle_return(came(asked(order, resolution="credit", MUG=3)).pk, by="sam")
    Payment.objects.update(captured=30)  # as if the rest had been charged back
    settle_return(came(asked(order, key="R-2", PLATE=1)).pk, by="sam")
    assert Payment.objects.get().refunded == 0


def test_a_fee_and_the_label_are_kept_when_it_was_the_customers_wish(order):
    ReturnPolicy.objects.create(channel=order.channel, restocking_percent=Decimal("12.5"), label_price=Decimal("3.95"))
    row = settle_return(came(label_return(asked(order, MUG=3).pk, by="x")).pk, by="sam")
    assert (row.goods, row.fee, row.label_cost, row.refund) == (30, Decimal("3.75"), Decimal("3.95"), Decimal("22.30"))
    row = settle_return(came(label_return(asked(order, key="R-2", reason="wrong_item", PLATE=1).pk, by="x")).pk, by="s")
    assert (row.fee, row.label_cost, row.refund) == (0, 0, Decimal("27.25"))


def test_only_what_came_is_paid_for_and_an_empty_box_is_noticed(order):
    row = came(asked(order, MUG=3), MUG=1)
    assert return_money(row, list(row.lines.all())).total == 10
    assert settle_return(row.pk, by="sam").refund == 10
    told = CustomerEvent.objects.get(name="customer.noticed").data
    assert (told["signal"], told["units"], told["order"]) == ("empty_box", 2, order.number)
    empty = receive_parcel(asked(order, key="R-2", MUG=2).pk, received={}, by="bob")
    assert settle_return(empty.pk, by="sam").refund == 0


def test_worn_goods_are_noticed_unless_something_was_wrong_with_them(order):
    settle_return(came(asked(order, reason="defective", MUG=1), grade="C", disposition="vendor").pk, by="sam")
    assert not CustomerEvent.objects.filter(name="customer.noticed").exists()
    settle_return(came(asked(order, key="R-2", MUG=1), grade="C", disposition="write_off").pk, by="sam")
    assert CustomerEvent.objects.get(name="customer.noticed").data["signal"] == "wear"


def test_the_window_is_counted_from_delivery_and_only_the_shop_goes_beyond_it(order):
    with clock.at(clock.now() + timedelta(days=31)):
        assert {row.why_not for row in returnable(order, policy_of(order.channel_id))} == {
            "The time to return it is over"
        }
        with pytest.raises(NotReturnable, match="The time to return it is over"):
            asked(order, MUG=1)
        mine = wish(order, MUG=1)
        row = request_return(order.pk, wish=Wish(mine.lines, by_staff=True), key="R-9", by="sam")
        assert row.state == "approved"


def test_a_final_sale_does_not_come_back(order):
    policy = ReturnPolicy.objects.create(channel=order.channel)
    policy.final_sale.add(order.lines.get(sku="MUG").product)
    with pytest.raises(NotReturnable, match="Final sale"):
        asked(order, MUG=1)
    assert asked(order, PLATE=1).state == "approved"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Choose at least one", {}),
        ("Of Mug 3 can come back", {"MUG": 4}),
        ("Of Mug 3 can come back", {"MUG": 0}),
        ("There is no reason whim", {"MUG": 1, "reason": "whim"}),
        ("needs one", {"MUG": 1, "reason": "damaged"}),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_nothing_is_written(order, said, wanted):
    with pytest.raises(NotReturnable, match=said):
        asked(order, **wanted)
    assert (Return.objects.count(), OrderEvent.objects.filter(name__startswith="return.").count()) == (0, 0)


def test_units_are_announced_once_and_free_again_when_the_customer_keeps_them(order):
    row = asked(order, MUG=2)
    assert asked(order, MUG=2).pk == row.pk
    with pytest.raises(NotReturnable, match="Of Mug 1 can come back"):
        asked(order, key="R-2", MUG=2)
    cancel_return(row.pk, by="customer")
    assert asked(order, key="R-2", MUG=3).number == 2


def test_a_person_decides_where_the_policy_says_so(order):
    ReturnPolicy.objects.create(channel=order.channel, approve_at_once=False)
    first, second = asked(order, MUG=1), asked(order, key="R-2", PLATE=1)
    assert (first.state, approve_return(first.pk, by="sam").state) == ("requested", "approved")
    declined = decline_return(second.pk, why="It was worn.", by="sam")
    assert (declined.state, declined.declined_why) == ("declined", "It was worn.")
    with pytest.raises(NotAllowedNow):
        approve_return(second.pk, by="sam")
    with pytest.raises(NotReturnable, match="is declined"):
        receive_parcel(second.pk, by="bob")


def test_units_are_inspected_as_many_times_as_they_came(order):
    row = asked(order, MUG=1)
    line = row.lines.get()
    with pytest.raises(NotReturnable, match="Every unit that came was looked at"):
        inspect_unit(line.pk, found=Found("A", "restock"), by="bob")
    came(row)
    with pytest.raises(NotReturnable, match="Every unit that came was looked at"):
        inspect_unit(line.pk, found=Found("A", "restock"), by="bob")
    assert (ReturnUnit.objects.count(), shelf()["MUG"]) == (1, 8)
    with pytest.raises(NotAllowedNow):
        settle_return(asked(order, key="R-2", MUG=1).pk, by="sam")


def test_what_a_third_party_reports_is_settled_at_once(order):
    row = receive_return(order.pk, lines={"MUG": 1}, reason="unwanted", key="T-1", by="3pl")
    assert (row.state, row.number, row.goods, row.refund) == ("settled", 1, 10, 10)
    assert row.lines.get().received == 1


def test_the_database_knows_the_edges(order):
    row = asked(order, MUG=1)
    states = [state.value for state in ReturnState]
    legal = set()
    for before in states:
        for after in states:
            if before == after:
                continue
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                cursor.execute("UPDATE fulfillment_return SET state = %s WHERE id = %s", [before, row.pk])
                cursor.execute("RESET session_replication_role")
            with suppress(IntegrityError), transaction.atomic():
                Return.objects.filter(pk=row.pk).update(state=after)
                legal.add((before, after))
    assert legal == set(RETURN_EDGES)


def test_the_shop_edits_the_reasons_and_without_any_the_programs_own_are_offered():
    labels = [group.label for group in reason_groups()]
    assert labels == [label for _, label in DEFAULTS]
    codes = [reason.code for group in reason_groups() for reason in group.reasons]
    ReturnReason.objects.filter(code="style").update(active=False)
    ReturnReason.objects.filter(code="too_late").update(for_customers=False)
    shown = [reason.code for group in reason_groups(for_customers=True) for reason in group.reasons]
    assert set(codes) - set(shown) == {"style", "too_late"}
    ReturnReason.objects.exclude(parent=None).delete()
    ReturnReason.objects.all().delete()
    assert [reason.code for group in reason_groups() for reason in group.reasons] == codes
    assert Order.objects.count() == 0


def test_units_that_came_back_for_credit_or_were_claimed_are_not_refunded_by_a_person_again(order):
    settle_return(came(asked(order, resolution="credit", MUG=1)).pk, by="sam")
    mug, plate = order.lines.order_by("position")
    claim = open_claim(order.pk, kind="damaged", units={plate.pk: 1}, key="c", by="sam")
    settle_claim(claim.pk, outcome="refund", by="sam")
    for line, units in ((mug, 3), (plate, 1)):
        with pytest.raises(RefundTooLarge, match="given back for before"):
            grant_refund(order.pk, lines={line.pk: units}, reason="x", by="alice", key=f"k{line.pk}")
    assert sum(row.amount for row in grant_refund(order.pk, lines={mug.pk: 2}, reason="x", by="alice", key="k")) == 20
    assert verify().ok
