"""The result for people: aligned for a terminal, under a line that says on what it was measured."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import django

from ordermgmt.bench.figures import DIGITS, Row

HEADS = ("part", "clients", "orders/s", "p50 ms", "p95 ms", "p99 ms", "SQL/order", "MB", "ratio")
WIDE = 10


def as_table(rows: Sequence[Row], *, measured_on: str) -> str:
    """A line for each row; what was not measured is a dash."""
    lines = [[_shown(name, value) for name, value in row.as_json().items()] for row in rows]
    return "\n".join([measured_on, "", *("".join(_aligned(cells)) for cells in ([*HEADS], *lines))])


def _shown(name: str, value: float | str | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.{DIGITS[name]}f}" if name in DIGITS else str(value)


def _aligned(cells: Sequence[str]) -> list[str]:
    name, *figures = cells
    return [f"{name:<{WIDE}}", *(f"{figure:>{WIDE}}" for figure in figures)]


def machine(*, postgres: str, web: str) -> str:
    """Cores and versions in one line; `web` is the package that serves."""
    versions = [
        f"{os.cpu_count()} cores",
        f"Python {platform.python_version()}",
        f"Django {django.get_version()}",
        f"PostgreSQL {postgres}",
        _with_version(web),
    ]
    return ", ".join(versions)


def _with_version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:  # a program of one's own
        return package
