"""The question sets of the channels, version by version: the newest one holds, and none is ever changed."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from feedback.errors import QuestionSetChanged
from feedback.models import QuestionSet
from feedback.questions import BUILT_IN, Question, questions_from
from inventory import clock
from orders.models import Channel


@dataclass(frozen=True)
class Questionnaire:
    """What is asked, when, and what follows. Version 0 is the program's own.

    Times that are None are the shop's. An order becomes due after the shop's delay (`SURVEY_DELAY_SECONDS`), so a
    channel may wait longer than that and not shorter.
    """

    version: int = 0
    questions: tuple[Question, ...] = BUILT_IN
    language: str = "en"
    delay_days: float | None = None
    window_days: float | None = None
    reminder_days: float | None = None
    review_link: str = ""
    follow_up_owner: str = ""
    follow_up_hours: int = 24
    row_id: int | None = None

    @property
    def delay(self) -> timedelta:
        """The channel's own, from delivery to the invitation."""
        return timedelta(days=self.delay_days or 0)

    @property
    def window(self) -> timedelta:
        """From the invitation until the survey closes."""
        own = self.window_days
        return timedelta(seconds=settings.SURVEY_WINDOW_SECONDS) if own is None else timedelta(days=own)

    @property
    def reminder(self) -> timedelta | None:
        """From the invitation to the one reminder, or None for none."""
        return timedelta(days=self.reminder_days) if self.reminder_days else None


DEFAULT = Questionnaire()


def questionnaire_of(channel_id: int) -> Questionnaire:
    """The one that holds in the channel; where nobody has saved one, the program's own."""
    return read(QuestionSet.objects.filter(channel=channel_id).order_by("-version").first())


def read(row: QuestionSet | None) -> Questionnaire:
    """A version as it was saved."""
    if row is None:
        return DEFAULT
    return Questionnaire(
        version=row.version,
        questions=questions_from(row.questions),
        language=row.language,
        delay_days=row.delay_days,
        window_days=row.window_days,
        reminder_days=row.reminder_days,
        review_link=row.review_link,
        follow_up_owner=row.follow_up_owner,
        follow_up_hours=row.follow_up_hours,
        row_id=row.pk,
    )


def save_questionnaire(channel: Channel, wanted: Questionnaire, *, note: str, by: str) -> QuestionSet:
    """Make it the channel's next version; its `version` is the one that was looked at.

    Invitations that were sent keep their questions. Raises QuestionSetChanged when somebody else was faster.
    """
    newest = questionnaire_of(channel.pk).version
    if newest != wanted.version:
        raise QuestionSetChanged(newest)
    try:
        with transaction.atomic():
            return QuestionSet.objects.create(
                channel=channel,
                version=newest + 1,
                questions=[question.to_json() for question in wanted.questions],
                language=wanted.language,
                delay_days=wanted.delay_days,
                window_days=wanted.window_days,
                reminder_days=wanted.reminder_days,
                review_link=wanted.review_link,
                follow_up_owner=wanted.follow_up_owner,
                follow_up_hours=wanted.follow_up_hours,
                note=note,
                by=by,
                at=clock.now(),
            )
    except IntegrityError as taken:
        raise QuestionSetChanged(newest + 1) from taken
