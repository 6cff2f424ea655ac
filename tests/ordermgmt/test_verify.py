"""Every invariant is true of a real history, and each is noticed alone when it is broken."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from fulfillment.services import stop_cancelled
from inventory import clock
from ordermgmt.verify import Report, examine, verify
from orders.flow import State
from orders.models import Order
from orders.services import cancel
from tests.histories import NOW, small_history, undone
from tests.ordermgmt.handover_breaches import HANDOVER_BREACHES
from tests.ordermgmt.picking_breaches import PICKING_BREACHES
from tests.ordermgmt.seldom import leave_one_of_each

ONE_DELIVERED = """(SELECT o.id FROM orders_order o JOIN fulfillment_shipment s ON s.order_id = o.id
    WHERE o.state = 'delivered' GROUP BY o.id HAVING count(*) = 1 ORDER BY o.id LIMIT 1)"""
ONE_REVIEWED = "(SELECT min(id) FROM orders_order WHERE state = 'reviewed')"
LINE_OF_DELIVERED = """(SELECT min(l.id) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE o.state = 'delivered' AND l.quantity > 1)"""
EVENT_OF_DELIVERED = f"(SELECT min(id) FROM orders_orderevent WHERE order_id = {ONE_DELIVERED} AND name = "
FIRST_CAPTURE = "(SELECT min(id) FROM orders_transaction WHERE kind = 'capture')"
FREE_STOCK = "(SELECT min(id) FROM inventory_stock WHERE reserved < on_hand)"

# (invariant, the SQL that breaks it and no other)
BREACHES = (
    ("ledger", "UPDATE inventory_stock SET on_hand = on_hand + 1 WHERE id = (SELECT min(id) FROM inventory_stock)"),
    ("promises", f"UPDATE inventory_stock SET reserved = reserved + 1 WHERE id = {FREE_STOCK}"),
    (
        "never-oversold",
        f"""ALTER TABLE inventory_stock DROP CONSTRAINT stock_never_oversold;
        INSERT INTO inventory_reservation (key, stock_id, quantity, priority, at)
        SELECT 'cart:1', id, on_hand + 1 - reserved, 0, now() FROM inventory_stock WHERE id = {FREE_STOCK};
        UPDATE inventory_stock SET reserved = on_hand + 1 WHERE id = {FREE_STOCK}""",
    ),
    (
        "further-bins",
        """WITH place AS (SELECT id, warehouse_id, on_hand FROM inventory_stock ORDER BY id LIMIT 1),
        shelf AS (INSERT INTO inventory_bin (warehouse_id, code, aisle, bay, level)
                  SELECT warehouse_id, 'X99-9', 99, 99, 9 FROM place RETURNING id)
        INSERT INTO inventory_furtherbin (stock_id, bin_id, units)
        SELECT place.id, shelf.id, on_hand + 1 FROM place, shelf""",
    ),
    (
        "lines-promised",
        "UPDATE inventory_reservation SET key = 'cart:1' WHERE id = (SELECT min(id) FROM inventory_reservation)",
    ),
    (
        "goods-left",
        "UPDATE inventory_stockmovement SET kind = 'adjust'"
        " WHERE id = (SELECT min(id) FROM inventory_stockmovement WHERE kind = 'ship')",
    ),
    (
        "deliveries-received",
        "UPDATE inventory_expectedline SET received = received + 1"
        " WHERE id = (SELECT min(id) FROM inventory_expectedline WHERE received > 0)",
    ),
    (
        "deliveries-received",
        "UPDATE inventory_expectedline SET damaged = 1 WHERE id = (SELECT max(id) FROM inventory_expectedline)",
    ),
    (
        "deliveries-received",
        "UPDATE inventory_stockmovement SET kind = 'adjust'"
        " WHERE id = (SELECT min(id) FROM inventory_stockmovement WHERE key LIKE 'receipt:%')",
    ),
    (
        "deliveries-received",
        "DELETE FROM inventory_deliveryreceipt WHERE id = 1 + (SELECT min(id) FROM inventory_deliveryreceipt)",
    ),
    ("events-gapless", f"UPDATE orders_order SET event_seq = event_seq + 1 WHERE id = {ONE_REVIEWED}"),
    ("state-is-history", "UPDATE orders_order SET state = 'delivered' WHERE state = 'surveyed'"),
    ("edges", f"UPDATE orders_orderevent SET name = 'order.noted' WHERE id = {EVENT_OF_DELIVERED}'order.received')"),
    (
        "shipment-is-history",
        f"UPDATE orders_orderevent SET name = 'order.noted' WHERE id = {EVENT_OF_DELIVERED}'shipment.delivered')",
    ),
    (
        "shipment-edges",
        f"UPDATE orders_orderevent SET name = 'order.noted' WHERE id = {EVENT_OF_DELIVERED}'shipment.picked')",
    ),
    ("holds-counted", f"UPDATE orders_order SET open_holds = 1 WHERE id = {ONE_REVIEWED}"),
    (
        "line-totals",
        f"""ALTER TABLE orders_orderline DROP CONSTRAINT line_total_is_price_times_quantity_less_discount;
        UPDATE orders_orderline SET unit_price = unit_price + 1 WHERE id = {LINE_OF_DELIVERED}""",
    ),
    ("order-totals", f"UPDATE orders_order SET shipping_total = shipping_total + 1 WHERE id = {ONE_REVIEWED}"),
    (
        "smallest-unit",
        f"UPDATE orders_payment SET authorised = authorised + 0.001 WHERE order_id = {ONE_REVIEWED}",
    ),
    (
        "payments",
        "UPDATE orders_payment SET refunded = refunded + 0.01"
        " WHERE id = (SELECT min(id) FROM orders_payment WHERE captured > refunded)",
    ),
    (
        "captures-told",
        """INSERT INTO orders_orderevent (order_id, seq, name, at, by, data)
        SELECT e.order_id, o.event_seq + 1, e.name, e.at, e.by, e.data FROM orders_orderevent e
        JOIN orders_order o ON o.id = e.order_id
        WHERE e.id = (SELECT min(id) FROM orders_orderevent WHERE name = 'payment.captured');
        UPDATE orders_order SET event_seq = event_seq + 1 WHERE id =
        (SELECT order_id FROM orders_orderevent WHERE name = 'payment.captured' ORDER BY id LIMIT 1)""",
    ),
    ("transactions", f"UPDATE orders_transaction SET amount = amount + 1 WHERE id = {FIRST_CAPTURE}"),
    ("given-up", f"UPDATE orders_transaction SET status = 'dropped' WHERE id = {FIRST_CAPTURE}"),
    ("transactions-due", f"UPDATE orders_transaction SET due_at = now() WHERE id = {FIRST_CAPTURE}"),
    (
        "allocated",
        f"UPDATE orders_orderline SET quantity = 1, unit_price = total WHERE id = {LINE_OF_DELIVERED}",
    ),
    (
        "shipped-as-allocated",
        f"UPDATE orders_allocation SET warehouse_id = (SELECT max(id) + 1 FROM inventory_warehouse)"
        f" WHERE line_id = {LINE_OF_DELIVERED}",
    ),
    (
        "picked",
        f"""UPDATE fulfillment_picktask SET picked = 0 WHERE shipment_line_id =
        (SELECT min(id) FROM fulfillment_shipmentline WHERE order_line_id = {LINE_OF_DELIVERED})""",
    ),
    (
        "packed",
        f"""UPDATE fulfillment_parcelitem SET quantity = quantity + 1 WHERE id = (SELECT min(i.id)
        FROM fulfillment_parcelitem i JOIN fulfillment_shipmentline l ON l.id = i.shipment_line_id
        WHERE l.order_line_id = {LINE_OF_DELIVERED})""",
    ),
    *PICKING_BREACHES,
    (
        "labels",
        f"""DELETE FROM fulfillment_playedlabel; UPDATE fulfillment_ratequote SET state = 'chosen';
        DELETE FROM fulfillment_label WHERE parcel_id = (SELECT min(p.id) FROM fulfillment_parcel p
        JOIN fulfillment_shipment s ON s.id = p.shipment_id WHERE s.order_id = {ONE_DELIVERED})""",
    ),
    (
        "tracking-numbers",
        """DELETE FROM fulfillment_playedlabel;
        DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE fulfillment_label DROP CONSTRAINT ' || conname FROM pg_constraint
        WHERE conrelid = 'fulfillment_label'::regclass AND contype = 'u' AND conname LIKE '%tracking%'); END $$;
        UPDATE fulfillment_label SET tracking_number = 'PW1' WHERE id IN (SELECT id FROM fulfillment_label LIMIT 2)""",
    ),
    (
        "parcels-forward",
        f"""UPDATE fulfillment_parcel SET status = 'in_transit' WHERE id = (SELECT min(p.id) FROM fulfillment_parcel p
        JOIN fulfillment_shipment s ON s.id = p.shipment_id WHERE s.order_id = {ONE_DELIVERED})""",
    ),
    (
        "parcels-within-their-carton",
        "UPDATE fulfillment_carton SET max_gross_g = tare_g + 1 WHERE id ="
        " (SELECT carton_id FROM fulfillment_parcel WHERE carton_id IS NOT NULL ORDER BY id LIMIT 1)",
    ),
    (
        "labels-known",
        f"""INSERT INTO fulfillment_playedlabel (account, key, tracking_number, service, cost, sold_at, arrives_at,
        days) VALUES ('parcelwing', 'parcel:0', 'PW0', 'economy', 1, '{NOW - timedelta(hours=2)}', '{NOW}', 1)""",
    ),
    (
        "labels-bought-once",
        """INSERT INTO fulfillment_voidedlabel (account_id, tracking_number, reference, service, cost, currency,
        bought_at, reason, at, by, answer) SELECT account_id, tracking_number, '', service, cost, currency,
        bought_at, '', now(), 'x', '' FROM fulfillment_label LIMIT 1""",
    ),
    (
        "manifests-fit",
        """INSERT INTO fulfillment_manifest (account_id, warehouse_id, day, number, at, by, parcels, closed_by,
        reference, document_url, trouble) SELECT a.id, w.id, now(), 1, now(), 'x', 3, '', '', '', ''
        FROM fulfillment_carrieraccount a, inventory_warehouse w LIMIT 1""",
    ),
    (
        "order-follows-shipments",
        f"""UPDATE fulfillment_shipment SET state = 'shipped', due_at = now() WHERE order_id = {ONE_DELIVERED};
        UPDATE orders_orderevent SET name = 'order.noted' WHERE id = {EVENT_OF_DELIVERED}'shipment.delivered')""",
    ),
    (
        "cancelled-stops",
        """WITH revived AS (
            UPDATE orders_orderevent SET name = 'order.noted' WHERE name = 'shipment.cancelled' AND order_id =
            (SELECT id FROM orders_order WHERE state = 'cancelled' ORDER BY state_since DESC LIMIT 1)
            RETURNING order_id
        ) UPDATE fulfillment_shipment SET state = 'approved' WHERE order_id IN (SELECT order_id FROM revived)""",
    ),
    (
        "returned",
        "UPDATE fulfillment_returnline l SET quantity = 1000000, received = 1000000"
        " WHERE NOT EXISTS (SELECT 1 FROM fulfillment_returnunit u WHERE u.line_id = l.id)",
    ),
    ("claims-open", "UPDATE fulfillment_claimline SET open_against = 'shop' WHERE open_against = ''"),
    ("claims-money", "UPDATE fulfillment_claim SET refund = refund - 1 WHERE outcome = 'refund'"),
    ("sent-again", "UPDATE orders_order SET parent_relation = 'split' WHERE parent_relation = 'reshipment'"),
    ("inspected", "UPDATE fulfillment_returnunit SET number = 2; DELETE FROM fulfillment_returnunit"),
    ("returns-forward", "UPDATE fulfillment_return SET way = 'in_transit' WHERE arrived_at IS NULL"),
    (
        "returns-money",
        "UPDATE fulfillment_return SET goods = goods + 1, credit = credit + 1 WHERE resolution = 'credit'",
    ),
    (
        "store-credit",
        "INSERT INTO orders_storecredit (customer_id, currency, amount, key, order_id, why, by, at)"
        " SELECT customer_id, 'GBP', -1, 'x', id, 'spent', 'x', now() FROM orders_order LIMIT 1",
    ),
    *HANDOVER_BREACHES,
    (
        "one-survey",
        """DELETE FROM feedback_survey WHERE id = (SELECT min(s.id) FROM feedback_survey s
        JOIN orders_order o ON o.id = s.order_id WHERE o.state = 'delivered')""",
    ),
    ("one-reminder", f"UPDATE feedback_survey SET reminded_at = now() WHERE order_id = {ONE_REVIEWED}"),
    ("one-review", f"DELETE FROM feedback_orderreview WHERE order_id = {ONE_REVIEWED}"),
    (
        "verdicts-told",
        "UPDATE feedback_orderreview SET failed = '{on_time,in_full}', perfect = false"
        " WHERE id = (SELECT min(id) FROM feedback_orderreview WHERE perfect)",
    ),
    (
        "answers-told",
        "UPDATE feedback_answer SET csat = 4 WHERE id = (SELECT min(id) FROM feedback_answer WHERE csat = 5)",
    ),
    (
        "lines-answered",
        """UPDATE feedback_lineanswer SET order_line_id = (SELECT max(id) FROM orders_orderline)
        WHERE id = (SELECT min(id) FROM feedback_lineanswer)""",
    ),
    ("unhappy-followed-up", "DELETE FROM feedback_followup WHERE id = (SELECT min(id) FROM feedback_followup)"),
    (
        "unhappy-followed-up",
        """INSERT INTO feedback_followup
        (order_id, csat, wrong_lines, owner, opened_at, due_at, done_by, outcome)
        SELECT min(id), 1, 0, '', now(), now(), '', '' FROM orders_order WHERE state = 'shipped'""",
    ),
    ("lines-told", "UPDATE orders_orderline SET cancelled = cancelled + 1 WHERE cancelled > 0"),
    ("changes-counted", f"UPDATE orders_order SET version = version + 1 WHERE id = {ONE_REVIEWED}"),
    ("changes-applied", "UPDATE orders_changeset SET status = 'discarded'"),
    (
        "pledges-moved",
        f"""INSERT INTO orders_orderevent (order_id, seq, name, at, by, data, xid)
        SELECT id, event_seq + 1, 'payment.moved', now(), 'x', '{{"amount": "-1.00", "other": 1}}', 1
        FROM orders_order WHERE id = {ONE_REVIEWED};
        UPDATE orders_order SET event_seq = event_seq + 1 WHERE id = {ONE_REVIEWED}""",
    ),
    ("decided", f"UPDATE orders_decision SET outcome = 'hold' WHERE order_id = {ONE_REVIEWED}"),
    ("holds-of-decisions", "UPDATE orders_hold SET reason = 'moon' WHERE decision_id IS NOT NULL"),
    (
        "two-people",
        "UPDATE orders_hold SET seconded_by = released_by WHERE id = (SELECT min(h.id) FROM orders_hold h"
        " JOIN orders_order o ON o.id = h.order_id"
        " WHERE h.released_at IS NOT NULL AND o.state NOT IN ('rejected', 'cancelled'))",
    ),
    ("shipment-holds-counted", f"UPDATE fulfillment_shipment SET open_holds = 1 WHERE order_id = {ONE_REVIEWED}"),
    (
        "policies",
        """INSERT INTO orders_approvalpolicy (channel_id, version, checks, trusted_tiers, note, by, at)
        SELECT min(id), 99, '{}', '{}', '', 'x', now() FROM orders_channel""",
    ),
    (
        "merged-customers",
        f"""UPDATE orders_customer SET merged_into_id = (SELECT max(id) FROM orders_customer) WHERE id =
        (SELECT customer_id FROM orders_order WHERE id = {ONE_REVIEWED})""",
    ),
    (
        "erased-customers",
        "UPDATE orders_customer SET erased_at = now() WHERE id = (SELECT max(id) FROM orders_customer)",
    ),
    ("nobody-forgotten", f"UPDATE orders_order SET due_at = NULL WHERE id = {ONE_DELIVERED}"),
    (
        "due-for-somebody",
        "UPDATE orders_order SET due_at = now() WHERE id = (SELECT min(id) FROM orders_order WHERE state = 'shipped')",
    ),
)

ALL = len(examine.INVARIANTS)


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """A demo history in which one order was called off two minutes ago, while its shipment waited for a picker."""
    with small_history(django_db_blocker) as now:
        waiting = Order.objects.filter(state=State.APPROVED, state_since__lt=now - timedelta(minutes=2))
        order = waiting.exclude(shipments__taken_on=True).earliest("pk")
        with clock.at(now - timedelta(minutes=2)):
            cancel(order.pk, reason="Changed their mind", by="customer")
            stop_cancelled(by="test")
            leave_one_of_each(but=order)
        yield now


@pytest.fixture
def breakable(history: datetime) -> Iterator[None]:
    """The history, in which raw SQL may do what it likes until the test is over."""
    with undone(history):
        yield


def broken(report: Report) -> list[str]:
    return [check.name for check in report.checks if not check.ok]


def test_a_real_history_breaks_nothing(breakable: None) -> None:
    report = verify()
    assert [breach for check in report.checks for breach in check.breaches] == []
    assert report.ok
    assert [check.name for check in report.checks if not check.examined] == []


def test_every_invariant_has_a_breach_here() -> None:
    told = [*dict.fromkeys(name for name, _ in BREACHES), "overdue-is-listed"]
    assert told == [invariant.name for invariant in examine.INVARIANTS]


@pytest.mark.parametrize(("name", "sql"), BREACHES, ids=[name for name, _ in BREACHES])
def test_a_breach_is_found_and_nothing_else(breakable: None, name: str, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount != 0
    report = verify()
    assert broken(report) == [name]
    check = next(check for check in report.checks if check.name == name)
    assert check.count >= len(check.breaches) > 0


def test_what_is_overdue_must_be_listed_as_stuck(breakable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    overdue = f"UPDATE orders_order SET due_at = '{NOW - timedelta(minutes=10)}' WHERE id = {ONE_DELIVERED}"
    with connection.cursor() as cursor:
        cursor.execute(overdue)
    assert verify().ok
    monkeypatch.setattr(examine, "stuck", list)
    assert broken(verify()) == ["overdue-is-listed"]


def test_twenty_breaches_are_told_and_all_are_counted(breakable: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET event_seq = event_seq + 1")
    check = next(check for check in verify().checks if check.name == "events-gapless")
    assert (check.count, len(check.breaches)) == (Order.objects.count(), 20)


def test_the_command_prints_a_table_and_fails_on_a_breach(breakable: None) -> None:
    out = StringIO()
    call_command("verify", stdout=out)
    assert f"{ALL} of {ALL} invariants hold over 61 orders" in out.getvalue()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE orders_order SET event_seq = event_seq + 1 WHERE id = {ONE_REVIEWED}")
    with pytest.raises(CommandError, match=f"1 of {ALL} invariants are broken") as failure:
        call_command("verify", stdout=out)
    assert failure.value.returncode == 1
    assert "✗ events-gapless" in out.getvalue()


def test_the_command_answers_in_json(breakable: None) -> None:
    out = StringIO()
    call_command("verify", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["ok"], answer["orders"], len(answer["checks"])) == (True, 61, ALL)
    assert set(answer["checks"][0]) == {"name", "sentence", "examined", "count", "breaches"}


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_snapshot_and_cannot_write() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert verify().ok
    said = [query["sql"] for query in queries]
    assert said[1] == "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
