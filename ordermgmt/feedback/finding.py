"""Finding what goes wrong beyond chance, again each hour: the same key is the same finding, however its share moves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from feedback.models import Finding
from feedback.statistics import Interval, wilson
from inventory import clock
from ordermgmt.feedback.measures import MEASURES, SEPARATOR, Measure
from ordermgmt.phrases import counted, percent
from orders.bounds import bounds

ORDERS_KEPT = 500
FEWEST_CASES = 5  # with fewer, chance among many groups looks like a finding
LONGEST = 300
BY_KIND = {measure.kind: measure for measure in MEASURES}


@dataclass(frozen=True)
class Group:
    """One row of a measure."""

    within: str
    name: str
    cases: int
    sample: int
    orders: int
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class Compared:
    """A group beside those it is compared with; they are None where that is an accepted share."""

    group: Group
    share: Interval
    limit: float
    other_cases: int | None = None
    other_sample: int | None = None

    @property
    def other_share(self) -> float:
        """Of the others, or what is accepted."""
        return (
            self.other_cases / self.other_sample if self.other_cases is not None and self.other_sample else self.limit
        )


def find_improvements() -> int:
    """Look at the last `FINDINGS_DAYS` days, write what stands out, end what does not any more; how many stand."""
    now = clock.now()
    window = {"since": now - timedelta(days=settings.FINDINGS_DAYS), "until": now}
    with transaction.atomic():
        keys = [_write(measure, row) for measure in MEASURES for row in standing_out(measure, _groups(measure, window))]
        Finding.objects.filter(gone_at=None).exclude(key__in=keys).update(gone_at=now)
    return len(keys)


def standing_out(measure: Measure, groups: Iterable[Group]) -> Iterator[Compared]:
    """The groups that are worse than the others, when both are large enough and their intervals do not overlap."""
    sets: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        sets[group.within].append(group)
    least = settings.FINDINGS_LEAST
    for rows in sets.values():
        all_cases, all_sample = sum(row.cases for row in rows), sum(row.sample for row in rows)
        for row in rows:
            if row.sample < least or row.cases < FEWEST_CASES:
                continue
            share = wilson(row.cases, row.sample)
            if measure.accepted is not None:
                if share.low > measure.accepted:
                    yield Compared(row, share, measure.accepted)
                continue
            cases, sample = all_cases - row.cases, all_sample - row.sample
            if sample >= least and share.is_above(others := wilson(cases, sample)):
                yield Compared(row, share, others.high, cases, sample)


def _groups(measure: Measure, window: dict[str, Any]) -> list[Group]:
    with connection.cursor() as cursor:
        cursor.execute(measure.sql, dict[str, Any](bounds()) | window)
        found = cursor.fetchall()
    return [Group(row[0], row[1], row[2], row[3], row[4], tuple(row[5] or ())) for row in found]


def _write(measure: Measure, row: Compared) -> str:
    group, now = row.group, clock.now()
    key = ":".join([measure.kind, *filter(None, [group.within, *group.name.split(SEPARATOR)])])[:200]
    about = measure.narrowed(group.within, group.name)
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _sentence(measure.sentence(about), row.share.value, row.other_share, group.orders)
        others = str(measure.others)
    Finding.objects.update_or_create(
        key=key,
        defaults={
            "kind": measure.kind,
            "stage": measure.stage_of(about),
            "sentence": sentence,
            "narrowed": about,
            "cases": group.cases,
            "sample": group.sample,
            "low": row.share.low,
            "high": row.share.high,
            "compared_with": others,
            "other_cases": row.other_cases,
            "other_sample": row.other_sample,
            "limit": row.limit,
            "orders": group.orders,
            "weight": measure.weight,
            "order_ids": sorted(group.order_ids, reverse=True)[:ORDERS_KEPT],
            "seen_at": now,
            "gone_at": None,
        },
    )
    return key


def told(row: Finding) -> str:
    """Its sentence in the reader's language; as it was written, where this version knows no such measure."""
    measure = BY_KIND.get(row.kind)
    if measure is None or set(row.narrowed) != set(measure.about):
        return row.sentence
    other = row.limit if row.other_share is None else row.other_share
    return _sentence(measure.sentence(row.narrowed), row.share, other, row.orders)


def compared_with(row: Finding) -> str:
    """The others, in the reader's language."""
    measure = BY_KIND.get(row.kind)
    return str(measure.others) if measure else row.compared_with


def _sentence(start: str, share: float, other: float, orders: int) -> str:
    """Carrier fake is late in GB: 22 % against 6 %; 14 orders."""
    shares = _("{share} against {other}").format(share=_short(share), other=_short(other))
    return f"{start}: {shares}; {counted(orders, 'order')}"[:LONGEST]


def _short(share: float) -> str:
    """Whole per cents, with a decimal where they are few."""
    return percent(share, 0 if share >= 0.1 else 1)
