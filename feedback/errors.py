"""Refusals of the feedback desk."""

from django.utils.translation import gettext as _

from inventory.errors import Refused


class FeedbackError(Refused):
    """Something the feedback desk refuses; `code` never changes once released."""

    code = "feedback_refused"


class NoSurvey(FeedbackError):
    """The customer was not invited yet."""

    code = "no_survey"


class SurveyClosed(FeedbackError):
    """The window for answers is over."""

    code = "survey_closed"


class QuestionSetChanged(FeedbackError):
    """Somebody else saved the version `newest` in the meantime."""

    code = "question_set_changed"

    def __init__(self, newest: int) -> None:
        self.newest = newest
        super().__init__(_("Somebody has saved version {newest} in the meantime").format(newest=newest))


class FollowUpDone(FeedbackError):
    """The follow-up has ended: there is nothing left to take or to settle."""

    code = "follow_up_done"


class NotUnderWay(FeedbackError):
    """The action is closed already."""

    code = "improvement_not_under_way"
