"""How long things may take, where the shop says otherwise than the system does."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory import clock


class BoundChange(models.Model):
    """Somebody set a bound, or, with no `minutes`, took it back to the default. The newest of a name holds."""

    name = models.CharField(max_length=24, help_text="A state, or another name of orders.bounds.")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    before = models.PositiveIntegerField(help_text="The minutes that held until then.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes=None) | Q(minutes__gt=0), name="a_bound_is_at_least_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.minutes}"
