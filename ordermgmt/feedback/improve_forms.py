"""What people type about improvements: how a stage works, and what is done about an area."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Finding, StageAssessment
from feedback.services import Plan, Said
from ordermgmt.feedback.effects import KPI_OF_FINDING, KPIS
from orders.flow import STAGES

MARKS = [(1, gettext_lazy("1 badly")), (2, "2"), (3, "3"), (4, "4"), (5, gettext_lazy("5 well"))]


class AssessForm(forms.Form):
    """Three questions about one stage."""

    how = forms.ChoiceField(label=gettext_lazy("How is it done today?"), choices=StageAssessment.How.choices)
    works = forms.TypedChoiceField(label=gettext_lazy("Does it work well?"), choices=MARKS, coerce=int)
    trouble = forms.CharField(label=gettext_lazy("What problems has it caused?"), max_length=500, required=False)
    trouble_orders = forms.IntegerField(
        label=gettext_lazy("To how many orders?"), min_value=0, max_value=10_000_000, required=False
    )

    def said(self) -> Said:
        """What was typed."""
        typed = self.cleaned_data
        return Said(typed["how"], typed["works"], typed["trouble"], typed["trouble_orders"] or 0)


class ActionForm(forms.Form):
    """Who does what until when, and which figure it should move."""

    title = forms.CharField(label=gettext_lazy("What will be done?"), max_length=160)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=[(row.verb, row.state.label) for row in STAGES])
    owner = forms.ChoiceField(label=gettext_lazy("Owner"))
    due_on = forms.DateField(
        label=gettext_lazy("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kpi = forms.ChoiceField(
        label=gettext_lazy("It should move"), choices=[(key, kpi.name) for key, kpi in KPIS.items()]
    )
    target = forms.FloatField(
        label=gettext_lazy("To (in %, or in days for the lead time)"), min_value=0, max_value=1000
    )
    finding = forms.ModelChoiceField(Finding.objects.all(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = (
            User.objects.filter(is_staff=True, is_active=True).order_by("username").values_list("username", flat=True)
        )
        self.fields["owner"].choices = [(name, name) for name in staff]  # type: ignore[attr-defined]

    @classmethod
    def about(cls, finding: Finding | None, *, stage: str, owner: str) -> "ActionForm":
        """Started from a finding, or from a stage."""
        start: dict[str, Any] = {"stage": finding.stage if finding else stage, "owner": owner}
        if finding:
            start |= {"finding": finding.pk, "kpi": KPI_OF_FINDING.get(finding.kind, "perfect_order")}
        return cls(initial=start)

    def clean(self) -> dict[str, Any]:
        """A share is at most 100 %."""
        typed: dict[str, Any] = super().clean() or {}
        kpi = KPIS.get(typed.get("kpi", ""))
        if kpi and kpi.is_share and (typed.get("target") or 0) > 100:
            self.add_error("target", _("A share is at most 100 %."))
        return typed

    def plan(self) -> Plan:
        """What was typed; shares as fractions."""
        typed = self.cleaned_data
        whole = 100 if KPIS[typed["kpi"]].is_share else 1
        return Plan(
            title=typed["title"],
            stage=typed["stage"],
            owner=typed["owner"],
            due_on=typed["due_on"],
            kpi=typed["kpi"],
            target=typed["target"] / whole,
            finding=typed["finding"],
        )


class StartForm(forms.Form):
    """From when on it is in force."""

    on = forms.DateField(
        label=gettext_lazy("In force since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CloseForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=gettext_lazy("What came of it?"), max_length=500)
