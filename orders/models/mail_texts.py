"""What mails to customers say, where the shop says it otherwise than the program."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory import clock


class MailText(models.Model):
    """One version of one mail's words in one language, with names in braces; never changed. The newest holds.

    A version that is the standard has no words: from then on the program's own hold.
    """

    kind = models.CharField(max_length=24, help_text="A name of ordermgmt.mail_texts.catalogue.")
    language = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=150, blank=True)
    greeting = models.CharField(max_length=100, blank=True)
    opening = models.TextField(blank=True)
    closing = models.TextField(blank=True)
    is_standard = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "language", "version"], name="one_mail_text_per_kind_language_and_version"
            ),
            models.CheckConstraint(
                condition=Q(is_standard=True, subject="", greeting="", opening="", closing="")
                | (Q(is_standard=False) & ~Q(subject="") & ~Q(opening="")),
                name="a_mail_text_says_something_or_is_the_standard",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.version}"
