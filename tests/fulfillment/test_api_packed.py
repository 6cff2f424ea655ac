"""Parcels as whoever packed them reports them over the API."""

import pytest

from fulfillment.models import Parcel, Shipment
from fulfillment.services import open_shipments
from fulfillment.stages.pick import pick
from inventory.models import Product
from tests.api import SHIPMENTS, Api, problem
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def packed():
    """A picked shipment of two mugs and a jar, 500 g each; sends a body and answers."""
    for sku in ("MUG-1", "JAR-1"):
        make_stock(make_product(sku), 10, warehouse=make_warehouse("HAUL", mode="3pl"))
    Product.objects.update(weight_g=500)
    order = make_order([("MUG-1", 2), ("JAR-1", 1)], state="approved")
    open_shipments(order.pk, by="test")
    shipment = Shipment.objects.get()
    pick(shipment.pk, by="test")
    api = Api()
    return lambda body=None: api.post(f"{SHIPMENTS}{shipment.code}/packed/", body)


def box(*contents, **fields):
    return {"contents": [{"sku": sku, "quantity": units} for sku, units in contents], **fields}


def parcels():
    rows = Parcel.objects.order_by("number").prefetch_related("items__shipment_line__order_line")
    return [
        (
            row.carton.name if row.carton else None,
            {item.shipment_line.order_line.sku: item.quantity for item in row.items.all()},
            (row.weight_g, row.expected_g),
            row.size_mm,
        )
        for row in rows
    ]


def test_parcels_are_written_as_they_are_told(packed):
    make_carton("S", side_mm=200)
    answer = packed(
        {
            "parcels": [
                box(("MUG-1", 1), ("JAR-1", 1), carton="S", weight_g=1_120),
                box(("MUG-1", 1), size_mm=[400, 300, 90]),
            ]
        }
    )
    assert (answer.status_code, answer.json()["state"], len(answer.json()["parcels"])) == (200, "packed", 2)
    assert parcels() == [
        ("S", {"MUG-1": 1, "JAR-1": 1}, (1_120, 1_100), (206, 206, 206)),
        (None, {"MUG-1": 1}, (500, 500), (400, 300, 90)),
    ]


def test_telling_it_again_changes_nothing_and_without_parcels_they_are_planned(packed):
    make_carton("M", side_mm=300)
    assert packed().json()["state"] == "packed"
    before = parcels()
    assert packed({"parcels": [box(("MUG-1", 2), ("JAR-1", 1))]}).status_code == 200
    assert parcels() == before
    assert [row[:2] for row in before] == [("M", {"MUG-1": 2, "JAR-1": 1})]


@pytest.mark.parametrize(
    ("boxes", "said"),
    [
        ([box(("MUG-1", 2))], "JAR-1: 0 units in parcels, 1 to pack"),
        ([box(("MUG-1", 3), ("JAR-1", 1))], "MUG-1: 3 units in parcels, 2 to pack"),
        ([box(("MUG-1", 2), ("JAR-1", 1), ("CUP", 1))], "CUP: 1 units in parcels, 0 to pack"),
        ([box(("MUG-1", 2), ("JAR-1", 1), carton="XXL")], "there is no carton XXL"),
        (
            [box(("MUG-1", 2), ("JAR-1", 1), carton="S", weight_g=20_001)],
            "parcel 1: 20,001 g are more than S bears, 20,000 g",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_packed(packed, boxes, said):
    make_carton("S", side_mm=200)
    answer = packed({"parcels": boxes})
    assert problem(answer, 409, "not_packed_right")["detail"] == said
    assert (Shipment.objects.get().state, Parcel.objects.count()) == ("picked", 0)


@pytest.mark.parametrize(
    "body",
    [
        {"parcels": []},
        {"parcels": [box()]},
        {"parcels": [box(("MUG-1", 0))]},
        {"parcels": [box(("MUG-1", 2), carton="S", size_mm=[1, 1, 1])]},
        {"parcels": [box(("MUG-1", 2), size_mm=[1, 1])]},
        {"boxes": []},
    ],
)
def test_a_body_that_says_something_else_is_refused(packed, body):
    assert packed(body).status_code == 400
    assert Parcel.objects.count() == 0
