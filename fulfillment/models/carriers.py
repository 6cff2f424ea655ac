"""Carriers the shop has an account with, what they charge, and which of them is preferred for what."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.countries import check_country
from orders.models import Channel


class CarrierAccount(models.Model):
    """One contract with one carrier. `version` counts the changes of its tables, so that a quote names its table."""

    class Adapter(models.TextChoices):
        TABLE = "table", _("Table of rates: labels of the shop's own, news by webhook")
        PLAYED = "played", _("Played: table of rates, parcels travel by themselves")
        EASYPOST = "easypost", _("EasyPost")

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=32)
    adapter = models.CharField(max_length=16, choices=Adapter.choices, default=Adapter.TABLE)
    active = models.BooleanField(default=True)
    rank = models.PositiveSmallIntegerField(default=10, help_text=_("Of equal prices the lowest number is taken."))
    currency = models.CharField(max_length=3, default="GBP")
    settings = models.JSONField(
        default=dict, blank=True, help_text=_("What its adapter needs; for EasyPost the api_key.")
    )
    webhook_secret = models.CharField(max_length=200, blank=True, help_text=_("Empty: its webhook is closed."))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["rank", "id"]

    def __str__(self) -> str:
        return self.name


class CarrierZone(models.Model):
    """Where parcels cost alike. Of an account's zones the lowest rank that fits holds; empty lists fit everything."""

    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE, related_name="zones")
    code = models.SlugField(max_length=32)
    rank = models.PositiveSmallIntegerField(default=10)
    domestic = models.BooleanField(default=False, help_text=_("Only within the country of the warehouse."))
    origins = ArrayField(
        models.CharField(max_length=2, validators=[check_country]),
        default=list,
        blank=True,
        help_text=_("Countries of the warehouse."),
    )
    countries = ArrayField(
        models.CharField(max_length=2, validators=[check_country]),
        default=list,
        blank=True,
        help_text=_("Countries it goes to."),
    )
    postal_prefixes = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, help_text=_("Beginnings of postcodes, as in BT, JE.")
    )

    class Meta:
        ordering: ClassVar = ["account_id", "rank", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "code"], name="one_zone_per_account_and_code")
        ]

    def __str__(self) -> str:
        return self.code


class CarrierService(models.Model):
    """One product of a carrier, such as next day. Limits and cut-off are empty where there are none."""

    class Works(models.TextChoices):
        MON_FRI = "mon_fri", _("Monday to Friday")
        MON_SAT = "mon_sat", _("Monday to Saturday")
        EVERY_DAY = "every_day", _("Every day")

    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE, related_name="services")
    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=60)
    active = models.BooleanField(default=True)
    rank = models.PositiveSmallIntegerField(default=10)
    dim_divisor = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("cm³ that are charged as one kg; empty: only the weight counts.")
    )
    cut_off = models.TimeField(
        null=True, blank=True, help_text=_("Handed over later, it leaves a working day later; in the warehouse's zone.")
    )
    works = models.CharField(max_length=10, choices=Works.choices, default=Works.MON_FRI)
    max_weight_g = models.PositiveIntegerField(null=True, blank=True)
    max_side_mm = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["account_id", "rank", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "code"], name="one_service_per_account_and_code"),
            models.CheckConstraint(
                condition=Q(dim_divisor__isnull=True) | Q(dim_divisor__gt=0), name="dim_divisor_divides"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceRate(models.Model):
    """What a service takes and asks in one zone: days, a price up to each weight, and for what is heavier still."""

    service = models.ForeignKey(CarrierService, on_delete=models.CASCADE, related_name="rates")
    zone = models.ForeignKey(CarrierZone, on_delete=models.CASCADE, related_name="rates")
    transit_days = models.PositiveSmallIntegerField()
    further_price = models.DecimalField(
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("For each kg begun beyond the last weight; empty: nothing heavier is taken."),
    )

    class Meta:
        ordering: ClassVar = ["service_id", "zone_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "zone"], name="one_rate_per_service_and_zone"),
            models.CheckConstraint(condition=Q(transit_days__gt=0), name="transit_takes_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.service} to {self.zone}"

    @property
    def carrier(self) -> CarrierAccount:
        """Whose service it is."""
        return self.service.account


class WeightBreak(models.Model):
    """The price of a parcel that is charged for up to so many grams."""

    rate = models.ForeignKey(ServiceRate, on_delete=models.CASCADE, related_name="breaks")
    up_to_g = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        ordering: ClassVar = ["rate_id", "up_to_g"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rate", "up_to_g"], name="one_price_per_rate_and_weight"),
            models.CheckConstraint(condition=Q(price__gte=0), name="weight_break_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"up to {self.up_to_g} g"


class CarrierSurcharge(models.Model):
    """What comes on top: an amount, or a share of the base price, where `applies` says so."""

    class Applies(models.TextChoices):
        ALWAYS = "always", _("Always, as fuel")
        LONG = "long", _("When a side is longer than the threshold (mm)")
        HEAVY = "heavy", _("When it weighs more than the threshold (g)")
        REMOTE = "remote", _("To postcodes with these beginnings")
        RESIDENTIAL = "residential", _("To homes: no company in the address")

    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE, related_name="surcharges")
    code = models.SlugField(max_length=32)
    applies = models.CharField(max_length=16, choices=Applies.choices)
    threshold = models.PositiveIntegerField(default=0)
    countries = ArrayField(models.CharField(max_length=2, validators=[check_country]), default=list, blank=True)
    postal_prefixes = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    services = ArrayField(models.SlugField(max_length=32), default=list, blank=True, help_text=_("Codes; empty: all."))
    amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    share = models.DecimalField(
        max_digits=6, decimal_places=4, default=0, help_text=_("Of the base price: 0.12 is 12 %.")
    )

    class Meta:
        ordering: ClassVar = ["account_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "code"], name="one_surcharge_per_account_and_code"),
            models.CheckConstraint(condition=Q(amount__gte=0, share__gte=0), name="surcharge_adds"),
        ]

    def __str__(self) -> str:
        return self.code


class ShippingRule(models.Model):
    """Which carrier, or which of its services, is preferred for what. The lowest rank that fits decides.

    Empty conditions fit everything. Where the preferred cannot keep the promise, the cheapest that can is taken,
    unless the rule holds `even_if_late`.
    """

    rank = models.PositiveSmallIntegerField(default=10)
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
    countries = ArrayField(models.CharField(max_length=2, validators=[check_country]), default=list, blank=True)
    min_weight_g = models.PositiveIntegerField(null=True, blank=True)
    max_weight_g = models.PositiveIntegerField(null=True, blank=True)
    min_value = models.DecimalField(
        max_digits=14, decimal_places=3, null=True, blank=True, help_text=_("Of the order.")
    )
    max_value = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    skus = ArrayField(models.CharField(max_length=64), default=list, blank=True, help_text=_("One of them is inside."))
    tiers = ArrayField(models.SlugField(max_length=16), default=list, blank=True, help_text=_("Of the customer."))
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="shipping_rules")
    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE, related_name="rules")
    service = models.SlugField(max_length=32, blank=True, help_text=_("Its code; empty: the cheapest of the carrier."))
    even_if_late = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["rank", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(min_weight_g__isnull=True)
                | Q(max_weight_g__isnull=True)
                | Q(min_weight_g__lte=F("max_weight_g")),
                name="shipping_rule_weights_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.name
