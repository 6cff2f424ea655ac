"""Every unit is verified once; what is wrong moves nothing and is kept as evidence."""

from uuid import uuid4

import pytest

from fulfillment.errors import ScanReused
from fulfillment.models import Scan
from fulfillment.packwork.verifying import Act, verify_units
from fulfillment.stages.pack import pack
from orders.models import OrderEvent
from tests.fulfillment.packwork.bench import AT, item, line_of, on_bench, verified

pytestmark = pytest.mark.django_db


def verdicts(shipment, *acts):
    return [(row.verdict, row.said, row.units) for row in verify_units(shipment.pk, acts, by="petra")]


def events(shipment):
    return list(OrderEvent.objects.filter(order=shipment.order, name__startswith="pack.").values_list("name", "data"))


def test_units_are_verified_by_sku_or_barcode_whatever_the_case():
    shipment = on_bench()
    assert verdicts(shipment, item("mug-1"), item(" 4006381333931 "), item("JAR-1")) == [
        ("right", "1 × Mug-1, 1 more", 1),
        ("right", "1 × Mug-1, done", 1),
        ("right", "1 × Jar-1, done", 1),
    ]
    assert verified(shipment) == {"MUG-1": 2, "JAR-1": 1}


@pytest.mark.parametrize(
    ("acts", "last"),
    [
        ([item("CUP-9")], ("unknown", "Nothing is known by CUP-9", 0)),
        ([item("JAR-1"), item("JAR-1")], ("already_complete", "One Jar-1 too many", 0)),
        ([item("MUG-1", units=3)], ("already_complete", "Only 2 × Mug-1 left to verify", 0)),
        (
            [Act(uuid4(), "confirm", AT, line=0, reason="torn")],
            ("not_on_list", "This is not in the shipment any more", 0),
        ),
    ],
)
def test_what_is_wrong_moves_nothing(acts, last):
    shipment = on_bench()
    before = verified(shipment)
    assert verdicts(shipment, *acts)[-1] == last
    assert sum(verified(shipment).values()) - sum(before.values()) == len(acts) - 1


def test_goods_of_another_shipment_are_evidence_of_a_wrong_pick():
    other = on_bench(lines=(("JAR-1", 1),))
    shipment = on_bench(lines=(("MUG-1", 2),))
    assert other.pk != shipment.pk
    assert verdicts(shipment, item("jar-1")) == [("wrong_item", "JAR-1 does not belong to this shipment", 0)]
    line = line_of(shipment, "MUG-1")
    told = {"shipment": shipment.code, "units": 0, "line": line, "sku": "MUG-1", "code": "jar-1"}
    assert events(shipment) == [("pack.mismatched", told | {"verdict": "wrong_item"})]


def test_the_same_scan_counts_once_however_often_it_is_sent():
    shipment = on_bench()
    act = item("MUG-1")
    assert [verdicts(shipment, act) for _ in range(3)] == [[("right", "1 × Mug-1, 1 more", 1)]] * 3
    assert (verified(shipment)["MUG-1"], Scan.objects.filter(station="pack").count(), len(events(shipment))) == (
        1,
        1,
        1,
    )


def test_an_id_belongs_to_one_shipment():
    first, second = on_bench(), on_bench()
    act = item("MUG-1")
    verdicts(first, act)
    with pytest.raises(ScanReused):
        verify_units(second.pk, [act], by="petra")
    assert verified(second) == {"MUG-1": 0, "JAR-1": 0}


def test_what_cannot_be_scanned_takes_a_reason():
    shipment = on_bench()
    line = line_of(shipment, "JAR-1")
    assert verdicts(shipment, Act(uuid4(), "confirm", AT, line=line))[0][:2] == (
        "not_on_list",
        "Say why it cannot be scanned",
    )
    verdicts(shipment, Act(uuid4(), "confirm", AT, line=line, reason="label torn"))
    assert verified(shipment)["JAR-1"] == 1
    told = {"shipment": shipment.code, "units": 1, "line": line, "sku": "JAR-1", "reason": "label torn"}
    assert events(shipment)[-1] == ("pack.unverified", told)


def test_a_unit_may_be_taken_out_again():
    shipment = on_bench()
    line = line_of(shipment, "MUG-1")
    out = [Act(uuid4(), "correct", AT, line=line) for _ in range(2)]
    assert [word for word, _, _ in verdicts(shipment, item("MUG-1"), *out)] == ["right", "right", "not_on_list"]
    assert verified(shipment)["MUG-1"] == 0


def test_a_scan_that_comes_when_it_is_packed_is_kept_and_moves_nothing():
    shipment = on_bench()
    pack(shipment.pk, by="petra")
    assert verdicts(shipment, item("MUG-1")) == [("not_on_list", "Not counted: the shipment is packed", 0)]
    assert (Scan.objects.filter(station="pack").count(), events(shipment)) == (1, [])
