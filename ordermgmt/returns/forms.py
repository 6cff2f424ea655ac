"""What people type at the desk of returns and claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfillment.errors import BadPhoto
from fulfillment.models import Claim, ReturnUnit
from fulfillment.photos import keep_photo


class WhyForm(forms.Form):
    """Why a return is declined or a claim refused; the customer reads it."""

    why = forms.CharField(label=_("Why? The customer reads this."), max_length=300)


class UnitForm(forms.Form):
    """How one unit was found and where it goes."""

    grade = forms.ChoiceField(label=_("Grade"), choices=ReturnUnit.Grade.choices)
    disposition = forms.ChoiceField(label=_("Goes"), choices=ReturnUnit.Disposition.choices)
    bin = forms.CharField(label=_("Into bin (optional)"), max_length=16, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    photo = forms.FileField(label=_("Photo"), required=False)

    def clean_photo(self) -> str:
        """The path of the photo that was kept; empty without one."""
        upload: Any = self.cleaned_data["photo"]
        if not upload:
            return ""
        try:
            return keep_photo(upload, folder="inspections")
        except BadPhoto as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class AgainForm(forms.Form):
    """The right address of a parcel that came back."""

    name = forms.CharField(label=_("Name"), max_length=120)
    line1 = forms.CharField(label=_("Street and number"), max_length=120)
    line2 = forms.CharField(label=_("More"), max_length=120, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=80)
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    country = forms.RegexField(r"^[A-Za-z]{2}\Z", label=_("Country, two letters"))

    def address(self) -> dict[str, str]:
        """As orders keep it."""
        typed = {part: str(value) for part, value in self.cleaned_data.items()}
        return typed | {"country": typed["country"].upper()}


class SettleForm(forms.Form):
    """How a claim ends, and what a carrier paid."""

    outcome = forms.ChoiceField(choices=Claim.Outcome.choices)
    amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=3, required=False)
    note = forms.CharField(max_length=500, required=False)
