"""The board of a stage: by age, grouped by what is waited for, moved on by a menu, renewed at little cost."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from fulfillment.services import open_shipments
from inventory import clock
from ordermgmt.stage_board import stage_board
from orders.flow import State
from orders.models import Order
from orders.services import hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
POLL = {"HTTP_HX_REQUEST": "true"}


def waiting(mode: str = "manual", *, since: timedelta = timedelta(0)) -> Order:
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode=mode))
    with clock.at(clock.now() - since):
        order = make_order([("JAR-1", 1)], state="approved")
        open_shipments(order.pk, by="test")
    return Order.objects.get(pk=order.pk)


def seen(client: Client) -> str:
    return client.get("/stages/approved/").context["seen"]


def test_orders_are_grouped_by_what_they_wait_for_and_the_oldest_comes_first(noon: datetime) -> None:
    young, old, held = waiting(), waiting(since=timedelta(hours=9)), waiting()
    hold(held.pk, reason="other", note="Ask first", by="sam")
    board = stage_board(State.APPROVED, count=3)
    assert [(group.name, [card.order.number for card in group.cards]) for group in board.groups] == [
        ("a decision", [held.number]),
        ("York to pick", [old.number, young.number]),
    ]
    assert [card.waits for card in board.groups[0].cards] == ["Other: Ask first"]
    assert [(card.tone, card.share) for card in board.groups[1].cards] == [("bad", 100), ("", 0)]
    assert board.late == 1


@pytest.mark.parametrize(("mode", "step"), [("manual", "pick"), ("third_party", "pick"), ("automatic", "")])
def test_only_what_a_person_may_confirm_can_be_moved(mode: str, step: str) -> None:
    waiting(mode)
    (group,) = stage_board(State.APPROVED, count=1).groups
    assert [card.step for card in group.cards] == [step]
    assert group.cards[0].exits == (("Held", "hold"), ("Cancelled", "cancel"))


def test_bob_moves_an_order_on(bob: Client) -> None:
    order = waiting()
    done = bob.post("/stages/approved/move/", {"number": order.number, "step": "pick"}, follow=True)
    assert f"Shipment {order.number}-1 is picked." in done.content.decode()
    assert Order.objects.get().state == "picked"


def test_what_has_moved_on_meanwhile_is_not_moved_again(bob: Client) -> None:
    order = waiting()
    for _ in range(2):
        done = bob.post("/stages/approved/move/", {"number": order.number, "step": "pick"}, follow=True)
    assert "Nothing was changed" in done.content.decode()
    assert Order.objects.get().state == "picked"


def test_sam_who_only_looks_moves_nothing(sam: Client) -> None:
    order = waiting()
    assert sam.post("/stages/approved/move/", {"number": order.number, "step": "pick"}).status_code == 403
    assert "Move to" not in sam.get("/stages/approved/").content.decode()


@pytest.mark.parametrize("number", ["", "x", "9" * 30])
def test_an_order_that_cannot_be_is_not_found(bob: Client, number: str) -> None:
    assert bob.post("/stages/approved/move/", {"number": number, "step": "pick"}).status_code == 404


def test_asking_again_costs_one_statement_until_something_happens(sam: Client, django_assert_num_queries) -> None:
    order = waiting()
    address = f"/stages/approved/?seen={seen(sam)}"
    with django_assert_num_queries(3):  # with the session and the person
        assert sam.get(address, **POLL).status_code == 204
    hold(order.pk, reason="other", note="Ask first", by="sam")
    renewed = sam.get(address, **POLL)
    assert (renewed.status_code, "Ask first" in renewed.content.decode()) == (200, True)


@pytest.mark.parametrize("state", [state for state in State if state not in (State.REJECTED, State.CANCELLED)])
def test_every_board_costs_few_queries_however_many_orders(
    sam: Client, state: State, django_assert_max_num_queries
) -> None:
    for _ in range(3):
        make_order(state=state.value)
    with django_assert_max_num_queries(9):
        assert sam.get(f"/stages/{state}/").context["board"].count == 3


@pytest.mark.parametrize("state", [state for state in State if state not in (State.REJECTED, State.CANCELLED)])
def test_a_board_without_an_order_is_empty(sam: Client, state: State) -> None:
    assert sam.get(f"/stages/{state}/").context["board"].count == 0


def test_the_board_of_the_reviewed_is_renewed_whoever_comes_first(sam: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ordermgmt.counts.MANY", 1)
    for _ in range(2):
        make_order(state="reviewed")
    address = f"/stages/reviewed/?seen={sam.get('/stages/reviewed/').context['seen']}"
    assert sam.get(address, **POLL).status_code == 204
    with clock.at(clock.now() - timedelta(hours=1)):  # by a worker that was slow to commit
        make_order(state="reviewed")
    assert sam.get(address, **POLL).status_code == 200


def test_what_left_the_river_has_no_board(sam: Client) -> None:
    assert sam.get("/stages/cancelled/").status_code == 404
