"""Every pair of state and transition: allowed or refused, by the state machine and by the database."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from fulfillment.flow import EDGES as SHIPMENT_EDGES
from fulfillment.flow import SHIPMENT_STATES
from fulfillment.models import Shipment
from orders.flow import BACK, EDGES, EXITS, FINAL, STAGES, State
from orders.models import Order, OrderEvent
from tests.factories import make_order

VERBS = [*(stage.verb for stage in STAGES[1:]), "reject", "cancel", "put_back"]
LEADS_TO = {stage.verb: stage.state for stage in STAGES} | {
    "reject": State.REJECTED,
    "cancel": State.CANCELLED,
    "put_back": State.APPROVED,
}
PAIRS = list(itertools.permutations(State.values, 2))
SHIPMENT_PAIRS = list(itertools.permutations([state for state, _ in SHIPMENT_STATES], 2))


def set_past_the_trigger(table: str, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE {table} SET state = %s", [state])
        cursor.execute("SET LOCAL session_replication_role = origin")


class Shipments(list[Shipment]):
    """Stands for `order.shipments` where the pure state machine is tested."""

    def all(self) -> "Shipments":
        return self


def an_order(state: State, *, shipments: list[str], monkeypatch: pytest.MonkeyPatch) -> Order:
    monkeypatch.setattr(Order, "shipments", Shipments(Shipment(state=word) for word in shipments))
    return Order(state=state, open_holds=0)


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(State, VERBS)))
def test_a_step_is_allowed_exactly_where_the_table_of_edges_has_it(state, verb, monkeypatch):
    follows_shipments = verb in ("pick", "pack", "ship", "deliver")
    order = an_order(state, shipments=[LEADS_TO[verb] if follows_shipments else "packed"], monkeypatch=monkeypatch)
    if (state, LEADS_TO[verb]) in (BACK if verb == "put_back" else set(EDGES) - set(BACK)):
        getattr(order, verb)()
        assert order.state == LEADS_TO[verb]
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(order, verb)()
        assert order.state == state


@pytest.mark.parametrize("verb", ["pick", "pack", "ship", "deliver"])
def test_an_order_waits_for_its_last_shipment(verb, monkeypatch):
    before = STAGES[[stage.verb for stage in STAGES].index(verb) - 1].state
    order = an_order(before, shipments=[LEADS_TO[verb], before], monkeypatch=monkeypatch)
    with pytest.raises(TransitionNotAllowed):
        getattr(order, verb)()
    order = an_order(before, shipments=[LEADS_TO[verb], "cancelled"], monkeypatch=monkeypatch)
    getattr(order, verb)()
    assert order.state == LEADS_TO[verb]


@pytest.mark.parametrize("verb", ["receive", "approve"])
def test_a_hold_stops_the_order(verb):
    before = STAGES[[stage.verb for stage in STAGES].index(verb) - 1].state
    with pytest.raises(TransitionNotAllowed):
        getattr(Order(state=before, open_holds=1), verb)()


def test_an_order_cannot_be_called_off_when_a_parcel_has_left(monkeypatch):
    with pytest.raises(TransitionNotAllowed):
        an_order(State.PACKED, shipments=["shipped", "packed"], monkeypatch=monkeypatch).cancel()


def test_every_state_but_the_final_ones_has_a_way_on_and_every_state_leads_to_an_end():
    ways = {state: {after for before, after in EDGES if before == state} for state in State.values}
    assert {state for state in State.values if not ways[state]} == {state.value for state in FINAL}
    assert set(EXITS) <= set(FINAL)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after"), [pair for pair in itertools.product(State.values, repeat=2) if pair[0] != pair[1]]
)
def test_the_database_knows_the_same_edges_as_the_state_machine(before, after):
    order = make_order()
    set_past_the_trigger("orders_order", before)
    if (before, after) in EDGES:
        assert Order.objects.filter(pk=order.pk).update(state=after) == 1
    else:
        with pytest.raises(IntegrityError, match="an order cannot go from"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(state=after)
        assert Order.objects.get(pk=order.pk).state == before


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), SHIPMENT_PAIRS)
def test_the_database_knows_the_edges_of_shipments(before, after):
    shipment = Shipment.objects.get(order=make_order(state="picked"))
    set_past_the_trigger("fulfillment_shipment", before)
    if (before, after) in SHIPMENT_EDGES:
        assert Shipment.objects.filter(pk=shipment.pk).update(state=after) == 1
    else:
        with pytest.raises(IntegrityError, match="a shipment cannot go from"), transaction.atomic():
            Shipment.objects.filter(pk=shipment.pk).update(state=after)


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["UPDATE orders_orderevent SET name = 'x'", "DELETE FROM orders_orderevent"])
def test_history_can_be_neither_changed_nor_deleted(sql):
    make_order()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(OrderEvent.objects.values_list("name", flat=True)) == ["order.placed"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql", ["UPDATE inventory_stockmovement SET quantity = 9", "DELETE FROM inventory_stockmovement"]
)
def test_the_ledger_can_be_neither_changed_nor_deleted(sql):
    make_order()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
