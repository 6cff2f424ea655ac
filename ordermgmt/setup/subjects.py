"""What can be set up by a plain form: one subject for each kind of row, with the columns of its list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfillment.carriers.accounts import tables_changed
from fulfillment.models import CarrierAccount, CarrierService, ReturnPolicy, ReturnReason, ServiceRate, WeightBreak
from inventory.models import Product, TaxClass, Warehouse, WarehouseLayout
from ordermgmt.setup.fields import FIELD_CLASSES, PercentField
from orders.models import Channel, ShippingMethod

Words = str | Promise


@dataclass(frozen=True)
class Subject:
    """One kind of row. `columns` are attributes to show, the first leads to the form; `after` runs once it is kept.

    `typed` are the forms' fields that differ from the models' own. `sought` are fields that a search looks in, where
    there may be too many rows to look through.
    """

    slug: str
    title: Words
    one: Words
    sentence: Words
    model: type[Model]
    fields: Sequence[str]
    columns: Sequence[tuple[str, Words]]
    joins: Sequence[str] = ()
    after: Callable[[Any], None] | None = None
    typed: Mapping[str, type[forms.Field]] = field(default_factory=lambda: FIELD_CLASSES)
    sought: Sequence[str] = ()

    def rows(self) -> QuerySet[Any]:
        """All of them, with what their columns read."""
        return self.model._default_manager.select_related(*self.joins)


def _reprice(path: str, row: Any) -> None:
    """The tables of the row's account count as a new version."""
    for name in filter(None, path.split(".")):
        row = getattr(row, name)
    tables_changed(row.pk)


SUBJECTS: Mapping[str, Subject] = {
    subject.slug: subject
    for subject in (
        Subject(
            "channels",
            _("Channels"),
            _("channel"),
            _("Where orders come from: each storefront, marketplace or desk, with its currency and gateway."),
            Channel,
            (
                *("code", "name", "currency", "language", "prices_include_tax", "first_order_limit"),
                *("unpaid_minutes", "gateway", "capture_at", "invoice_days"),
            ),
            (("name", _("Name")), ("code", _("Code")), ("currency", _("Currency")), ("gateway", _("Gateway"))),
        ),
        Subject(
            "shipping-methods",
            _("Shipping methods"),
            _("shipping method"),
            _("What a customer chooses from at the checkout: what it costs and how many days are promised."),
            ShippingMethod,
            ("code", "name", "currency", "price", "free_from", "tax_class", "countries", "days", "active"),
            (("name", _("Name")), ("currency", _("Currency")), ("price", _("Price")), ("days", _("Days"))),
        ),
        Subject(
            "warehouses",
            _("Warehouses"),
            _("warehouse"),
            _("Where goods lie and who works there: the shop's people, machines or a third party."),
            Warehouse,
            (
                *("code", "name", "mode", "city", "postal_code", "country"),
                *("time_zone", "cut_off", "priority", "active"),
            ),
            (("name", _("Name")), ("code", _("Code")), ("get_mode_display", _("Worked by")), ("city", _("City"))),
        ),
        Subject(
            "tax-classes",
            _("Tax classes"),
            _("tax class"),
            _("What share of tax is on a product's price."),
            TaxClass,
            ("code", "name", "rate"),
            (("name", _("Name")), ("percent", _("Rate"))),
            typed={"rate": PercentField},
        ),
        Subject(
            "products",
            _("Products"),
            _("product"),
            _("What you sell: its price, and how large and heavy it is, so that it gets the right box and freight."),
            Product,
            (
                *("sku", "name", "price", "currency", "tax_class", "barcode", "weight_g"),
                *("length_mm", "width_mm", "height_mm", "upright", "no_stack", "ships_alone", "padding_mm", "active"),
            ),
            (("sku", _("SKU")), ("name", _("Name")), ("price", _("Price")), ("currency", _("Currency"))),
            sought=("sku", "name", "barcode"),
        ),
        Subject(
            "layouts",
            _("Warehouse layouts"),
            _("layout"),
            _("Aisles, bays and their measures: pickers get the shortest walk and a map from them."),
            WarehouseLayout,
            (
                *("warehouse", "aisles", "bays", "bay_m", "aisle_m", "cross_m"),
                *("cross_aisles", "depot_aisle", "depot_cross_aisle"),
            ),
            (("warehouse", _("Warehouse")), ("aisles", _("Aisles")), ("bays", _("Bays"))),
            ("warehouse",),
        ),
        Subject(
            "carriers",
            _("Carriers"),
            _("carrier"),
            _("Who takes parcels, in which currency they bill, and whom the shop prefers at equal prices."),
            CarrierAccount,
            ("code", "name", "adapter", "active", "rank", "currency"),
            (("name", _("Name")), ("code", _("Code")), ("get_adapter_display", _("Prices from")), ("rank", _("Rank"))),
            after=partial(_reprice, ""),
        ),
        Subject(
            "services",
            _("Carriers' services"),
            _("service"),
            _("What each carrier offers: until when it collects, on which days, and what it will not carry."),
            CarrierService,
            (
                *("account", "code", "name", "active", "rank", "dim_divisor", "cut_off", "works"),
                *("max_weight_g", "max_side_mm"),
            ),
            (("name", _("Name")), ("account", _("Carrier")), ("cut_off", _("Cut-off")), ("rank", _("Rank"))),
            ("account",),
            partial(_reprice, "account"),
        ),
        Subject(
            "rates",
            _("Rates"),
            _("rate"),
            _("How long a service takes to each zone, and what every further kilogram costs."),
            ServiceRate,
            ("service", "zone", "transit_days", "further_price"),
            (("service", _("Service")), ("carrier", _("Carrier")), ("zone", _("Zone")), ("transit_days", _("Days"))),
            ("service__account", "zone__account"),
            partial(_reprice, "service.account"),
        ),
        Subject(
            "weight-breaks",
            _("Prices by weight"),
            _("price"),
            _("What a parcel up to a weight costs, for each service and zone."),
            WeightBreak,
            ("rate", "up_to_g", "price"),
            (("rate", _("Service and zone")), ("up_to_g", _("Up to, g")), ("price", _("Price"))),
            ("rate__service__account", "rate__zone__account"),
            partial(_reprice, "rate.service.account"),
        ),
        Subject(
            "return-reasons",
            _("Return reasons"),
            _("reason"),
            _("Why something comes back: customers choose from these, and who is at fault pays for the way."),
            ReturnReason,
            ("parent", "code", "label", "position", "active", "fault", "needs_photo", "for_customers"),
            (("label", _("Reason")), ("parent", _("Below")), ("get_fault_display", _("Fault of"))),
            ("parent",),
        ),
        Subject(
            "return-policies",
            _("Return policies"),
            _("policy"),
            _("How long a channel takes goods back, what it keeps of the price, and whether a person looks first."),
            ReturnPolicy,
            (
                *("channel", "window_days", "approve_at_once", "restocking_percent", "label_price"),
                *("allow_exchange", "allow_credit", "condition"),
            ),
            (("channel", _("Channel")), ("window_days", _("Days")), ("restocking_percent", _("Kept, %"))),
            ("channel",),
        ),
    )
}


def shop_currency() -> str:
    """That of the newest product, or of a channel; nothing in an empty shop."""
    found = Product.objects.order_by("-pk").values_list("currency", flat=True).first()
    return found or Channel.objects.values_list("currency", flat=True).first() or ""
