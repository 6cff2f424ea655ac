"""What people type on the page of a product: corrections, transfers, write-offs, turns."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Stock, Warehouse
from inventory.selectors import bin_called
from inventory.wording import Words
from ordermgmt.stock.goods import MOST_UNITS
from ordermgmt.stock.product_page import ProductPage
from ordermgmt.stock.turns import HIGHEST

Typed = Mapping[str, str] | None


def fresh_key() -> str:
    """A name for one filling of a form, so that a double click is booked once."""
    return secrets.token_urlsafe(12)


class KeyField(forms.CharField):
    """The hidden one-time key of a form."""

    def __init__(self) -> None:
        well_formed = RegexValidator(r"^[A-Za-z0-9_-]{16}\Z", _("This form has no key. Please load the page again."))
        super().__init__(widget=forms.HiddenInput, initial=fresh_key, validators=[well_formed])


class UnitsField(forms.IntegerField):
    """A number of units in a table, where faults are short and `words` are the label; empty is none."""

    default_error_messages: ClassVar = {
        "invalid": gettext_lazy("Whole units, please."),
        "min_value": gettext_lazy("%(limit_value)s or more."),
        "max_value": gettext_lazy("%(limit_value)s at most."),
    }

    def __init__(self, words: str, *, placeholder: str = "", initial: int | None = None) -> None:
        attrs = {"aria-label": words, "inputmode": "numeric", "placeholder": placeholder}
        super().__init__(
            label=words,
            min_value=0,
            max_value=MOST_UNITS,
            required=False,
            initial=initial,
            widget=forms.NumberInput(attrs=attrs),
        )


class PlaceForm(forms.Form):
    """Something that happens to a product in one of the warehouses where it lies; `address` names where it goes."""

    address: ClassVar[str]
    title: ClassVar[Words]
    button: ClassVar[Words]

    key = KeyField()
    stock = forms.TypedChoiceField(label=gettext_lazy("Warehouse"), coerce=int)

    def __init__(self, data: Typed = None, *, page: ProductPage) -> None:
        super().__init__(data, auto_id=f"{self.address}_%s")
        offer(self.fields["stock"], [(shelf.stock.pk, shelf.stock.warehouse.name) for shelf in page.shelves])


class AdjustForm(PlaceForm):
    """A correction of what is on hand."""

    address, title, button = "stock-adjust", gettext_lazy("Adjust…"), gettext_lazy("Adjust what is on hand")

    quantity = forms.IntegerField(
        label=gettext_lazy("Units, with a minus for less"), min_value=-MOST_UNITS, max_value=MOST_UNITS
    )
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)

    def clean_quantity(self) -> int:
        """Nothing is no correction."""
        quantity: int = self.cleaned_data["quantity"]
        if quantity == 0:
            raise ValidationError(_("Which way, and by how many units?"))
        return quantity


class WriteOffForm(PlaceForm):
    """Goods that cannot be sold any more."""

    address, title, button = "stock-write-off", gettext_lazy("Write off…"), gettext_lazy("Write them off")

    quantity = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=MOST_UNITS)
    reason = forms.CharField(label=gettext_lazy("What happened to them?"), max_length=200)


class TransferForm(PlaceForm):
    """Free units that move to another warehouse."""

    address, title, button = "stock-transfer", gettext_lazy("Move…"), gettext_lazy("Move them")

    target = forms.TypedChoiceField(label=gettext_lazy("To"), coerce=int)
    quantity = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=MOST_UNITS)

    def __init__(self, data: Typed = None, *, page: ProductPage, warehouses: Sequence[Warehouse]) -> None:
        super().__init__(data, page=page)
        self.fields["stock"].label = _("From")
        self.initial["target"] = warehouses[-1].pk if warehouses else None
        offer(self.fields["target"], [(row.pk, row.name) for row in warehouses])


class BinMoveForm(PlaceForm):
    """Units that are carried from one bin of a warehouse to another."""

    address, title, button = "stock-bin-move", gettext_lazy("Other bin…"), gettext_lazy("Put them there")

    source = forms.CharField(label=gettext_lazy("From bin"), max_length=16, required=False)
    target = forms.CharField(label=gettext_lazy("To bin"), max_length=16, required=False)
    quantity = forms.IntegerField(label=gettext_lazy("Units"), min_value=1, max_value=MOST_UNITS)

    def __init__(self, data: Typed = None, *, page: ProductPage) -> None:
        super().__init__(data, page=page)
        self.stocks = {shelf.stock.pk: shelf.stock for shelf in page.shelves}
        own = next((row.bin.code for row in self.stocks.values() if row.bin), "")
        self.fields["source"].widget.attrs["placeholder"] = own

    def clean(self) -> dict[str, Any]:
        """`source_id` and `target_id` of the bins; nothing typed is the bin where the product belongs."""
        stock = self.stocks.get(self.cleaned_data.get("stock", 0))
        if stock is None:
            return self.cleaned_data
        for name in ("source", "target"):
            code = self.cleaned_data.get(name, "").strip()
            found = bin_of(stock, code) if code else stock.bin_id
            if code and found is None:
                self.add_error(
                    name, _("There is no bin {code} in {name}.").format(code=code, name=stock.warehouse.name)
                )
            self.cleaned_data[f"{name}_id"] = found
        return self.cleaned_data


def bin_of(stock: Stock, code: str) -> int | None:
    """The bin of this name in a stock's warehouse."""
    return bin_called(stock.warehouse_id, code)


class TurnForm(forms.Form):
    """Which order is to be served how early."""

    order = forms.IntegerField(min_value=1)
    priority = forms.IntegerField(min_value=-HIGHEST, max_value=HIGHEST)


def offer(field: Any, choices: Sequence[tuple[object, str]]) -> None:
    """Let people choose between these."""
    field.choices = list(choices)
