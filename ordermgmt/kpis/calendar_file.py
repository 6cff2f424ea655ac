"""Campaigns and incidents from a CSV: docs/formats.md."""

import csv
import io

from django.utils.translation import gettext as _

from inventory.wording import grouped
from kpis.services import Entry
from ordermgmt.kpis.forms import KINDS

MOST_ROWS = 10_000
NEEDED = ("name", "starts_on", "ends_on")


class BadCalendar(ValueError):
    """The file cannot be entered; the text names the line."""


def read_calendar(kind: str, data: bytes) -> list[Entry]:
    """Every row as an entry, judged by the same form as what people type. Raises BadCalendar."""
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        return _entries(kind, rows)
    except UnicodeDecodeError:
        raise BadCalendar(_("The file is not in UTF-8.")) from None
    except csv.Error as error:
        raise BadCalendar(_("This is no CSV file: {error}.").format(error=error)) from None


def _entries(kind: str, rows: "csv.DictReader[str]") -> list[Entry]:
    form_class = KINDS[kind][0]
    names = [(name or "").strip().lower() for name in rows.fieldnames or []]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadCalendar(
            _("The first line must name the columns; missing: {missing}.").format(missing=", ".join(missing))
        )
    if unknown := [name or _("(no name)") for name in names if name not in form_class.base_fields]:
        raise BadCalendar(_("Unknown columns: {unknown}.").format(unknown=", ".join(unknown)))
    rows.fieldnames = names
    found: list[Entry] = []
    for row in rows:
        form = form_class({name: value or "" for name, value in row.items() if name})
        if None in row or not form.is_valid():
            said = "; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
            raise BadCalendar(
                _("Line {line_num}: {said}").format(line_num=rows.line_num, said=said or _("has too many cells."))
            )
        found.append(form.entry())
        if len(found) > MOST_ROWS:
            raise BadCalendar(_("The file has more than {most_rows} rows.").format(most_rows=grouped(MOST_ROWS)))
    return found
