"""Sending what is due, one by one: signed, outside any transaction, in the order of each order's events.

An event waits until the one before it of the same order is delivered or given up. Who does not answer rests, and is
stopped after days; what waits for them then goes on when they are asked again.
"""

import http.client
import json
import logging
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.module_loading import import_string

from inventory import clock
from orders.models import WebhookDelivery, WebhookEndpoint
from orders.queue import LEASE
from orders.telling import moment, shown_event
from orders.webhooks.doors import call, door_of
from orders.webhooks.errors import AddressRefused

log = logging.getLogger(__name__)
WAITING, DELIVERED, GIVEN_UP = WebhookDelivery.Status
# After the first try, and each one that failed; as Standard Webhooks advises. The last one is three days later.
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)]
STOPPED_AFTER = timedelta(days=3)
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=15)
BATCH, BUDGET_SECONDS = 10, 30.0
SIGNING = "standardwebhooks.webhooks.Webhook"  # brings an HTTP client, which the web need not load
GONE = 410
UNANSWERED = (AddressRefused, OSError, ValueError, http.client.HTTPException)


def send_due() -> int:
    """Send whatever is due for up to half a minute; returns how many were delivered."""
    done, deadline = 0, monotonic() + BUDGET_SECONDS
    while monotonic() < deadline and (rows := lease(BATCH)):
        for row in rows:
            if monotonic() < deadline and WebhookEndpoint.objects.filter(_asked_now(), pk=row.endpoint_id).exists():
                done += send(row)
            else:
                WebhookDelivery.objects.filter(pk=row.pk, status=WAITING).update(due_at=clock.now())
    return done


def lease(limit: int) -> list[WebhookDelivery]:
    """Deliveries that are due and first of their order; they rest for a lease, should we die."""
    earlier = WebhookDelivery.objects.filter(
        endpoint=OuterRef("endpoint"), order=OuterRef("order"), seq__lt=OuterRef("seq"), status=WAITING
    )
    asked = WebhookEndpoint.objects.filter(_asked_now(), pk=OuterRef("endpoint"))
    due = WebhookDelivery.objects.filter(~Exists(earlier), Exists(asked), status=WAITING, due_at__lte=clock.now())
    with transaction.atomic():
        rows = due.select_related("endpoint", "event__order").order_by("due_at", "id")
        leased = list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
        WebhookDelivery.objects.filter(pk__in=[row.pk for row in leased]).update(due_at=clock.now() + LEASE)
    return leased


def send(row: WebhookDelivery) -> bool:
    """One try; whether it was delivered."""
    endpoint = WebhookEndpoint.objects.get(pk=row.endpoint_id)
    now, started = clock.now(), monotonic()
    row.tried_at, row.code = now, None
    row.attempts += 1
    try:
        body = body_of(row)
        headers = headers_of(endpoint, row, body, now)
        answer = call(door_of(endpoint.url), body, headers, seconds=settings.WEBHOOK_SECONDS)
    except UNANSWERED as failure:
        row.answer = f"{type(failure).__name__}: {failure}"[:1000]
    else:
        row.code, row.answer = answer.code, answer.words[:1000]
    row.milliseconds = round((monotonic() - started) * 1000)
    delivered = row.code is not None and 200 <= row.code < 300
    if delivered:
        row.status, row.due_at, row.delivered_at = DELIVERED, None, clock.now()
    elif row.attempts > len(PAUSES):
        row.status, row.due_at = GIVEN_UP, None
    else:
        row.due_at = clock.now() + PAUSES[row.attempts - 1]
    row.save()
    _note(endpoint, row, delivered=delivered)
    return delivered


def body_of(row: WebhookDelivery) -> bytes:
    """What is sent, the same every time. `data.seq` grows within `data.order`."""
    event = row.event
    shown = shown_event(event)
    if row.endpoint.warehouse_id is not None:
        del shown["external_id"]  # between the shop and its channel
    about = {key: value for key, value in shown.items() if key not in ("name", "at", "data")}
    told = {"type": event.name, "timestamp": moment(event.at), "data": {**shown["data"], **about}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(endpoint: WebhookEndpoint, row: WebhookDelivery, body: bytes, now: datetime) -> dict[str, str]:
    """The id is the event's, so that a repeated one is known."""
    return signed(endpoint, f"evt_{row.event_id}", body, now)


def signed(endpoint: WebhookEndpoint, name: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of what is sent under the id `name`, signed with every secret that holds."""
    webhook = import_string(SIGNING)
    secrets = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now:
        secrets.append(endpoint.previous_secret)
    return {
        "Content-Type": "application/json",
        "User-Agent": "ordermgmt-webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(webhook(secret).sign(name, now, body.decode()) for secret in secrets),
    }


def try_out(endpoint: WebhookEndpoint, *, name: str) -> tuple[int | None, str]:
    """Send something that is no event, signed as events are; the status of the answer (None: there was none) and words.

    Nothing is kept of it, and it is not tried again. `name` is its webhook-id.
    """
    now = clock.now()
    told = {"type": "webhook.test", "timestamp": moment(now), "data": {"endpoint": endpoint.name}}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        answer = call(door_of(endpoint.url), body, signed(endpoint, name, body, now), seconds=settings.WEBHOOK_SECONDS)
    except UNANSWERED as failure:
        return None, f"{type(failure).__name__}: {failure}"[:1000]
    return answer.code, answer.words[:1000]


def _asked_now() -> Q:
    return Q(active=True) & (Q(rests_until=None) | Q(rests_until__lte=clock.now()))


def _note(endpoint: WebhookEndpoint, row: WebhookDelivery, *, delivered: bool) -> None:
    """Who answers is well; who does not rests longer each time, and is stopped when it lasts for days."""
    here, now = WebhookEndpoint.objects.filter(pk=endpoint.pk), clock.now()
    if delivered:
        here.filter(~Q(failures=0)).update(failures=0, failing_since=None, rests_until=None)
        return
    is_down = row.code is None or row.code >= 500 or row.code == 429
    rest = min(FIRST_REST * 2 ** min(endpoint.failures, 10), LONGEST_REST)
    since = endpoint.failing_since or now
    here.update(failures=F("failures") + 1, failing_since=since, rests_until=now + rest if is_down else None)
    if row.code == GONE or now - since >= STOPPED_AFTER:
        why = "The address said that it is gone for good" if row.code == GONE else "It has failed for three days"
        here.filter(active=True).update(active=False, stopped_at=now, stopped_why=why)
        log.warning("Webhook endpoint %s was stopped: %s", endpoint.pk, why)
