"""What people type to change an order, and the operations that follow from what differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Product
from ordermgmt.changes.goods import Found, with_supply
from ordermgmt.stock.forms import UnitsField
from ordermgmt.stock.goods import named_products
from orders.changes.drafts import Draft
from orders.changes.operations import (
    AddLine,
    Operation,
    SetAddress,
    SetDiscounts,
    SetNotes,
    SetQuantity,
    SetShipping,
)
from orders.models import Order, ShippingMethod
from orders.money import shown, unit
from orders.order_request import DiscountRequest
from orders.pricing import PricedLine

PARTS = {
    "name": (gettext_lazy("Name"), 120, True),
    "line1": (gettext_lazy("Street and number"), 120, True),
    "line2": (gettext_lazy("More"), 120, False),
    "city": (gettext_lazy("City"), 80, True),
    "region": (gettext_lazy("Region"), 80, False),
    "postal_code": (gettext_lazy("Postal code"), 20, False),
    "country": (gettext_lazy("Country, two letters"), 2, True),
    "phone": (gettext_lazy("Phone"), 32, False),
}
MONEY = {"max_digits": 14, "decimal_places": 3, "min_value": Decimal(0), "required": False}
Typed = Mapping[str, str] | None


class MoneyField(forms.DecimalField):
    """An amount in the order's currency, in its smallest steps."""

    def __init__(self, label: str, currency: str, *, initial: Decimal | None = None) -> None:
        self.step = unit(currency)
        shown_ = None if initial is None else initial.quantize(self.step)
        super().__init__(label=label, initial=shown_, **MONEY)  # type: ignore[arg-type]
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        """No half pennies, no fractions of a yen."""
        amount = super().clean(value)
        if amount is not None and amount % self.step:
            raise ValidationError(_("Steps of {step}, please.").format(step=self.step))
        return None if amount is None else amount.quantize(self.step)


@dataclass(frozen=True)
class LineFields:
    """A line that is still wanted, or a product that may be added, and where its units are typed."""

    line: PricedLine | None
    found: Found | None
    units: BoundField


