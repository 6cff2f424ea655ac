"""Refusals of the feedback desk."""


class FeedbackError(Exception):
    """Something the feedback desk refuses; `code` never changes once released."""

    code = "feedback_refused"


class NoSurvey(FeedbackError):
    """The customer was not invited yet."""

    code = "no_survey"


class SurveyClosed(FeedbackError):
    """The window for answers is over."""

    code = "survey_closed"
