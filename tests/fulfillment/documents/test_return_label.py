"""What a return's label says: whom it comes from, where a carrier can bring it, and what is in the parcel."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from fulfillment.carriers.standard import open_standard_account
from fulfillment.documents.kinds import return_label
from fulfillment.models import Return
from fulfillment.returns.labelling import label_return
from fulfillment.returns.requesting import Wish, WishLine, request_return
from inventory.models import Warehouse
from orders.models import Channel, Order
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Łucja Dvořáková",
    "line1": "ul. Żółkiewskiego 5",
    "city": "Łódź",
    "postal_code": "90-001",
    "country": "PL",
}


@pytest.fixture
def row() -> Return:
    open_standard_account()
    make_stock(make_product("MUG"), 20)
    order = make_order([("MUG", 3)], state="delivered")
    Order.objects.update(shipping_address=HOME)
    Warehouse.objects.update(line1="4 Quay Street", city="Bristol", postal_code="BS1 4DJ", country="GB")
    made = request_return(
        order.pk, wish=Wish((WishLine(order.lines.get().pk, 2, "unwanted"),)), key="R-1", by="customer"
    )
    label_return(made.pk, by="system:returns")
    return Return.objects.select_related("order__channel").get()


def text_of(row: Return) -> str:
    (page,) = PdfReader(BytesIO(return_label(row))).pages
    return page.extract_text()


def test_a_carrier_can_bring_it_and_the_warehouse_knows_what_it_is(row: Return, settings: object) -> None:
    settings.SHOP_NAME = "Tea & Cups"  # type: ignore[attr-defined]
    said = [line.strip() for line in text_of(row).split("\n")]
    to = said.index("To")
    place = ["Tea & Cups", "Leeds", "4 Quay Street", "BRISTOL", "BS1 4DJ", "UNITED KINGDOM"]
    assert said[to + 1 : to + 7] == place
    start = said.index("From")
    assert said[start + 1 : start + 5] == [HOME["name"], HOME["line1"], "90-001 ŁÓDŹ", "POLAND"]
    assert row.tracking_number in said
    assert row.rma in said
    assert "2 ×" in said
    assert "MUG" in said


def test_a_country_that_nobody_knows_is_written_plainly_without_the_phone(row: Return) -> None:
    row.order.shipping_address = {**HOME, "country": "XX", "phone": "+48 1"}
    said = [line.strip() for line in text_of(row).split("\n")]
    start = said.index("From")
    assert said[start + 1 : start + 6] == [HOME["name"], HOME["line1"], "90-001", "Łódź", "XX"]
    assert not any("+48" in line for line in said)


def test_it_speaks_the_language_of_the_customers_channel(row: Return) -> None:
    Channel.objects.update(language="de")
    row.order.channel.refresh_from_db()
    said = text_of(row)
    assert "Von" in said
    assert f"Retoure {row.rma}" in said


def test_of_many_lines_it_names_what_there_is_room_for_and_counts_the_rest(row: Return) -> None:
    order = make_order([(f"CUP-{number:02}", 1) for number in range(30)], state="delivered", external_id="W-2")
    lines = tuple(WishLine(line.pk, 1, "unwanted") for line in order.lines.all())
    made = request_return(order.pk, wish=Wish(lines), key="R-2", by="customer")
    said = text_of(Return.objects.select_related("order__channel").get(pk=made.pk))
    named = said.count("CUP-")
    assert 0 < named < 30
    assert f"and {30 - named} more lines" in said
