"""The people who buy, how much they are trusted, and whom the shop does not serve."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Reverse
from django.utils.translation import gettext_lazy as _

from inventory import clock

# The digits of the phone, the last one first, so that an end is a beginning.
PHONE_TAIL = Reverse(
    Func("phone", Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=models.TextField())
)

POINTS = Cast(KT("scores__points"), models.IntegerField())  # None for who was never scored


class Tier(models.TextChoices):
    """How good a customer is: A buys often and pays, C seldom, or pays late."""

    A = "A", "A-list"
    B = "B", "B"
    C = "C", "C"


class Customer(models.Model):
    """One person or firm, known by their e-mail address, which is stored in lower case.

    `tier` is computed from `scores`; an override by a person wins. A duplicate points to the customer it was
    `merged_into`; after `erased_at` nothing of the row tells who it was.
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=32, blank=True)
    birth_month = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=[(month, str(month)) for month in range(1, 13)], help_text="1 to 12, if told."
    )
    blocked = models.BooleanField(default=False, help_text="Orders of a blocked customer are rejected.")
    created_at = models.DateTimeField(default=clock.now)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    tier = models.CharField(max_length=1, choices=Tier.choices, blank=True, db_default="")
    scores = models.JSONField(db_default={}, blank=True, help_text="What the tier was computed from.")
    scored_at = models.DateTimeField(null=True, blank=True)
    tier_override = models.CharField(max_length=1, choices=Tier.choices, blank=True, db_default="")
    tier_reason = models.CharField(max_length=200, blank=True, db_default="", help_text="Why it is overridden.")

    class Meta:
        ordering: ClassVar = ["name"]
        permissions: ClassVar = [("erase_customer", "Can erase a customer's personal data")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(tier_override="") | ~Q(tier_reason=""), name="tier_override_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")), name="customer_not_merged_into_itself"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="customer_duplicates"),
            GinIndex(SearchVector("name", config="simple"), name="customer_name_words"),
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(POINTS, "id", name="customer_by_points"),
            models.Index(  # all that tells who is listed, so that few are found among many without reading each
                fields=["id"],
                include=["tier", "tier_override", "blocked"],
                condition=Q(merged_into=None, erased_at=None),
                name="customer_listed",
            ),
            models.Index(OpClass(PHONE_TAIL, "text_pattern_ops"), name="customer_phone_tail"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> str:
        """The tier that counts: the person's word, else the computed one, else none."""
        return self.tier_override or self.tier


class CustomerEvent(models.Model):
    """What happened to a customer beside their orders; never changed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=80)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class Blocked(models.Model):
    """Someone the shop does not sell to, by one mark; `value` is stored in the form that orders are compared by."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail address")
        DOMAIN = "domain", _("E-mail domain")
        PHONE = "phone", _("Phone number")
        ADDRESS = "address", _("Postal address")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=300)
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["kind", "value"]
        verbose_name_plural = "blocked"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "value"], name="one_entry_per_blocked_value"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
