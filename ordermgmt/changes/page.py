"""The preview of a change as a page: a table before and after, and sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inventory.wording import Words
from ordermgmt.changes.differences import SUMS, Difference, fields, methods_in
from ordermgmt.phrases import day
from orders.changes.proposals import preview
from orders.errors import OrderError
from orders.models import ChangeSet
from orders.money import shown


@dataclass(frozen=True)
class LineRow:
    """One line before and after, in words; `tone` says whether there is more or less of it."""

    sku: str
    name: str
    before: int
    after: int
    total_before: str
    total_after: str
    tone: str
    mark: str


@dataclass(frozen=True)
class SumRow:
    """One of the order's sums."""

    label: Words
    before: str
    after: str
    is_total: bool


@dataclass(frozen=True)
class PreviewPage:
    """`facts` is the preview itself; `refused` says why there is none any more."""

    facts: Mapping[str, Any]
    lines: tuple[LineRow, ...]
    sums: tuple[SumRow, ...]
    missing: tuple[str, ...]
    moved: str
    fields: tuple[Difference, ...]
    is_open: bool
    refused: str = ""

    @property
    def in_the_way(self) -> bool:
        """Whether something stops it."""
        return bool(self.refused or self.facts["blocked"])


def preview_page(change: ChangeSet) -> PreviewPage:
    """Of an open change what it would do now; what it cannot do any more is told as such."""
    is_open, refused, facts = change.status == ChangeSet.Status.OPEN, "", change.preview
    if is_open:
        try:
            facts = preview(change).to_json()
        except OrderError as refusal:
            refused = str(refusal)
    currency = facts["currency"]
    return PreviewPage(
        facts=facts,
        lines=tuple(_line(row, currency) for row in facts["lines"]),
        sums=tuple(_sum(name, facts, currency) for name in SUMS),
        missing=tuple(
            _("{sku}: {left} left").format(sku=sku, left=left) if left else _("{sku}: none left").format(sku=sku)
            for sku, left in facts["missing"].items()
        ),
        moved=_moved(facts),
        fields=tuple(fields(facts, methods_in([facts]))),
        is_open=is_open,
        refused=refused,
    )


def _line(row: Mapping[str, Any], currency: str) -> LineRow:
    before, after = row["before"], row["after"]
    tone, mark = ("go", _("Added")) if not before else ("bad", _("Called off")) if not after else ("warn", _("Changed"))
    same = (before, row["total_before"]) == (after, row["total_after"])
    return LineRow(
        sku=row["sku"],
        name=row["name"],
        before=before,
        after=after,
        total_before=shown(Decimal(row["total_before"]), currency),
        total_after=shown(Decimal(row["total_after"]), currency),
        tone="" if same else tone,
        mark="" if same else mark,
    )


def _sum(name: str, facts: Mapping[str, Any], currency: str) -> SumRow:
    before, after = (shown(Decimal(facts[when][name]), currency) for when in ("before", "after"))
    return SumRow(SUMS[name], before, after, is_total=name == "total")


def _moved(facts: Mapping[str, Any]) -> str:
    before, after = (datetime.fromisoformat(facts[name]) for name in ("promised_before", "promised_after"))
    return (
        ""
        if before.date() == after.date()
        else _("Promised for {after} instead of {before}.").format(after=day(after), before=day(before))
    )
