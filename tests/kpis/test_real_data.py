"""The figures of real order lines are what the raw lines say."""

import io
from datetime import date
from typing import Any

import pytest

from kpis.figures import report
from kpis.history_import import run
from tests.kpis.real import as_history, worked_out

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2011, 11, 1), date(2011, 11, 8)


@pytest.fixture
def told(db: None) -> dict[str, Any]:
    outcome = run(io.BytesIO(as_history(LAST)), name="online_retail.csv", by="test")
    assert outcome.errors == []
    return report(FIRST, LAST)


def test_the_first_week_of_the_real_shop(told: dict[str, Any]) -> None:
    due = worked_out(LAST)
    bought, returned = told["purchase_frequency"], told["return_rate"]
    assert {name: bought[name] for name in due if name in bought} == pytest.approx(
        {name: value for name, value in due.items() if name not in ("units", "returned")}, rel=1e-12
    )
    assert (returned["units_delivered"], returned["units_returned"]) == (due["units"], due["returned"])
    assert returned["units"] == due["returned"] / due["units"]
    assert (bought["orders"], bought["customers"]) == (554, 469)
