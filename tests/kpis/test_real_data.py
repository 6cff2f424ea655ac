"""The figures of real order lines are what the raw lines say."""

import io
from datetime import date

import pytest

from kpis.figures import report
from kpis.history_import import run
from tests.kpis.real import as_history, worked_out

pytestmark = pytest.mark.django_db
FIRST = date(2011, 11, 1)


@pytest.mark.parametrize(
    ("last", "orders", "customers"), [(date(2011, 11, 8), 554, 469), (date(2011, 11, 15), 1209, 958)]
)
def test_one_and_both_weeks_of_the_real_shop(last: date, orders: int, customers: int) -> None:
    outcome = run(io.BytesIO(as_history(last)), name="online_retail.csv", by="test")
    assert outcome.errors == []
    told, due = report(FIRST, last), worked_out(last)
    bought, returned = told["purchase_frequency"], told["return_rate"]
    assert {name: bought[name] for name in due if name in bought} == pytest.approx(
        {name: value for name, value in due.items() if name not in ("units", "returned")}, rel=1e-12
    )
    assert (returned["units_delivered"], returned["units_returned"]) == (due["units"], due["returned"])
    assert returned["units"] == due["returned"] / due["units"]
    assert (bought["orders"], bought["customers"]) == (orders, customers)
