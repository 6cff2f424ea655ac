"""News of carriers without a library of their own: a JSON body, signed with the account's secret (HMAC-SHA256)."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fulfillment.carriers.carrier import Scan
from fulfillment.errors import WebhookRefused
from fulfillment.models import Parcel

HEADER = "X-Carrier-Signature"
MOST = 500  # news in one message


def signature(body: bytes, secret: str) -> str:
    """What the header has to say."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def read_signed(body: bytes, headers: Mapping[str, str], secret: str) -> list[Scan]:
    """`{"events": [{"id", "tracking_number", "status", "description", "at"}]}`; raises WebhookRefused."""
    given = headers.get(HEADER, "")
    if not secret or not hmac.compare_digest(given.encode(), signature(body, secret).encode()):
        raise WebhookRefused("The signature does not fit the message")
    try:
        events = json.loads(body)["events"]
        if len(events) > MOST:
            raise WebhookRefused(f"At most {MOST} events in one message")
        return [_scan(event) for event in events]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WebhookRefused(f"The message cannot be read: {error}") from None


def _scan(event: Mapping[str, Any]) -> Scan:
    at = datetime.fromisoformat(str(event["at"]))
    if at.tzinfo is None:
        raise WebhookRefused("The time of an event needs its zone, as in 2026-05-04T12:00:00Z")
    number = str(event["tracking_number"])
    return Scan(
        key=f"{number}:{event['id']}"[:120],
        status=Parcel.Status(str(event["status"])).value,
        description=str(event.get("description", ""))[:200],
        at=at,
        tracking_number=number,
        raw=event,
    )
