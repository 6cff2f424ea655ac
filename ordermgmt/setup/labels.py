"""What the fields of plain forms are called, by the names of the models' own fields."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inventory.retelling import in_english

LABELS = {
    "Account": gettext_noop("Account"),
    "Active": gettext_noop("In use"),
    "Adapter": gettext_noop("Prices and labels from"),
    "Aisle m": gettext_noop("Width of an aisle, m"),
    "Aisles": gettext_noop("Aisles"),
    "Allow credit": gettext_noop("Store credit is offered"),
    "Allow exchange": gettext_noop("An exchange is offered"),
    "Approve at once": gettext_noop("Approved without a person"),
    "Barcode": gettext_noop("Barcode"),
    "Bay m": gettext_noop("Length of a bay, m"),
    "Bays": gettext_noop("Bays in an aisle"),
    "Capture at": gettext_noop("Money is taken"),
    "Channel": gettext_noop("Channel"),
    "City": gettext_noop("City"),
    "Code": gettext_noop("Code"),
    "Condition": gettext_noop("Condition"),
    "Countries": gettext_noop("Countries"),
    "Country": gettext_noop("Country"),
    "Cross aisles": gettext_noop("Cross aisles"),
    "Cross m": gettext_noop("Width of a cross aisle, m"),
    "Currency": gettext_noop("Currency"),
    "Cut off": gettext_noop("Cut-off"),
    "Days": gettext_noop("Days until delivery"),
    "Depot aisle": gettext_noop("Packing bench at aisle"),
    "Depot cross aisle": gettext_noop("Packing bench at cross aisle"),
    "Dim divisor": gettext_noop("Divisor for the weight of bulky parcels"),
    "Do not stack": gettext_noop("Do not stack"),
    "Fault": gettext_noop("Whose fault it is"),
    "First order limit": gettext_noop("Limit of a first order"),
    "For customers": gettext_noop("Customers can choose it"),
    "Free from": gettext_noop("Free from a total of"),
    "Further price": gettext_noop("Price of every further kilogram"),
    "Gateway": gettext_noop("Card payments"),
    "Height mm": gettext_noop("Height, mm"),
    "Invoice days": gettext_noop("Days to pay an invoice"),
    "Label": gettext_noop("Label"),
    "Label price": gettext_noop("Price of the return label"),
    "Language": gettext_noop("Language"),
    "Length mm": gettext_noop("Length, mm"),
    "Max side mm": gettext_noop("Longest side, mm"),
    "Max weight g": gettext_noop("Heaviest parcel, g"),
    "Mode": gettext_noop("Worked by"),
    "Name": gettext_noop("Name"),
    "Needs photo": gettext_noop("A photo is asked for"),
    "Padding, mm": gettext_noop("Padding, mm"),
    "Parent": gettext_noop("Below"),
    "Position": gettext_noop("Position"),
    "Postal code": gettext_noop("Postal code"),
    "Price": gettext_noop("Price"),
    "Prices include tax": gettext_noop("Prices include tax"),
    "Priority": gettext_noop("Priority"),
    "Rank": gettext_noop("Order of preference"),
    "Rate": gettext_noop("Rate"),
    "Restocking percent": gettext_noop("Kept of the price, %"),
    "Service": gettext_noop("Service"),
    "Ships alone": gettext_noop("Ships alone"),
    "Sku": gettext_noop("SKU"),
    "Tax class": gettext_noop("Tax class"),
    "Time zone": gettext_noop("Time zone"),
    "Transit days": gettext_noop("Days on the way"),
    "Unpaid minutes": gettext_noop("Minutes that a card order may stay unpaid"),
    "Up to g": gettext_noop("Up to, g"),
    "Upright": gettext_noop("Upright"),
    "Warehouse": gettext_noop("Warehouse"),
    "Weight g": gettext_noop("Weight, g"),
    "Width mm": gettext_noop("Width, mm"),
    "Window days": gettext_noop("Days to send something back"),
    "Works": gettext_noop("Days of work"),
    "Zone": gettext_noop("Zone"),
}


def labels(model: type[Model], fields: Iterable[str]) -> dict[str, str]:
    """By field, in the reader's language."""
    with in_english():
        called = {name: str(capfirst(model._meta.get_field(name).verbose_name)) for name in fields}  # type: ignore[union-attr]
    return {name: _(LABELS[known]) for name, known in called.items()}
