"""What people type about deliveries: what is announced, and what has come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Product, Stock, Warehouse
from inventory.services.deliveries import Receipt
from ordermgmt.stock.deliveries import DeliveryPage, LineRow
from ordermgmt.stock.forms import KeyField, Typed, UnitsField, bin_of
from ordermgmt.stock.goods import named_products, units_by_product


class DeliveryForm(forms.Form):
    """A delivery that a supplier has announced."""

    warehouse = forms.ModelChoiceField(
        Warehouse.objects.filter(active=True), label=gettext_lazy("Warehouse"), empty_label=None
    )
    reference = forms.CharField(label=gettext_lazy("Purchase order or delivery note"), max_length=40)
    supplier = forms.CharField(label=gettext_lazy("Supplier (optional)"), max_length=120, required=False)
    due_on = forms.DateField(
        label=gettext_lazy("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    lines = forms.CharField(
        label=gettext_lazy("What is coming?"), widget=forms.Textarea(attrs={"rows": 8, "class": "sheet"})
    )

    def clean_lines(self) -> Mapping[int, int]:
        """Units by product id."""
        return units_by_product(self.cleaned_data["lines"])


@dataclass(frozen=True)
class LineFields:
    """One line of a delivery and where its units are typed."""

    row: LineRow
    good: BoundField
    damaged: BoundField
    bin: BoundField


class BinField(forms.CharField):
    """The code of a bin in the warehouse of a stock, cleaned to its id; empty: where the product belongs."""

    def __init__(self, stock: Stock) -> None:
        attrs = {
            "aria-label": _("Bin for {sku}").format(sku=stock.product.sku),
            "placeholder": stock.bin.code if stock.bin else "–",
        }
        super().__init__(required=False, max_length=16, widget=forms.TextInput(attrs=attrs))
        self.stock = stock

    def clean(self, value: Any) -> Any:
        """The bin's id."""
        code = super().clean(value)
        found = bin_of(self.stock, code) if code else None
        if code and found is None:
            raise ValidationError(_("There is no bin {code} here.").format(code=code))
        return found


class ReceiveForm(forms.Form):
    """What has come now, per line; an empty field is none. `fill` suggests all that is outstanding."""

    key = KeyField()

    def __init__(self, data: Typed = None, *, page: DeliveryPage, fill: bool = False) -> None:
        super().__init__(data)
        self.page = page
        for row in page.lines:
            sku, left = row.line.stock.product.sku, row.line.outstanding
            self.fields[f"good-{row.line.pk}"] = UnitsField(
                _("Good units of {sku}").format(sku=sku), placeholder="0", initial=left if fill and left else None
            )
            self.fields[f"damaged-{row.line.pk}"] = UnitsField(
                _("Damaged units of {sku}").format(sku=sku), placeholder="0"
            )
            self.fields[f"bin-{row.line.pk}"] = BinField(row.line.stock)

    def rows(self) -> Iterator[LineFields]:
        """The lines with their fields, in order."""
        for row in self.page.lines:
            names = (f"{name}-{row.line.pk}" for name in ("good", "damaged", "bin"))
            yield LineFields(row, *(self[name] for name in names))

    def clean(self) -> None:
        """Something has to have come."""
        if not self.errors and not self.received():
            raise ValidationError(_("Type how many units have come."))

    def received(self) -> dict[int, Receipt]:
        """The lines of which something came, by id."""
        typed = self.cleaned_data
        receipts = {
            row.line.pk: Receipt(
                good=typed.get(f"good-{row.line.pk}") or 0,
                damaged=typed.get(f"damaged-{row.line.pk}") or 0,
                bin_id=typed.get(f"bin-{row.line.pk}"),
            )
            for row in self.page.lines
        }
        return {line_id: receipt for line_id, receipt in receipts.items() if receipt.good or receipt.damaged}


class UnexpectedForm(forms.Form):
    """Something came that nobody expected."""

    name = forms.CharField(label=gettext_lazy("SKU or barcode"), max_length=64)

    def clean_name(self) -> Product:
        """The product."""
        name = self.cleaned_data["name"]
        product = named_products([name]).get(name.upper())
        if product is None:
            raise ValidationError(_("“{name}” is no SKU or barcode.").format(name=name))
        return product
