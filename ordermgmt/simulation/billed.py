"""The carriers' invoices in the demo: most parcels as quoted, some not, each in a way that the page can explain."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from fulfillment.billing.repricing import Tariff
from fulfillment.billing.taking_in import PRICED_BY, take_in, tariff_of
from fulfillment.carriers.accounts import table_of
from fulfillment.carriers.pricing import price_as
from fulfillment.models import CarrierAccount, Label
from inventory import clock
from ordermgmt.simulation.dice import Dice

WEEK, WEEKS, MOST_PARCELS = timedelta(days=7), 2, 60
HEAVIER_SHARE, ZONE_SHARE, FUEL_SHARE, TWICE_SHARE = 0.06, 0.04, 0.03, 0.02
HEAVIER_G, FUEL = 1_700, Decimal("0.45")
NOBODYS = "{}00000000004711GB"
Line = tuple[str, str, Decimal, int]


def take_in_invoices(now: datetime, *, dice: Dice, by: str) -> None:
    """What each carrier bills for the last weeks, a week an invoice."""
    for account in CarrierAccount.objects.order_by("rank", "pk"):
        for week in range(WEEKS, 0, -1):
            ends = now - (week - 1) * WEEK
            rows = Label.objects.filter(account=account, bought_at__gt=ends - WEEK, bought_at__lte=ends)
            labels = list(rows.select_related(*PRICED_BY).order_by("pk")[:MOST_PARCELS])
            if not labels:
                continue
            lines = [line for label in labels for line in _billed(label, tariff_of(label, table_of(account)), dice)]
            lines.append((NOBODYS.format(labels[0].tracking_number[:2]), "freight", labels[0].cost, 900))
            with clock.at(ends):
                take_in(_file(lines), account=account, number=f"{account.code[:4].upper()}-{ends:%G-W%V}", by=by)


def _billed(label: Label, tariff: Tariff | None, dice: Dice) -> Iterator[Line]:
    number, grams, cost = label.tracking_number, label.parcel.weight_g, label.cost
    if tariff and dice.happens(HEAVIER_SHARE, "billed heavier", number):
        grams += HEAVIER_G
        cost = max(cost, tariff.at_weight(grams) or cost)
    elif tariff and dice.happens(ZONE_SHARE, "billed by another zone", number):
        prices = (price_as(tariff.table, tariff.package, label.service, zone=zone.code) for zone in tariff.table.zones)
        cost = max((price for price in prices if price), default=cost)
    yield number, "freight", cost, grams
    if dice.happens(FUEL_SHARE, "billed fuel", number):
        yield number, "fuel", FUEL, grams
    if dice.happens(TWICE_SHARE, "billed twice", number):
        yield number, "freight", cost, grams


def _file(lines: list[Line]) -> str:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(("tracking_number", "charge", "amount", "weight_g"))
    sheet.writerows(lines)
    return out.getvalue()
