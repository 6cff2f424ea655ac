"""What there is to sell, where it lies, and how much of it is promised."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from inventory import clock


class Product(models.Model):
    """One thing that can be sold and counted, known to people by its SKU."""

    sku = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4, default=0, help_text="A fraction: 0.2 is 20 %.")
    barcode = models.CharField(max_length=14, blank=True)
    weight_g = models.PositiveIntegerField(default=0)
    length_mm = models.PositiveIntegerField(default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["sku"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lt=1), name="product_tax_rate_is_a_fraction"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class Warehouse(models.Model):
    """A place that sends goods: by machine, by the shop's own people, or by a third party."""

    class Mode(models.TextChoices):
        AUTOMATIC = "automatic", "Automatic: workers complete pick, pack and ship"
        MANUAL = "manual", "Manual: workers prepare, a person confirms"
        THIRD_PARTY = "3pl", "3PL: handed over, confirmed by call back"

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=16, choices=Mode.choices, default=Mode.MANUAL)
    country = models.CharField(max_length=2, default="GB")
    priority = models.PositiveSmallIntegerField(default=10, help_text="The lowest number is asked first.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["priority", "id"]

    def __str__(self) -> str:
        return self.name


class Bin(models.Model):
    """A shelf place, addressed by aisle, bay and level."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="bins")
    code = models.CharField(max_length=16)
    aisle = models.PositiveSmallIntegerField()
    bay = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["warehouse_id", "aisle", "bay", "level"]
        constraints: ClassVar = [models.UniqueConstraint("warehouse", Upper("code"), name="one_bin_per_code")]

    def __str__(self) -> str:
        return self.code


class Stock(models.Model):
    """Units of one product in one warehouse. The constraints are the last wall against overselling."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    backorder_limit = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "stock"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="one_stock_per_product_and_warehouse"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand") + F("backorder_limit")), name="stock_never_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.warehouse_id}: {self.on_hand} on hand, {self.reserved} reserved"


class StockMovement(models.Model):
    """One line of the append-only ledger; the sum of a stock's lines is its `on_hand`."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", "Received"
        ADJUST = "adjust", "Adjusted"
        SHIP = "ship", "Shipped"
        RETURN = "return", "Returned"
        WRITE_OFF = "write_off", "Written off"

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    quantity = models.IntegerField(help_text="Units that came (positive) or left (negative).")
    key = models.CharField(max_length=80, unique=True, help_text="What caused it; the same cause is booked once.")
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"


class Reservation(models.Model):
    """Units of one stock promised for one purpose, named by `key` and by nothing else.

    A row lives exactly as long as the promise: releasing or shipping deletes it, so neither can happen twice.
    """

    key = models.CharField(max_length=80)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "stock"], name="one_reservation_per_key_and_stock"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_promises_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.key}"
