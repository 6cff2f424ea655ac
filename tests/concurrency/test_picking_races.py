"""Pickers against each other, against the office and against themselves: one after the other, and nothing twice."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from fulfillment.errors import ListInHand, ListNotFree, NothingToPick
from fulfillment.models import PickList, PickTask, Scan, Shipment
from fulfillment.pickwork import giving
from fulfillment.pickwork.planning import plan_work
from fulfillment.pickwork.scanning import Act, scan, scan_all
from fulfillment.pickwork.verdicts import Seen
from fulfillment.services import stop_cancelled
from fulfillment.stages.pick import pick
from inventory import clock
from ordermgmt.verify import verify
from orders.errors import NotAllowedNow
from orders.models import Order
from orders.services import cancel
from tests.factories import make_product, make_stock, make_warehouse
from tests.fulfillment.pickwork.work import leeds, list_of, picks_by, released, shelve

pytestmark = pytest.mark.django_db(transaction=True)
RACES = int(os.environ.get("RACES", "4"))
AtOnce = Callable[[Sequence[Callable[[], object]]], list[object]]
EXPECTED = (NotAllowedNow, ListInHand, ListNotFree, NothingToPick)


@pytest.fixture(autouse=True)
def goods() -> None:
    """Mugs in Leeds, and some in York."""
    shelve("MUG", "1-2-1", units=RACES * 20)
    make_stock(make_product("MUG"), RACES * 20, warehouse=make_warehouse("YORK", priority=90))


def item(units: int = 1) -> Act:
    return Act(uuid4(), Seen("item", bin="1-2-1", code="MUG", units=units), clock.now())


def unexpected(results: Sequence[object]) -> list[object]:
    return [row for row in results if isinstance(row, Exception) and not isinstance(row, EXPECTED)]


def holds_together() -> None:
    stop_cancelled(by="test")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET state_since = state_since - interval '2 minutes'")
    assert [breach for check in verify().checks for breach in check.breaches] == []


def test_two_pickers_ask_for_work_and_each_gets_their_own(at_once: AtOnce) -> None:
    for _ in range(RACES):
        lists = [list_of(released(("MUG", 1))), list_of(released(("MUG", 1)))]
        taken = at_once([partial(giving.next_list, leeds(), picker=name) for name in ("bob", "petra")])
        assert unexpected(taken) == []
        assert {row.pk for row in taken} == {row.pk for row in lists}  # type: ignore[attr-defined]
        for row in taken:
            scan(row.pk, item(), by=row.picker)  # type: ignore[attr-defined]


def test_one_picker_asks_twice_and_has_one_list(at_once: AtOnce) -> None:
    for _ in range(RACES):
        released(("MUG", 1)), released(("MUG", 1))
        results = at_once([partial(giving.next_list, leeds(), picker="bob")] * 2)
        assert unexpected(results) == []
        assert PickList.objects.filter(picker="bob", state="assigned").count() == 1
        for _ in range(2):
            scan(giving.next_list(leeds(), picker="bob").pk, item(), by="bob")


def test_the_same_scans_sent_at_once_count_once(at_once: AtOnce) -> None:
    for _ in range(RACES):
        row = giving.assign(list_of(released(("MUG", 3))).pk, picker="bob", by="bob")
        acts = [item(), item(), item()]
        results = at_once([partial(scan_all, row.pk, acts, by="bob")] * 3)
        assert unexpected(results) == []
        assert (PickTask.objects.get(pick_list=row).picked, Scan.objects.filter(pick_list=row).count()) == (3, 3)
    holds_together()


def test_two_on_one_list_never_take_more_than_is_wanted(at_once: AtOnce) -> None:
    for _ in range(RACES):
        row = giving.assign(list_of(released(("MUG", 2))).pk, picker="bob", by="bob")
        at_once([partial(scan, row.pk, item(), by="bob") for _ in range(4)])
        verdicts = Counter(Scan.objects.filter(pick_list=row).values_list("verdict", flat=True))
        assert verdicts["right"] == 2
    holds_together()


@pytest.mark.parametrize("rival", ["cancel", "pick", "scan", "plan"])
def test_a_short_pick_against_the_office(at_once: AtOnce, rival: str) -> None:
    picks_by("batch")
    for _ in range(RACES):
        shipment = released(("MUG", 3))
        row = giving.assign(list_of(shipment).pk, picker="bob", by="bob")
        task = PickTask.objects.get(pick_list=row)
        short = Act(uuid4(), Seen("short", task=task.pk, units=2), clock.now(), reason="not_found", counted=1)
        against = {
            "cancel": partial(cancel, shipment.order_id, reason="x", by="sam"),
            "pick": partial(pick, shipment.pk, by="sam"),
            "scan": partial(scan, row.pk, item(2), by="bob"),
            "plan": partial(plan_work, leeds(), by="alice"),
        }[rival]
        assert unexpected(at_once([partial(scan, row.pk, short, by="bob"), against])) == []
        stop_cancelled(by="test")
        Order.objects.filter(pk=shipment.order_id).exists()
        if PickList.objects.filter(pk=row.pk, finished_at=None).exists():
            giving.pause(row.pk, by="bob")
        shelve("MUG", "1-2-1", units=20)
    holds_together()


def test_batches_are_planned_once_while_lists_are_taken(at_once: AtOnce) -> None:
    picks_by("batch")
    for _ in range(RACES):
        shipments = [released(("MUG", 1)) for _ in range(3)]
        acts = [partial(plan_work, leeds(), by="alice"), partial(plan_work, leeds(), by="sam")]
        acts += [partial(giving.next_list, leeds(), picker="bob"), partial(pick, shipments[0].pk, by="sam")]  # type: ignore[list-item]
        assert unexpected(at_once(acts)) == []
        while PickList.objects.filter(finished_at=None).exists():
            row = giving.next_list(leeds(), picker="bob")
            scan_all(row.pk, [item() for _ in range(row.tasks.count())], by="bob")
        assert set(Shipment.objects.filter(pk__in=[row.pk for row in shipments]).values_list("state", flat=True)) == {
            "picked"
        }
    holds_together()
