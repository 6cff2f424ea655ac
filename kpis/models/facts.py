"""What the figures are computed from: one row per order, line and return, as the history has it.

A live order's facts are folded from its events and the rows they name (`kpis.fold`), and can be thrown away and made
again. An imported order's facts are what its file said. Only queries that name a time read them, so their cost follows
the window, not the history.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kpis.models.imports import HistoryImport
from orders.models import Order


class OrderFact(models.Model):
    """One order. A stage that was not reached, or whose time nobody knows, is null.

    Times that contradict each other (`contradictory`) are kept and left out of durations. The four conditions of the
    perfect order are null until it is delivered. `by_person` are the verbs of the stages a person carried it through.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="fact")
    history = models.ForeignKey(
        HistoryImport, on_delete=models.CASCADE, null=True, blank=True, related_name="order_facts", db_index=False
    )
    channel = models.CharField(max_length=32)
    number = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what an imported file said of it.")
    customer = models.CharField(max_length=120, help_text="The customer's id here, or the file's with h: before it.")
    tier = models.CharField(max_length=1, blank=True)
    country = models.CharField(max_length=2, blank=True)
    warehouse = models.CharField(max_length=16, blank=True, help_text="That sent the last of it.")
    carrier = models.CharField(max_length=32, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, default=0)

    placed_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    picked_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    surveyed_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, help_text="Or rejected.")
    promised_at = models.DateTimeField(null=True, blank=True)
    held_seconds = models.FloatField(default=0, help_text="Under at least one hold, before it was delivered.")
    contradictory = models.BooleanField(default=False)
    follows = models.BooleanField(
        default=False, db_default=False, help_text="Sent again or exchanged for another order: nobody bought it."
    )
    by_person = ArrayField(models.CharField(max_length=10), default=list, blank=True)

    late = models.BooleanField(null=True, blank=True)
    short = models.BooleanField(null=True, blank=True)
    damaged = models.BooleanField(null=True, blank=True)
    documents = models.BooleanField(null=True, blank=True, help_text="Wrong, missing or not as described.")

    invited_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    csat = models.PositiveSmallIntegerField(null=True, blank=True)
    nps = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            # A live order may come to have a number that an imported one has.
            models.UniqueConstraint(
                fields=["channel", "number"],
                condition=Q(history__isnull=False),
                name="one_imported_fact_per_channel_and_number",
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=False, history=None) | Q(order=None, history__isnull=False),
                name="fact_is_live_or_imported",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["placed_at"], include=["customer", "cancelled_at", "follows"], name="fact_placed"),
            models.Index(
                fields=["delivered_at"],
                include=["placed_at", "contradictory", "held_seconds"],
                condition=Q(delivered_at__isnull=False),
                name="fact_delivered",
            ),
            models.Index(fields=["answered_at"], condition=Q(answered_at__isnull=False), name="fact_answered"),
            models.Index(fields=["invited_at"], condition=Q(invited_at__isnull=False), name="fact_invited"),
            models.Index(
                fields=["customer", "placed_at"], include=["cancelled_at", "follows"], name="fact_of_customer"
            ),
            models.Index(fields=["history"], condition=Q(history__isnull=False), name="fact_of_history"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"


class LineFact(models.Model):
    """One order line. `wrong` when it was not right the first time, however late that came to light."""

    fact = models.ForeignKey(OrderFact, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=80, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    warehouse = models.CharField(max_length=16, blank=True)
    zone = models.CharField(max_length=16, blank=True)
    picker = models.CharField(max_length=80, blank=True)
    picked_at = models.DateTimeField(null=True, blank=True)
    scanned = models.BooleanField(null=True, blank=True, help_text="Null where nobody knows.")
    wrong = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered = models.PositiveIntegerField(default=0, help_text="Units.")
    returned = models.PositiveIntegerField(default=0, help_text="Units, at any time since.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fact", "position"], name="one_line_fact_per_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_fact_is_of_something"),
            models.CheckConstraint(condition=Q(delivered__lte=F("quantity")), name="delivered_within_ordered"),
        ]
        indexes: ClassVar = [
            # With all that a figure without a cut asks, so that it reads nothing but the index.
            models.Index(
                fields=["picked_at"],
                include=["fact", "wrong", "scanned"],
                condition=Q(picked_at__isnull=False),
                name="line_fact_picked",
            ),
            models.Index(
                fields=["delivered_at"],
                include=["fact", "delivered", "returned"],
                condition=Q(delivered_at__isnull=False),
                name="line_fact_delivered",
            ),
            # Few lines come back, so what asks about those reads none of the others.
            models.Index(
                fields=["delivered_at"], include=["fact"], condition=Q(returned__gt=0), name="line_fact_returned"
            ),
            models.Index(fields=["fact"], condition=Q(returned__gt=0), name="line_fact_returned_of"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class ReturnFact(models.Model):
    """Units of a line that came back, for one reason."""

    line = models.ForeignKey(LineFact, on_delete=models.CASCADE, related_name="returns")
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_fact_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} back"
