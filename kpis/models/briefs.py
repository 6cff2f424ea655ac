"""Figures in brief, as they were when a worker last read the facts."""

from typing import ClassVar

from django.db import models


class Brief(models.Model):
    """One figure, `told` window by window as `kpis.briefs` asks for it, read on a day of the shop."""

    figure = models.CharField(max_length=32, unique=True)
    day = models.DateField()
    told = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["figure"]

    def __str__(self) -> str:
        return self.figure
