"""The order, its lines, and where each line comes from."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from inventory import clock
from inventory.models import Product, Warehouse
from orders.flow import OrderFlow, State
from orders.models.channels import Channel
from orders.models.customers import Customer

if TYPE_CHECKING:
    from orders.models.history import OrderEvent


class NextNumber(models.Func):
    """The next order number, handed out by the database without waiting."""

    template = "nextval('orders_order_number')"
    arity = 0


class Order(OrderFlow):
    """One purchase on its way through the nine stages.

    `due_at` makes this table the queue: the moment a worker should next look; null means the order waits for
    a person, a carrier or a shipment. `event_seq` is the number of its newest event; `unwritten` are events recorded
    under the row lock and not written yet, and exists only there.
    """

    unwritten: "list[OrderEvent]"

    number = models.PositiveBigIntegerField(unique=True, db_default=NextNumber(), editable=False)
    # Where a column leads an index or a unique constraint below, an index of its own would only cost.
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="orders", db_index=False)
    external_id = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what the channel asked for.")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    gift_note = models.CharField(max_length=500, blank=True, help_text="Goes into the parcel.")
    warnings = models.JSONField(default=list, blank=True, help_text="What looked wrong when it was placed.")
    priority = models.SmallIntegerField(default=0, help_text="Higher is served first.")

    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    items_total = models.DecimalField(max_digits=14, decimal_places=3, help_text="After discounts.")
    discount_total = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    discounts = models.JSONField(default=list, blank=True, help_text="What they were given for: title and amount.")
    shipping_method = models.CharField(max_length=32, blank=True)
    shipping_total = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    shipping_tax = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    tax_total = models.DecimalField(max_digits=14, decimal_places=3, default=0, help_text="Of items and shipping.")
    total = models.DecimalField(max_digits=14, decimal_places=3)

    placed_at = models.DateTimeField(default=clock.now)
    promised_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Called off then, if it is still unpaid.")
    state_since = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    open_holds = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(db_default=0, help_text="Changes applied since it was placed.")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    parent_relation = models.CharField(
        max_length=12, db_default="", blank=True, help_text="What this order is to its parent: split, merged, …"
    )
    event_seq = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-number"]
        permissions: ClassVar = [
            ("approve_order", "Can release orders from their holds and decide trust"),
            ("edit_order", "Can change what was ordered, split and merge"),
            ("cancel_order", "Can call orders, lines and units off"),
            ("refund_order", "Can give money back and book payments"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="one_order_per_channel_and_external_id"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_is_known"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"], condition=Q(due_at__isnull=False, open_holds=0), name="order_due"),
            models.Index(fields=["state", "state_since"], name="order_state_age"),
            models.Index(fields=["customer", "placed_at"], name="order_of_customer"),
            models.Index(fields=["placed_at"], name="order_placed_at"),
            models.Index(fields=["promised_at", "number"], name="order_by_promise"),
            models.Index(fields=["total", "number"], name="order_by_total"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="order_parent"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="order_expiry"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class OrderLine(models.Model):
    """One product of an order, with what was promised about it when it was bought.

    `quantity` is what is still wanted, `cancelled` what was called off; together they were ordered. `discount` is the
    line's own and its share of the order's. A bundle stands here as its components, each with its
    share of the price; `bundle` is its SKU.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    bundle = models.CharField(max_length=64, blank=True)
    quantity = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField(db_default=0)
    unit_price = models.DecimalField(max_digits=14, decimal_places=3)
    discount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4)
    tax = models.DecimalField(max_digits=14, decimal_places=3)
    total = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        ordering: ClassVar = ["order_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0) | Q(cancelled__gt=0), name="line_orders_something"),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity") - F("discount")),
                name="line_total_is_price_times_quantity_less_discount",
            ),
            models.CheckConstraint(condition=Q(discount__gte=0, total__gte=0), name="line_discount_within_its_price"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"

    @property
    def reservation_key(self) -> str:
        """The name under which the stock room keeps this line's promise."""
        return f"line:{self.pk}"


class Allocation(models.Model):
    """Units of a line that one warehouse will send."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="allocations")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "warehouse"], name="one_allocation_per_line_and_warehouse"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_sends_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} from {self.warehouse_id}"
