"""What the shop knows of its webhooks: the list, and one with its last deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from orders.models import WebhookDelivery, WebhookEndpoint

SHOWN = 50
Status = WebhookDelivery.Status
TONES = {Status.WAITING: "go", Status.DELIVERED: "good", Status.GIVEN_UP: "bad"}


@dataclass(frozen=True)
class EndpointRow:
    """One endpoint; `waiting` deliveries are still to be made."""

    endpoint: WebhookEndpoint
    waiting: int = 0

    @property
    def owner(self) -> str:
        """Whose events it is told of."""
        return str(self.endpoint.channel or self.endpoint.warehouse)

    @property
    def state(self) -> tuple[str, str]:
        """In a word, and its colour."""
        if not self.endpoint.active:
            return _("Stopped"), "bad"
        return (_("Does not answer"), "warn") if self.endpoint.failures else (_("Told"), "good")


@dataclass(frozen=True)
class DeliveryRow:
    """One event for one endpoint."""

    delivery: WebhookDelivery

    @property
    def tone(self) -> str:
        """The colour of its status; what failed and is tried again is worth a look."""
        row = self.delivery
        return "warn" if row.status == Status.WAITING and row.attempts else TONES[Status(row.status)]


@dataclass(frozen=True)
class EndpointPage:
    """One endpoint and what it was told last."""

    row: EndpointRow
    deliveries: Sequence[DeliveryRow]


def endpoint_rows() -> list[EndpointRow]:
    """All of them; in one query."""
    waiting = Count("deliveries", filter=Q(deliveries__status=Status.WAITING))
    rows = WebhookEndpoint.objects.select_related("channel", "warehouse").annotate(waiting=waiting)
    return [EndpointRow(row, row.waiting) for row in rows]


def endpoint_page(endpoint_id: int) -> EndpointPage:
    """One with its newest deliveries, in two queries; raises WebhookEndpoint.DoesNotExist."""
    endpoint = WebhookEndpoint.objects.select_related("channel", "warehouse").get(pk=endpoint_id)
    newest = endpoint.deliveries.select_related("event", "order").order_by("-id")[:SHOWN]
    return EndpointPage(EndpointRow(endpoint), [DeliveryRow(row) for row in newest])
