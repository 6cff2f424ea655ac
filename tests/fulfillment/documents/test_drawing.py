"""What stands on the paper, read back from the PDF, and what the barcodes say."""

from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from fulfillment.documents import kinds
from fulfillment.documents.barcodes import code_128
from fulfillment.documents.typesetting import BOLD, PLAIN, cut, printable, width_of, wrapped
from fulfillment.errors import NoSuchDocument, NothingToPrint
from fulfillment.models import PickList, Shipment, ToteSlot
from fulfillment.services import open_shipments
from inventory.models import Bin, Product, Stock
from orders.models import Channel, Order
from tests.factories import make_carton, make_order, make_product, make_stock, make_warehouse

MM = 72 / 25.4
WIDE = {
    "name": "Zażółć Gęślą-Jaźń Παπαδόπουλος",
    "line1": "Straße des 17. Juni 135, Hinterhaus, dritter Aufgang links, vierter Stock bei Müller",
    "city": "Санкт-Петербург",
    "postal_code": "10623",
    "country": "DE",
    "phone": "+49 30 1234",
}


def pages(pdf: bytes) -> list[str]:
    """The text of each page, in one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def size_mm(pdf: bytes) -> tuple[int, int]:
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) / MM), round(float(box.height) / MM)


@pytest.fixture
def packed(db: None) -> Shipment:
    """Two mugs and a jar in one box."""
    make_carton()
    make_stock(make_product("MUG-1", name="Kubek Łódź"), 50)
    make_stock(make_product("JAR-1", name="Κούπα <b>&</b> кружка"), 50)
    order = make_order((("MUG-1", 2), ("JAR-1", 1)), state="packed")
    Order.objects.filter(pk=order.pk).update(shipping_address=WIDE, gift_note="Alles Gute, Zoë!")
    return Shipment.objects.get()


def test_the_packing_slip_says_what_is_inside_and_for_whom(packed: Shipment) -> None:
    pdf = kinds.draw("packing-slip", packed.pk)
    (told,) = pages(pdf)
    for words in (
        *("Packing slip", packed.code, f"#{packed.order.number}", packed.order.external_id, "Page 1 of 1"),
        *("Zażółć Gęślą-Jaźń Παπαδόπουλος", "vierter Stock bei Müller", "10623 САНКТ-ПЕТЕРБУРГ", "GERMANY"),
        *("Kubek Łódź", "Κούπα <b>&</b> кружка", "MUG-1 2 2", "JAR-1 1 1", "Alles Gute, Zoë!"),
    ):
        assert words in told
    assert "10.00" not in told
    assert "one part of your order" not in told
    assert "+49" not in told
    assert size_mm(pdf) == (210, 297)


def test_customers_paper_is_in_their_channels_language_and_the_houses_in_its_readers(packed: Shipment) -> None:
    Channel.objects.update(language="de")
    (told,) = pages(kinds.draw("packing-slip", packed.pk))
    assert "Lieferschein" in told
    assert "Vielen Dank für Ihre Bestellung." in told
    assert f"Bestellt am {packed.order.placed_at:%-d}. " in told
    assert "Ship to" in pages(kinds.draw("box-label", packed.pk))[0]
    with translation.override("de"):
        (told,) = pages(kinds.draw("box-label", packed.pk))
    assert "Stück 3" in told
    assert "1 von 1" in told


def test_what_comes_separately_is_said(packed: Shipment) -> None:
    line = packed.lines.get(order_line__sku="MUG-1")
    line.quantity = line.picked = 1
    line.save()
    (told,) = pages(kinds.draw("packing-slip", packed.pk))
    assert "MUG-1 2 1" in told
    assert "This is one part of your order. What is not in here comes separately." in told


def test_the_box_label_is_a_page_for_each_parcel(packed: Shipment) -> None:
    packed.parcels.create(number=2, weight_g=1_250)
    pdf = kinds.draw("box-label", packed.pk)
    one, two = pages(pdf)
    assert size_mm(pdf) == (100, 150)
    for words in ("Zażółć", "Müller", "10623 САНКТ-ПЕТЕРБУРГ", packed.code, f"{packed.code}-1", "1 of 2", "Leeds"):
        assert words in one
    assert (f"{packed.code}-2" in two, "2 of 2" in two, "1.25 kg" in two, "own packaging" in two) == (True,) * 4


def test_there_is_no_label_before_there_is_a_box_and_no_paper_for_what_is_called_off(db: None) -> None:
    shipment = make_order(state="picked").shipments.get()
    with pytest.raises(NothingToPrint, match="is not packed yet"):
        kinds.draw("box-label", shipment.pk)
    Shipment.objects.filter(pk=shipment.pk).update(state="cancelled")
    with pytest.raises(NothingToPrint, match="is called off"):
        kinds.draw("packing-slip", shipment.pk)
    with pytest.raises(NothingToPrint, match="does not exist any more"):
        kinds.draw("packing-slip", 0)
    with pytest.raises(NothingToPrint, match="does not exist any more"):
        kinds.draw("pick-list", 0)
    with pytest.raises(NoSuchDocument):
        kinds.draw("poster", shipment.pk)


def test_sixty_lines_of_a_pick_list_flow_onto_numbered_pages_in_walking_order(db: None) -> None:
    leeds = make_warehouse("LEEDS", mode="manual")
    for number in range(60):
        make_stock(make_product(f"SKU-{number:02}", name="A long name of a thing that goes on and on " * 4), 5)
    for number, product in enumerate(Product.objects.order_by("sku")):
        place = Bin.objects.create(warehouse=leeds, code=f"A{number // 10}-{number % 10}", aisle=number // 10, bay=1)
        Stock.objects.filter(product=product).update(bin=place)
    order = make_order([(f"SKU-{number:02}", 1) for number in range(60)], state="approved")
    open_shipments(order.pk, by="system:pick")
    row = PickList.objects.get()
    ToteSlot.objects.create(pick_list=row, shipment=order.shipments.get(), number=4)
    told = pages(kinds.draw("pick-list", row.pk))
    count = len(told)
    assert count == 3
    assert [f"Page {number} of {count}" in page for number, page in enumerate(told, 1)] == [True] * count
    whole = " ".join(told)
    skus = [whole.index(f"SKU-{number:02}") for number in range(60)]
    assert skus == sorted(skus)
    assert "60 units from 60 bins" in told[0]
    assert f"Tote 4, {order.shipments.get().code}" in told[0]
    assert "…" in told[0]
    assert "continued" in told[1]


def test_nothing_of_a_called_off_shipment_is_on_the_list(packed: Shipment) -> None:
    row = PickList.objects.get()
    Shipment.objects.update(state="cancelled")
    with pytest.raises(NothingToPrint, match=f"Everything on P{row.pk} was called off"):
        kinds.draw("pick-list", row.pk)


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("Łódź é ü ß Ωμέγα Щёлково ќ ₴ €", "Łódź é ü ß Ωμέγα Щёлково ќ ₴ €"),
        ("Zoe\N{COMBINING DIAERESIS}", "Zoë"),
        ("田中 mug 🎁", "\ufffd\ufffd mug \ufffd"),
        ("a\nb\t c\x00\u200d", "a b c"),
        ("", ""),
    ],
)
def test_what_the_font_lacks_is_seen_and_never_a_crash(given: str, printed: str) -> None:
    assert printable(given) == printed


def test_long_words_wrap_or_end_in_an_ellipsis() -> None:
    assert cut("Short", PLAIN, 10, 200) == "Short"
    said = wrapped("Donaudampfschifffahrtsgesellschaft" * 5, BOLD, 10, 100, 3)
    assert len(said) == 3
    assert said[-1].endswith("…")
    assert max(width_of(line, BOLD, 10) for line in said) <= 100
    assert wrapped("one two three", PLAIN, 10, width_of("one two", PLAIN, 10), 3) == ["one two", "three"]
    assert wrapped("", PLAIN, 10, 100, 2) == [""]


def test_any_sign_of_unicode_is_set(packed: Shipment) -> None:
    every = "".join(map(chr, range(1, 0x3000, 29))) + "\U0001f381"
    Order.objects.update(shipping_address={**WIDE, "name": every, "line1": every * 3}, gift_note=every[:500])
    for kind in ("packing-slip", "box-label"):
        assert kinds.draw(kind, packed.pk).startswith(b"%PDF")


def test_the_bars_carry_the_code_and_its_check_symbol() -> None:
    bars = code_128("10001-1-2", width=250, height=40)
    bars.validate()
    bars.encode()
    *values, check, stop = bars.encoded
    assert stop == 106
    assert check == (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    assert read(values) == "10001-1-2"
    assert bars.width <= 250.01
    assert min(bars.lquiet, bars.rquiet) >= 10 * bars.barWidth - 0.01


def read(values: list[int]) -> str:
    """By the tables of code sets B and C in ISO/IEC 15417."""
    code_set, text = {104: "B", 105: "C"}[values[0]], ""
    for value in values[1:]:
        if value in (99, 100):
            code_set = "C" if value == 99 else "B"
        elif code_set == "C":
            text += f"{value:02}"
        else:
            text += chr(value + 32)
    return text
