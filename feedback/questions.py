"""What a customer may be asked: eight kinds of question, in any order, in the shop's words or the program's own.

The program's words are translated by gettext; words that the shop wrote are kept by language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

LANGUAGES = {"en": "English", "de": "Deutsch"}
# As dates and times are written in them: 30 November 2026 rather than Nov. 30, 2026.
LOCALES = {"en": "en-gb"}
LONGEST = 200


class Kind(TextChoices):
    """Each may be asked once."""

    CSAT = "csat", _("How satisfied are you?")
    NPS = "nps", _("How likely are you to recommend us to a friend?")
    LINE = "line", _("Did everything arrive as you ordered it?")
    ORDERING = "ordering", _("How was ordering?")
    PACKAGING = "packaging", _("How was the packaging?")
    DELIVERY = "delivery", _("How was the delivery?")
    TEXT = "comment", _("What went well, what should we do better?")
    CALL = "call", _("May we call you about it?")


STAGE_OF = {Kind.ORDERING: "place", Kind.PACKAGING: "pack", Kind.DELIVERY: "deliver"}
# How good it was, 1 to 5.
SCORES = ((1, _("Very unhappy")), (2, _("Unhappy")), (3, _("So-so")), (4, _("Happy")), (5, _("Very happy")))
RATINGS = ((1, _("Poor")), (2, _("Fair")), (3, _("Good")), (4, _("Very good")), (5, _("Excellent")))
LIKELIHOODS = tuple((points, str(points)) for points in range(11))
# What may be said of a line; the first excludes the others.
FINE = "fine"
LINE_FAULTS = (("item", _("Wrong item")), ("quantity", _("Wrong quantity")), ("condition", _("Damaged")))
LINE_CHOICES = ((FINE, _("All right")), *LINE_FAULTS)


@dataclass(frozen=True)
class Question:
    """One question; `texts` by language replace the program's words."""

    kind: Kind
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """In the language that is active, else in the first the shop wrote, else as the program asks."""
        language = (get_language() or "en").split("-")[0]
        return self.texts.get(language) or next(iter(self.texts.values()), "") or str(self.kind.label)

    @property
    def stage(self) -> str:
        """The verb of the stage it is about, if it is about one."""
        return STAGE_OF.get(self.kind, "")

    def to_json(self) -> dict[str, Any]:
        """As a question set keeps it."""
        return {"kind": self.kind.value, "texts": dict(self.texts)}


BUILT_IN = tuple(Question(kind) for kind in Kind)


def questions_from(kept: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """As they were saved; a kind that this program does not know is left out."""
    return tuple(Question(Kind(row["kind"]), row.get("texts", {})) for row in kept if row.get("kind") in Kind.values)


def faults(questions: Iterable[Question]) -> list[str]:
    """Why these cannot be asked, in sentences; empty when they can."""
    kinds = [question.kind for question in questions]
    found = []
    if Kind.CSAT not in kinds:
        found.append(gettext("The question for satisfaction is always asked: the mail and the figures rest on it."))
    if len(kinds) != len(set(kinds)):
        found.append(gettext("A question is asked once."))
    if any(len(text) > LONGEST for question in questions for text in question.texts.values()):
        found.append(gettext("A question has at most {longest} characters.").format(longest=LONGEST))
    return found
