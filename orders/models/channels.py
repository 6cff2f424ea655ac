"""Where orders come from, and who may send them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from inventory import clock


class Channel(models.Model):
    """A storefront, marketplace or desk that sends orders in one currency."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=True)
    first_order_limit = models.DecimalField(
        max_digits=14,
        decimal_places=3,
        default=1000,
        help_text="A first order above this total waits for a person. In the channel's currency.",
    )

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A secret of which only the SHA-256 is kept; `prefix` lets people recognise it."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32), default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotencyKey(models.Model):
    """The answer a channel got for a key, kept so that a repeated request gets the same answer."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the method, path and body.")
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "key"], name="one_answer_per_idempotency_key")
        ]

    def __str__(self) -> str:
        return self.key
