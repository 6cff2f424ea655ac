"""What people type on the order's page."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory import clock
from ordermgmt.mentions import unknown

HOLD_REASONS = (
    ("customer-asked", "The customer asked to wait"),
    ("look-at-address", "The address is unclear"),
    ("look-at-payment", "The payment is unclear"),
    ("look-at-goods", "The goods are in question"),
    ("other", "Something else"),
)


class HoldForm(forms.Form):
    """Why the order has to wait. The reasons are none of the policy's own checks, which a release would overrule."""

    reason = forms.ChoiceField(label="Why", choices=HOLD_REASONS)
    note = forms.CharField(label="What should the next person know?", max_length=500, required=False)
    until = forms.DateField(
        label="Until (optional; then it goes on by itself)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> datetime | None:
        """When that day begins where the person is, which is still to come."""
        day: date | None = self.cleaned_data["until"]
        if day is None:
            return None
        begins = timezone.make_aware(datetime.combine(day, time.min))
        if begins <= clock.now():
            raise ValidationError("A day after today, please.")
        return begins

    def terms(self) -> dict[str, Any]:
        """What was typed, as services take it; without a note the reason stands in its own words."""
        typed = self.cleaned_data
        return {**typed, "note": typed["note"] or dict(HOLD_REASONS)[typed["reason"]]}


class CancelForm(forms.Form):
    """Why the order is called off."""

    reason = forms.CharField(label="Why is it called off?", max_length=200)


class NoteForm(forms.Form):
    """A remark for the timeline."""

    text = forms.CharField(
        label="Note for the timeline; @name calls upon somebody",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_text(self) -> str:
        """Whoever is called upon has to be there."""
        text: str = self.cleaned_data["text"]
        if nobody := unknown(text):
            raise ValidationError(f"Nobody here is called {' or '.join(nobody)}.")
        return text
