"""Carriers' invoices on screen: totals, and the parcels whose bill is not what was quoted, by reason."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.utils.translation import gettext as _

from fulfillment.models import CarrierInvoice, ParcelBill
from ordermgmt.documents.pages import Choice

SHOWN, BILLS_SHOWN = 50, 200
RISKY = ("=", "+", "-", "@", "\t", "\r")
HEAD = ("tracking_number", "order", "expected", "billed", "difference", "currency", "billed_g", "reason", "note")
Reason = ParcelBill.Reason
NOTHING = Decimal(0)
NOT_TO_BE_PAID = (Reason.TWICE, Reason.UNKNOWN)  # was paid before, or nobody knows the parcel


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice with its totals; `difference` is what is billed and was not to be paid."""

    invoice: CarrierInvoice
    parcels: int
    wrong: int
    billed: Decimal
    difference: Decimal


@dataclass(frozen=True)
class ReasonRow:
    """What one reason amounts to; `difference` is what is billed and was not to be paid."""

    reason: Reason
    parcels: int
    billed: Decimal
    difference: Decimal


def invoice_rows() -> list[InvoiceRow]:
    """The latest first; in one query."""
    rows = CarrierInvoice.objects.select_related("account").annotate(
        parcels=Count("bills"),
        wrong=Count("bills", filter=~Q(bills__reason=Reason.AGREES)),
        billed=Sum("bills__billed", default=NOTHING),
        beyond=Sum(_beyond("bills__"), default=NOTHING),
    )
    return [InvoiceRow(row, row.parcels, row.wrong, row.billed, row.beyond) for row in rows[:SHOWN]]


def reason_rows(invoice: CarrierInvoice) -> list[ReasonRow]:
    """Dearest first, what agrees last; in one query."""
    sums = invoice.bills.order_by().values_list("reason").annotate(Count("pk"), Sum("billed"), beyond=Sum(_beyond()))
    rows = [ReasonRow(Reason(reason), *totals) for reason, *totals in sums]
    return sorted(rows, key=lambda row: (row.reason == Reason.AGREES, -row.difference))


def bill_rows(invoice: CarrierInvoice, reason: str) -> tuple[Sequence[tuple[ParcelBill, Decimal]], Sequence[Choice]]:
    """The bills of one reason, or all that differ, with their differences; and the chips. In two queries."""
    reasons = reason_rows(invoice)
    known = {row.reason.value for row in reasons}
    reason = reason if reason in known else ""
    chosen = invoice.bills.filter(reason=reason) if reason else invoice.bills.exclude(reason=Reason.AGREES)
    wrong = sum(row.parcels for row in reasons if row.reason != Reason.AGREES)
    chips = [Choice("", _("All differences"), wrong, not reason)]
    chips += [Choice(row.reason.value, str(row.reason.label), row.parcels, row.reason == reason) for row in reasons]
    bills = chosen.select_related("label__parcel__shipment__order").annotate(beyond=_beyond())
    return [(bill, bill.beyond) for bill in bills[:BILLS_SHOWN]], chips


def differences_csv(invoice: CarrierInvoice) -> str:
    """Everything that is not as quoted, for the claim with the carrier."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(HEAD)
    bills = invoice.bills.exclude(reason=Reason.AGREES).select_related("label__parcel__shipment__order")
    for bill in bills.annotate(beyond=_beyond()).iterator(chunk_size=1_000):
        order = bill.label.parcel.shipment.order.number if bill.label else ""
        expected = "" if bill.expected is None else bill.expected
        cells = (bill.tracking_number, order, expected, bill.billed, bill.beyond, invoice.currency, bill.billed_g or "")
        sheet.writerow([*map(_safe, map(str, cells[:2])), *cells[2:], str(Reason(bill.reason).value), _safe(bill.note)])
    return out.getvalue()


def _beyond(path: str = "") -> Case:
    """What is billed and was not to be paid, of the bills at `path`; nothing where no quote can be compared."""
    billed, expected = f"{path}billed", f"{path}expected"
    return Case(
        When(**{f"{path}reason__in": NOT_TO_BE_PAID}, then=F(billed)),
        When(**{f"{expected}__isnull": False}, then=F(billed) - F(expected)),
        default=Value(NOTHING),
    )


def _safe(cell: str) -> str:
    """So that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(RISKY) else cell
