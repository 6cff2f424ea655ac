"""What comes back. A return is its own record beside the order, never a state of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models.carriers import CarrierAccount
from fulfillment.models.labels import CarrierNews
from fulfillment.models.parcels import Parcel
from fulfillment.return_flow import COMING, RETURN_ENDED, ReturnFlow, ReturnState
from inventory import clock
from inventory.models import Product
from orders.models import Channel, Order, OrderLine


class ReturnReason(models.Model):
    """One reason in the shop's tree; only those without reasons below them can be chosen.

    `code` is what history and figures count by. `fault` says who caused it: the shop pays for what is not the
    customer's.
    """

    class Fault(models.TextChoices):
        CUSTOMER = "customer", gettext_lazy("The customer")
        SHOP = "shop", gettext_lazy("The shop")
        CARRIER = "carrier", gettext_lazy("The carrier")

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    code = models.SlugField(max_length=24, unique=True)
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    fault = models.CharField(max_length=10, choices=Fault.choices, default=Fault.CUSTOMER)
    needs_photo = models.BooleanField(default=False)
    for_customers = models.BooleanField(
        default=True, help_text=gettext_lazy("Whether customers see it, or only the shop's people.")
    )

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class ReturnPolicy(models.Model):
    """What a channel takes back, for how long, and who pays for the way; without a row the program's own holds."""

    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="return_policy")
    window_days = models.PositiveSmallIntegerField(default=30, help_text=gettext_lazy("From the delivery of the line."))
    approve_at_once = models.BooleanField(default=True, help_text=gettext_lazy("Otherwise a person looks first."))
    restocking_percent = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        default=0,
        help_text=gettext_lazy("Kept of the goods' price when it is the customer's wish."),
    )
    label_price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=0,
        help_text=gettext_lazy("Kept for the label when it is the customer's wish."),
    )
    allow_exchange = models.BooleanField(default=True)
    allow_credit = models.BooleanField(default=True)
    condition = models.CharField(max_length=300, default="Unused, in its original packaging.")
    final_sale = models.ManyToManyField(
        Product, blank=True, related_name="+", help_text=gettext_lazy("Never taken back.")
    )

    class Meta:
        verbose_name_plural = "return policies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(restocking_percent__gte=0, restocking_percent__lte=100, label_price__gte=0),
                name="a_return_never_costs_more_than_it_is_worth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.window_days} days"


class Return(ReturnFlow):
    """Units of one order that are to come back, or are back. `key` makes a repeated announcement the same one.

    `reason` is that of its first line. When it is settled: what the units were worth (`goods`, `shipping`), what was
    kept of it (`fee`, `label_cost`), and what was given as money owed back (`refund`) and as store credit (`credit`).

    `way` is the furthest that the carrier has told of the parcel on its way back, who is asked again at `due_at`. One
    that could not be delivered and came back by itself has its `parcel`, and may be sent again by another order, for
    nothing: then it gives no money.
    """

    class Resolution(models.TextChoices):
        REFUND = "refund", gettext_lazy("Money back")
        EXCHANGE = "exchange", gettext_lazy("Exchange")
        CREDIT = "credit", gettext_lazy("Store credit")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    number = models.PositiveSmallIntegerField(default=0, help_text=gettext_lazy("Counts the returns of the order."))
    key = models.CharField(max_length=80, unique=True)
    resolution = models.CharField(max_length=10, choices=Resolution.choices, default=Resolution.REFUND)
    reason = models.CharField(max_length=24)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.CharField(max_length=80, blank=True)
    state_since = models.DateTimeField(default=clock.now)
    declined_why = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=32, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    labelled_at = models.DateTimeField(null=True, blank=True)
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="returns")
    way = models.CharField(max_length=20, choices=Parcel.Status.choices, blank=True, db_default="", default="")
    due_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(
        null=True, blank=True, help_text=gettext_lazy("When the carrier handed it over, by its word.")
    )
    parcel = models.OneToOneField(Parcel, on_delete=models.PROTECT, null=True, blank=True, related_name="return_record")
    goods = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    shipping = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    fee = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    label_cost = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    refund = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    credit = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    exchange = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="exchange_of")
    sent_again = models.OneToOneField(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="sent_again_for"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        permissions: ClassVar = [("handle_return", "Can decide, receive, inspect and settle returns and claims")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "number"], name="one_return_per_number"),
            models.CheckConstraint(condition=Q(state__in=ReturnState.values), name="return_state_is_known"),
            models.CheckConstraint(
                condition=Q(goods=F("refund") + F("credit") + F("fee") + F("label_cost") - F("shipping")),
                name="a_return_gives_what_it_is_worth",
            ),
            models.CheckConstraint(
                condition=Q(refund__gte=0, credit__gte=0, fee__gte=0, label_cost__gte=0), name="a_return_takes_nothing"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "state_since"],
                condition=~Q(state__in=["settled", "declined", "cancelled"]),
                name="return_open",
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="return_due"),
        ]

    def __str__(self) -> str:
        return self.rma

    @property
    def rma(self) -> str:
        """Its number for people and parcels."""
        return f"R{self.order.number}-{self.number}"

    @property
    def is_at_the_door(self) -> bool:
        """Whether the carrier has brought it and nobody has taken it in."""
        return self.arrived_at is not None and self.state in COMING

    @property
    def may_be_sent_again(self) -> bool:
        """Whether it is a parcel that nobody could be given, and nobody has settled or sent it since."""
        return self.parcel_id is not None and self.sent_again_id is None and self.state not in RETURN_ENDED

    @property
    def stand(self) -> str:
        """Where it is, as people read it."""
        return _("Arrived") if self.is_at_the_door else self.get_state_display()


class ReturnLine(models.Model):
    """Units of one order line that were announced, and how many of them came. `exchange_for` is wanted instead."""

    return_record = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=24, default="")
    note = models.CharField(max_length=500, blank=True, help_text="What the customer said of it.")
    photo = models.FileField(upload_to="returns/%Y/%m", max_length=120, blank=True)
    exchange_for = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["return_record", "order_line"], name="one_return_line_per_order_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_line_returns_something"),
            models.CheckConstraint(condition=Q(received__lte=F("quantity")), name="no_more_comes_than_was_announced"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"


class ReturnScan(CarrierNews):
    """News of a parcel on its way back."""

    return_record = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="tracking")


class ReturnUnit(models.Model):
    """One unit that came back, as it was found, and where it went."""

    class Grade(models.TextChoices):
        A = "A", gettext_lazy("As new")
        B = "B", gettext_lazy("Used, fine")
        C = "C", gettext_lazy("Worn or broken")

    class Disposition(models.TextChoices):
        RESTOCK = "restock", gettext_lazy("Back on the shelf")
        REFURBISH = "refurbish", gettext_lazy("To be repaired")
        WRITE_OFF = "write_off", gettext_lazy("Written off")
        VENDOR = "vendor", gettext_lazy("Back to the vendor")

    line = models.ForeignKey(ReturnLine, on_delete=models.CASCADE, related_name="units")
    number = models.PositiveIntegerField()
    grade = models.CharField(max_length=1, choices=Grade.choices)
    disposition = models.CharField(max_length=10, choices=Disposition.choices)
    note = models.CharField(max_length=300, blank=True)
    photo = models.FileField(upload_to="inspections/%Y/%m", max_length=120, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["line", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "number"], name="a_unit_is_inspected_once"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.disposition}"
