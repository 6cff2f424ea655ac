"""What may be done when: a table without holes, and no state that nobody can leave."""

from itertools import product

import pytest

from fulfillment.flow import EDGES as SHIPMENT_EDGES
from orders.changes.ways import ASKS_FIRST, MOVES_GOODS, ON_THE_LABEL, Action, Goods, Way, narrowest, way
from orders.flow import EDGES, EXITS, FINAL, GOODS_HERE, State

EVERY = list(product(Action, State, Goods))


@pytest.mark.parametrize(("action", "state", "goods"), EVERY, ids=[" ".join(row) for row in EVERY])
def test_every_refusal_says_why_and_what_is_possible(action: Action, state: State, goods: Goods) -> None:
    found = way(action, state, goods)
    left = state not in GOODS_HERE or goods is Goods.LEFT
    gathered = goods in (Goods.GATHERED, Goods.LABELLED)
    back = (action in MOVES_GOODS and gathered) or (action in ON_THE_LABEL and goods is Goods.LABELLED)
    elsewhere = goods is Goods.TAKEN_ON and action in ASKS_FIRST
    assert (found.allowed, found.put_back) == (not left and not back and not elsewhere, not left and back)
    assert found.allowed == (not found.why_not) == (not found.way_out)


def test_of_several_actions_the_one_that_cannot_be_decides() -> None:
    both = [Action.NOTES, Action.GOODS]
    assert narrowest(both, State.PLACED, Goods.SHELVED) == Way(allowed=True)
    assert narrowest(both, State.PICKED, Goods.GATHERED).put_back
    assert narrowest(both, State.SHIPPED, Goods.LEFT).why_not == "A parcel has left the warehouse."
    assert narrowest([], State.CANCELLED, Goods.SHELVED).allowed


def reachable(start: str, edges: tuple[tuple[str, str], ...]) -> set[str]:
    """All states that can be reached from one."""
    found, more = set[str](), {start}
    while more:
        found |= more
        more = {after for before, after in edges if before in found} - found
    return found


@pytest.mark.parametrize("state", [state.value for state in State])
def test_no_state_is_without_a_way_to_an_end(state: str) -> None:
    """Of an order; holds keep it only until they are released, which is possible in every state with a hold."""
    assert reachable(state, EDGES) & {final.value for final in FINAL}
    if state not in {final.value for final in FINAL}:
        assert any(before == state for before, _ in EDGES)


@pytest.mark.parametrize("state", sorted({state for edge in SHIPMENT_EDGES for state in edge}))
def test_no_shipment_is_without_a_way_to_an_end(state: str) -> None:
    assert reachable(state, SHIPMENT_EDGES) & {State.DELIVERED.value, State.CANCELLED.value}


def goods_in(state: State) -> list[Goods]:
    """How far goods can be while the order is in this state: the order follows the last of its shipments."""
    if state in (State.PLACED, State.RECEIVED):
        return [Goods.SHELVED]
    if state == State.APPROVED:
        return list(Goods)
    gathered = [Goods.GATHERED, Goods.LABELLED, Goods.LEFT]
    return gathered if state in GOODS_HERE else [Goods.LEFT]


STANDS = [(state, goods) for state in State if state not in EXITS for goods in goods_in(state)]


@pytest.mark.parametrize(("state", "goods"), STANDS, ids=[" ".join(row) for row in STANDS])
def test_whatever_stands_still_can_be_changed_called_off_or_go_on(state: State, goods: Goods) -> None:
    """Before something left it can always be called off, once a third party that has it has stopped; afterwards the
    road leads on to delivery and review.
    """
    undo = way(Action.CANCEL, state, goods)
    onward = [after for before, after in EDGES if before == state and after not in EXITS]
    if goods in (Goods.LEFT, Goods.TAKEN_ON):
        assert undo.way_out
        assert onward or state == State.REVIEWED
    else:
        assert undo.allowed
        assert (state.value, State.CANCELLED.value) in EDGES


def test_the_walk_notices_a_dead_end() -> None:
    stuck = tuple(edge for edge in EDGES if edge[0] != State.PICKED)
    assert not reachable(State.PICKED, stuck) & {final.value for final in FINAL}
