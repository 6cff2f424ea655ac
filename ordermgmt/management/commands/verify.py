"""`manage.py verify`: checks every invariant of the shop's books, without changing a row."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from ordermgmt.verify import Check, Report, verify


class Command(BaseCommand):
    """Prints one line per invariant; ends with exit code 1 when one is broken."""

    help = (
        "Check every invariant (stock, history, money, quantities, parcels, surveys, queue); exit code 1 on a breach."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the form of the answer can be chosen."""
        parser.add_argument("--json", action="store_true", help="One JSON object instead of the table.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read-only, in one snapshot; safe on a running shop."""
        report = verify()
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else as_table(report))
        broken = sum(not check.ok for check in report.checks)
        if broken:
            raise CommandError(f"{broken} of {len(report.checks)} invariants are broken.", returncode=1)


def as_table(report: Report) -> str:
    """Aligned for a terminal; broken invariants tell their first breaches below their line."""
    wide = max(len(check.name) for check in report.checks)
    lines = [line for check in report.checks for line in _told(check, wide)]
    held = sum(check.ok for check in report.checks)
    summary = f"{held} of {len(report.checks)} invariants hold over {report.orders:,} orders; {report.stuck:,} stuck."
    return "\n".join([f"{'':2}{'check':<{wide}}{'examined':>12}{'breaches':>10}", *lines, "", summary])


def _told(check: Check, wide: int) -> list[str]:
    mark = "✓" if check.ok else "✗"
    line = f"{mark} {check.name:<{wide}}{check.examined:>12,}{check.count:>10,}  {check.sentence}"
    more = [f"    … and {check.count - len(check.breaches):,} more"] if check.count > len(check.breaches) else []
    return [line, *(f"    {breach}" for breach in check.breaches), *more]
