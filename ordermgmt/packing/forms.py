"""What the packer sends when a shipment is packed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from fulfillment.models import InsertRule
from fulfillment.packwork.finishing import Boxed, Work
from ordermgmt.packing.bench import Proposal


class BoxForm(forms.Form):
    """One box: its carton, and what the scale said."""

    carton = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    weight_g = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    def __init__(self, data: Mapping[str, Any] | None, proposal: Proposal) -> None:
        super().__init__(data, prefix=f"box{proposal.number}")
        self.proposal = proposal
        chosen = proposal.box.carton
        cartons = [(option.carton.pk, option.carton.name) for option in proposal.options]
        self.fields["carton"].choices = [*cartons, ("", _("Own packaging"))]  # type: ignore[attr-defined]
        self.initial = {"carton": chosen.pk if chosen else ""}

    def boxed(self) -> Boxed:
        """As it is to be."""
        typed = self.cleaned_data
        box = self.proposal.box
        is_planned = bool(box.layout and box.carton and box.carton.pk == typed["carton"])
        return Boxed(typed["carton"], box.units, typed["weight_g"], is_planned=is_planned)


class PackForm(forms.Form):
    """What was added, and why it is packed against plan, scan or scale."""

    inserts = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Mapping[str, Any] | None, offered: list[InsertRule]) -> None:
        super().__init__(data)
        self.fields["inserts"].choices = [(rule.pk, rule.name) for rule in offered]  # type: ignore[attr-defined]

    def work(self, boxes: list[BoxForm]) -> Work:
        """As the service takes it."""
        typed = self.cleaned_data
        return Work([box.boxed() for box in boxes], typed["inserts"], typed["reason"])