class ReasonForm(forms.Form):
    """Why, which every change says."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class EditForm(ReasonForm):
    """An order as it is, to be typed over. What is left alone is no operation."""

    def __init__(self, data: Typed = None, *, order: Order, draft: Draft) -> None:
        super().__init__(data)
        self.order, self.draft, currency = order, draft, order.currency
        for line in draft.lines:
            if line.quantity:
                self.fields[f"line-{line.asked}"] = UnitsField(
                    _("Units of {sku}").format(sku=line.sku), initial=line.quantity
                )
        for name in self._asked_for():
            self.fields[name] = UnitsField(_("Units to add"))
        self.fields["sku"] = forms.CharField(label=_("Add by SKU or barcode"), max_length=64, required=False)
        self.fields["units"] = UnitsField(_("Units of it"), placeholder="1")
        for kind, address in (("ship", draft.shipping_address), ("bill", draft.billing_address)):
            for part, (label, longest, needed) in PARTS.items():
                self.fields[f"{kind}-{part}"] = forms.CharField(
                    label=label, max_length=longest, required=needed, initial=address.get(part, "")
                )
        self.fields["method"] = forms.ChoiceField(
            label=_("Shipping method"), choices=_methods(order), required=False, initial=draft.shipping_method
        )
        self.fields["freight"] = MoneyField(_("Shipping costs, if other than the method's"), currency)
        for place, row in enumerate(draft.discounts):
            self.fields[f"off-{place}"] = MoneyField(row.title, currency, initial=row.amount)
        self.fields["off_title"] = forms.CharField(label=_("Discount for"), max_length=80, required=False)
        self.fields["off_amount"] = MoneyField(_("Amount off the order"), currency)
        area = forms.Textarea(attrs={"rows": 2})
        for name, said in (("note", _("The customer's note")), ("gift_note", _("Gift note, goes into the parcel"))):
            self.fields[name] = forms.CharField(
                label=said, max_length=500, required=False, initial=getattr(draft, name), widget=area
            )
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def lines(self) -> Iterator[LineFields]:
        """Those of the order."""
        for line in self.draft.lines:
            if line.quantity:
                yield LineFields(line, None, self[f"line-{line.asked}"])

    def more(self) -> Iterator[LineFields]:
        """Products that were found and are being added."""
        ids = [int(name.removeprefix("add-")) for name in self._asked_for()]
        products = {row.pk: row for row in Product.objects.filter(pk__in=ids)}
        for found in with_supply([products[pk] for pk in ids if pk in products], self.order):
            yield LineFields(None, found, self[f"add-{found.product.pk}"])

    def address(self, kind: str) -> list[BoundField]:
        """The fields of one address: `ship` or `bill`."""
        return [self[f"{kind}-{part}"] for part in PARTS]

    @property
    def shipping(self) -> list[BoundField]:
        """Where the goods go."""
        return self.address("ship")

    @property
    def billing(self) -> list[BoundField]:
        """Where the bill goes."""
        return self.address("bill")

    @property
    def discounts(self) -> list[BoundField]:
        """Those on the order now."""
        return [self[f"off-{place}"] for place in range(len(self.draft.discounts))]

    @property
    def faulty(self) -> frozenset[str]:
        """The parts of the form that have a fault, which are shown open."""
        return frozenset(name.partition("-")[0] for name in self.errors)

    def clean(self) -> None:
        """The SKU exists, and something is different."""
        named = str(self.cleaned_data.get("sku", "")).strip()
        if named and named_products([named]).get(named.upper()) is None:
            self.add_error("sku", _("“{named}” is no SKU or barcode.").format(named=named))
        if self.cleaned_data.get("off_amount") and not self.cleaned_data.get("off_title"):
            self.add_error("off_title", _("What is it given for?"))
        if not self.errors and not self.operations():
            raise ValidationError(_("Nothing is different from the order as it is."))

    def operations(self) -> list[Operation]:
        """What differs from the order, in the order in which it is applied."""
        return [*self._goods(), *self._addresses(), *self._amounts(), *self._notes()]

    def _asked_for(self) -> list[str]:
        return [name for name in self.data if name.startswith("add-") and name[4:].isdecimal() and self.data[name]]

    def _goods(self) -> Iterator[Operation]:
        typed = self.cleaned_data
        for line in self.draft.lines:
            units = typed.get(f"line-{line.asked}") or 0
            if line.quantity and units != line.quantity:
                yield SetQuantity(line.asked, units)
        for row in self.more():
            if row.found and (units := typed.get(row.units.name)):
                yield AddLine(row.found.product.sku, units)
        if named := str(typed.get("sku", "")).strip():
            yield AddLine(named_products([named])[named.upper()].sku, typed.get("units") or 1)

    def _addresses(self) -> Iterator[Operation]:
        known = (("ship", "shipping", self.draft.shipping_address), ("bill", "billing", self.draft.billing_address))
        for short, kind, before in known:
            typed = {part: self.cleaned_data[f"{short}-{part}"] for part in PARTS}
            typed["country"] = typed["country"].upper()
            if any(typed[part] != before.get(part, "") for part in PARTS):
                yield SetAddress(kind, {**before, **typed})

    def _amounts(self) -> Iterator[Operation]:
        method, freight = self.cleaned_data["method"], self.cleaned_data["freight"]
        if method != self.draft.shipping_method or freight is not None:
            yield SetShipping(method, freight)
        rows = [
            DiscountRequest(row.title, self.cleaned_data.get(f"off-{place}") or Decimal(0))
            for place, row in enumerate(self.draft.discounts)
        ]
        if self.cleaned_data["off_amount"]:
            rows.append(DiscountRequest(self.cleaned_data["off_title"], self.cleaned_data["off_amount"]))
        kept = tuple(row for row in rows if row.amount)
        if kept != self.draft.discounts:
            yield SetDiscounts(kept)

    def _notes(self) -> Iterator[Operation]:
        note, gift = self.cleaned_data["note"], self.cleaned_data["gift_note"]
        if note != self.draft.note or gift != self.draft.gift_note:
            yield SetNotes(note, gift)


class UnitsForm(ReasonForm):
    """So many units of each line: to be called off, or to go on as an order of their own."""

    put_back = forms.BooleanField(label=gettext_lazy("The gathered goods go back on the shelf"), required=False)

    def __init__(self, data: Typed = None, *, draft: Draft) -> None:
        super().__init__(data)
        self.draft = draft
        for line in draft.lines:
            if line.quantity:
                field = UnitsField(_("Units of {sku}").format(sku=line.sku), placeholder="0")
                field.max_value = line.quantity
                field.validators.append(forms.IntegerField(max_value=line.quantity).validators[-1])
                field.widget.attrs["max"] = line.quantity
                self.fields[f"line-{line.asked}"] = field

    def lines(self) -> Iterator[LineFields]:
        """Those that are still wanted."""
        for line in self.draft.lines:
            if line.quantity:
                yield LineFields(line, None, self[f"line-{line.asked}"])

    def clean(self) -> None:
        """Some units have to be named."""
        if not self.errors and not self.units():
            raise ValidationError(_("Type how many units."))

    def units(self) -> dict[int, int]:
        """By the line's place."""
        typed = {line.asked: self.cleaned_data.get(f"line-{line.asked}") or 0 for line in self.draft.lines}
        return {place: count for place, count in typed.items() if count}


class MergeForm(ReasonForm):
    """Which other order is taken in."""

    other = forms.TypedChoiceField(label=gettext_lazy("Which order is taken in?"), coerce=int, widget=forms.RadioSelect)
    put_back = forms.BooleanField(label=gettext_lazy("Gathered goods go back on the shelf"), required=False)

    def __init__(self, data: Typed = None, *, others: Sequence[Order]) -> None:
        super().__init__(data)
        self.fields["other"].choices = [(row.pk, _named(row)) for row in others]  # type: ignore[attr-defined]


def _named(order: Order) -> str:
    return f"#{order.number}, {order.get_state_display()}, {shown(order.total, order.currency)}"


def _methods(order: Order) -> list[tuple[str, str]]:
    """The shop's methods in this currency, and the order's own where it is not offered any more."""
    rows = ShippingMethod.objects.filter(active=True, currency=order.currency)
    said = {row.code: f"{row.name}, {shown(row.price, row.currency)}" for row in rows}
    if not order.shipping_method:
        said = {"": _("None"), **said}
    return list({order.shipping_method: said.get(order.shipping_method, order.shipping_method), **said}.items())
