"""What customers are asked, what they answer, and who gets back to those who are unhappy."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory import clock
from orders.models import Channel, Order, OrderLine


class QuestionSet(models.Model):
    """One version of what a channel's customers are asked, and when; the newest one holds, none is ever changed.

    `questions` are objects in the order of the page: a kind, and its words by language (`feedback.questions`).
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="question_sets", db_index=False)
    version = models.PositiveIntegerField()
    questions = models.JSONField()
    language = models.CharField(max_length=8, default="en", help_text="Of the mail, and where a browser names none.")
    delay_days = models.FloatField(null=True, blank=True, help_text="From delivery to the invitation.")
    window_days = models.FloatField(null=True, blank=True, help_text="From the invitation until it closes.")
    reminder_days = models.FloatField(
        null=True, blank=True, help_text="From the invitation to the one reminder; empty for none."
    )
    review_link = models.URLField(max_length=300, blank=True, help_text="Where happy customers may tell others.")
    follow_up_owner = models.CharField(max_length=150, blank=True, help_text="Who gets back to the unhappy.")
    follow_up_hours = models.PositiveSmallIntegerField(default=24, help_text="Within how long.")
    note = models.CharField(max_length=200, blank=True, help_text="What was changed, and why.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["channel", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "version"], name="one_question_set_per_channel_and_version"),
            models.CheckConstraint(condition=Q(window_days=None) | Q(window_days__gt=0), name="survey_window_is_open"),
            models.CheckConstraint(
                condition=Q(reminder_days=None) | Q(reminder_days__gt=0), name="survey_reminder_after_invitation"
            ),
            models.CheckConstraint(condition=Q(delay_days=None) | Q(delay_days__gte=0), name="survey_after_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.version}"


class Survey(models.Model):
    """The one invitation of an order. After `closes_at`, silence is an answer too.

    `question_set` is what held when it was sent; null is the program's own.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="survey_record")
    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.PROTECT, null=True, blank=True, related_name="surveys"
    )
    invited_at = models.DateTimeField(default=clock.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-invited_at"]

    def __str__(self) -> str:
        return f"Survey of order {self.order_id}"


class Answer(models.Model):
    """What the customer said: satisfaction 1 to 5, recommendation 0 to 10, stages 1 to 5 by verb, and words.

    The words stand here alone, never in the history, so that they can be erased.
    """

    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="answer")
    csat = models.PositiveSmallIntegerField()
    nps = models.PositiveSmallIntegerField(null=True, blank=True)
    stages = models.JSONField(default=dict, db_default={}, blank=True, help_text='Scores by verb: {"pack": 4}.')
    comment = models.TextField(blank=True, max_length=2000)
    may_call = models.BooleanField(null=True, blank=True, help_text="Whether the shop may call them.")
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-answered_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(csat__gte=1, csat__lte=5), name="csat_from_1_to_5"),
            models.CheckConstraint(condition=Q(nps__isnull=True) | Q(nps__gte=0, nps__lte=10), name="nps_from_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.csat} of 5"


class LineAnswer(models.Model):
    """What the customer said of one line: the right item, in the right quantity, in good condition."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="lines", db_index=False)
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="survey_answers")
    right_item = models.BooleanField()
    right_quantity = models.BooleanField()
    undamaged = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["order_line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "order_line"], name="one_answer_per_line"),
        ]

    def __str__(self) -> str:
        return ", ".join(sorted(self.faults)) or "fine"

    @property
    def faults(self) -> frozenset[str]:
        """What is wrong: some of `item`, `quantity`, `condition`."""
        right = {"item": self.right_item, "quantity": self.right_quantity, "condition": self.undamaged}
        return frozenset(name for name, is_right in right.items() if not is_right)


class FollowUp(models.Model):
    """Somebody gets back to an unhappy customer by `due_at`. With what they gave, and how many lines were wrong."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="follow_ups")
    csat = models.PositiveSmallIntegerField()
    nps = models.PositiveSmallIntegerField(null=True, blank=True)
    wrong_lines = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=150, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=150, blank=True)
    outcome = models.CharField(max_length=500, blank=True, help_text="What was done about it.")

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(done_at__isnull=True), name="one_open_follow_up_per_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="follow_up_open"),
        ]

    def __str__(self) -> str:
        return f"Follow-up of order {self.order_id}"
