"""Carriers' invoices: read whole or not at all, and each parcel that is not billed as quoted with its likely reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from fulfillment.billing.comparing import Known, compared
from fulfillment.billing.reading import Charged, read_invoice
from fulfillment.billing.repricing import Tariff
from fulfillment.billing.taking_in import take_in
from fulfillment.carriers.accounts import active_accounts
from fulfillment.carriers.buying import buy_labels, void_label
from fulfillment.carriers.carrier import Package, Place
from fulfillment.carriers.pricing import Price, RateTable, Service, Surcharge, Zone
from fulfillment.errors import InvoiceRefused
from fulfillment.models import CarrierInvoice, CarrierService, Label, ParcelBill
from tests.factories import make_order, make_product, make_stock, make_warehouse

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
KNOWN = Known(Decimal("5.00"), "GBP", 800, (400, 300, 250), divisor=5000, surcharges={Decimal("1.25")})


def charged(amount: str, *, grams: int | None = None, extra: tuple[str, str] | None = None) -> Charged:
    lines = [("freight", Decimal(amount))]
    if extra:
        lines.append((extra[0], Decimal(extra[1])))
    return Charged("PW1", lines, grams)


@pytest.mark.parametrize(
    ("bill", "reason", "note"),
    [
        (charged("5.00"), "agrees", ""),
        (charged("4.90"), "less", ""),
        (charged("8.00", grams=6000), "dimensions", "6.00 kg billed, 0.80 kg given; its size counts as 6.00 kg"),
        (charged("8.00", grams=3000), "weight", "3.00 kg billed, 0.80 kg given"),
        (charged("8.00", grams=1000), "other", ""),  # half a kilogram begun is charged by every carrier
        (charged("5.00", extra=("fuel", "0.40")), "surcharge", "fuel 0.40"),
        (charged("6.25"), "surcharge", "1.25 is one of the account's surcharges"),
        (charged("6.26"), "other", ""),
    ],
)
def test_the_likely_reason_of_a_difference(bill: Charged, reason: str, note: str) -> None:
    assert compared(bill, KNOWN, currency="GBP") == (reason, note)


TABLE = RateTable(
    account="pw",
    currency="GBP",
    zones=(Zone("home", domestic=True), Zone("world")),
    services=(
        Service(
            "economy",
            {"home": Price(3, ((1000, Decimal(3)), (5000, Decimal(5)))), "world": Price(9, ((5000, Decimal(12)),))},
        ),
        Service("express", {"home": Price(1, ((5000, Decimal(8)),))}),
    ),
    surcharges=(Surcharge("remote", "remote", prefixes=("HS",), amount=Decimal("2.50")),),
)
LEEDS, OXFORD = Place(country="GB", postal_code="LS1 4DY"), Place(country="GB", postal_code="OX1 1AA")
PACKAGE = Package("", 800, (200, 150, 100), LEEDS, OXFORD, AT, timedelta(days=1), "GBP")
PRICED = replace(KNOWN, cost=Decimal(3), tariff=Tariff(TABLE, PACKAGE, "economy", Decimal(3)))


@pytest.mark.parametrize(
    ("bill", "reason", "note"),
    [
        (charged("5.00", grams=1400), "weight", "1.40 kg billed, 0.80 kg given: the table asks £5.00 for that"),
        (charged("6.00", grams=1400), "weight", "1.40 kg billed, 0.80 kg given; the table asks £5.00 for that"),
        (charged("12.00"), "zone", "Priced as zone world, but GB is in zone home"),
        (charged("8.00"), "service", "Priced as express, but economy was bought"),
        (charged("5.50"), "surcharge", "The surcharge remote of £2.50 on top, which this parcel does not pay"),
        (charged("3.00", extra=("fuel", "0.40")), "surcharge", "fuel 0.40"),
        (charged("7.77"), "other", ""),
    ],
)
def test_a_difference_is_explained_by_the_carriers_own_table(bill: Charged, reason: str, note: str) -> None:
    assert compared(bill, PRICED, currency="GBP") == (reason, note)


def test_what_is_wrong_whatever_it_costs() -> None:
    bill = charged("5.00")
    assert compared(bill, None, currency="GBP")[0] == "unknown"
    assert compared(bill, KNOWN, currency="EUR")[0] == "currency"
    assert compared(bill, KNOWN, currency="GBP", billed_before="A1") == ("twice", "Also on invoice A1")
    bill.is_doubled = True
    assert compared(bill, KNOWN, currency="GBP")[0] == "twice"


def test_lines_of_one_parcel_are_one_bill() -> None:
    text = "\ufefftracking_number,charge,amount,weight_kg\npw1,freight,4.10,1.2\nPW1,fuel,0.40,\nPW2,,3,\n"
    file = read_invoice(text, currency="GBP")
    assert file.faults == []
    assert [(row.tracking_number, row.billed, row.billed_g) for row in file.charges] == [
        ("PW1", Decimal("4.50"), 1200),
        ("PW2", Decimal(3), None),
    ]
    assert read_invoice("tracking_number,amount\nPW1,3\nPW1,3\n", currency="GBP").charges[0].is_doubled


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("number,amount\n1,2\n", "Line 1: these columns are missing: tracking_number"),
        ("tracking_number,amount\n", "Line 1: the file bills nothing"),
        ("tracking_number,amount\n,2\n", "Line 2: tracking_number: 1 to 40 signs"),
        ("tracking_number,amount\nA,two\n", "Line 2: amount: a number such as 12.50, not two"),
        ("tracking_number,amount\nA,NaN\n", "Line 2: amount: a number such as 12.50, not NaN"),
        ("tracking_number,amount,weight_g\nA,1,-5\n", "Line 2: weight_g: from 0 to 10,000 kg"),
        ("tracking_number,amount,currency\nA,1,pound\n", "Line 2: currency: three letters, as in GBP"),
        (
            "tracking_number,amount,currency\nA,1,EUR\nB,1,\n",
            "Line 1: an invoice is in one currency, not in EUR, GBP",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, fault: str) -> None:
    assert read_invoice(text, currency="GBP").faults == [fault]


@pytest.mark.django_db
def test_an_invoice_is_compared_with_the_labels_and_taken_in_once() -> None:
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    shipments = [make_order(state="packed").shipments.get() for _ in range(3)]
    for shipment in shipments:
        buy_labels(shipment, by="petra")
    labels = list(Label.objects.order_by("pk"))
    void_label(labels[2].parcel_id, reason="torn", by="petra")
    CarrierService.objects.update(dim_divisor=5000)
    account = active_accounts()[0]
    numbers = [label.tracking_number for label in labels]
    text = "tracking_number,amount,weight_g\n" + "".join(
        f"{number},{amount},{grams}\n"
        for number, amount, grams in [
            (numbers[0], "2.90", 400),
            (numbers[1], "7.00", 9000),
            (numbers[2], "2.90", ""),
            ("PW-STRANGE", "5.00", ""),
        ]
    )
    invoice = take_in(text, account=account, number="INV-1", by="bob")
    bills = ParcelBill.objects.filter(invoice=invoice).values_list("reason", "billed", "expected")
    assert list(bills) == [
        ("agrees", Decimal("2.90"), Decimal("2.90")),
        ("weight", Decimal("7.00"), Decimal("2.90")),
        ("given_back", Decimal("2.90"), Decimal(0)),
        ("unknown", Decimal("5.00"), None),
    ]
    with pytest.raises(InvoiceRefused, match="was taken in before"):
        take_in(text, account=account, number="INV-1", by="bob")
    again = take_in(text, account=account, number="INV-2", by="bob")
    assert list(again.bills.values_list("reason", flat=True)) == ["twice", "twice", "twice", "unknown"]
    with pytest.raises(InvoiceRefused, match="Line 6"):
        take_in(f"{text}X,much,\n", account=account, number="INV-3", by="bob")
    assert CarrierInvoice.objects.count() == 2
