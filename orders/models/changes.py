"""What somebody wants to change of an order: a proposal beside it, never a state of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from orders.models.order import Order


class ChangeSet(models.Model):
    """One proposed edit. `operations` say what is wanted, `preview` what it did when it was applied.

    `version` is the order's when the proposal was made; another one applied in between makes it stale.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        APPLIED = "applied", _("Applied")
        DISCARDED = "discarded", _("Discarded")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="change_sets")
    version = models.PositiveIntegerField()
    operations = models.JSONField()
    preview = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], condition=Q(status="open"), name="one_open_change_per_order"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None) | (~Q(status="open") & Q(ended_at__isnull=False)),
                name="change_has_ended_or_is_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk} of {self.order_id}"
