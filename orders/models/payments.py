"""What the customer owes, pledged, paid and got back."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from orders.models.order import Order


class Payment(models.Model):
    """One payment of an order: pledged (`authorised`), taken (`captured`), given back (`refunded`)."""

    class Method(models.TextChoices):
        CARD = "card", _("Card")
        INVOICE = "invoice", _("Invoice, pay later")
        TRANSFER = "transfer", _("Bank transfer")
        CASH_ON_DELIVERY = "cod", _("Cash on delivery")
        CREDIT = "credit", _("Store credit")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=16, choices=Method.choices)
    reference = models.CharField(max_length=120, blank=True, help_text="The payment provider's name for it.")
    authorised = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    captured = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    captured_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When an invoice is to be paid.")
    charged_back = models.DecimalField(max_digits=14, decimal_places=3, db_default=0)
    charged_back_at = models.DateTimeField(null=True, blank=True)
    gateway = models.CharField(max_length=20, db_default="", blank=True, help_text="Empty: the channel's, for cards.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payment_due"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(authorised__gte=0), name="authorised_not_negative"),
            models.CheckConstraint(
                condition=Q(captured__gte=0, captured__lte=F("authorised")), name="captured_within_authorised"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("captured")), name="refunded_within_captured"
            ),
            models.CheckConstraint(
                condition=Q(charged_back__gte=0, charged_back__lte=F("captured")), name="charged_back_within_captured"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | Q(captured=0), name="void_payment_took_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.authorised}"


class Refund(models.Model):
    """Money granted back once for one reason, named by `key`; the gateway's part is a `Transaction`."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    reason = models.CharField(max_length=120)
    by = models.CharField(max_length=80, db_default="", blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.reason}"


class Transaction(models.Model):
    """What a payment gateway is asked to do, once: `key` is its idempotency key there.

    The payment's amounts say what the shop decided; a transaction says whether the gateway has done it. Pending ones
    are due at `due_at`; a failed one waits for a person. `attempts` counts tries without an answer: a failed one that
    has none was refused. What is dropped never moved any money.
    """

    class Kind(models.TextChoices):
        CAPTURE = "capture", _("Take")
        REFUND = "refund", _("Give back")
        VOID = "void", _("Let go")

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Given up")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="transactions")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="transaction")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    key = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    reference = models.CharField(max_length=120, blank=True, help_text="The gateway's name for it.")
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="transaction_amount_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_at__isnull=False), name="done_transaction_has_its_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(status="pending"), name="transaction_due"),
            models.Index(fields=["id"], condition=Q(status="failed"), name="transaction_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Reminder(models.Model):
    """One letter about money that is overdue; each level is sent once."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reminders")
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "level"], name="one_reminder_per_payment_and_level"),
        ]

    def __str__(self) -> str:
        return f"Reminder {self.level}"
