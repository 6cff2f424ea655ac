"""The people who buy."""

from typing import ClassVar

from django.db import models

from inventory import clock


class Customer(models.Model):
    """One person or firm, known by their e-mail address, which is stored in lower case."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=32, blank=True)
    blocked = models.BooleanField(default=False, help_text="Orders of a blocked customer are rejected.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
