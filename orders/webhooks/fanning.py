"""The history becomes deliveries: read by transaction horizon, one row per endpoint and event."""

from fnmatch import fnmatchcase

from django.db import transaction

from inventory import clock
from orders.history import Cursor, channel_events, warehouse_events
from orders.models import OrderEvent, WebhookDelivery, WebhookEndpoint

PAGE = 500


def fan_out() -> int:
    """Write the deliveries of what has happened since, for every endpoint that is not stopped; returns how many."""
    return sum(map(_catch_up, WebhookEndpoint.objects.filter(active=True).values_list("pk", flat=True)))


def is_wanted(name: str, patterns: list[str]) -> bool:
    """Whether an event of this name was asked for; `*` stands for any."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _catch_up(endpoint_id: int) -> int:
    made, looked_at = 0, PAGE
    while looked_at == PAGE:
        looked_at, wanted = _next_page(endpoint_id)
        made += wanted
    return made


@transaction.atomic
def _next_page(endpoint_id: int) -> tuple[int, int]:
    """Events looked at and wanted; none while another worker looks. Rows and cursor are written together."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id, active=True).select_related("channel", "warehouse")
    endpoint = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if endpoint is None:
        return 0, 0
    before = (endpoint.cursor_xid, endpoint.cursor_id)
    events, after = _read(endpoint, before)
    now = clock.now()
    wanted = [
        WebhookDelivery(endpoint=endpoint, event=event, order_id=event.order_id, seq=event.seq, due_at=now)
        for event in events
        if is_wanted(event.name, endpoint.events)
    ]
    WebhookDelivery.objects.bulk_create(wanted)
    if after != before:
        endpoint.cursor_xid, endpoint.cursor_id = after
        endpoint.save(update_fields=["cursor_xid", "cursor_id"])
    return len(events), len(wanted)


def _read(endpoint: WebhookEndpoint, cursor: Cursor) -> tuple[list[OrderEvent], Cursor]:
    if endpoint.channel:
        return channel_events(endpoint.channel, cursor, limit=PAGE)
    if endpoint.warehouse:
        return warehouse_events(endpoint.warehouse.code, cursor, limit=PAGE)
    return [], cursor
