"""Customs: what leaves the country is declared to the carrier and on the proforma invoice, or told to be missing."""

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from fulfillment.carriers.buying import buy_labels
from fulfillment.carriers.carrier import Package
from fulfillment.carriers.fake import PlayedCarrier
from fulfillment.customs import contents_by_product, undeclared, waited_for
from fulfillment.documents.proforma import draw
from fulfillment.errors import NothingToPrint
from fulfillment.models import ProductCustoms, Shipment
from inventory.models import Product
from tests.factories import LONDON, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}


def packed(address: dict[str, str] = PARIS) -> Shipment:
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    made = make_order((("MUG-1", 2),), state="packed", shipping_address=address, billing_address=address)
    return Shipment.objects.select_related("order__customer", "order__channel", "warehouse").get(order=made)


def declare(value: str | None = None) -> None:
    amount = Decimal(value) if value else None
    ProductCustoms.objects.create(product=Product.objects.get(), hs_code="691110", origin="PT", value=amount)


def test_the_carrier_is_told_what_is_inside_an_export(monkeypatch: pytest.MonkeyPatch) -> None:
    sold: list[Package] = []
    buy = PlayedCarrier.buy

    def told(self: PlayedCarrier, package: Package, rate: object) -> object:
        sold.append(package)
        return buy(self, package, rate)  # type: ignore[arg-type]

    monkeypatch.setattr(PlayedCarrier, "buy", told)
    shipment = packed()
    declare("4.50")
    buy_labels(shipment, by="petra")
    (content,) = sold[0].contents
    assert (content.sku, content.quantity, content.weight_g) == ("MUG-1", 2, 300)
    assert (content.hs_code, content.origin, content.value) == ("691110", "PT", Decimal("4.50"))


def test_only_exports_wait_for_what_is_not_declared() -> None:
    home = packed(LONDON)
    assert (undeclared(home), list(waited_for())) == ([], [])
    abroad = packed()
    assert (undeclared(abroad), list(waited_for())) == (["MUG-1"], [Product.objects.get()])
    with pytest.raises(NothingToPrint, match="not known of MUG-1"):
        draw(abroad.pk)
    declare()
    abroad = Shipment.objects.get(pk=abroad.pk)
    assert (undeclared(abroad), list(waited_for())) == ([], [])
    with pytest.raises(NothingToPrint, match="stays in its country"):
        draw(home.pk)


def test_the_proforma_invoice_says_what_customs_asks() -> None:
    shipment = packed()
    declare("4.50")
    text = PdfReader(BytesIO(draw(shipment.pk))).pages[0].extract_text()
    for words in ("Proforma invoice", "691110", "PT", "4.50", "9.00 GBP", "0.60 kg", "75001", "sale of goods"):
        assert words in text, words


def test_units_of_one_product_in_several_parcels_are_one_line() -> None:
    shipment = packed()
    line = shipment.lines.get()
    shipment.parcels.get().items.update(quantity=1)
    shipment.parcels.create(number=2, weight_g=400).items.create(shipment_line=line, quantity=1)
    (content,) = contents_by_product(shipment)
    assert content.quantity == 2
