"""Whom the shop trusts: the policy of a channel, version by version, and every decision with all it was based on."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from orders.models.channels import Channel
from orders.models.customers import Tier
from orders.models.order import Order


def a_list() -> list[str]:
    """Who is trusted without asking much, unless the channel says otherwise."""
    return [Tier.A.value]


class ApprovalPolicy(models.Model):
    """One version of a channel's policy; the newest one holds. A version is never changed, a new one replaces it.

    `checks` are objects by check name: whether it is asked, its threshold and what a failure means
    (`orders.policy`). Customers of a trusted tier are not held for checks that `trusted` may skip.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    checks = models.JSONField()
    trusted_tiers = ArrayField(models.CharField(max_length=1, choices=Tier.choices), default=a_list, blank=True)
    second_person_above = models.DecimalField(
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Holds of orders above this total take two people to release. In the channel's currency.",
    )
    note = models.CharField(max_length=200, blank=True, help_text="What was changed, and why.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["channel", "-version"]
        verbose_name_plural = "approval policies"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "version"], name="one_policy_per_channel_and_version"),
            models.CheckConstraint(
                condition=Q(second_person_above=None) | Q(second_person_above__gte=0),
                name="second_person_above_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.version}"


class Decision(models.Model):
    """One answer to "is this order trusted?", with every input, threshold and score; never changed."""

    class Outcome(models.TextChoices):
        APPROVE = "approve", _("Approved")
        HOLD = "hold", _("Held")
        REJECT = "reject", _("Rejected")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="decisions")
    policy_version = models.PositiveIntegerField(help_text="0 is the policy that the program brings.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    why = models.CharField(max_length=500)
    facts = models.JSONField()
    checks = models.JSONField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["at"], name="decision_at")]

    def __str__(self) -> str:
        return self.why
