"""What customs is told of products: who is waited for, what is known, and the form for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.customs import waited_for
from fulfillment.models import ProductCustoms
from inventory.countries import check_country
from inventory.models import Product

SHOWN = 100
SEPARATORS = str.maketrans("", "", " .-")


@dataclass(frozen=True)
class CustomsPage:
    """Products that an export waits for, and those that are declared, as a search narrows them."""

    missing: Sequence[Product]
    declared: Sequence[ProductCustoms]
    count: int
    query: str


class CustomsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Tariff number, origin and value of one product. A number is taken as it is written, with dots or spaces."""

    hs_code = forms.CharField(label=gettext_lazy("Tariff number (HS), 6 to 10 digits"), max_length=16)
    origin = forms.CharField(label=gettext_lazy("Made in (two letters, as in GB)"), max_length=2)

    class Meta:
        model = ProductCustoms
        fields: ClassVar = ["hs_code", "origin", "value"]
        labels: ClassVar = {"value": gettext_lazy("Customs value of one (empty: what the customer paid)")}

    def __init__(self, data: Mapping[str, Any] | None, row: ProductCustoms) -> None:
        super().__init__(data, instance=row)
        self.fields["value"].help_text = ""

    def clean_hs_code(self) -> str:
        """Digits only."""
        digits = str(self.cleaned_data["hs_code"]).translate(SEPARATORS)
        if not (digits.isascii() and digits.isdecimal() and 6 <= len(digits) <= 10):
            raise ValidationError(_("Six to ten digits, please, as in 6911.10."))
        return digits

    def clean_origin(self) -> str:
        """A country."""
        origin = str(self.cleaned_data["origin"]).upper()
        check_country(origin)
        return origin

    def clean_value(self) -> Any:
        """Not below 0."""
        value = self.cleaned_data["value"]
        if value is not None and value < 0:
            raise ValidationError(_("Not below 0, please."))
        return value


def customs_page(query: str) -> CustomsPage:
    """In three queries."""
    rows = ProductCustoms.objects.select_related("product").order_by("product__sku")
    if query:
        rows = rows.filter(Q(product__sku__icontains=query) | Q(product__name__icontains=query) | Q(hs_code=query))
    return CustomsPage(list(waited_for()[:SHOWN]), list(rows[:SHOWN]), rows.count(), query)
