"""The way back as the carriers tell it: asked as of outgoing parcels, kept as it came, and forward only."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from fulfillment.carriers.accounts import carrier_of
from fulfillment.carriers.carrier import Scan
from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.models import Parcel, Return, ReturnScan
from fulfillment.news import ENDS, keep_fresh, moves
from fulfillment.return_flow import COMING, ReturnState
from fulfillment.returns.holding import held_return, moved
from inventory import clock
from orders.history import record

Status = Parcel.Status
LEASE = timedelta(minutes=2)
REST = timedelta(minutes=10)
MAY_LEAVE = (ReturnState.APPROVED, ReturnState.LABELLED)
NO_NEWS = ("", Status.PACKED, Status.LABELLED)


def lease_returns(limit: int) -> list[int]:
    """Up to `limit` returns on the road about which the carrier is to be asked now; due again after the lease."""
    with transaction.atomic():
        due = Return.objects.filter(due_at__lte=clock.now(), state__in=COMING).order_by("due_at", "pk")
        ids = list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])
        Return.objects.filter(pk__in=ids).update(due_at=clock.now() + LEASE)
    return ids


def follow_return(return_id: int, *, by: str) -> Return:
    """Ask the carrier, outside any transaction, and take its news. Raises CarrierError when it does not answer."""
    row = Return.objects.select_related("account").get(pk=return_id)
    if row.account is None or not row.tracking_number:
        return row
    told = carrier_of(row.account).track([row.tracking_number], now=clock.now())
    return hear_return(return_id, told.get(row.tracking_number, ()), by=by)


def ask_later(return_id: int, error: Exception) -> None:
    """The carrier did not answer: it is asked again in a while."""
    Return.objects.filter(pk=return_id, due_at__isnull=False).update(due_at=clock.now() + REST)


def hear_return(return_id: int, scans: Iterable[Scan], *, by: str) -> Return:
    """Take news of a return, in any order and however often; what was received in the meantime stays received."""
    with held_return(return_id) as row:
        fresh = keep_fresh(ReturnScan, scans, return_record=row)
        for scan in fresh:
            if row.way in NO_NEWS or moves(row.way, scan.status):
                _move(row, scan, by=by)
        is_coming = row.state in COMING and row.way not in (*ENDS, Status.LOST)
        row.due_at = clock.now() + ask_again_in(carrier_day()) if is_coming else None
        row.save(update_fields=["way", "arrived_at", "due_at"])
        return row


def _move(row: Return, scan: Scan, *, by: str) -> None:
    row.way = scan.status
    if scan.status in NO_NEWS:
        return
    if row.state in MAY_LEAVE:
        row.leave()
        moved(row, by=by)
    told = {"rma": row.rma, "seen_at": scan.at.isoformat(), "description": scan.description[:200]}
    if scan.status == Status.DELIVERED:
        row.arrived_at = scan.at
        record(row.order, "return.arrived", by=by, **told)
    elif scan.status == Status.LOST:
        record(row.order, "return.lost", by=by, **told)
