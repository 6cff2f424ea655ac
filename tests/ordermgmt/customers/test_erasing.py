"""A person leaves no trace in any table, and all that the shop sold and was paid stays."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction

from feedback.models import Answer, ImprovementItem
from feedback.services import answer
from feedback.stages.review import review
from feedback.stages.survey import survey
from fulfillment.mails.writing import rendered
from fulfillment.models import Claim, Message, Return, ReturnLine, ReturnUnit, ShipmentHold
from fulfillment.returns.receiving import receive_return
from inventory import clock
from kpis.models import OrderFact
from ordermgmt.customers.erasing import erase_person, export_person
from ordermgmt.verify import verify
from orders.customers.blocking import block, set_blocked
from orders.customers.merging import merge
from orders.customers.scoring import override_tier, rescore
from orders.errors import CustomerRefused
from orders.models import ChangeSet, Customer, CustomerEvent, Hold, Order, OrderEvent, Payment, Refund
from orders.services import add_note, cancel, hold, release_hold
from orders.stages.receive import receive
from tests.api import Api, order_body
from tests.factories import carry, make_order, make_product, make_stock
from tests.people import make_alice

pytestmark = pytest.mark.django_db
STREET = {"name": "Zebedee Quux", "line1": "77 Wombat Alley", "line2": "Floor Nine"}
HOME = {**STREET, "city": "Otley", "postal_code": "LS1 4XX", "country": "GB", "phone": "+44 113 4960999"}
# What must be nowhere afterwards, in lower case.
TELLING = (
    "platypus",
    "zebedee",
    "quux",
    "wombat",
    "floor nine",
    "4xx",
    "4960999",
    "496 0999",
    "secret of the",
    "otley",
)
ABOUT = {"name": "", "line1": "", "city": "", "postal_code": "LS1", "country": "GB"}
ERASED = "[erased]"


def place(number: int, **changes: Any) -> Order:
    """Over the API, as a shop does, so that the answer is kept as well."""
    who = {"email": "zebedee@quux.example", "name": "Zebedee Quux", "phone": "0113 4960999"}
    notes = {"note": "secret of the note", "gift_note": "For Zebedee"}
    body = order_body(**{"customer": who, "shipping_address": HOME, **notes, **changes})
    return Order.objects.get(number=Api().place(body, key=f"the-key-{number}").json()["number"])


def life() -> Customer:
    """Everything that people write about a customer, in three orders that have ended and a duplicate."""
    make_stock(make_product(), 100)
    done = place(1, shipping_address={**HOME, "postal_code": "nonsense 4XX"})
    receive(done.pk, by="system:receive")
    hold(done.pk, reason="other", note="Zebedee rang: secret of the hold", by="sam")
    for row in Hold.objects.all():
        release_hold(row.pk, by="sam")
    add_note(done.pk, text="Told Mr Quux the secret of the parcel", by="sam")
    done = carry(done, to="delivered")
    told = {"note": "secret of the parcel", "release_note": "Mr Quux is fine with it"}
    ShipmentHold.objects.create(shipment=done.shipments.get(), reason="x", by="sam", released_at=clock.now(), **told)
    receive_return(done.pk, lines={"MUG-1": 1}, reason="unwanted", key="r-1", by="bob")
    said = {"note": "Mr Quux says the secret of the claim", "photo": "claims/zebedee.jpg"}
    ended = {"state": "refused", "settled_at": clock.now(), "settle_note": "Zebedee was wrong"}
    Claim.objects.create(order=done, key="c-1", kind="missing", **said, **ended)
    line = ReturnLine.objects.get()
    mail = rendered(done, "received", {}), rendered(done, "delivered", {})
    for state, (subject, text, html) in zip(("pending", "failed"), mail, strict=True):
        told = {"subject": f"Zebedee {subject}", "text": text, "html": html, "recipient": "zebedee@quux.example"}
        due = clock.now() if state == "pending" else None
        Message.objects.create(order=done, kind="x", key=state, state=state, due_at=due, error="quux is away", **told)
    ReturnLine.objects.update(note="Zebedee did not like it", photo="returns/zebedee.jpg")
    grade = {"grade": "C", "disposition": "write_off"}
    ReturnUnit.objects.create(line=line, number=1, by="bob", note="Quux wore it", photo="inspections/quux.jpg", **grade)
    Return.objects.update(declined_why="Mr Quux has a secret of the return")
    return _the_rest(done)


def _the_rest(done: Order) -> Customer:
    off = place(2)
    cancel(off.pk, reason="Zebedee changed his mind", by="sam")
    was = {"shipping_address": {**HOME, "line1": "7 Platypus Row"}, "note": "secret of the change"}
    said = {"why": "Mr Quux asked", "fields_before": was, "notes": ["7 Platypus Row is no street"]}
    change = {"operations": [{"address": HOME}, {"note": "secret of the change"}], "preview": said}
    ChangeSet.objects.create(
        order=off, version=0, reason="Quux moved", by="sam", status="discarded", ended_at=clock.now(), **change
    )
    Payment.objects.filter(order=off).update(reference="zebedee@quux.example")
    Refund.objects.update(reason="Sorry, Zebedee")
    customer = Customer.objects.get(email="zebedee@quux.example")
    other = make_order(email="z.quux@example.net", name="Z. Quux", shipping_address=HOME)
    cancel(other.pk, reason="Twice", by="sam")
    merge(customer.pk, duplicate_id=other.customer_id, by="alice")
    override_tier(customer.pk, tier="B", reason="Zebedee is a friend", by="alice")
    set_blocked(customer.pk, blocked=True, reason="The secret of the block: Quux", by="alice")
    set_blocked(customer.pk, blocked=False, reason="Cleared", by="alice")
    known = {"channel": "web", "number": str(done.number), "customer": str(customer.pk), "placed_at": done.placed_at}
    OrderFact.objects.create(order=done, comment="The secret of the fact", **known)
    kind = ContentType.objects.get_for_model(Customer)
    LogEntry.objects.create(
        user=make_alice(), content_type=kind, object_id=str(customer.pk), object_repr="Zebedee Quux", action_flag=CHANGE
    )
    return customer


def finish(order: Order) -> None:
    """The customer answers, and the order's journey ends."""
    with clock.at(order.placed_at + timedelta(days=20)):
        survey(order.pk, by="system:survey")
        answer(order.pk, csat=2, nps=1, comment="Wombat Alley is hard to find. Zebedee")
        survey(order.pk, by="system:survey")
        review(order.pk, by="system:review")


