"""Histories of other systems, taken in as they were, and undone as a whole."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory import clock


class HistoryImport(models.Model):
    """One file of past orders. Its facts point here, so that undoing the import removes exactly them."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNDONE = "undone", _("Undone")

    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    kind = models.CharField(max_length=16, default="history", help_text="history or shopify: how it was read.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    bytes_total = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    orders_new = models.PositiveIntegerField(default=0)
    orders_known = models.PositiveIntegerField(default=0, help_text="Were there already, the same.")
    orders_refused = models.PositiveIntegerField(default=0)
    units = models.BigIntegerField(default=0, help_text="Of the new orders.")
    total = models.DecimalField(
        max_digits=18,
        decimal_places=3,
        default=0,
        null=True,
        help_text="Of the new orders; null of several currencies.",
    )
    refunded = models.DecimalField(max_digits=18, decimal_places=3, default=0, null=True)
    contradictory = models.PositiveIntegerField(default=0, help_text="Orders whose times contradict each other.")
    errors = models.JSONField(default=list, help_text="The first of them: line, column, what is wrong.")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When a worker looks at an uploaded file, again.")
    ended_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class HistoryRow(models.Model):
    """A line of a file while it is taken in; the table is unlogged, and empty again afterwards.

    `error` says what is wrong with the row itself; then the other columns are what could be read.
    """

    history = models.ForeignKey(HistoryImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.PositiveIntegerField(help_text="In the file; the header is line 1.")
    channel = models.TextField()
    number = models.TextField()
    customer = models.TextField(null=True)
    email = models.TextField(null=True)
    sku = models.TextField(null=True)
    name = models.TextField(null=True)
    quantity = models.IntegerField(null=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    currency = models.TextField(null=True)
    placed_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    picked_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    returned = models.IntegerField(null=True)
    returned_at = models.DateTimeField(null=True)
    reason = models.TextField(null=True)
    mispicked = models.IntegerField(null=True)
    csat = models.SmallIntegerField(null=True)
    nps = models.SmallIntegerField(null=True)
    comment = models.TextField(null=True)
    total = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    error = models.TextField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["history", "channel", "number"], name="history_row_of_order")]

    def __str__(self) -> str:
        return f"line {self.line}"


class HistoryChunk(models.Model):
    """A piece of an uploaded file, kept until a worker, perhaps on another machine, has taken it in."""

    history = models.ForeignKey(HistoryImport, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    seq = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["history", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["history", "seq"], name="one_chunk_per_history_and_seq"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.seq}"
