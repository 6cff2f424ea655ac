"""What people type about feedback: how a follow-up ended, and what a channel's customers are asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.validators import URLValidator
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.question_sets import Questionnaire
from feedback.questions import LANGUAGES, LONGEST, Kind, Question, faults

PLACES = [(str(place), str(place)) for place in range(1, len(Kind) + 1)]


class OutcomeForm(forms.Form):
    """How it ended."""

    outcome = forms.CharField(label=gettext_lazy("What was done?"), max_length=500)


@dataclass(frozen=True)
class QuestionFields:
    """The fields of one question, as the template lays them out."""

    kind: Kind
    asked: forms.BoundField
    place: forms.BoundField
    texts: tuple[tuple[str, forms.BoundField], ...]

    @property
    def errors(self) -> list[str]:
        """All that is wrong with the row."""
        return [
            str(error)
            for field in (self.asked, self.place, *(text for _, text in self.texts))
            for error in field.errors
        ]


AROUND = ("language", "delay_days", "window_days", "reminder_days", "review_link", "follow_up_owner", "follow_up_hours")


class QuestionSetForm(forms.Form):
    """A channel's whole question set: a row for each question, and what holds for the survey as a whole."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=list(LANGUAGES.items()))
    delay_days = forms.FloatField(
        label=gettext_lazy("Days from delivery to the invitation"), min_value=0, max_value=90, required=False
    )
    window_days = forms.FloatField(label=gettext_lazy("Days it stays open"), min_value=1, max_value=90, required=False)
    reminder_days = forms.FloatField(
        label=gettext_lazy("Days from the invitation to the one reminder, empty for none"),
        min_value=1,
        max_value=90,
        required=False,
    )
    review_link = forms.URLField(
        label=gettext_lazy("Where happy customers may tell others"),
        max_length=300,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(["https", "http"])],
    )
    follow_up_owner = forms.ChoiceField(label=gettext_lazy("Who gets back to the unhappy"), required=False)
    follow_up_hours = forms.IntegerField(label=gettext_lazy("Within so many hours"), min_value=1, max_value=720)
    note = forms.CharField(label=gettext_lazy("What was changed, and why?"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = (
            User.objects.filter(is_staff=True, is_active=True).order_by("username").values_list("username", flat=True)
        )
        turns = ("", _("By turns, whoever has the fewest"))
        self.fields["follow_up_owner"].choices = [turns, *((name, name) for name in staff)]  # type: ignore[attr-defined]
        for kind in Kind:
            self.fields |= dict(_fields(kind))

    @classmethod
    def of(cls, shown: Questionnaire, *, newest: int) -> "QuestionSetForm":
        """Filled with a version; what is sent back replaces the version `newest`."""
        start: dict[str, Any] = {"version": newest} | {name: getattr(shown, name) for name in AROUND}
        places = {question.kind: place for place, question in enumerate(shown.questions, 1)}
        texts = {question.kind: question.texts for question in shown.questions}
        for place, kind in enumerate(Kind, 1):
            start |= {f"{kind}-asked": kind in places, f"{kind}-place": str(places.get(kind, place))}
            start |= {f"{kind}-{code}": texts.get(kind, {}).get(code, "") for code in LANGUAGES}
        return cls(initial=start)

    def clean(self) -> None:
        """What cannot be asked is said above the form."""
        for fault in faults(self._questions()):
            self.add_error(None, fault)
        if not self.errors and (wanted := self.questionnaire()).reminder and wanted.reminder >= wanted.window:
            self.add_error("reminder_days", _("The survey is closed by then"))

    def questionnaire(self) -> Questionnaire:
        """What was typed."""
        typed = self.cleaned_data
        return Questionnaire(
            version=typed["version"],
            questions=self._questions(),
            language=typed["language"],
            delay_days=typed["delay_days"],
            window_days=typed["window_days"],
            reminder_days=typed["reminder_days"],
            review_link=typed["review_link"],
            follow_up_owner=typed["follow_up_owner"],
            follow_up_hours=typed["follow_up_hours"],
        )

    def rows(self) -> Iterator[QuestionFields]:
        """Question by question."""
        for kind in Kind:
            texts = tuple((name, self[f"{kind}-{code}"]) for code, name in LANGUAGES.items())
            yield QuestionFields(kind, self[f"{kind}-asked"], self[f"{kind}-place"], texts)

    def _questions(self) -> tuple[Question, ...]:
        """In the order of their places; equal places keep the program's order."""
        typed = self.cleaned_data
        chosen = [kind for kind in Kind if typed.get(f"{kind}-asked")]
        chosen.sort(key=lambda kind: int(typed.get(f"{kind}-place") or 0))
        return tuple(
            Question(kind, {code: text for code in LANGUAGES if (text := typed.get(f"{kind}-{code}", ""))})
            for kind in chosen
        )


def _fields(kind: Kind) -> Iterator[tuple[str, forms.Field]]:
    """Each is named for those who do not see the table's head."""

    def called(words: str) -> dict[str, str]:
        return {"aria-label": f"{kind.label}: {words}"}

    yield f"{kind}-asked", forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs=called(_("ask it"))))
    yield f"{kind}-place", forms.ChoiceField(choices=PLACES, widget=forms.Select(attrs=called(_("place"))))
    for code, name in LANGUAGES.items():
        with translation.override(code):
            own = str(kind.label)
        words = forms.TextInput(attrs={**called(_("in {name}").format(name=name)), "placeholder": own})
        yield f"{kind}-{code}", forms.CharField(required=False, max_length=LONGEST, widget=words)
