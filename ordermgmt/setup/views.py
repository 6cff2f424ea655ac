"""The settings' index, and the lists and forms of all plain subjects."""

from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MinValueValidator
from django.db import transaction
from django.db.models import DecimalField, Model, Q
from django.db.models.expressions import DatabaseDefault
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.wording import grouped
from ordermgmt.access import back_to, settings_action, settings_page
from ordermgmt.forms import name_nothing
from ordermgmt.setup.fields import amount, widgets
from ordermgmt.setup.index import sections, variables
from ordermgmt.setup.labels import labels
from ordermgmt.setup.subjects import SUBJECTS, Subject, shop_currency
from orders.bounds import bound_of
from orders.flow import STAGES

MOST_SHOWN, LONGEST_WORDS = 200, 100
NUMBERS = (int, Decimal)
SAID = {"gateway": "", "capture_at": ""}  # their choices say it
UNFIT = 422


@require_safe
@settings_page
def index(request: HttpRequest) -> HttpResponse:
    """Everything that can be set, with what it does."""
    return render(request, "setup/index.html", {"sections": sections(request)})


@require_safe
@settings_action
def shop(request: HttpRequest) -> HttpResponse:
    """What the system was started with, and the bounds of the stages."""
    return render(
        request,
        "setup/shop.html",
        {"variables": variables(), "bounds": [(stage.state.label, bound_of(stage.state)) for stage in STAGES]},
    )


@require_safe
@settings_action
def subject_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All rows of one subject, or those that some words name."""
    subject, words = _subject(slug), request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS]
    sought = Q(*((f"{name}__icontains", words) for name in subject.sought), _connector=Q.OR) if words else Q()
    shown = subject.rows().filter(sought)[: MOST_SHOWN + 1]
    found = [(row.pk, [_value(row, name) for name, __ in subject.columns]) for row in shown]
    numbers = {place for __, cells in found for place, cell in enumerate(cells) if isinstance(cell, NUMBERS)}
    heads = [(label, place in numbers) for place, (__, label) in enumerate(subject.columns)]
    rows = [
        (pk, [(label, _shown(cell), is_number) for (label, is_number), cell in zip(heads, cells, strict=True)])
        for pk, cells in found
    ]
    context = {"subject": subject, "heads": heads, "rows": rows[:MOST_SHOWN], "words": words}
    return render(request, "setup/list.html", {**context, "more": len(rows) > MOST_SHOWN, "most": MOST_SHOWN})


@require_http_methods(["GET", "HEAD", "POST"])
@settings_action
def subject_form(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """One row to change, or a new one."""
    subject = _subject(slug)
    row = get_object_or_404(subject.rows(), pk=pk) if pk else _blank(subject)
    form = _form(subject)(request.POST if request.method == "POST" else None, instance=row)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            kept = form.save()
            if subject.after is not None:
                subject.after(kept)
        messages.success(request, _("{name} is kept.").format(name=kept))
        return redirect(back_to(request) or reverse("settings-list", args=[slug]))
    context = {"subject": subject, "form": form, "row": row, "next": back_to(request)}
    return render(request, "setup/form.html", context, status=UNFIT if form.is_bound else 200)


def _subject(slug: str) -> Subject:
    if slug not in SUBJECTS:
        raise Http404(slug)
    return SUBJECTS[slug]


def _blank(subject: Subject) -> Model:
    """A new row, in the shop's currency, with the defaults of the database as people may read and change them."""
    row = subject.model()
    for field in subject.model._meta.concrete_fields:
        if isinstance(getattr(row, field.attname), DatabaseDefault):
            setattr(row, field.attname, field.db_default)
    if getattr(row, "currency", None) == "":
        row.currency = shop_currency()  # type: ignore[attr-defined]
    return row


def _form(subject: Subject) -> "type[forms.ModelForm[Any]]":
    made = forms.modelform_factory(
        subject.model,
        fields=list(subject.fields),
        labels=labels(subject.model, subject.fields),
        widgets=widgets(subject.model, subject.fields),
        field_classes=subject.typed,
        help_texts=SAID,
    )
    name_nothing(made.base_fields.values())
    for name, asked in made.base_fields.items():
        if isinstance(subject.model._meta.get_field(name), DecimalField):
            asked.validators.append(MinValueValidator(0))
            asked.widget.attrs.setdefault("min", 0)
    return made


def _value(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return value() if callable(value) else value


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return grouped(value, -int(Decimal(amount(value)).as_tuple().exponent))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)
