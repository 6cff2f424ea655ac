"""How the warehouse works: each rule says what it does, and is changed by whoever leads the pickers."""

from datetime import date
from decimal import Decimal

import pytest

from fulfillment.models import InsertRule, PickingPolicy, Trolley
from ordermgmt.warehousing.sentences import of_insert, of_policy
from tests.factories import make_channel, make_product, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def trolley():
    return Trolley.objects.create(name="Cluster", totes=8, tote_litres=40, max_weight_g=80_000)


def insert(**fields):
    rest = {
        "name": "Thanks",
        "kind": "card",
        "occasion": "first_order",
        "cost": "0.2",
        "priority": "10",
        "active": "on",
    }
    return rest | fields


@pytest.mark.parametrize("address", ["", "trolleys/new/", "inserts/new/"])
def test_only_who_leads_the_pickers_sees_it(client, charlie, bob, address):
    assert client.get(f"/warehouse/{address}").status_code == 302
    assert charlie.get(f"/warehouse/{address}").status_code == 403
    assert bob.get(f"/warehouse/{address}").status_code == 403


def test_alice_says_who_shares_a_walk(alice, trolley):
    leeds = make_warehouse(mode="manual")
    assert "Each order is picked on a walk of its own." in alice.get("/warehouse/").content.decode()
    address = f"/warehouse/policies/{leeds.pk}/"
    typed = {"kind": "wave", "waves_by": "carrier", "zone_aisles": "4", "trolley": trolley.pk}
    assert alice.post(address, typed).status_code == 302
    row = PickingPolicy.objects.get(warehouse=leeds)
    assert (row.kind, row.waves_by, row.trolley) == ("wave", "carrier", trolley)
    page = alice.get("/warehouse/").content.decode()
    assert "Only orders that will go with the same service of the same carrier share a walk" in page
    assert "It carries 8 totes of 40 litres and 80 kg in all" in page
    assert alice.post(address, typed | {"zone_aisles": "0"}).status_code == 422
    assert PickingPolicy.objects.get().zone_aisles == 4


def test_machines_have_no_policy(alice):
    assert alice.get(f"/warehouse/policies/{make_warehouse().pk}/").status_code == 404


@pytest.mark.parametrize("kind", PickingPolicy.Kind.values)
@pytest.mark.parametrize("waves_by", PickingPolicy.WavesBy.values)
def test_every_policy_has_its_sentence(trolley, kind, waves_by):
    said = of_policy(PickingPolicy(kind=kind, waves_by=waves_by, trolley=trolley))
    assert said.endswith(".")
    assert ("Cluster" in said) == (kind != "single")


def test_a_trolley_is_added_and_carries_something(alice):
    typed = {"name": "Large", "totes": "12", "tote_litres": "20", "max_weight_g": "0"}
    assert alice.post("/warehouse/trolleys/new/", typed).status_code == 422
    assert alice.post("/warehouse/trolleys/new/", typed | {"max_weight_g": "60000"}).status_code == 302
    row = Trolley.objects.get()
    alice.post(f"/warehouse/trolleys/{row.pk}/", typed | {"max_weight_g": "50000"})
    assert Trolley.objects.get().max_weight_g == 50_000


def test_something_is_added_to_parcels_and_counted_anew_only_when_its_number_changes(alice):
    make_product("MUG-1")
    assert alice.post("/warehouse/inserts/new/", insert(sku="MUG-1", counted="40")).status_code == 302
    rule = InsertRule.objects.get()
    assert (rule.sku, rule.counted, rule.cost) == ("MUG-1", 40, Decimal("0.2"))
    alice.post(f"/warehouse/inserts/{rule.pk}/", insert(sku="MUG-1", counted="40", cost="0.3"))
    same = InsertRule.objects.get()
    assert (same.cost, same.counted_at) == (Decimal("0.3"), rule.counted_at)
    alice.post(f"/warehouse/inserts/{rule.pk}/", insert(counted="100"))
    assert InsertRule.objects.get().counted_at > rule.counted_at


@pytest.mark.parametrize(
    "wrong", [{"sku": "NONE"}, {"cost": "-1"}, {"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, {"name": ""}]
)
def test_what_cannot_be_added_is_told_and_not_kept(alice, wrong):
    assert alice.post("/warehouse/inserts/new/", insert(**wrong)).status_code == 422
    assert InsertRule.objects.count() == 0


def test_a_rule_says_for_whom_when_and_how():
    rule = InsertRule(
        kind="gift",
        occasion="birthday",
        channel=make_channel(),
        sku="MUG-1",
        least_total=Decimal(40),
        starts_on=date(2026, 12, 1),
        ends_on=date(2026, 12, 24),
        code="G1",
        cost=Decimal("1.5"),
    )
    assert of_insert(rule) == (
        "A gift goes into the first parcel of each order in the customer's birthday month placed in Web with MUG-1 of"
        " at least 40.00, from 1 Dec 2026, until 24 Dec 2026. The packer scans G1; it costs 1.50."
    )
