"""The verdict on a scan, case by case; `tests/browser/test_pick_station.py` tries the same cases in the page."""

import json
from pathlib import Path

import pytest

from fulfillment.pickwork.verdicts import Line, Seen, judge, next_of

FILE = json.loads(Path(__file__).with_name("verdicts.json").read_text())
LINES = [Line(**{**row, "codes": frozenset(row["codes"])}) for row in FILE["lines"]]


@pytest.mark.parametrize("case", FILE["cases"], ids=[json.dumps(case["seen"]) for case in FILE["cases"]])
def test_a_scan_is_judged(case):
    judged = judge(LINES, Seen(**case["seen"]))
    found = (judged.verdict, judged.task, judged.units, judged.said)
    assert found == (case["verdict"], case.get("task"), case.get("units", 0), case["said"])


def test_a_finished_list_looks_for_nothing():
    assert next_of(LINES).id == 1
    assert next_of([LINES[3], LINES[5]]) is None
    assert judge([LINES[3]], Seen("bin", bin="Z99")).task is None
