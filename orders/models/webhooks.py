"""Who is told of events by webhook, and every telling."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory import clock
from inventory.models import Warehouse
from orders.models.channels import Channel
from orders.models.history import OrderEvent
from orders.models.order import Order

PATTERN = RegexValidator(r"^(\*|[a-z_]+\.(\*|[a-z_]+))\Z", _("An event's name, as in order.placed, or order.*, or *."))


class WebhookEndpoint(models.Model):
    """An address that is told of the events of one channel, or of what was handed over to one warehouse.

    `cursor_xid` and `cursor_id` name the last event looked at, as the feed's cursor does; `since_…` the one
    after which it has asked for the `events` it asks for now. The secrets are signed with,
    so they are kept as they are; nobody is shown them again. The previous one signs too until `previous_until`.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="endpoints")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, null=True, blank=True, related_name="endpoints")
    name = models.CharField(max_length=80)
    url = models.URLField(max_length=500)
    events = ArrayField(models.CharField(max_length=60, validators=[PATTERN]), help_text="Names or patterns.")
    secret = models.CharField(max_length=80)
    previous_secret = models.CharField(max_length=80, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)
    cursor_xid = models.BigIntegerField(default=0)
    cursor_id = models.BigIntegerField(default=0)
    since_xid = models.BigIntegerField(default=0)
    since_id = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True, help_text="Not asked before; it did not answer.")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.CharField(max_length=200, blank=True)
    forgotten_until = models.DateTimeField(
        null=True, blank=True, help_text="What happened before, and was told, may be forgotten."
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(channel=None, warehouse__isnull=False) | Q(channel__isnull=False, warehouse=None),
                name="endpoint_is_of_a_channel_or_a_warehouse",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event for one endpoint, until it is delivered. The body follows from the event, so it is not kept."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(OrderEvent, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField(help_text="The event's, in its order.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    code = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status of the last answer.")
    answer = models.CharField(max_length=1000, blank=True, help_text="Its first words, or why there was none.")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="each_event_is_told_to_an_endpoint_once"),
            models.CheckConstraint(
                condition=Q(status="waiting", due_at__isnull=False) | ~Q(status="waiting") & Q(due_at=None),
                name="delivery_is_due_while_it_waits",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(status="waiting"), name="delivery_due"),
            models.Index(fields=["endpoint", "order", "seq"], condition=Q(status="waiting"), name="delivery_in_turn"),
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} to endpoint {self.endpoint_id}"
