"""Taking in a carrier's invoice: wholly or not at all, and compared parcel by parcel with what was quoted."""

from collections.abc import Collection
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fulfillment.billing.comparing import Known, compared
from fulfillment.billing.reading import InvoiceFile, read_invoice
from fulfillment.billing.repricing import Tariff
from fulfillment.carriers.accounts import table_of
from fulfillment.carriers.carrier import Package
from fulfillment.carriers.packages import carrier_day, customer_place, size_of, warehouse_place
from fulfillment.carriers.pricing import RateTable
from fulfillment.errors import InvoiceRefused
from fulfillment.models import (
    CarrierAccount,
    CarrierInvoice,
    CarrierService,
    CarrierSurcharge,
    Label,
    ParcelBill,
    VoidedLabel,
)
from inventory import clock

NO_SIZE = (0, 0, 0)
PRICED_BY = ("parcel__carton", "parcel__shipment__warehouse", "parcel__shipment__order__customer")
PRICED_HERE = {CarrierAccount.Adapter.TABLE, CarrierAccount.Adapter.PLAYED}


def take_in(text: str, *, account: CarrierAccount, number: str, by: str) -> CarrierInvoice:
    """The invoice on record. Raises InvoiceRefused with sentences when a line is wrong or the number is known."""
    file = read_invoice(text, currency=account.currency)
    if file.faults:
        raise InvoiceRefused(file.faults)
    bills = _compared(file, account)
    try:
        with transaction.atomic():
            invoice = CarrierInvoice.objects.create(
                account=account, number=number[:40], currency=file.currency, at=clock.now(), by=by[:80]
            )
            for bill in bills:
                bill.invoice = invoice
            ParcelBill.objects.bulk_create(bills, batch_size=2_000)
    except IntegrityError:
        raise InvoiceRefused(
            [_("Invoice {number} of {name} was taken in before").format(number=number[:40], name=account.name)]
        ) from None
    return invoice


def _compared(file: InvoiceFile, account: CarrierAccount) -> list[ParcelBill]:
    numbers = [charged.tracking_number for charged in file.charges]
    labels = {
        row.tracking_number: row
        for row in Label.objects.filter(tracking_number__in=numbers, account=account).select_related(*PRICED_BY)
    }
    known = _known(labels, account) | _given_back(numbers, account)
    earlier = ParcelBill.objects.filter(tracking_number__in=numbers, invoice__account=account)
    before = dict(earlier.values_list("tracking_number", "invoice__number"))
    bills = []
    for charged in file.charges:
        at = charged.tracking_number
        fact = known.get(at)
        reason, note = compared(charged, fact, currency=file.currency, billed_before=before.get(at, ""))
        bills.append(
            ParcelBill(
                tracking_number=at,
                label=labels.get(at),
                billed=charged.billed,
                expected=_expected(fact, reason),
                billed_g=charged.billed_g,
                reason=reason,
                note=note[:200],
            )
        )
    return bills


def _expected(fact: Known | None, reason: ParcelBill.Reason) -> Decimal | None:
    """What was to be paid; nothing more for what was paid or given back, unknown in another currency."""
    if reason in (ParcelBill.Reason.UNKNOWN, ParcelBill.Reason.CURRENCY) or fact is None:
        return None
    if reason == ParcelBill.Reason.GIVEN_BACK:
        return Decimal(0)
    return fact.cost


def _known(labels: dict[str, Label], account: CarrierAccount) -> dict[str, Known]:
    divisors = dict(CarrierService.objects.filter(account=account).values_list("code", "dim_divisor"))
    table = table_of(account) if account.adapter in PRICED_HERE else None
    surcharges = set(CarrierSurcharge.objects.filter(account=account).values_list("amount", flat=True))
    return {
        number: Known(
            cost=label.cost,
            currency=label.currency,
            weight_g=label.parcel.weight_g,
            size_mm=size_of(label.parcel),
            divisor=divisors.get(label.service),
            surcharges=surcharges,
            tariff=tariff_of(label, table),
        )
        for number, label in labels.items()
    }


def tariff_of(label: Label, table: RateTable | None) -> Tariff | None:
    """How it was priced, as the tables stand now."""
    if table is None or table.currency != label.currency:
        return None
    parcel, shipment = label.parcel, label.parcel.shipment
    package = Package(
        key="",
        weight_g=parcel.weight_g,
        size_mm=size_of(parcel),
        origin=warehouse_place(shipment.warehouse),
        destination=customer_place(shipment.order),
        ready_at=label.bought_at,
        day=carrier_day(),
        currency=label.currency,
    )
    return Tariff(table, package, label.service, label.cost)


def _given_back(numbers: Collection[str], account: CarrierAccount) -> dict[str, Known]:
    rows = VoidedLabel.objects.filter(tracking_number__in=numbers, account=account)
    return {row.tracking_number: Known(row.cost, row.currency, 0, NO_SIZE, is_given_back=True) for row in rows}
