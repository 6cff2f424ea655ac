"""`manage.py bench_kpis`: what the pages of the figures cost as the history behind them grows."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from ordermgmt.bench.pages import Scale, measure_pages
from ordermgmt.management.commands.bench import tell
from ordermgmt.management.commands.run import interruptible
from ordermgmt.management.commands.simulate import INTERRUPTED


class Command(BaseCommand):
    """Measures on a private stack, with histories drawn from the bundled real baskets."""

    help = "Time every page of the figures on a private stack, with histories of growing length behind them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long the histories, how often each page."""
        parser.add_argument("--orders", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N")
        parser.add_argument("--requests", type=int, default=40, metavar="N", help="For each page at each size.")
        parser.add_argument("--json", action="store_true", help="One JSON document instead of the table.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sizes that do not grow are refused."""
        sizes = options["orders"]
        if sizes != sorted(set(sizes)) or sizes[0] < 1 or options["requests"] < 1:
            raise CommandError("Sizes must grow from one order, and each page be asked for once at least.")
        try:
            with interruptible():
                scale = measure_pages(sizes, options["requests"], tell)
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end.", returncode=INTERRUPTED) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(scale)))
        else:
            self.stdout.write(_table(scale))


def _table(scale: Scale) -> str:
    lines = [f"{scale.lines_per_s:,.0f} lines taken in per second", ""]
    lines.append(f"{'page':<28}{'orders':>12}{'p50 ms':>10}{'p95 ms':>10}{'queries':>10}{'ratio':>8}")
    lines += [
        f"{row.page:<28}{row.orders:>12,}{row.p50_ms:>10.1f}{row.p95_ms:>10.1f}{row.queries:>10}{row.ratio:>8.2f}"
        for row in sorted(scale.pages, key=lambda row: row.page)
    ]
    return "\n".join(lines)
