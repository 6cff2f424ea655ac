"""Making, changing and waking endpoints. A secret leaves here once, when it is made."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from inventory import clock
from inventory.models import Warehouse
from orders.history import settled_until
from orders.models import Channel, WebhookDelivery, WebhookEndpoint
from orders.models.webhooks import PATTERN
from orders.webhooks.doors import door_of
from orders.webhooks.errors import EndpointUnfit

WAITING = WebhookDelivery.Status.WAITING
OVERLAP = timedelta(hours=24)
MOST_PATTERNS = 40


def make_endpoint(
    owner: Channel | Warehouse, *, name: str, url: str, events: Sequence[str], by: str
) -> tuple[WebhookEndpoint, str]:
    """An endpoint that is told of what happens from now on, and its secret. Raises AddressRefused, EndpointUnfit."""
    _check(events)
    door_of(url)
    secret = _new_secret()
    xid, last = settled_until()
    row = WebhookEndpoint.objects.create(
        channel=owner if isinstance(owner, Channel) else None,
        warehouse=owner if isinstance(owner, Warehouse) else None,
        name=name,
        url=url,
        events=list(events),
        secret=secret,
        cursor_xid=xid,
        cursor_id=last,
        since_xid=xid,
        since_id=last,
        created_by=by,
    )
    return row, secret


def change_endpoint(endpoint_id: int, *, url: str, events: Sequence[str]) -> None:
    """Another address or other events, from now on."""
    _check(events)
    door_of(url)
    WebhookEndpoint.objects.filter(pk=endpoint_id).update(
        url=url, events=list(events), since_xid=F("cursor_xid"), since_id=F("cursor_id")
    )


@transaction.atomic
def rotate_secret(endpoint_id: int) -> str:
    """A new secret; the one before signs too for a day, so that the receiver can change over."""
    row = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    row.previous_secret, row.previous_until, row.secret = row.secret, clock.now() + OVERLAP, _new_secret()
    row.save(update_fields=["previous_secret", "previous_until", "secret"])
    return row.secret


def stop_endpoint(endpoint_id: int, *, by: str) -> None:
    """Send nothing more; what happens meanwhile is told once it is started again."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id, active=True)
    rows.update(active=False, stopped_at=clock.now(), stopped_why=gettext_noop("Stopped by {by}").format(by=by)[:200])


def start_endpoint(endpoint_id: int) -> None:
    """Go on where it was stopped; what waits is due at once."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id)
    rows.update(active=True, stopped_at=None, stopped_why="", failures=0, failing_since=None, rests_until=None)
    WebhookDelivery.objects.filter(endpoint=endpoint_id, status=WAITING).update(due_at=clock.now())


def redeliver(endpoint_id: int, *, since: datetime | None = None, delivery_id: int | None = None) -> int:
    """Send again one delivery, or all whose events happened since a moment; returns how many wait now."""
    rows = WebhookDelivery.objects.filter(endpoint=endpoint_id)
    rows = rows.filter(pk=delivery_id) if delivery_id is not None else rows.filter(event__at__gte=since or clock.now())
    return rows.update(status=WAITING, due_at=clock.now(), attempts=0, delivered_at=None)


def forget_deliveries(limit: int = 1000) -> int:
    """Delete up to `limit` deliveries that ended longer ago than they are kept; what waits stays. Returns how many."""
    until = clock.now() - timedelta(days=settings.WEBHOOK_KEPT_DAYS)
    old = WebhookDelivery.objects.filter(tried_at__lt=until).exclude(status=WAITING).order_by("id")
    gone = dict(old.values_list("pk", "endpoint_id")[:limit])
    WebhookEndpoint.objects.filter(pk__in=set(gone.values())).update(forgotten_until=until)
    WebhookDelivery.objects.filter(pk__in=gone).exclude(status=WAITING).delete()
    return len(gone)


def _check(events: Sequence[str]) -> None:
    if not 0 < len(events) <= MOST_PATTERNS:
        raise EndpointUnfit(f"Name the events, up to {MOST_PATTERNS} names or patterns")
    for pattern in events:
        try:
            PATTERN(pattern)
        except ValidationError as fault:
            raise EndpointUnfit(f"{pattern}: {fault.messages[0]}") from None


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
