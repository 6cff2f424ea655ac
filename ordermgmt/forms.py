"""What people type on the order's page."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import clock
from ordermgmt.mentions import unknown
from ordermgmt.phrases import listed

HOLD_REASONS = (
    ("customer-asked", gettext_lazy("The customer asked to wait")),
    ("look-at-address", gettext_lazy("The address is unclear")),
    ("look-at-payment", gettext_lazy("The payment is unclear")),
    ("look-at-goods", gettext_lazy("The goods are in question")),
    ("other", gettext_lazy("Something else")),
)


def name_nothing(fields: Iterable[forms.Field]) -> None:
    """What stands in a list of choices while none is taken: words, where Django has a dash."""
    for field in fields:
        words = gettext_lazy("Please choose") if field.required else gettext_lazy("nothing chosen")
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = field.empty_label and words
        elif isinstance(field, forms.ChoiceField):
            known: Any = field.choices
            field.choices = [(value, words if value == "" else label) for value, label in known]


class HoldForm(forms.Form):
    """Why the order has to wait. The reasons are none of the policy's own checks, which a release would overrule."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=HOLD_REASONS)
    note = forms.CharField(
        label=gettext_lazy("What should the next person know? @name calls upon somebody"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"data-people": reverse_lazy("people")}),
    )
    until = forms.DateField(
        label=gettext_lazy("Until (optional; then it goes on by itself)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_note(self) -> str:
        """Whoever is called upon has to be there."""
        return _calling(self.cleaned_data["note"])

    def clean_until(self) -> datetime | None:
        """When that day begins where the person is, which is still to come."""
        day: date | None = self.cleaned_data["until"]
        if day is None:
            return None
        begins = timezone.make_aware(datetime.combine(day, time.min))
        if begins <= clock.now():
            raise ValidationError(_("A day after today, please."))
        return begins

    def terms(self) -> dict[str, Any]:
        """What was typed, as services take it; without a note the reason stands in its own words."""
        typed = self.cleaned_data
        with translation.override(settings.LANGUAGE_CODE):  # as it is kept
            words = str(dict(HOLD_REASONS)[typed["reason"]])
        return {**typed, "note": typed["note"] or words}


class CancelForm(forms.Form):
    """Why the order is called off."""

    reason = forms.CharField(label=gettext_lazy("Why is it called off?"), max_length=200)


class NoteForm(forms.Form):
    """A remark for the timeline."""

    text = forms.CharField(
        label=gettext_lazy("Note for the timeline; @name calls upon somebody"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "data-people": reverse_lazy("people")}),
    )

    def clean_text(self) -> str:
        """Whoever is called upon has to be there."""
        return _calling(self.cleaned_data["text"])


def _calling(text: str) -> str:
    """The text, if all whom it names with an @ are there; else raises ValidationError."""
    if nobody := unknown(text):
        raise ValidationError(_("Nobody here is called {nobody}.").format(nobody=listed(nobody)))
    return text
