"""What customers say, and what the shop makes of it."""

from feedback.models.improvement import Finding, ImprovementAction, StageAssessment
from feedback.models.reviews import ImprovementItem, OrderReview, VerdictCursor
from feedback.models.surveys import Answer, FollowUp, LineAnswer, QuestionSet, Survey

__all__ = [
    "Answer",
    "Finding",
    "FollowUp",
    "ImprovementAction",
    "ImprovementItem",
    "LineAnswer",
    "OrderReview",
    "QuestionSet",
    "StageAssessment",
    "Survey",
    "VerdictCursor",
]
