"""What people type about how the warehouse works."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from fulfillment.models import InsertRule, PickingPolicy, Trolley
from inventory import clock
from inventory.models import Product
from ordermgmt.forms import name_nothing
from ordermgmt.setup.fields import AmountInput


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who shares a walk in one warehouse."""

    class Meta:
        model = PickingPolicy
        fields: ClassVar = ["kind", "waves_by", "zone_aisles", "trolley"]
        labels: ClassVar = {
            "kind": gettext_lazy("Which orders share a walk?"),
            "waves_by": gettext_lazy("Waves by"),
            "zone_aisles": gettext_lazy("Aisles of one zone"),
            "trolley": gettext_lazy("Trolley"),
        }
        help_texts: ClassVar = {"zone_aisles": ""}

    def clean_zone_aisles(self) -> int:
        """A zone has some."""
        aisles: int = self.cleaned_data["zone_aisles"]
        if aisles < 1:
            raise ValidationError(_("At least one aisle, please."))
        return aisles


class TrolleyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A kind of trolley."""

    class Meta:
        model = Trolley
        fields: ClassVar = ["name", "totes", "tote_litres", "max_weight_g"]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "totes": gettext_lazy("Totes"),
            "tote_litres": gettext_lazy("Litres of one tote"),
            "max_weight_g": gettext_lazy("Carries in all, g"),
        }

    def clean(self) -> dict[str, Any]:
        """It carries something."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("totes", "tote_litres", "max_weight_g"):
            if typed.get(name) == 0:
                self.add_error(name, _("More than 0, please."))
        return typed


class InsertForm(forms.ModelForm):  # type: ignore[type-arg]
    """Something that is added to parcels. A number of pieces that is changed counts from now on."""

    class Meta:
        model = InsertRule
        fields: ClassVar = [
            *("name", "kind", "occasion", "channel", "sku", "least_total", "text", "code", "cost"),
            *("priority", "starts_on", "ends_on", "counted", "active"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "kind": gettext_lazy("Kind"),
            "occasion": pgettext_lazy("whom", "For"),
            "channel": gettext_lazy("Only in channel"),
            "sku": gettext_lazy("Only with product (SKU)"),
            "least_total": gettext_lazy("Only from a total of"),
            "text": gettext_lazy("What is written on it"),
            "code": gettext_lazy("Code that is scanned"),
            "cost": gettext_lazy("Cost of one"),
            "priority": gettext_lazy("Shown first: the lowest number"),
            "starts_on": gettext_lazy("From"),
            "ends_on": gettext_lazy("Until"),
            "counted": gettext_lazy("Pieces there (empty: enough)"),
            "active": gettext_lazy("In use"),
        }
        help_texts: ClassVar = dict.fromkeys(("sku", "least_total", "code", "priority", "counted"), "")
        widgets: ClassVar = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "cost": AmountInput(),
            "least_total": AmountInput(),
        }

    def clean_sku(self) -> str:
        """A product that there is."""
        sku: str = self.cleaned_data["sku"].strip()
        if sku and not Product.objects.filter(sku=sku).exists():
            raise ValidationError(_("There is no product {sku}.").format(sku=sku))
        return sku

    def clean(self) -> dict[str, Any]:
        """It ends after it starts, and costs something or nothing."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Not before it starts."))
        if (typed.get("cost") or 0) < 0:
            self.add_error("cost", _("Not below 0, please."))
        return typed

    def kept(self) -> InsertRule:
        """Write it; another number of pieces begins to count now."""
        rule: InsertRule = self.save(commit=False)
        if "counted" in self.changed_data or not rule.pk:
            rule.counted_at = clock.now()
        rule.save()
        return rule


for made in (PolicyForm, InsertForm):
    name_nothing(made.base_fields.values())
