"""What people type about customers: tiers with a reason, duplicates, blocks, and the word that erases."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.customers.marks import mark
from orders.models import Blocked, Customer, Tier

Typed = Mapping[str, Any] | None


class TierForm(forms.Form):
    """A person's word on how good a customer is."""

    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"), choices=[("", gettext_lazy("As computed")), *Tier.choices], required=False
    )
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200, required=False)

    def __init__(self, data: Typed = None, *, customer: Customer) -> None:
        super().__init__(data, auto_id="tier_%s", initial={"tier": customer.tier_override})

    def clean(self) -> dict[str, Any]:
        """A tier of one's own takes a reason, the computed one none."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("tier") and not typed.get("reason"):
            self.add_error("reason", _("Say why this customer is not what was computed."))
        return typed


class MergeForm(forms.Form):
    """Who is the same person, by their e-mail address."""

    email = forms.EmailField(label=gettext_lazy("E-mail address of the other one"), max_length=254)

    def __init__(self, data: Typed = None, *, email: str = "") -> None:
        super().__init__(data, auto_id="merge_%s", initial={"email": email})

    def clean_email(self) -> str:
        """The address of somebody who is there."""
        email: str = self.cleaned_data["email"].lower()
        if not Customer.objects.filter(email=email).exists():
            raise ValidationError(_("Nobody has this address."))
        return email

    def duplicate(self) -> Customer:
        """Whom the address names."""
        return Customer.objects.get(email=self.cleaned_data["email"])


class BlockForm(forms.Form):
    """Why a customer is not served any more, and by which marks others are known who are the same."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)
    marks = forms.MultipleChoiceField(
        label=gettext_lazy("Also put on the blocked list"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Typed = None, *, marks: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="block_%s")
        choices: Any = [(f"{kind}:{value}", f"{Blocked.Kind(kind).label}: {value}") for kind, value in marks]
        field: Any = self.fields["marks"]
        field.choices = choices

    def chosen(self) -> list[tuple[str, str]]:
        """The marks as (kind, value)."""
        return [(kind, value) for kind, _, value in (text.partition(":") for text in self.cleaned_data["marks"])]


class ReasonForm(forms.Form):
    """Why a customer is served again."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)

    def __init__(self, data: Typed = None) -> None:
        super().__init__(data, auto_id="unblock_%s")


class EraseForm(forms.Form):
    """The customer's e-mail address, typed, so that nobody is erased by a slip."""

    email = forms.CharField(label=gettext_lazy("Type their e-mail address to erase them"), max_length=254)

    def __init__(self, data: Typed = None, *, customer: Customer) -> None:
        super().__init__(data, auto_id="erase_%s")
        self.expected = customer.email

    def clean_email(self) -> str:
        """Exactly theirs."""
        typed: str = self.cleaned_data["email"].strip().lower()
        if typed != self.expected:
            raise ValidationError(_("This is not the customer's address."))
        return typed


class MarkForm(forms.Form):
    """A mark for the blocked list."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=Blocked.Kind.choices)
    value = forms.CharField(label=gettext_lazy("Which"), max_length=300)
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """Something that orders can be compared by."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("kind") and typed.get("value"):
            try:
                mark(typed["kind"], typed["value"])
            except ValueError as fault:
                self.add_error("value", str(fault))
        return typed
