"""The list of imported histories: how far each is, what came of it, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.wording import grouped
from kpis.history_import.rows import REQUIRED, columns
from kpis.history_import.staging import MOST_ERRORS
from kpis.models import HistoryImport
from ordermgmt.kpis.tables import Cell, Section, Table
from ordermgmt.phrases import counted, percent

MOST_SHOWN = 50
ERRORS_SHOWN = 5
TONES = {"waiting": "", "running": "go", "done": "good", "failed": "bad", "undone": ""}


@dataclass(frozen=True)
class ImportRow:
    """One file."""

    row: HistoryImport

    @property
    def tone(self) -> str:
        """Of its tag."""
        return TONES[self.row.status]

    @property
    def share(self) -> int:
        """How much of it is read, in percent."""
        return min(100, round(100 * self.row.bytes_read / (self.row.bytes_total or 1)))

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at it, or will be."""
        return self.row.status in (HistoryImport.Status.WAITING, HistoryImport.Status.RUNNING)

    @property
    def can_be_undone(self) -> bool:
        """Only what brought something in that is still here."""
        return self.row.status == HistoryImport.Status.DONE and self.row.orders_new > 0

    @property
    def told(self) -> str:
        """What came of it, in a sentence."""
        row = self.row
        if row.status == HistoryImport.Status.WAITING:
            return _("A worker takes it in within seconds.")
        if row.status == HistoryImport.Status.RUNNING:
            share = percent(self.share / 100, 0)
            return _("{share} read, {lines}.").format(share=share, lines=counted(row.lines, "line"))
        if row.status == HistoryImport.Status.FAILED:
            return _("Nothing was taken in.")
        parts = [
            _("{orders} with {units}").format(
                orders=counted(row.orders_new, "order"), units=counted(row.units, "unit")
            ),
            *(
                [_("{orders_known} known already").format(orders_known=grouped(row.orders_known))]
                if row.orders_known
                else []
            ),
            *(
                [_("{orders_refused} refused").format(orders_refused=grouped(row.orders_refused))]
                if row.orders_refused
                else []
            ),
            *(
                [
                    _("{contradictory} with times that contradict each other").format(
                        contradictory=grouped(row.contradictory)
                    )
                ]
                if row.contradictory
                else []
            ),
        ]
        return f"{counted(row.lines, 'line')}: {', '.join(parts)}."

    @property
    def errors(self) -> Sequence[dict[str, object]]:
        """The first of them."""
        found: list[dict[str, object]] = self.row.errors
        return found[:ERRORS_SHOWN]

    @property
    def more_errors(self) -> int:
        """How many are not shown."""
        return len(self.row.errors) - len(self.errors)

    @property
    def has_still_more_errors(self) -> bool:
        """Whether only the first were kept."""
        return len(self.row.errors) >= MOST_ERRORS


@dataclass(frozen=True)
class ImportList:
    """The latest first."""

    rows: Sequence[ImportRow]
    required: Sequence[str] = REQUIRED
    optional: Sequence[str] = tuple(name for name in columns(settings.SHOP_TIME_ZONE) if name not in REQUIRED)

    @property
    def is_busy(self) -> bool:
        """Whether the page should look again."""
        return any(row.is_busy for row in self.rows)


def import_list() -> ImportList:
    """In one query."""
    return ImportList([ImportRow(row) for row in HistoryImport.objects.all()[:MOST_SHOWN]])


def error_section(row: HistoryImport) -> Section:
    """What was wrong, line by line."""
    rows = [(Cell(str(one["line"]), one["line"]), Cell(one["order"]), Cell(one["error"])) for one in row.errors]
    return Section("errors", _("Errors"), "", None, Table((_("Line"), _("Order"), _("What is wrong")), rows))
