"""Tiers: computed for one customer or for all, and overridden by a person who says why."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from inventory import clock
from orders.customers.standing import FINISHED, payment_history
from orders.customers.tiers import rules_of, scores
from orders.errors import CustomerRefused
from orders.flow import EXITS
from orders.models import Customer, CustomerEvent, Order, Tier

BATCH = 100  # whose next order waits for a moment
BUDGET_SECONDS = 40.0  # the next chore goes on
ENDED = (*FINISHED, *EXITS)
JUST_ENDED, STALE = timedelta(hours=1), timedelta(days=1)


def rescore_due() -> int:
    """Score whose orders have ended since they were scored, then who was not scored for a day; returns how many.

    Asking again finds nobody, so a chore that is cut short goes on with the next one.
    """
    done, deadline = 0, monotonic() + BUDGET_SECONDS
    while monotonic() < deadline and (ids := _ended() or _stale()):
        rescore(ids)
        done += len(ids)
    return done


def _ended() -> list[int]:
    orders = Order.objects.filter(
        state__in=ENDED,
        state_since__gte=clock.now() - JUST_ENDED,
        customer__scored_at__lt=F("state_since"),
        customer__merged_into=None,
        customer__erased_at=None,
    )
    return list(orders.order_by("customer").values_list("customer", flat=True).distinct()[:BATCH])


def _stale() -> list[int]:
    stale = _scorable().filter(Q(scored_at=None) | Q(scored_at__lt=clock.now() - STALE))
    return list(stale.order_by("pk").values_list("pk", flat=True)[:BATCH])


def rescore(customer_ids: Iterable[int], *, by: str = "system:tiers") -> int:
    """Score these customers as of now, in a fixed number of statements; returns for how many the tier changed."""
    now, rules = clock.now(), rules_of(settings.TIER_RULES)
    with transaction.atomic():
        rows = list(_scorable().filter(pk__in=list(customer_ids)).select_for_update(no_key=True).order_by("id"))
        histories = payment_history(row.pk for row in rows)
        before = {row.pk: row.tier for row in rows}
        for row in rows:
            found = scores(histories[row.pk], at=now, rules=rules)
            row.tier, row.scores, row.scored_at = found.tier, asdict(found), now
        Customer.objects.bulk_update(rows, ["tier", "scores", "scored_at"])
        changed = [row for row in rows if row.tier != before[row.pk]]
        CustomerEvent.objects.bulk_create(
            CustomerEvent(customer=row, name="customer.scored", by=by, data=_moved(before[row.pk], row))
            for row in changed
        )
    return len(changed)


def override_tier(customer_id: int, *, tier: str, reason: str, by: str) -> Customer:
    """Let a person's word count instead of the computed tier, or again the computed one where `tier` is empty.

    Raises CustomerRefused without a reason, and for who was merged or erased; the same again changes nothing.
    """
    if tier and tier not in Tier.values:
        raise ValueError(f"There is no tier {tier}")
    if tier and not reason.strip():
        raise CustomerRefused(_("A tier is overridden for a reason"), reason="reason_missing")
    with transaction.atomic():
        row = Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
        refuse_gone(row)
        said = reason.strip() if tier else ""
        if (row.tier_override, row.tier_reason) == (tier, said):
            return row
        data = {"from": row.standing, "to": tier or row.tier, "reason": reason.strip()}
        row.tier_override, row.tier_reason = tier, said
        row.save(update_fields=["tier_override", "tier_reason"])
        CustomerEvent.objects.create(customer=row, name="customer.tier_overridden", by=by, data=data)
        return row


def refuse_gone(customer: Customer) -> None:
    """Nothing more is done with who was merged into somebody else, or is erased."""
    if customer.merged_into_id is not None:
        raise CustomerRefused(_("This customer was merged into another one"), reason="merged")
    if customer.erased_at is not None:
        raise CustomerRefused(_("This customer is erased"), reason="erased")


def _scorable() -> QuerySet[Customer]:
    return Customer.objects.filter(merged_into=None, erased_at=None)


def _moved(before: str, row: Customer) -> dict[str, object]:
    return {"from": before, "to": row.tier, "sentence": row.scores["sentence"]}
