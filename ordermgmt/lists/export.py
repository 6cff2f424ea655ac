"""Exactly what is filtered as a CSV file: streamed while it is small, made by a worker in pieces when it is not.

A file that is made in pieces is sorted by the list's key, the newest first.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict
from django.utils import timezone, translation

from fulfillment import jobs
from fulfillment.models import Job, JobRow
from inventory.retelling import in_english
from ordermgmt.lists.all import LISTS
from ordermgmt.lists.listing import Asked, asked_of, cells
from ordermgmt.people import colleague
from ordermgmt.sheets import csv_line

KIND = "export"
MOST_STREAMED = 5_000
PIECE = 1_000


def is_small(asked: Asked) -> bool:
    """Whether it is streamed."""
    return asked.found()[0].order_by()[MOST_STREAMED : MOST_STREAMED + 1].count() == 0


def streamed(asked: Asked) -> Iterator[str]:
    """Line by line, as the list is sorted; rows are read as they are sent."""
    with timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)), translation.override(settings.LANGUAGE_CODE):
        yield head(asked)
        yield from lines(asked, asked.ordering.ordered(asked.found()[0]))


def head(asked: Asked) -> str:
    """The columns' names."""
    return csv_line(str(column.label) for column in asked.shown)


def lines(asked: Asked, rows: QuerySet[Any]) -> Iterator[str]:
    """A line for each row."""
    found = rows.iterator(PIECE)
    while batch := list(islice(found, PIECE)):
        for row in cells(asked, batch):
            yield csv_line(cell.plain for _, cell in row.cells)


def start(asked: Asked, *, by: str) -> Job:
    """Have a worker make the file: a row of the job is a piece of a thousand, named by the key that it begins at."""
    key = asked.listing.key
    counted = _ordered(asked).annotate(place=Window(RowNumber(), order_by=F(key).desc()))
    begins = list(counted.filter(place__in=range(1, 10**6, PIECE)).values_list(key, flat=True))
    terms = {"list": asked.listing.name, "address": asked.terms()}
    with in_english():
        what = f"{asked.listing.title}: {asked.q}" if asked.q else str(asked.listing.title)
    return jobs.start(KIND, [(place, str(begin)) for place, begin in enumerate(begins)], what=what, by=by, terms=terms)


def piece(job: Job, row: JobRow) -> bytes:
    """The lines from where the piece begins to where the next one does."""
    asked = asked_again(job)
    key = asked.listing.key
    rows = _ordered(asked).filter(**{f"{key}__lte": int(row.name)})
    after = job.rows.filter(seq=row.seq + 1).values_list("name", flat=True).first()
    if after is not None:
        rows = rows.filter(**{f"{key}__gt": int(after)})
    with timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
        return "".join(lines(asked, rows)).encode()


def join(job: Job, pieces: list[bytes]) -> tuple[bytes, int]:
    """The file; it has no pages."""
    return b"".join([head(asked_again(job)).encode(), *pieces]), 0


def asked_again(job: Job) -> Asked:
    """What the job was asked for, as far as who asked may see it now."""
    reader = colleague(job.by) or AnonymousUser()
    return asked_of(LISTS[job.terms["list"]].for_reader(reader.has_perm), QueryDict(job.terms["address"]))


def _ordered(asked: Asked) -> QuerySet[Any]:
    return asked.found()[0].order_by(f"-{asked.listing.key}")
