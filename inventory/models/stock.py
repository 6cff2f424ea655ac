"""What lies where, how much of it is promised, and every movement of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from inventory.models.catalogue import Product
from inventory.models.warehouses import Bin, Warehouse


class Stock(models.Model):
    """Units of one product in one warehouse. The constraints are the last wall against overselling."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, blank=True, related_name="stock")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    backorder_limit = models.PositiveIntegerField(default=0)
    reorder_point = models.PositiveIntegerField(
        default=0, help_text="Listed as low when no more units than this are free; 0: never."
    )

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


class FurtherBin(models.Model):
    """Units of a stock that lie in another bin than its own; all that is in no further bin belongs to its own.

    They are never more than what is on hand: the database refuses to put more there, and empties further bins, the
    newest first, when less is left. Goods that were picked from one have left it, though they are on hand until they
    are shipped.
    """

    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="further_bins", db_index=False)
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="further_stock")
    units = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["stock_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stock", "bin"], name="one_further_bin_per_stock_and_bin"),
            models.CheckConstraint(condition=Q(units__gt=0), name="further_bin_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.units} in bin {self.bin_id}"


class BinMove(models.Model):
    """Units that were carried from one bin of a warehouse to another; never changed. No bin: none was known."""

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="bin_moves")
    source = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(Bin, on_delete=models.PROTECT, null=True, related_name="+")
    units = models.PositiveIntegerField()
    key = models.CharField(max_length=80, unique=True, help_text="What caused it; the same cause moves once.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(units__gt=0), name="bin_move_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.units} from bin {self.source_id} to bin {self.target_id}"


class SafetyStock(models.Model):
    """Units of one stock that one channel leaves alone, so that others, or a wrong count, do not cost it an order.

    `channel` is a channel's code and nothing else is known of it here.
    """

    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="safety_stock")
    channel = models.SlugField(max_length=32)
    quantity = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "safety stock"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stock", "channel"], name="one_safety_stock_per_stock_and_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} kept from {self.channel}"


class StockMovement(models.Model):
    """One line of the append-only ledger; the sum of a stock's lines is its `on_hand`."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", _("Received")
        ADJUST = "adjust", _("Adjusted")
        COUNT = "count", _("Counted")
        TRANSFER = "transfer", _("Transferred")
        PICK = "pick", _("Missing at picking")
        SHIP = "ship", _("Shipped")
        RETURN = "return", _("Returned")
        WRITE_OFF = "write_off", _("Written off")

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements", db_index=False)
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
        indexes: ClassVar = [models.Index(fields=["stock", "-id"], name="movement_of_stock")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"


class Reservation(models.Model):
    """Units of one stock promised for one purpose, named by `key` and by nothing else.

    A row lives exactly as long as the promise: releasing or shipping deletes it, so neither can happen twice.
    Its turn among backorders: highest `priority` first, then the earliest `at`, then the lowest id. A promise that
    moves to another warehouse keeps all but the id.
    """

    key = models.CharField(max_length=80)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    priority = models.SmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "stock"], name="one_reservation_per_key_and_stock"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_promises_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.key}"


class StockHold(models.Model):
    """A basket's promise with a time to live; its reservations have the key `hold:<token>`."""

    token = models.CharField(max_length=43, unique=True)
    channel = models.SlugField(max_length=32)
    expires_at = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="hold_by_expiry")]

    def __str__(self) -> str:
        return f"until {self.expires_at}"

    @property
    def reservation_key(self) -> str:
        """The name under which its units are promised."""
        return f"hold:{self.token}"


class LostPromise(models.Model):
    """Units that were promised and turned out not to be there: what a count, a short pick or a write-off took away.

    A row stands until whoever was promised has been served otherwise or told.
    """

    key = models.CharField(max_length=80, help_text="The reservation's key.")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="lost_promises")
    quantity = models.PositiveIntegerField()
    priority = models.SmallIntegerField(default=0)
    promised_at = models.DateTimeField(help_text="When the promise was made; a new one takes its turn.")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key"], name="lost_promise_by_key")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="lost_promise_lost_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.key}: {self.reason}"
