"""What people type on the pages of the figures: targets, campaigns and incidents, files."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpis.models import Campaign, Incident
from kpis.services import CampaignEntry, IncidentEntry
from ordermgmt.kpis.words import MOST_TARGET, Meaning
from orders.flow import STAGES

LONGEST_ID = 120


class TargetForm(forms.Form):
    """What a figure should reach, in the unit in which it is shown."""

    value = forms.FloatField(label=gettext_lazy("Target"), min_value=0)

    def __init__(self, meaning: Meaning, data: Any) -> None:
        super().__init__(data)
        self.meaning = meaning

    def clean_value(self) -> float:
        """As it is kept: a percentage as a fraction."""
        unit = self.meaning.unit
        value: float = self.cleaned_data["value"] / (100 if unit == "percent" else 1)
        if not value <= MOST_TARGET[unit]:
            raise forms.ValidationError(_("That is more than it can be."))
        return value


class DayInput(forms.DateInput):
    """The browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SpanForm(forms.Form):
    """The days of something that stands on the time axis."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def clean(self) -> dict[str, Any] | None:
        """It ends after it starts."""
        given = self.cleaned_data
        if "starts_on" in given and "ends_on" in given and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", _("This is before the first day."))
        return given


class CampaignForm(SpanForm):
    """Something the shop did to sell more."""

    kind = forms.CharField(
        label=gettext_lazy("Kind"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("E-mail, price, advertising, …"),
    )
    customers = forms.CharField(
        label=gettext_lazy("Customers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whom it was meant for: e-mail addresses or ids, with spaces between them. Empty: all."),
    )
    field_order = ("name", "kind", "starts_on", "ends_on", "customers", "note")

    def clean_customers(self) -> list[str]:
        """One by one."""
        words: list[str] = self.cleaned_data["customers"].replace(",", " ").split()
        if any(len(word) > LONGEST_ID for word in words):
            raise forms.ValidationError(_("One of the ids is too long."))
        return words

    def entry(self) -> CampaignEntry:
        """To be kept."""
        return CampaignEntry(**self.cleaned_data)


class IncidentForm(SpanForm):
    """Something that went wrong for more than one customer."""

    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"),
        required=False,
        choices=[
            ("", gettext_lazy("None of them, or several")),
            *((stage.verb, stage.state.label) for stage in STAGES),
        ],
        help_text=gettext_lazy("The stage it hit."),
    )
    field_order = ("name", "stage", "starts_on", "ends_on", "note")

    def entry(self) -> IncidentEntry:
        """To be kept."""
        return IncidentEntry(**self.cleaned_data)


class FileForm(forms.Form):
    """A file to take in."""

    file = forms.FileField(label=gettext_lazy("CSV file"), max_length=200)


EntryForm = CampaignForm | IncidentForm
Kind = tuple[type[CampaignForm] | type[IncidentForm], type[Campaign] | type[Incident]]
KINDS: dict[str, Kind] = {
    "campaigns": (CampaignForm, Campaign),
    "incidents": (IncidentForm, Incident),
}
