"""The played third party: what it rejects it rejects once, and it is asked again."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from fulfillment.models import HandOver
from fulfillment.services import open_shipments
from ordermgmt.simulation import third_party
from ordermgmt.simulation.dice import Dice
from tests.factories import make_order, make_product, make_stock, make_warehouse


@dataclass
class Heard:
    """A desk that says yes to everything."""

    asked: list[str] = field(default_factory=list)
    is_success: bool = True

    def post(self, path, body):
        self.asked.append(path)
        return self


@pytest.mark.parametrize(("share", "calls"), [(1.0, ["handovers/7-1/reject/", "shipments/7-1/release/"]), (0.0, [])])
def test_over_the_api_it_rejects_once_and_is_asked_again(monkeypatch, share, calls):
    monkeypatch.setattr(third_party, "REJECTED_SHARE", share)
    desk = Heard()
    played = third_party.Rejecting(desk, Dice("seed"))
    assert [played.stands_in_the_way("7-1") for _ in range(3)] == [share == 1, False, False]
    assert desk.asked == calls


def test_it_is_asked_again_only_after_a_while(monkeypatch):
    monkeypatch.setattr(third_party, "REJECTED_SHARE", 1.0)
    played = third_party.Rejecting(Heard(), Dice("seed"), again_after=timedelta(hours=1))
    assert [played.stands_in_the_way("7-1") for _ in range(3)] == [True, True, True]


@pytest.mark.django_db
@pytest.mark.parametrize(("share", "takes_on", "state"), [(1.0, False, "rejected"), (0.0, True, "accepted")])
def test_in_the_past_it_answers_what_it_was_handed(monkeypatch, share, takes_on, state):
    monkeypatch.setattr(third_party, "REJECTED_SHARE", share)
    make_stock(make_product(), warehouse=make_warehouse("RTM", mode="3pl"))
    order = make_order(state="approved")
    open_shipments(order.pk, by="test")
    shipment_id = order.shipments.get().pk
    assert third_party.answer(shipment_id, dice=Dice("seed"), by="API: Rtm") is takes_on
    assert HandOver.objects.get().state == state
    assert third_party.ask_again(shipment_id, by="alice") is not takes_on
    assert HandOver.objects.get().state == ("accepted" if takes_on else "requested")
