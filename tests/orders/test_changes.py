"""A change set from its proposal to its end: stock, money and trust follow it, and nothing else changes an order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fulfillment.changes import apply_change, cancel_units
from inventory import clock
from inventory.errors import NotEnoughStock
from inventory.models import LostPromise, Reservation, Stock, TaxRate
from inventory.services import Want, hand_over, resize, turns
from inventory.services.shortfall import adjust
from orders.changes.operations import AddLine, Operation, ReplaceLine, SetAddress, SetNotes, SetQuantity
from orders.changes.proposals import discard, preview, propose
from orders.errors import ChangeEnded, ChangeOpen, ChangeStale, NoSuchLine, NothingToChange, NoWay, UnknownSku
from orders.models import ChangeSet, Order, Refund
from orders.order_request import PaymentRequest
from orders.queue import held
from orders.services import capture, pledge
from tests.dumps import dump
from tests.factories import LONDON, make_order, make_product, make_stock, make_tax_class, make_warehouse

pytestmark = pytest.mark.django_db


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def proposed(order: Order, *operations: Operation) -> ChangeSet:
    return propose(order.pk, operations, reason="They called", by="sam")


def reserved(sku: str) -> int:
    return sum(Stock.objects.filter(product__sku=sku).values_list("reserved", flat=True))


def test_a_proposal_changes_nothing_but_is_told() -> None:
    order = make_order([("MUG-1", 3)], state="received")
    before = dump()
    change = proposed(order, SetQuantity(1, 5))
    after = dump()
    assert {table for table in before if before[table] != after[table]} == {"Order", "OrderEvent", "ChangeSet"}
    assert (now(order).total, now(order).version, reserved("MUG-1")) == (30, 0, 3)
    assert order.events.latest("seq").data == {"change": change.pk}
    seen = dump()
    assert preview(change).stock == ("2 × MUG-1 promised from Leeds",)
    assert dump() == seen


def test_money_that_went_back_with_units_does_not_pay_for_more_of_them() -> None:
    order = make_order([("MUG-1", 3)], state="approved")
    with held(order.pk) as row:
        capture(row, by="test")
    cancel_units(order.pk, {1: 1}, reason="Too many", by="sam")
    assert Refund.objects.get().amount == 10
    change = proposed(order, SetQuantity(1, 3))
    assert preview(change).money == "The customer pays £10.00 more; £10.00 are not pledged yet."
    apply_change(change.pk, by="sam", seen=preview(change).mark)
    hold = now(order).holds.get(released_at=None)
    assert (hold.reason, hold.note) == ("payment", "£20.00 pledged of £30.00")
    pledge(order.pk, amount=Decimal(10), reference="pi_2", by="sam")
    assert now(order).open_holds == 0


def test_an_order_has_one_open_change_at_a_time() -> None:
    order = make_order([("MUG-1", 3)])
    change = proposed(order, SetQuantity(1, 5))
    with pytest.raises(ChangeOpen, match=f"Change {change.pk}, proposed by sam, is still open"):
        proposed(order, SetQuantity(1, 4))
    discard(change.pk, by="sam")
    discard(change.pk, by="sam")
    with pytest.raises(ChangeEnded):
        apply_change(change.pk, by="sam")
    assert proposed(order, SetQuantity(1, 4)).pk > change.pk


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (SetQuantity(1, 3), NothingToChange),
        (SetNotes(), NothingToChange),
        (SetQuantity(2, 1), NoSuchLine),
        (ReplaceLine(7, "MUG-1"), NoSuchLine),
        (AddLine("GONE", 1), UnknownSku),
        (SetQuantity(1, 0), NoWay),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(operation: Operation, error: type[Exception]) -> None:
    order = make_order([("MUG-1", 3)])
    before = dump()
    with pytest.raises(error):
        proposed(order, operation)
    assert dump() == before


def test_what_is_not_there_cannot_be_promised_and_nothing_is_changed() -> None:
    order = make_order([("MUG-1", 3)])
    make_stock(make_product("TEA-1"), 2)
    change = proposed(order, SetQuantity(1, 1), AddLine("TEA-1", 3))
    assert (preview(change).missing, preview(change).blocked) == ({"TEA-1": 2}, True)
    before = dump()
    with pytest.raises(NotEnoughStock) as refusal:
        apply_change(change.pk, by="sam")
    assert (refusal.value.missing, dump()) == ({"TEA-1": 2}, before)


def test_a_change_that_comes_to_other_money_than_was_seen_is_refused_with_the_new_preview() -> None:
    order = make_order([("MUG-1", 3)])
    tea = make_product("TEA-1", price="4.00")
    make_stock(tea, 5)
    change = proposed(order, AddLine("TEA-1", 1))
    tea.price = Decimal("5.00")
    tea.save()
    before = dump()
    with pytest.raises(ChangeStale) as refusal:
        apply_change(change.pk, by="sam")
    assert (refusal.value.preview["after"]["total"], dump()) == ("35.00", before)
    apply_change(change.pk, by="sam", seen=refusal.value.preview["mark"])
    assert now(order).total == 35


def test_a_change_that_another_one_came_before_is_stale() -> None:
    order = make_order([("MUG-1", 3), ("JAR-1", 2)], state="received")
    change = proposed(order, SetQuantity(1, 2))
    cancel_units(order.pk, {2: 1}, reason="x", by="bob")
    with pytest.raises(ChangeStale):
        apply_change(change.pk, by="sam")
    apply_change(change.pk, by="sam", seen=preview(change).mark)
    assert (now(order).total, now(order).version) == (30, 2)


def test_money_that_was_taken_goes_back_once() -> None:
    order = make_order([("MUG-1", 3)], state="received")
    with held(order.pk) as row:
        capture(row, by="test")
    change = proposed(order, SetQuantity(1, 1))
    assert preview(change).money == "The customer gets £20.00 back."
    assert not Refund.objects.exists()
    apply_change(change.pk, by="sam")
    refund = Refund.objects.get()
    assert (refund.amount, refund.key) == (20, f"change:{change.pk}:{refund.payment_id}")
    assert order.payments.get().refunded == 20
    cancel_units(order.pk, {1: 1}, reason="x", by="sam")
    assert (now(order).state, order.payments.get().refunded) == ("cancelled", 30)


def test_what_was_paid_too_much_before_is_not_touched() -> None:
    order = make_order([("MUG-1", 3)], payment=PaymentRequest("card", Decimal(30), Decimal(30)))
    order.payments.create(method="transfer", authorised=Decimal(7), captured=Decimal(7))
    apply_change(proposed(order, SetQuantity(1, 2)).pk, by="sam")
    assert Refund.objects.get().amount == 10


def test_money_that_is_missing_holds_the_order_until_it_is_pledged() -> None:
    order = make_order([("MUG-1", 3)], state="approved")
    did = apply_change(proposed(order, SetQuantity(1, 4)).pk, by="sam")
    assert did.money == "The customer pays £10.00 more; £10.00 are not pledged yet."
    hold = order.holds.get(released_at=None)
    assert (hold.reason, hold.note) == ("payment", "£30.00 pledged of £40.00")
    pledge(order.pk, amount=Decimal(10), reference="p-2", by="channel:web")
    assert (now(order).open_holds, now(order).state) == (0, "approved")


def test_units_that_go_are_released_and_count_as_called_off() -> None:
    order = make_order([("MUG-1", 3)], state="received")
    apply_change(proposed(order, SetQuantity(1, 1)).pk, by="sam")
    line = order.lines.get()
    assert (line.quantity, line.cancelled, reserved("MUG-1")) == (1, 2, 1)
    assert list(line.allocations.values_list("quantity", flat=True)) == [1]


def test_a_change_of_address_sources_anew_and_taxes_by_the_new_country() -> None:
    TaxRate.objects.create(tax_class=make_tax_class(), country="DE", rate=Decimal("0.19"))
    order = make_order([("MUG-1", 3)], state="received")
    berlin = {**LONDON, "city": "Berlin", "postal_code": "10115", "country": "DE"}
    apply_change(proposed(order, SetAddress("shipping", berlin)).pk, by="sam")
    order = now(order)
    assert (order.total, order.tax_total, order.lines.get().tax_rate) == (30, Decimal("4.79"), Decimal("0.19"))
    assert order.events.filter(name="order.sourced").count() == 1
    told = order.events.get(name="order.changed").data
    assert (told["fields"], told["lines"]) == (["shipping_address"], [])
    assert "Berlin" not in str(list(order.events.values_list("data", flat=True)))


def test_cancelling_ends_the_open_change() -> None:
    order = make_order([("MUG-1", 3)])
    change = proposed(order, SetQuantity(1, 1))
    cancel_units(order.pk, {1: 3}, reason="x", by="bob")
    assert now(order).state == "cancelled"
    assert ChangeSet.objects.get(pk=change.pk).status == "discarded"


def test_more_units_than_a_line_has_cannot_be_called_off() -> None:
    order = make_order([("MUG-1", 3)])
    before = dump()
    for units, said in (({1: 4}, "only 3 units of line 1"), ({2: 1}, "no line 2"), ({1: 0}, "only 3 units of line 1")):
        with pytest.raises(NoSuchLine, match=f"^The order has {said} to change$"):
            cancel_units(order.pk, units, reason="x", by="sam")
    with pytest.raises(NothingToChange):
        cancel_units(order.pk, {}, reason="x", by="sam")
    assert dump() == before


def test_a_promise_that_grows_passes_nobody_who_waits() -> None:
    product = make_product("JAR-1")
    make_stock(product, 5, backorder_limit=10)
    with clock.at(clock.now() - timedelta(hours=2)):
        resize([Want("line:1", product.pk, "JAR-1", 1)], {}, goods=[product.pk])
    with clock.at(clock.now() - timedelta(hours=1)):
        resize([Want("line:2", product.pk, "JAR-1", 4)], {}, goods=[product.pk])
    resize([Want("line:1", product.pk, "JAR-1", 3)], {}, goods=[product.pk])
    assert {turn.key: turn.covered for turn in turns(["line:1", "line:2"])} == {"line:1": 1, "line:2": 4}


def test_what_was_lost_goes_first_then_what_was_promised_last() -> None:
    product, york = make_product("JAR-1"), make_warehouse("YORK")
    leeds = make_stock(product, 3)
    far = make_stock(product, 3, warehouse=york)
    resize([Want("line:1", product.pk, "JAR-1", 5)], {}, goods=[product.pk])
    adjust(far.pk, -2, key="k", by="test", reason="Broken")
    assert LostPromise.objects.get().quantity == 1
    resize([], {"line:1": 2}, goods=[product.pk])
    assert not LostPromise.objects.exists()
    assert list(Reservation.objects.values_list("stock_id", "quantity")) == [(leeds.pk, 3)]
    assert dict(Stock.objects.values_list("pk", "reserved")) == {leeds.pk: 3, far.pk: 0}


def test_units_pass_to_another_purpose_with_their_turn() -> None:
    product = make_product("JAR-1")
    row = make_stock(product, 5)
    resize([Want("line:1", product.pk, "JAR-1", 5)], {}, goods=[product.pk])
    at = Reservation.objects.get().at
    hand_over({("line:1", "line:2"): 2})
    assert sorted(Reservation.objects.values_list("key", "quantity", "at")) == [("line:1", 3, at), ("line:2", 2, at)]
    hand_over({("line:1", "line:2b"): 3})
    assert sorted(Reservation.objects.values_list("key", "quantity")) == [("line:2", 2), ("line:2b", 3)]
    assert Stock.objects.get(pk=row.pk).reserved == 5
