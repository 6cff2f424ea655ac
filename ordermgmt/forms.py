"""What people type on the order's page."""

from django import forms

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

    def said(self) -> str:
        """The note, or where there is none the reason in its own words."""
        return self.cleaned_data["note"] or dict(HOLD_REASONS)[self.cleaned_data["reason"]]


class CancelForm(forms.Form):
    """Why the order is called off."""

    reason = forms.CharField(label="Why is it called off?", max_length=200)


class NoteForm(forms.Form):
    """A remark for the timeline."""

    text = forms.CharField(label="Note for the timeline", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
