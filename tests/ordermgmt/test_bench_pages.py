"""`manage.py bench_pages`: what it weighs and what it marks; its copies and its pages are tested on the demo."""

import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ordermgmt.bench.busy import Busy, PageRow
from ordermgmt.bench.weight import weight_of
from ordermgmt.management.commands.bench_pages import as_table

STATIC = Path(__file__).parents[2] / "static"


def test_a_page_weighs_what_it_names_and_what_its_modules_import():
    page = b'<link href="/static/css/tokens.css"><script src="/static/js/station/dock.js"></script><a href="/orders/">'
    names = ["css/tokens.css", "js/station/dock.js", "js/station/signals.js", "js/station/wedge.js"]
    contents = [(STATIC / name).read_bytes() for name in names]
    weight = weight_of(page)
    assert weight.plain_kb == (len(page) + sum(map(len, contents))) / 1000
    assert weight.sent_kb == (len(page) + sum(min(len(each), len(gzip.compress(each, 9))) for each in contents)) / 1000


@pytest.mark.parametrize(
    ("row", "marked"),
    [
        (PageRow("/", 90.0, 200.0, 80.0, 20, 150.0, 300.0), False),
        (PageRow("/", 90.0, 200.1, 80.0, 20, 150.0, 300.0), True),
        (PageRow("/", 90.0, 200.0, 80.0, 21, 150.0, 300.0), True),
        (PageRow("/", 90.0, 200.0, 80.0, 20, 150.1, 300.0), True),
    ],
)
def test_what_is_beyond_a_bound_is_marked(row, marked):
    assert as_table(Busy([row], {"orders": 1_000}, [])).endswith(" !") is marked


@pytest.mark.parametrize("nothing", ["--orders", "--requests"])
def test_without_orders_or_requests_nothing_is_measured(nothing):
    with pytest.raises(CommandError, match="one order at least"):
        call_command("bench_pages", nothing, "0")
