"""What belongs to the screens alone: lists as people keep them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from inventory import clock


class SavedView(models.Model):
    """A list as somebody wants to see it again: the address says all; a shared one is shown to everybody."""

    listing = models.CharField(max_length=24, help_text="A name of ordermgmt.lists.all.")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["listing", "owner", "name"], name="one_saved_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name
