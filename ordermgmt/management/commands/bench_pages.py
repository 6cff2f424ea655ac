"""`manage.py bench_pages`: what the staff's pages cost in a shop whose lists are long."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from ordermgmt.bench.busy import Busy, measure_busy
from ordermgmt.management.commands.bench import tell
from ordermgmt.management.commands.run import interruptible
from ordermgmt.management.commands.simulate import INTERRUPTED

# Milliseconds on the server, statements, and kB for a browser that has nothing yet.
MOST_MS, MOST_QUERIES, MOST_KB = 200, 20, 150


class Command(BaseCommand):
    """Measures on a private stack; pages beyond the bounds are marked, rows that cannot be end with exit code 1."""

    help = "Time and weigh the staff's pages on a private stack: the demo, and its orders copied until lists are long."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long the lists, how often each page."""
        parser.add_argument("--orders", type=int, default=100_000, metavar="N", help="Finished ones, and as many past.")
        parser.add_argument("--requests", type=int, default=40, metavar="N", help="For each page.")
        parser.add_argument("--json", action="store_true", help="One JSON document instead of the table.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing is measured without orders and requests."""
        if options["orders"] < 1 or options["requests"] < 1:
            raise CommandError("There must be one order at least, and one request.")
        try:
            with interruptible():
                busy = measure_busy(options["orders"], options["requests"], tell)
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end.", returncode=INTERRUPTED) from None
        self.stdout.write(json.dumps(asdict(busy)) if options["json"] else as_table(busy))
        if busy.broken:
            raise CommandError("\n".join(busy.broken))


def as_table(busy: Busy) -> str:
    """A line for each page, with a mark where a bound is passed."""
    rows = ", ".join(f"{count:,} {name}" for name, count in busy.rows.items())
    heads = ("p50 ms", "p95 ms", "CPU ms", "queries", "kB", "plain kB")
    lines = [rows, "", f"{'page':<32}" + "".join(f"{head:>9}" for head in heads)]
    for row in busy.pages:
        figures = (
            f"{row.p50_ms:9.1f}{row.p95_ms:9.1f}{row.cpu_ms:9.1f}{row.queries:9}{row.sent_kb:9.1f}{row.plain_kb:9.1f}"
        )
        is_over = row.p95_ms > MOST_MS or row.queries > MOST_QUERIES or row.sent_kb > MOST_KB
        lines.append(f"{row.page:<32}{figures}{' !' if is_over else ''}")
    return "\n".join(lines)
