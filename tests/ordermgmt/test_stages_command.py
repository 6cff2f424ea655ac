"""`manage.py stages` shows the process: nine lines, nothing else."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from orders.flow import STAGES
from orders.services import cancel
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("stages", *arguments, stdout=out)
    return out.getvalue()


def test_nine_lines_in_order_with_the_orders_that_stand_there() -> None:
    make_order()
    make_order(state="approved")
    cancel(make_order().pk, reason="Changed their mind", by="customer")
    lines = said().splitlines()
    assert len(lines) == 9
    assert [line.split() for line in lines] == [
        [str(stage.number), stage.state.value, stage.app, stage.file, str(count)]
        for stage, count in zip(STAGES, (1, 0, 1, 0, 0, 0, 0, 0, 0), strict=True)
    ]


def test_columns_are_aligned() -> None:
    lines = said().splitlines()
    assert {line.index(stage.file) for line, stage in zip(lines, STAGES, strict=True)} == {27}
    assert len({len(line) for line in lines}) == 1


def test_the_same_in_json() -> None:
    make_order()
    answer = json.loads(said("--json"))
    assert len(answer) == 9
    assert answer[0] == {
        "number": 1,
        "state": "placed",
        "app": "orders",
        "file": "orders/stages/place.py",
        "orders": 1,
    }
