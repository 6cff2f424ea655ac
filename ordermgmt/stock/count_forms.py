"""What people type when they count: which places, and what they found there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Bin, CountLine, FurtherBin, Product, Stock, Warehouse
from inventory.services.counts import Spot
from ordermgmt.stock.counts import Aisle, CountPage
from ordermgmt.stock.forms import Typed, UnitsField, offer
from ordermgmt.stock.goods import MOST_LINES, products_in


class CountForm(forms.Form):
    """Which places of one warehouse to count: a range of aisles, or a list of products."""

    name = forms.CharField(max_length=80, label=gettext_lazy("Name of the count"))
    first = forms.TypedChoiceField(label=gettext_lazy("From aisle"), coerce=int, required=False, empty_value=None)
    last = forms.TypedChoiceField(label=gettext_lazy("To aisle"), coerce=int, required=False, empty_value=None)
    skus = forms.CharField(
        label=gettext_lazy("Or only these products"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "sheet"}),
    )

    def __init__(
        self, data: Typed = None, *, warehouse: Warehouse, aisles: Sequence[Aisle], initial: Typed = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.warehouse = warehouse
        choices = [("", _("Choose an aisle")), *((aisle.number, _aisle_words(aisle)) for aisle in aisles)]
        for name in ("first", "last"):
            offer(self.fields[name], choices)

    def clean_skus(self) -> list[Product]:
        """The products."""
        return products_in(self.cleaned_data["skus"])

    def clean(self) -> dict[str, Any]:
        """`spots`: each bin of each product by itself, as many as fit on one sheet."""
        if self.errors:
            return self.cleaned_data
        own, further = self._places()
        spots: list[Spot] = [(pk, None) for pk in own.values_list("pk", flat=True)[: MOST_LINES + 1]]
        spots += further.values_list("stock_id", "bin_id")[: MOST_LINES + 1]
        if not spots:
            raise ValidationError(_("Nothing of this lies there: choose aisles, or products of this warehouse."))
        if len(spots) > MOST_LINES:
            raise ValidationError(
                _("A count has at most {most_lines} places: choose fewer aisles.").format(most_lines=MOST_LINES)
            )
        return {**self.cleaned_data, "spots": spots}

    def _places(self) -> tuple[QuerySet[Stock], QuerySet[FurtherBin]]:
        """Stocks of which the own bin is counted, and further bins. An aisle's bins only, all bins of a product."""
        first, last, skus = (self.cleaned_data[name] for name in ("first", "last", "skus"))
        stocks = Stock.objects.filter(warehouse=self.warehouse).order_by("pk")
        bins = FurtherBin.objects.filter(stock__warehouse=self.warehouse).order_by("stock_id", "pk")
        if skus:
            if first is not None or last is not None:
                raise ValidationError(_("Either aisles or products, not both."))
            return stocks.filter(product__in=skus), bins.filter(stock__product__in=skus)
        ends = [aisle for aisle in (first, last) if aisle is not None]
        if not ends:
            return stocks.none(), bins.none()
        inside = Bin.objects.filter(warehouse=self.warehouse, aisle__range=(min(ends), max(ends)))
        return stocks.filter(bin__in=inside), bins.filter(bin__in=inside)


@dataclass(frozen=True)
class LineField:
    """One place to count and where its number is typed."""

    line: CountLine
    field: BoundField


class SheetForm(forms.Form):
    """The numbers of one count. What the books say is nowhere in it."""

    def __init__(self, data: Typed = None, *, page: CountPage) -> None:
        super().__init__(data)
        self.page = page
        for line in page.lines:
            self.fields[f"counted-{line.pk}"] = UnitsField(_label(line), initial=line.counted)

    def rows(self) -> Iterator[LineField]:
        """The places with their fields, in the order of the shelves."""
        for line in self.page.lines:
            yield LineField(line, self[f"counted-{line.pk}"])

    def entered(self) -> Mapping[int, int]:
        """The numbers that are new or changed, by line id."""
        typed = {line.pk: self.cleaned_data[f"counted-{line.pk}"] for line in self.page.lines}
        before = {line.pk: line.counted for line in self.page.lines}
        return {line_id: units for line_id, units in typed.items() if units is not None and units != before[line_id]}


def _label(line: CountLine) -> str:
    place = _(" in bin {codes}").format(codes=line.place.code) if line.place else ""
    return _("Units of {sku}{place}").format(sku=line.stock.product.sku, place=place)


def _aisle_words(aisle: Aisle) -> str:
    bins = (
        aisle.first if aisle.first == aisle.last else _("{first} to {last}").format(first=aisle.first, last=aisle.last)
    )
    return _("{number}: {bins}, {places} places").format(number=aisle.number, bins=bins, places=aisle.places)
