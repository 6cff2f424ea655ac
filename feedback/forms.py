"""The questions of a survey as a form: whatever is asked may stay open, but for how satisfied they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.questions import FINE, LIKELIHOODS, LINE_CHOICES, RATINGS, SCORES, STAGE_OF, Kind, Question
from feedback.selectors import Asked
from feedback.services import Details, LineSaid
from orders.models import OrderLine

CALLS = (("yes", _("Yes")), ("no", _("No")))
SHOWN_LINES = 6


@dataclass(frozen=True)
class Posed:
    """One question on the page, with its field, or a field for each line."""

    question: Question
    field: forms.BoundField | None = None
    lines: tuple[tuple[OrderLine, forms.BoundField], ...] = ()

    @property
    def template(self) -> str:
        """What draws it."""
        return f"feedback/_{'rating' if self.question.stage else self.question.kind.value}.html"

    @property
    def first_lines(self) -> tuple[tuple[OrderLine, forms.BoundField], ...]:
        """Those shown at once."""
        return self.lines[:SHOWN_LINES]

    @property
    def more_lines(self) -> tuple[tuple[OrderLine, forms.BoundField], ...]:
        """Those behind a click."""
        return self.lines[SHOWN_LINES:]


class LineField(forms.MultipleChoiceField):
    """Fine, or one or more things that are not."""

    def validate(self, value: list[str]) -> None:
        """Not both at once."""
        super().validate(value)
        if FINE in value and len(value) > 1:
            raise forms.ValidationError(_("Either it was all right, or something was not."), code="both")


class SurveyForm(forms.Form):
    """What was asked of this order."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, asked: Asked, csat: str = "") -> None:
        self.asked = asked
        super().__init__(data, initial=_known(asked) | ({"csat": csat} if csat else {}))
        for question in asked.questionnaire.questions:
            self.fields |= dict(_fields(question, asked))

    def posed(self) -> Iterator[Posed]:
        """In the order of the question set."""
        for question in self.asked.questionnaire.questions:
            if question.kind == Kind.LINE:
                yield Posed(question, lines=tuple((line, self[f"line-{line.pk}"]) for line in self.asked.lines))
            else:
                yield Posed(question, self[question.kind.value])

    def details(self) -> Details:
        """What was typed beside the scores and the words."""
        typed = self.cleaned_data
        lines = [(line.pk, typed.get(f"line-{line.pk}")) for line in self.asked.lines]
        call = typed.get(Kind.CALL.value)
        return Details(
            stages={verb: typed[kind.value] for kind, verb in STAGE_OF.items() if typed.get(kind.value)},
            lines=tuple(LineSaid(line_id, frozenset(said) - {FINE}) for line_id, said in lines if said),
            may_call=None if not call else call == "yes",
        )


def _known(asked: Asked) -> dict[str, Any]:
    """What they answered before."""
    said = asked.answer
    if said is None:
        return {}
    lines = {f"line-{line_id}": sorted(wrong) or [FINE] for line_id, wrong in asked.answered.items()}
    call = {None: "", True: "yes", False: "no"}[said.may_call]
    stages = {kind.value: said.stages.get(verb) for kind, verb in STAGE_OF.items()}
    return {"csat": said.csat, "nps": said.nps, "comment": said.comment, "call": call, **stages, **lines}


def _fields(question: Question, asked: Asked) -> Iterator[tuple[str, forms.Field]]:
    name = question.kind.value
    if question.kind == Kind.CSAT:
        yield name, _points(SCORES, required=_("Please choose how satisfied you are."))
    elif question.kind == Kind.NPS:
        yield name, _points(LIKELIHOODS)
    elif question.stage:
        yield name, _points(RATINGS)
    elif question.kind == Kind.LINE:
        widget = forms.CheckboxSelectMultiple
        yield from (
            (f"line-{line.pk}", LineField(choices=LINE_CHOICES, required=False, widget=widget)) for line in asked.lines
        )
    elif question.kind == Kind.TEXT:
        too_long = _("Please keep it below 2,000 characters; yours has %(show_value)d.")
        area = forms.Textarea(attrs={"rows": 4, "aria-describedby": "comment_hint"})
        yield (
            name,
            forms.CharField(max_length=2000, required=False, widget=area, error_messages={"max_length": too_long}),
        )
    else:
        yield name, forms.ChoiceField(choices=CALLS, required=False, widget=forms.RadioSelect)


def _points(choices: Any, *, required: Any = "") -> forms.Field:
    """A scale from the first to the last of `choices`."""
    return forms.TypedChoiceField(
        choices=choices,
        coerce=int,
        empty_value=None,
        required=bool(required),
        widget=forms.RadioSelect,
        error_messages={
            "required": required,
            "invalid_choice": _("Please choose %(low)s to %(high)s.") % {"low": choices[0][0], "high": choices[-1][0]},
        },
    )
