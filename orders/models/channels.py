"""Where orders come from, and who may send them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory import clock
from inventory.countries import check_countries
from inventory.models import TaxClass, Warehouse

PAID_ONLINE = ("card",)
OF_A_WAREHOUSE = ("fulfillment:write", "webhooks:write")  # all that a key of one warehouse may open


def one_hour_by_card() -> dict[str, int]:
    """How long a new channel's orders may stay unpaid, in minutes by method."""
    return {"card": 60}


def languages() -> list[tuple[str, str]]:
    """Those that pages and mails speak, each by its own name."""
    return list(settings.LANGUAGES)


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
        help_text=gettext_lazy("A first order above this total waits for a person. In the channel's currency."),
    )
    unpaid_minutes = models.JSONField(
        default=one_hour_by_card,
        blank=True,
        help_text=gettext_lazy(
            'How long an order may stay unpaid, by payment method: {"card": 60}. Others wait for ever.'
        ),
    )

    gateway = models.CharField(
        max_length=20,
        db_default="manual",
        blank=True,
        help_text=gettext_lazy("Who takes card payments: manual, fake or stripe."),
    )
    capture_at = models.CharField(
        max_length=10,
        choices=[
            ("shipping", gettext_lazy("When goods leave")),
            ("approval", gettext_lazy("When the order is approved")),
        ],
        db_default="shipping",
        help_text=gettext_lazy("When pledged money is taken."),
    )
    invoice_days = models.PositiveSmallIntegerField(
        db_default=14, help_text=gettext_lazy("Days after the goods left until an invoice is due.")
    )
    language = models.CharField(
        max_length=8,
        blank=True,
        db_default="",
        choices=languages,
        help_text=gettext_lazy(
            "Of mails to its customers, and of their pages where a browser asks for no other. Empty: the shop's."
        ),
    )

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def speaks(self) -> str:
        """The language of its mails, never empty."""
        return self.language or settings.LANGUAGE_CODE

    def clean(self) -> None:
        """Only what is paid online can run out of time: a transfer or an invoice takes as long as it takes."""
        limits = self.unpaid_minutes
        if not isinstance(limits, dict) or not all(type(value) is int and value > 0 for value in limits.values()):
            raise ValidationError({"unpaid_minutes": _('Whole minutes by payment method, as in {"card": 60}.')})
        if offline := sorted(set(limits) - set(PAID_ONLINE)):
            raise ValidationError(
                {"unpaid_minutes": _("These may take their time: {offline}.").format(offline=", ".join(offline))}
            )


class ApiKey(models.Model):
    """A secret of which only the SHA-256 is kept; `prefix` lets people recognise it.

    One of a `warehouse` is for whoever runs it: it opens that warehouse's work and nothing of any channel.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="keys")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
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
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(warehouse=None) | Q(scopes__contained_by=list(OF_A_WAREHOUSE)),
                name="key_of_a_warehouse_opens_its_work_only",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ShippingMethod(models.Model):
    """A way to get the goods that the shop offers, and what the customer pays for it."""

    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    price = models.DecimalField(
        max_digits=14, decimal_places=3, help_text=gettext_lazy("With tax where the channel's prices are.")
    )
    free_from = models.DecimalField(
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=gettext_lazy("Free for items of this total or more."),
    )
    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        validators=[check_countries],
        help_text=gettext_lazy("Where to; empty: everywhere."),
    )
    days = models.PositiveSmallIntegerField(default=5, help_text=gettext_lazy("Promised from the moment of buying."))
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["currency", "price", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "code"], name="one_shipping_method_per_currency_and_code"),
            models.CheckConstraint(condition=Q(price__gte=0), name="shipping_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class SourcingRule(models.Model):
    """What the choice of warehouses looks at, first rank first; a later rule only decides between equals.

    A rule of one channel replaces all general ones for that channel.
    """

    class Kind(models.TextChoices):
        PREFERRED = "preferred", gettext_lazy("Preferred warehouse")
        FEWEST_SPLITS = "fewest_splits", gettext_lazy("Fewest parcels")
        CUT_OFF = "cut_off", gettext_lazy("Leaves earliest")
        NEAREST = "nearest", gettext_lazy("Arrives earliest")
        CHEAPEST = "cheapest", gettext_lazy("Costs least")
        PRIORITY = "priority", gettext_lazy("Order of the warehouses")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="sourcing_rules")
    rank = models.PositiveSmallIntegerField(help_text=gettext_lazy("The lowest is asked first."))
    kind = models.CharField(max_length=16, choices=Kind.choices)
    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=gettext_lazy("For `preferred` only."),
    )

    class Meta:
        ordering: ClassVar = ["channel_id", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "rank"], nulls_distinct=False, name="one_sourcing_rule_per_channel_and_rank"
            ),
            models.CheckConstraint(
                condition=Q(kind="preferred", warehouse__isnull=False) | ~Q(kind="preferred") & Q(warehouse=None),
                name="sourcing_rule_prefers_a_warehouse_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.get_kind_display()}"


class IdempotencyKey(models.Model):
    """The answer a channel got for a key, kept so that a repeated request gets the same answer."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="idempotency_keys", db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the method, path and body.")
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "key"], name="one_answer_per_idempotency_key")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return self.key
