"""How far the history has been folded into facts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class FoldCursor(models.Model):
    """One row: the transaction and the id of the last event that was folded."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    folded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_fold_cursor")]

    def __str__(self) -> str:
        return f"{self.xid}-{self.event_id}"
