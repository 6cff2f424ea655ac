"""A carrier that is played: it sells labels and tells a parcel's journey, the same for the same parcel every time.

It keeps nothing. Number and journey follow from the parcel's key, so asking twice is asking once, as with a real
carrier that honours an idempotency key.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

NAME = "Parcelwing"
LATE_SHARE = 20  # one parcel in so many takes two days longer


@dataclass(frozen=True)
class Scan:
    """One thing the carrier saw; `key` is its own name for the message."""

    key: str
    status: str
    description: str
    at: datetime


def buy(key: str) -> str:
    """The tracking number of the label sold for this key; the same key buys the same label."""
    return f"PW{_number(key, 10**14):014d}GB"


def track(tracking_number: str, *, bought_at: datetime, days: int, day: timedelta, now: datetime) -> list[Scan]:
    """What has been scanned up to `now`, oldest first, of a parcel with `days` of transit."""
    late = 2 if _number(tracking_number, LATE_SHARE) == 0 else 0
    # Within the last day, so that a parcel that is not late arrives before its promise.
    arrival = days + late - 0.1 - _number(tracking_number + "hour", 40) / 100
    journey = (
        (0.15, "in_transit", "Collected at the warehouse"),
        (arrival * 0.6, "in_transit", "Sorted at the depot"),
        (arrival - 0.2, "out_for_delivery", "Out for delivery"),
        (arrival, "delivered", "Delivered, handed to the customer"),
    )
    return [
        Scan(f"{tracking_number}:{place}", status, description, bought_at + offset * day)
        for place, (offset, status, description) in enumerate(journey)
        if bought_at + offset * day <= now
    ]


def _number(text: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % below
