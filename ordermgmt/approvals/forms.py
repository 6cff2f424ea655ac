"""What people type where trust is decided: why an order is let go or rejected, and how the checks are asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Tier
from orders.policy import QUESTIONS, Outcome, Policy, Question, Rule, faults
from orders.policy.dry_run import MOST

OUTCOMES = (
    (Outcome.NOTE.value, gettext_lazy("Only note it")),
    (Outcome.HOLD.value, gettext_lazy("Hold")),
    (Outcome.REJECT.value, gettext_lazy("Reject")),
)
LAST = 200


class ReleaseForm(forms.Form):
    """Why it is let go."""

    note = forms.CharField(label=gettext_lazy("What makes you sure?"), max_length=500, required=False)


class RejectForm(forms.Form):
    """Why an order is not trusted."""

    reason = forms.CharField(label=gettext_lazy("Why is it not trusted?"), max_length=200)


@dataclass(frozen=True)
class RuleFields:
    """The fields of one check, as the template lays them out; those it does not have are None."""

    question: Question
    asked: forms.BoundField
    outcome: forms.BoundField
    threshold: forms.BoundField | None
    within: forms.BoundField | None
    trusted: forms.BoundField

    @property
    def errors(self) -> list[str]:
        """All that is wrong with the row."""
        fields = (self.asked, self.outcome, self.threshold, self.within, self.trusted)
        return [str(error) for field in fields if field for error in field.errors]


class PolicyForm(forms.Form):
    """A channel's whole policy: a row for each check, and what holds for all of them."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    trusted_tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Trusted tiers"), choices=Tier.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    second_person_above = forms.DecimalField(
        label=gettext_lazy("Two people release orders above"),
        min_value=0,
        max_digits=14,
        decimal_places=3,
        required=False,
    )
    last = forms.IntegerField(label=gettext_lazy("Try it on the last"), min_value=1, max_value=MOST, initial=LAST)
    note = forms.CharField(label=gettext_lazy("What was changed, and why?"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields |= dict(_fields(question))

    @classmethod
    def of(cls, policy: Policy, *, newest: int) -> "PolicyForm":
        """Filled with a policy; what is sent back replaces the version `newest`."""
        start: dict[str, Any] = {
            "version": newest,
            "trusted_tiers": list(policy.trusted_tiers),
            "second_person_above": _digits(policy.second_person_above),
        }
        for question in QUESTIONS:
            rule = policy.rules.get(question.name, question.default)
            start |= {
                f"{question.name}-asked": rule.asked,
                f"{question.name}-outcome": rule.outcome.value,
                f"{question.name}-threshold": _digits(rule.threshold),
                f"{question.name}-within": rule.within,
                f"{question.name}-trusted": rule.trusted,
            }
        return cls(initial=start)

    def clean(self) -> None:
        """Every rule can be meant; a fault stands at its field."""
        for question in QUESTIONS:
            for name, said in faults(question, self._rule(question)).items():
                field = f"{question.name}-{name}"
                if field in self.fields and field not in self.errors:
                    self.add_error(field, said)

    def policy(self) -> Policy:
        """What was typed."""
        typed = self.cleaned_data
        return Policy(
            version=typed["version"],
            rules={question.name: self._rule(question) for question in QUESTIONS},
            trusted_tiers=tuple(typed["trusted_tiers"]),
            second_person_above=typed["second_person_above"],
        )

    def rows(self) -> Iterator[RuleFields]:
        """Check by check."""
        for question in QUESTIONS:
            yield RuleFields(
                question,
                asked=self[f"{question.name}-asked"],
                outcome=self[f"{question.name}-outcome"],
                threshold=self[f"{question.name}-threshold"] if question.measure else None,
                within=self[f"{question.name}-within"] if question.window else None,
                trusted=self[f"{question.name}-trusted"],
            )

    def _rule(self, question: Question) -> Rule:
        typed: Mapping[str, Any] = self.cleaned_data
        return Rule(
            asked=typed.get(f"{question.name}-asked", False),
            outcome=Outcome(typed.get(f"{question.name}-outcome") or question.default.outcome),
            threshold=typed.get(f"{question.name}-threshold"),
            within=typed.get(f"{question.name}-within"),
            trusted=typed.get(f"{question.name}-trusted", False),
        )


def _fields(question: Question) -> Iterator[tuple[str, forms.Field]]:
    """Each is named for those who do not see the table's head."""

    def called(words: str) -> dict[str, str]:
        return {"aria-label": f"{_(question.title)}: {words}"}

    yield (
        f"{question.name}-asked",
        forms.BooleanField(required=False, label=_("Ask"), widget=forms.CheckboxInput(attrs=called(_("ask it")))),
    )
    yield (
        f"{question.name}-outcome",
        forms.ChoiceField(choices=OUTCOMES, widget=forms.Select(attrs=called(_("what a failure means")))),
    )
    if question.measure:
        limit = forms.NumberInput(attrs={**called(_("threshold")), "step": "any", "inputmode": "decimal"})
        yield (
            f"{question.name}-threshold",
            forms.DecimalField(required=False, max_digits=14, decimal_places=3, widget=limit),
        )
    if question.window:
        span = forms.NumberInput(attrs={**called(_(question.window)), "inputmode": "numeric"})
        yield f"{question.name}-within", forms.IntegerField(required=False, widget=span)
    yield (
        f"{question.name}-trusted",
        forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs=called(_("trusted tiers pass")))),
    )


def _digits(amount: Decimal | None) -> str:
    """As people type it: 500, not 500.000."""
    if amount is None:
        return ""
    digits = f"{amount:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
