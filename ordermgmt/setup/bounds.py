"""How long things may take before people are told: every bound with what it does, and who changed it when."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ordermgmt.access import settings_action
from ordermgmt.phrases import age
from ordermgmt.setup.subjects import Words
from orders.bounds import DEFAULTS, SILENT, UNACCEPTED, WORKER, bounds, set_bound
from orders.flow import STAGE_BY_STATE, State
from orders.models import BoundChange

UNFIT = 422
CHANGES_SHOWN = 20
MOST = timedelta(days=365)
UNITS: Sequence[tuple[int, Words]] = (
    (1, gettext_lazy("minutes")),
    (60, gettext_lazy("hours")),
    (1_440, gettext_lazy("days")),
)
SENTENCES: Mapping[str, Words] = {
    State.PLACED: gettext_lazy("Until the shop's systems have looked at it. Longer means that no worker runs."),
    State.RECEIVED: gettext_lazy("Until it is approved by itself. One that a check holds waits for a person."),
    State.APPROVED: gettext_lazy("Until the warehouse has picked it."),
    State.PICKED: gettext_lazy("Until it is in its box."),
    State.PACKED: gettext_lazy("Until the carrier has it."),
    State.SHIPPED: gettext_lazy("Until the customer has it, whatever was promised."),
    State.DELIVERED: gettext_lazy("Until the survey is answered or closed."),
    State.SURVEYED: gettext_lazy("Until what the customer said is judged."),
    WORKER: gettext_lazy("A step that is due and that no worker takes for so long shows in the radar and on Today."),
    SILENT: gettext_lazy("A parcel without a scan for so long shows in the radar when its promise is near."),
    UNACCEPTED: gettext_lazy("A third party that has not accepted a hand-over for so long shows in the radar."),
}
TITLES: Mapping[str, Words] = {
    WORKER: gettext_lazy("No worker"),
    SILENT: gettext_lazy("Carrier silent"),
    UNACCEPTED: gettext_lazy("Hand-over not accepted"),
}


def title_of(name: str) -> Words:
    """A bound's name for people."""
    return TITLES[name] if name in TITLES else STAGE_BY_STATE[State(name)].state.label


class BoundsForm(forms.Form):
    """A number and its unit for each bound; an empty number is the default."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        held = bounds()
        for name in DEFAULTS:
            unit = max(unit for unit, _word in UNITS if held[name] % timedelta(minutes=unit) == timedelta(0))
            self.fields[name] = forms.IntegerField(
                label=str(title_of(name)),
                required=False,
                min_value=1,
                initial=held[name] // timedelta(minutes=unit),
                help_text=str(SENTENCES[name]),
            )
            self.fields[f"{name}_unit"] = forms.TypedChoiceField(
                label=gettext_lazy("Unit"), choices=UNITS, coerce=int, initial=unit
            )

    def clean(self) -> dict[str, Any]:
        """Nothing takes longer than a year."""
        typed = self.cleaned_data
        for name in DEFAULTS:
            span = typed.get(name) and timedelta(minutes=1) * min(typed[name], 10**7) * typed.get(f"{name}_unit", 1)
            if span and span > MOST:
                self.add_error(name, _("More than a year."))
            typed[f"{name}_span"] = span or None
        return typed

    def rows(self) -> Sequence[tuple[Any, Any, str, bool]]:
        """Number, unit, the default, and whether the shop has it otherwise."""
        held = bounds()
        return [
            (self[name], self[f"{name}_unit"], age(default), held[name] != default)
            for name, default in DEFAULTS.items()
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@settings_action
def stage_bounds(request: HttpRequest) -> HttpResponse:
    """All bounds in one form; what is changed is written down with who changed it."""
    form = BoundsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        by = request.user.get_username()
        changed = [name for name in DEFAULTS if set_bound(name, form.cleaned_data[f"{name}_span"], by=by)]
        if changed:
            messages.success(request, _("Kept. Boards, Today, radar and figures follow within seconds."))
        else:
            messages.info(request, _("It was so already. Nothing was changed."))
        return redirect("settings-bounds")
    changes = [
        (title_of(row.name), age(timedelta(minutes=row.before)), _span(row), row)
        for row in BoundChange.objects.filter(name__in=DEFAULTS)[:CHANGES_SHOWN]
    ]
    context = {"form": form, "changes": changes}
    return render(request, "setup/bounds.html", context, status=UNFIT if form.is_bound else 200)


def _span(row: BoundChange) -> str:
    return age(timedelta(minutes=row.minutes) if row.minutes else DEFAULTS[row.name])
