"""`manage.py bench_kpis` with short histories: every page is asked for and counted right, however long it takes."""

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from ordermgmt.bench.pages import PAGES
from ordermgmt.bench.past import HEADER, write_past
from ordermgmt.stack.places import PROJECT_DIR

END = datetime(2026, 11, 1, tzinfo=UTC)


def rows_of(path, orders, **more):
    write_past(path, orders, until=END, **more)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_page_is_timed_at_every_size():
    command = [sys.executable, "manage.py", "bench_kpis", "--orders", "60", "120", "--requests", "2", "--json"]
    ran = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["lines_per_s"] > 0
    assert Counter(row["page"] for row in told["pages"]) == dict.fromkeys(PAGES, 2)
    assert {row["orders"] for row in told["pages"]} == {60, 120}
    assert all(0 < row["p50_ms"] <= row["p95_ms"] and row["queries"] > 0 for row in told["pages"])
    assert all(row["ratio"] == 1 for row in told["pages"] if row["orders"] == 60)


def test_a_past_is_drawn_the_same_again_and_goes_on_where_it_ended(tmp_path):
    whole = rows_of(tmp_path / "whole.csv", 40)
    assert tuple(whole[0]) == HEADER
    assert whole == rows_of(tmp_path / "again.csv", 40)
    assert whole == rows_of(tmp_path / "new.csv", 25) + rows_of(tmp_path / "old.csv", 15, skip=25)


def test_nothing_of_a_past_lies_after_its_end(tmp_path):
    times = [name for name in HEADER if name.endswith("_at") and name != "promised_at"]
    told = [row[name] for row in rows_of(tmp_path / "past.csv", 400) for name in times if row[name]]
    assert max(map(datetime.fromisoformat, told)) <= END


@pytest.mark.parametrize("sizes", [["2", "1"], ["5", "5"], ["0"]])
def test_sizes_that_do_not_grow_are_refused(sizes):
    with pytest.raises(CommandError, match="must grow"):
        call_command("bench_kpis", "--orders", *sizes)
