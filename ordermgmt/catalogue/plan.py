"""What a row of the file would change: judged by the same words before and while it is written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop

from fulfillment.models import ProductCustoms
from inventory.models import BundleComponent, Product, StockMovement, TaxClass, Warehouse
from kpis.history_import.rows import IS_EMPTY
from ordermgmt.catalogue.rows import ON_HAND
from orders.money import plain, rounded

PLAIN = (
    *("name", "currency", "price", "barcode", "weight_g", "length_mm", "width_mm", "height_mm"),
    *("padding_mm", "upright", "no_stack", "ships_alone", "active"),
)
CUSTOMS = {"hs_code": "hs_code", "origin": "origin", "customs_value": "value"}
AMOUNTS = ("price", "customs_value")
Change = tuple[str, str, str]


class BadRow(ValueError):
    """The row cannot be taken in; its sentences say why."""


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that do not say it themselves."""

    currency: str
    tax_class: TaxClass
    warehouse: Warehouse | None


@dataclass
class Plan:
    """The product as it would be, with what is kept beside it. No changes: it is so already."""

    product: Product
    changes: list[Change] = field(default_factory=list)
    customs: ProductCustoms | None = None
    opening: dict[int, int] = field(default_factory=dict)  # units by warehouse id

    @property
    def is_new(self) -> bool:
        return self.product.pk is None


class World:
    """What the shop knows of some SKUs, in eight queries however many they are."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        skus = {values["sku"] for values in rows if "sku" in values}
        codes = {values["barcode"] for values in rows if "barcode" in values}
        self.products = {row.sku: row for row in Product.objects.filter(sku__in=skus)}
        ids = [row.pk for row in self.products.values()]
        self.customs = {row.product_id: row for row in ProductCustoms.objects.filter(product__in=ids)}
        self.tax_classes = {row.code: row for row in TaxClass.objects.all()}
        self.warehouses = {row.code.lower(): row for row in Warehouse.objects.all()}
        self.barcodes = dict(Product.objects.filter(barcode__in=codes).values_list("barcode", "sku"))
        moved = StockMovement.objects.filter(stock__product__in=ids)
        self.moved = set(moved.values_list("stock__product_id", "stock__warehouse_id").distinct())
        self.bundles = set(BundleComponent.objects.filter(bundle__in=ids).values_list("bundle_id", flat=True))

    def plan(self, values: Mapping[str, Any], defaults: Defaults) -> Plan:
        """What this row would do. Raises BadRow."""
        known = self.products.get(values["sku"])
        blank = Product(sku=values["sku"], currency=defaults.currency, tax_class=defaults.tax_class)
        plan = Plan(known or blank)
        wrong = [] if known else [IS_EMPTY.format(column=name) for name in ("name", "price") if name not in values]
        for name in PLAIN:
            if name in values:
                self._set(plan, plan.product, name, values[name], name)
        wrong += self._tax_class(plan, values) + self._barcode(values)
        wrong += self._customs(plan, values) + self._opening(plan, values, defaults)
        product = plan.product
        if not wrong and rounded(Decimal(product.price), product.currency) != product.price:
            told = gettext_noop("price: {price} is finer than {currency} can be paid")
            wrong.append(told.format(price=product.price, currency=product.currency))
        if not wrong:
            wrong = _faults(plan.product, "tax_class", "family") + _faults(plan.customs, "product")
        if wrong:
            raise BadRow("; ".join(wrong))
        return plan

    def _set(self, plan: Plan, row: Any, field_: str, value: Any, name: str) -> None:
        value = Decimal(value) if name in AMOUNTS else value
        before = getattr(row, field_)
        if before != value:
            setattr(row, field_, value)
            if not plan.is_new:
                show = partial(_amount, currency=plan.product.currency) if name in AMOUNTS else str
                plan.changes.append((name, "" if before is None else show(before), show(value)))

    def _tax_class(self, plan: Plan, values: Mapping[str, Any]) -> list[str]:
        if (code := values.get("tax_class")) is None:
            return []
        if code not in self.tax_classes:
            told = gettext_noop("tax_class: there is no {code}, only {codes}")
            return [told.format(code=repr(code), codes=", ".join(self.tax_classes))]
        if plan.product.tax_class_id != self.tax_classes[code].pk:
            before = next(known for known, row in self.tax_classes.items() if row.pk == plan.product.tax_class_id)
            plan.product.tax_class = self.tax_classes[code]
            if not plan.is_new:
                plan.changes.append(("tax_class", before, code))
        return []

    def _barcode(self, values: Mapping[str, Any]) -> list[str]:
        holder = self.barcodes.get(values.get("barcode", ""), values["sku"])
        told = gettext_noop("barcode: {barcode} is that of {sku}")
        return [] if holder == values["sku"] else [told.format(barcode=values["barcode"], sku=holder)]

    def _customs(self, plan: Plan, values: Mapping[str, Any]) -> list[str]:
        said = {name: values[name] for name in CUSTOMS if name in values}
        if not said:
            return []
        known = self.customs.get(plan.product.pk or 0)
        if known is None and not {"hs_code", "origin"} <= set(said):
            return [gettext_noop("hs_code and origin go together")]
        plan.customs = known or ProductCustoms()
        for name, value in said.items():
            self._set(plan, plan.customs, CUSTOMS[name], value, name)
        return []

    def _opening(self, plan: Plan, values: Mapping[str, Any], defaults: Defaults) -> list[str]:
        """Goods are taken in only where none were ever booked: later the books know better than the file."""
        wrong = []
        for name in (name for name in values if name.partition(":")[0] == ON_HAND and values[name]):
            code = name.partition(":")[2]
            place = self.warehouses.get(code) if code else defaults.warehouse
            if place is None:
                nowhere = gettext_noop("{column}: there is no warehouse {code}").format(column=name, code=repr(code))
                wrong.append(nowhere if code else gettext_noop("on_hand: of which warehouse?"))
            elif plan.product.pk in self.bundles:
                wrong.append(gettext_noop("{column}: a bundle has no stock of its own").format(column=name))
            elif (plan.product.pk, place.pk) not in self.moved:
                plan.opening[place.pk] = plan.opening.get(place.pk, 0) + values[name]
                if not plan.is_new:
                    plan.changes.append((f"on hand, {place.code}", "0", str(values[name])))
        return wrong


def _amount(value: Decimal, currency: str) -> str:
    return f"{plain(value, currency)} {currency}"


def _faults(row: Any, *unasked: str) -> list[str]:
    """What the row's own fields refuse; in no query."""
    if row is None:
        return []
    try:
        row.clean_fields(exclude=[*unasked, "options", "requires", "id"])
    except ValidationError as refused:
        return [f"{name}: {' '.join(words)}" for name, words in refused.message_dict.items()]
    return []


def twice(rows: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    """What stands in this column of more than one row."""
    counts = Counter(row[name] for row in rows if row.get(name))
    return {value for value, count in counts.items() if count > 1}
