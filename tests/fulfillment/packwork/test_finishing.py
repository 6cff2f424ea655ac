"""What lies on the bench becomes parcels when it is verified, fits and weighs what it should; or with a reason."""

import pytest

from fulfillment.boxing import cartons_left
from fulfillment.errors import NotPackedRight
from fulfillment.models import Carton, Insert, InsertRule, Parcel, Shipment
from fulfillment.packwork.choosing import options
from fulfillment.packwork.finishing import Boxed, Work, finish_packing
from fulfillment.packwork.verifying import verify_units
from orders.errors import NotAllowedNow
from orders.models import OrderEvent
from tests.factories import make_carton
from tests.fulfillment.packwork.bench import item, line_of, on_bench

pytestmark = pytest.mark.django_db
ALL = 300 * 2 + 450 + 100  # two mugs, a jar, a carton


def verified_bench():
    shipment = on_bench()
    verify_units(shipment.pk, [item("MUG-1", 2), item("JAR-1")], by="petra")
    return shipment


def boxed(shipment, carton="Small", weight_g=None, mugs=2):
    units = {line_of(shipment, "MUG-1"): mugs, line_of(shipment, "JAR-1"): 1}
    return Boxed(Carton.objects.get(name=carton).pk if carton else None, units, weight_g)


def finish(shipment, *boxes, **more):
    return finish_packing(shipment.pk, Work(boxes, **more), by="petra")


def as_it_is(shipment):
    state = Shipment.objects.get(pk=shipment.pk).state
    return state, Parcel.objects.count(), Insert.objects.count(), OrderEvent.objects.count()


def test_a_verified_shipment_is_packed_as_it_was_boxed_and_weighed():
    shipment = verified_bench()
    assert finish(shipment, boxed(shipment, weight_g=ALL + 20)).state == "packed"
    parcel = Parcel.objects.get()
    assert (parcel.carton.name, parcel.weight_g, parcel.expected_g) == ("Small", ALL + 20, ALL)


@pytest.mark.parametrize(
    ("carton", "weight_g", "fault"),
    [
        ("Tiny", None, "box 1: by the records this does not fit into Tiny"),
        ("Small", ALL - 300, "box 1: 300 g too light: 850 g instead of 1,150 g. Perhaps 1 × Mug-1 missing"),
        ("Small", ALL + 450, "box 1: 450 g too heavy: 1,600 g instead of 1,150 g. Perhaps 1 × Jar-1 too many"),
        ("Thin", ALL, "box 1: Thin bears 1,100 g"),
    ],
)
def test_what_does_not_fit_or_weighs_wrong_is_refused_and_changes_nothing(carton, weight_g, fault):
    make_carton("Tiny", side_mm=90)
    make_carton("Thin", side_mm=400, max_gross_g=1_100)
    shipment = verified_bench()
    before = as_it_is(shipment)
    with pytest.raises(NotPackedRight) as refused:
        finish(shipment, boxed(shipment, carton, weight_g))
    assert fault in refused.value.faults
    assert as_it_is(shipment) == before


def test_what_nobody_verified_is_not_packed():
    shipment = on_bench()
    verify_units(shipment.pk, [item("MUG-1")], by="petra")
    before = as_it_is(shipment)
    with pytest.raises(NotPackedRight) as refused:
        finish(shipment, boxed(shipment))
    assert refused.value.faults == ["1 × Mug-1 not verified", "1 × Jar-1 not verified"]
    assert as_it_is(shipment) == before


def test_a_reason_lets_it_go_and_is_written_down():
    shipment = verified_bench()
    finish(shipment, boxed(shipment, weight_g=ALL - 300), reason="the scale is broken")
    told = OrderEvent.objects.get(name="pack.overridden").data
    assert told["reason"] == "the scale is broken"
    assert told["faults"] == ["box 1: 300 g too light: 850 g instead of 1,150 g. Perhaps 1 × Mug-1 missing"]


def test_a_reason_is_no_way_to_pack_less_than_there_is():
    shipment = verified_bench()
    with pytest.raises(NotAllowedNow):
        finish(shipment, boxed(shipment, mugs=1), reason="one broke")
    assert Shipment.objects.get(pk=shipment.pk).state == "picked"


@pytest.mark.parametrize("strange", [Boxed(10**9, {}), Boxed(None, {10**9: 1})])
def test_cartons_and_lines_that_are_not_there_are_refused(strange):
    shipment = verified_bench()
    with pytest.raises(NotPackedRight):
        finish(shipment, strange, reason="whatever")


def test_packing_twice_is_refused():
    shipment = verified_bench()
    finish(shipment, boxed(shipment))
    with pytest.raises(NotAllowedNow):
        finish(shipment, boxed(shipment))
    assert Parcel.objects.count() == 1


def test_other_cartons_are_offered_with_what_they_cost_more():
    make_carton("Tiny", side_mm=90, price="0.05")
    make_carton("Gone", side_mm=300, price="0.10", counted=0)
    shipment = on_bench()
    units = boxed(shipment).units
    small = Carton.objects.get(name="Small")
    found = options(units, shipment.lines.select_related("order_line__product"), small, left=cartons_left())
    assert [(row.carton.name, str(row.costs_more), row.chosen) for row in found] == [
        ("Small", "0.000", True),
        ("Large", "0.600", False),
    ]


def test_what_was_added_is_written_down_with_its_cost_once():
    rule = InsertRule.objects.create(name="Card", kind="card", occasion="always", cost="0.120")
    shipment = verified_bench()
    finish(shipment, boxed(shipment), inserts=[rule.pk, rule.pk])
    assert [(row.rule.name, str(row.cost), row.by) for row in Insert.objects.all()] == [("Card", "0.120", "petra")]
    assert OrderEvent.objects.get(name="pack.inserted").data["insert"] == "Card"


def test_only_what_is_offered_can_be_added():
    rule = InsertRule.objects.create(name="Gift", kind="gift", occasion="tier_a")
    shipment = verified_bench()
    with pytest.raises(NotPackedRight):
        finish(shipment, boxed(shipment), inserts=[rule.pk])
    assert Insert.objects.count() == 0
