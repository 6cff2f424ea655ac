"""What customers said and what the data found can be read, never edited; an item has an owner and an end."""

from django.contrib import admin
from django.http import HttpRequest

from feedback.models import Answer, Finding, FollowUp, ImprovementItem, OrderReview, QuestionSet, Survey
from inventory.admin import Editable, ReadOnly


@admin.register(QuestionSet)
class QuestionSetAdmin(ReadOnly):
    list_display = ("channel", "version", "language", "by", "at")
    list_filter = ("channel",)
    list_select_related = ("channel",)


@admin.register(Survey)
class SurveyAdmin(ReadOnly):
    list_display = ("order", "invited_at", "mailed_at", "reminded_at", "closes_at")
    list_select_related = ("order",)


@admin.register(Answer)
class AnswerAdmin(ReadOnly):
    list_display = ("survey", "csat", "nps", "comment", "answered_at")
    list_filter = ("csat",)
    list_select_related = ("survey",)


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly):
    list_display = ("order", "csat", "owner", "due_at", "done_at")
    list_filter = ("owner",)
    list_select_related = ("order",)


@admin.register(OrderReview)
class OrderReviewAdmin(ReadOnly):
    list_display = ("order", "perfect", "failed", "slowest_stage", "reviewed_at")
    list_filter = ("perfect", "slowest_stage")
    list_select_related = ("order",)


@admin.register(Finding)
class FindingAdmin(ReadOnly):
    list_display = ("sentence", "stage", "orders", "first_at", "gone_at")
    list_filter = ("stage", "kind")


@admin.register(ImprovementItem)
class ImprovementItemAdmin(Editable):
    """Who takes care and when it was done; what was found stays as it was found."""

    list_display = ("finding", "stage", "order", "found_at", "owner", "done_at")
    list_filter = ("stage", "done_at")
    list_select_related = ("order",)
    readonly_fields = ("order", "stage", "finding", "found_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