def found(words: tuple[str, ...]) -> set[tuple[str, str, str]]:
    """In which columns of any table of the database the words stand: (table, column, word)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (data_type IN ('text', 'character varying', 'json', 'jsonb') OR data_type = 'ARRAY')"
        )
        hits = set()
        for table, column in cursor.fetchall():
            for word in words:
                cursor.execute(f"""SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1""", [f"%{word}%"])
                if cursor.fetchone():
                    hits.add((table, column, word))
    return hits


def books() -> list[Any]:
    """What must be the same before and after."""
    orders = Order.objects.order_by("pk").values_list("pk", "number", "total", "tax_total", "state", "placed_at")
    payments = Payment.objects.order_by("pk").values_list("authorised", "captured", "refunded", "method")
    return [list(orders), list(payments), list(Answer.objects.values_list("csat", "nps"))]


@pytest.fixture
def zebedee() -> Customer:
    with clock.at(clock.now() - timedelta(days=40)):
        customer = life()
    finish(Order.objects.get(state="delivered"))
    return customer


def test_the_person_is_in_no_column_of_any_table_and_the_books_are_as_they_were(zebedee):
    before, events = books(), OrderEvent.objects.count()
    tables = {table for table, _, _ in found(TELLING)}
    assert {"orders_customer", "orders_order", "orders_hold", "orders_orderevent", "orders_customerevent"} < tables
    assert {"feedback_answer", "orders_changeset", "orders_idempotencykey", "django_admin_log"} < tables
    assert {"fulfillment_shipmenthold", "kpis_orderfact", "feedback_improvementitem", "orders_refund"} < tables
    erase_person(zebedee.pk, by="alice")
    assert found(TELLING) == set()
    assert books() == before
    assert OrderEvent.objects.count() == events + Order.objects.count()
    assert [breach for check in verify().checks for breach in check.breaches] == []


def test_what_stays_tells_where_about_it_was_and_no_more(zebedee):
    erase_person(zebedee.pk, by="alice")
    row = Customer.objects.get(pk=zebedee.pk)
    assert (row.name, row.email, row.phone) == ("Erased customer", f"erased-{row.pk}@erased.invalid", "")
    assert (row.tier, row.scores, row.tier_override, row.tier_reason) == ("", {}, "", "")
    assert row.erased_at is not None
    off = Order.objects.get(state="cancelled", customer=row, external_id__startswith="shop")
    assert off.shipping_address == off.billing_address == ABOUT
    last = CustomerEvent.objects.latest("pk")
    assert (last.name, last.by, last.data) == ("customer.erased", "alice", {"orders": 3})
    reasons = list(off.events.order_by("seq").values_list("name", "data__reason"))
    assert reasons == [
        ("order.placed", None),
        ("payment.voided", None),
        ("order.cancelled", ERASED),
        ("order.erased", None),
    ]
    change = ChangeSet.objects.get()
    assert (change.operations[0], change.operations[1]) == (
        {"address": ABOUT},
        {"note": ERASED},
    )
    assert Answer.objects.get().comment == ""
    findings = ["Held (1)", "Held (2)", "The customer gave 2 of 5"]
    assert list(ImprovementItem.objects.order_by("finding").values_list("finding", flat=True)) == findings


def test_erasing_again_changes_nothing(zebedee):
    erase_person(zebedee.pk, by="alice")
    rows = lambda: [list(model.objects.order_by("pk").values()) for model in (Customer, Order, OrderEvent)]  # noqa: E731
    before = rows()
    erase_person(zebedee.pk, by="bob")
    rescore([zebedee.pk])
    assert rows() == before


def test_the_same_address_is_a_new_customer_afterwards(zebedee):
    erase_person(zebedee.pk, by="alice")
    order = place(9)
    assert order.customer_id != zebedee.pk
    assert Order.objects.filter(customer=zebedee).count() == 3


def refused(customer: Customer) -> str:
    """Why; and that nothing was changed."""
    before = [list(model.objects.order_by("pk").values()) for model in (Customer, Order, OrderEvent, Answer)]
    with pytest.raises(CustomerRefused) as refusal:
        erase_person(customer.pk, by="alice")
    assert [list(model.objects.order_by("pk").values()) for model in (Customer, Order, OrderEvent, Answer)] == before
    return refusal.value.reason


def test_nobody_is_erased_while_an_order_is_under_way():
    make_stock(make_product(), 100)
    assert refused(place(1).customer) == "order_under_way"


def test_nobody_is_erased_who_owes_money(zebedee):
    Payment.objects.filter(order__state="reviewed").update(captured=Decimal(1), refunded=0, method="invoice")
    assert refused(zebedee) == "money_owed"


def test_nobody_is_erased_whose_money_is_on_its_way(zebedee):
    payment = Payment.objects.filter(order__state="cancelled").first()
    payment.transactions.create(kind="void", amount=Decimal(0), key="v")
    assert refused(zebedee) == "money_moving"


def test_nobody_is_erased_whom_the_blocked_list_names(zebedee):
    block("phone", "+44 113 4960999", reason="Fraud", by="alice")
    assert refused(zebedee) == "on_the_list"


def test_a_blocked_domain_names_nobody(zebedee):
    block("domain", "quux.example", reason="Throw-away", by="alice")
    erase_person(zebedee.pk, by="alice")
    assert Customer.objects.get(pk=zebedee.pk).erased_at is not None


def test_a_duplicate_is_erased_with_its_survivor_only(zebedee):
    assert refused(zebedee.duplicates.get()) == "merged"


def test_history_is_open_for_words_only_and_only_while_somebody_is_erased(zebedee):
    event = OrderEvent.objects.latest("pk")
    for change in ("name = 'order.placed'", "by = 'mallory'", "seq = 99", "data = '{}', at = now()"):
        assert is_kept(f"SET LOCAL orders.erasing = 'on'; UPDATE orders_orderevent SET {change} WHERE id = {event.pk}")
    assert is_kept("SET LOCAL orders.erasing = 'on'; DELETE FROM orders_orderevent")
    assert is_kept("UPDATE orders_orderevent SET data = '{}'")
    erase_person(zebedee.pk, by="alice")
    for table in ("orders_orderevent", "orders_customerevent"):
        assert is_kept(f"UPDATE {table} SET data = '{{}}'")


def is_kept(sql: str) -> bool:
    """Whether the database refuses it."""
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)
    return True


def test_the_export_holds_every_order_with_all_that_is_known_of_it(zebedee):
    data = export_person(zebedee.pk)
    text = json.dumps(data, ensure_ascii=False)
    assert data["customer"]["email"] == "zebedee@quux.example"
    assert [row["email"] for row in data["other_addresses"]] == ["z.quux@example.net"]
    done = next(row for row in data["orders"] if row["state"] == "reviewed")
    assert (done["shipping_address"]["line1"], done["gift_note"]) == ("77 Wombat Alley", "For Zebedee")
    assert (done["lines"][0]["sku"], done["payments"][0]["refunds"][0]["reason"]) == ("MUG-1", "Sorry, Zebedee")
    assert done["shipments"][0]["parcels"][0]["status"] == "delivered"
    assert (len(done["returns"]), done["surveys"][0]["answers"][0]["csat"]) == (1, 2)
    assert (done["surveys"][0]["answers"][0]["lines"], done["follow_ups"][0]["csat"]) == ([], 2)
    assert [row["name"] for row in done["events"]][0] == "order.placed"
    assert "secret of the hold" in text
    assert "secret of the change" in text
    assert [row["name"] for row in data["history"]][-1] == "customer.unblocked"


def test_an_export_takes_the_same_number_of_statements_for_any_number_of_orders(zebedee, django_assert_num_queries):
    with django_assert_num_queries(26):
        export_person(zebedee.pk)
    place(8)
    place(9)
    with django_assert_num_queries(26):
        export_person(zebedee.pk)
