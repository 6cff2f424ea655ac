"""Labels are bought once, whatever the carrier and our own crashes do; what was bought in vain is given back."""

from datetime import timedelta

import pytest

from fulfillment.carriers import buying
from fulfillment.carriers.accounts import carrier_of, tables_changed
from fulfillment.carriers.buying import buy_labels, tidy_labels, void_label
from fulfillment.carriers.standard import open_standard_account
from fulfillment.errors import CarrierError, CarrierRefused
from fulfillment.models import Label, Parcel, PlayedLabel, RateQuote, Shipment, ShippingRule, VoidedLabel, WeightBreak
from fulfillment.services import stop_cancelled
from fulfillment.stages.deliver import deliver
from fulfillment.stages.ship import ship
from inventory import clock
from ordermgmt.verify import verify
from orders.errors import NotAllowedNow
from orders.models import OrderEvent
from orders.services import cancel
from tests.factories import make_order

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=2)


@pytest.fixture
def packed():
    order = make_order(state="packed")
    return Shipment.objects.select_related("order__customer", "order__channel", "warehouse").get(order=order)


def faulty(**faults):
    account = open_standard_account()
    account.settings = {"faults": faults}
    account.save()
    return account


def book():
    return list(PlayedLabel.objects.order_by("id").values_list("key", flat=True))


def test_a_time_out_after_the_sale_buys_the_same_label_at_the_next_try(packed):
    faulty(times_out=1)
    with pytest.raises(CarrierError, match="did not answer in time"):
        ship(packed.pk, by="test")
    assert (Label.objects.count(), book()) == (0, [f"parcel:{Parcel.objects.get().pk}"])
    ship(packed.pk, by="test")
    assert Label.objects.get().tracking_number == PlayedLabel.objects.get().tracking_number
    assert RateQuote.objects.get().state == "bought"


def test_a_crash_between_purchase_and_commit_buys_nothing_twice(packed, monkeypatch):
    def crash(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(buying, "keep_label", crash)
        with pytest.raises(KeyboardInterrupt):
            buy_labels(packed, by="test")
    assert (Label.objects.count(), PlayedLabel.objects.count()) == (0, 1)
    WeightBreak.objects.update(price=99)  # another choice would be made now
    tables_changed(open_standard_account().pk)
    buy_labels(packed, by="test")
    assert PlayedLabel.objects.count() == 1
    assert str(Label.objects.get().cost) == "2.900"


def test_a_service_that_is_refused_gives_way_to_the_next_best(packed, monkeypatch):
    account = faulty()
    cheapest = type(carrier_of(account)).buy

    def refuse_economy(self, package, rate):
        if rate.service == "economy":
            raise CarrierRefused("not today")
        return cheapest(self, package, rate)

    monkeypatch.setattr(type(carrier_of(account)), "buy", refuse_economy)
    with pytest.raises(CarrierRefused):
        ship(packed.pk, by="test")
    ship(packed.pk, by="test")
    assert Label.objects.get().service == "standard"
    assert list(RateQuote.objects.values_list("service", "state", "note")) == [
        ("economy", "refused", "not today"),
        ("standard", "bought", ""),
    ]


def test_an_orphan_is_found_and_given_back_and_the_parcel_gets_another(packed):
    faulty(times_out=1)
    with clock.at(clock.now() - HOURS), pytest.raises(CarrierError):
        buy_labels(packed, by="test")
    with clock.at(clock.now() - HOURS + timedelta(minutes=1)):
        assert tidy_labels() == 0  # somebody may still come back for it
    assert [check.name for check in verify().checks if check.breaches] == ["labels-known"]
    assert tidy_labels() == 1
    voided = VoidedLabel.objects.get()
    assert (voided.reason, voided.answer, PlayedLabel.objects.get().voided_at is None) == (
        "bought, but never kept",
        "Refunded",
        False,
    )
    assert tidy_labels() == 0
    with pytest.raises(CarrierError, match="did not answer"):
        ship(packed.pk, by="test")
    ship(packed.pk, by="test")
    assert Label.objects.get().tracking_number != voided.tracking_number
    assert book() == [f"parcel:{voided.parcel_id}", f"parcel:{voided.parcel_id}:again1"]
    assert not [check.name for check in verify().checks if check.breaches]


def test_staff_give_a_label_back_and_buy_another(packed):
    buy_labels(packed, by="test")
    first = Label.objects.get()
    voided = void_label(first.parcel_id, reason="Torn", by="petra")
    assert (voided.tracking_number, voided.reason, voided.by) == (first.tracking_number, "Torn", "petra")
    assert voided.voided_at
    with pytest.raises(NotAllowedNow, match="it takes that its parcel has a label"):
        void_label(first.parcel_id, reason="Torn", by="petra")
    ship(packed.pk, by="test")
    assert Label.objects.get().tracking_number != first.tracking_number
    with pytest.raises(NotAllowedNow, match="it has not left"):
        void_label(first.parcel_id, reason="Torn", by="petra")
    names = list(OrderEvent.objects.order_by("seq").values_list("name", flat=True))
    assert names.count("label.voided") == 1


def test_labels_of_a_shipment_that_was_stopped_are_given_back(packed):
    buy_labels(packed, by="test")
    cancel(packed.order_id, reason="No", by="sam")
    stop_cancelled(by="test")
    assert tidy_labels() == 1
    assert (Label.objects.count(), VoidedLabel.objects.get().reason) == (0, "the shipment was stopped")


def test_the_choice_keeps_every_offer_with_the_version_of_its_table(packed):
    account = open_standard_account()
    tables_changed(account.pk)
    buy_labels(packed, by="test")
    quote = RateQuote.objects.get()
    assert [(offer["service"], offer["price"], offer["version"]) for offer in quote.offers] == [
        ("economy", "2.90", 2),
        ("standard", "3.60", 2),
        ("express", "6.80", 2),
    ]
    assert (str(quote.saving), quote.on_time, quote.runner_up["service"]) == ("0.700", True, "standard")
    event = OrderEvent.objects.get(name="parcel.labelled")
    assert (event.data["saving"], event.data["carrier"], event.data["on_time"]) == ("0.70", "Parcelwing", True)


def test_a_rule_of_the_shop_prefers_a_service(packed):
    account = open_standard_account()
    ShippingRule.objects.create(name="Fast at home", account=account, service="express", countries=["GB"])
    buy_labels(packed, by="test")
    label = Label.objects.get()
    assert (label.service, label.why) == ("express", "Express, preferred by rule Fast at home")
    assert RateQuote.objects.get().rule.name == "Fast at home"


def test_news_told_twice_and_backwards_end_where_they_should(packed):
    faulty(duplicates=1, reverses=1)
    ship(packed.pk, by="test")
    with clock.at(clock.now() + timedelta(days=20)):
        for _ in range(2):
            deliver(packed.pk, by="carrier")
    assert (Parcel.objects.get().status, Shipment.objects.get().state) == ("delivered", "delivered")
    moves = OrderEvent.objects.filter(name__startswith="parcel.").exclude(name="parcel.labelled")
    assert list(moves.values_list("name", flat=True)) == ["parcel.delivered"]
