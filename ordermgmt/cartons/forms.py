"""What people type about a carton: its measures as long as nothing was packed in it, its price, and a count."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.boxing import left_of, with_use
from fulfillment.models import Carton
from inventory import clock
from ordermgmt.cartons.page import has_parcels
from ordermgmt.setup.fields import AmountInput

MOST = 1_000_000
INNER = ("length_mm", "width_mm", "height_mm")
OUTER = ("outer_length_mm", "outer_width_mm", "outer_height_mm")
MEASURES = (*INNER, *OUTER, "tare_g", "max_gross_g")


class CartonForm(forms.ModelForm):  # type: ignore[type-arg]
    """One carton. What is `left` is counted anew only where the number is another one than was shown."""

    left = forms.IntegerField(
        label=gettext_lazy("Left now (empty: always enough)"), min_value=0, max_value=MOST, required=False
    )

    class Meta:
        model = Carton
        fields: ClassVar = ["name", *MEASURES, "price", "low_mark", "active"]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "length_mm": gettext_lazy("Length inside, mm"),
            "width_mm": gettext_lazy("Width inside, mm"),
            "height_mm": gettext_lazy("Height inside, mm"),
            "outer_length_mm": gettext_lazy("Length outside, mm"),
            "outer_width_mm": gettext_lazy("Width outside, mm"),
            "outer_height_mm": gettext_lazy("Height outside, mm"),
            "tare_g": gettext_lazy("Weight when empty, g"),
            "max_gross_g": gettext_lazy("Bears in all, g"),
            "price": gettext_lazy("Price of one"),
            "low_mark": gettext_lazy("Low when no more are left than"),
            "active": gettext_lazy("In use"),
        }
        widgets: ClassVar = {"price": AmountInput()}

    def __init__(self, data: Mapping[str, Any] | None, carton: Carton) -> None:
        self.shown = left_of(with_use(Carton.objects.all()).get(pk=carton.pk)) if carton.pk else None
        super().__init__(data, instance=carton, initial={"left": self.shown})
        self.is_used = bool(carton.pk) and has_parcels(carton)
        for name in MEASURES:
            self.fields[name].disabled = self.is_used
        for name in OUTER:
            self.fields[name].required = False
            self.fields[name].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Not smaller outside than inside, and able to bear itself."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for inner, outer in zip(INNER, OUTER, strict=True):
            typed[outer] = typed.get(outer) or 0
            if typed[outer] and typed[outer] < typed.get(inner, 0):
                self.add_error(outer, _("It cannot be smaller outside than inside."))
        for name in INNER:
            if typed.get(name) == 0:
                self.add_error(name, _("More than 0, please."))
        if typed.get("max_gross_g", 0) <= typed.get("tare_g", 0) and "max_gross_g" in typed:
            self.add_error("max_gross_g", _("It has to bear more than itself."))
        if typed.get("price", 0) < 0:
            self.add_error("price", _("Not below 0, please."))
        return typed

    def kept(self) -> Carton:
        """Write it, with a count that begins now if another number was typed."""
        carton: Carton = self.save(commit=False)
        if self.cleaned_data["left"] != self.shown or not carton.pk:
            carton.counted, carton.counted_at = self.cleaned_data["left"], clock.now()
        carton.save()
        return carton
