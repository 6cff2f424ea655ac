"""The one test with everything real: database, broker, web, worker, beat, HTTP, and three kinds of warehouse."""

from orders.flow import STAGES
from tests.simulations import simulate

# Twelve orders of this seed hold all that can happen: a blocked customer, two refused holds, a release, a return,
# and articles from the automatic warehouse, from the manual one and from the third party.
SEED = "93"


def test_orders_go_through_all_nine_stages_or_end_with_a_reason() -> None:
    summary = simulate("--orders", "12", "--seed", SEED)

    assert summary["final"] == {"reviewed": 9, "rejected": 1, "cancelled": 2}
    assert (summary["acknowledged"], summary["unfinished"], summary["duplicates"]) == (12, 0, 0)
    assert summary["refused"] == {}
    assert summary["sent_from"] == {"LEEDS": 1, "RTM": 1, "YORK": 7}
    assert list(summary["stages"]) == [stage.state for stage in STAGES[1:]]
    assert summary["returns"] == 1
    assert summary["verify"]["ok"]
    assert summary["facts_differ"] == 0
    assert all(check["count"] == 0 for check in summary["verify"]["checks"])
