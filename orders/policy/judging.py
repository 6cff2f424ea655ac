"""Asking the policy about an order held by the caller: each answer is kept, and holds come and go with it."""

from dataclasses import replace

from django.utils.translation import gettext_noop

from orders.flow import GOODS_HERE, State
from orders.history import record
from orders.models import Decision, Order
from orders.policy.decision import Verdict, decide
from orders.policy.gathering import facts_of
from orders.policy.rules import Outcome
from orders.policy.versions import policy_of
from orders.services.holds import end_holds, place_hold


def judge(order: Order, *, by: str, refused: bool = False) -> tuple[Decision, Verdict]:
    """Decide by the facts of now and the policy that holds, and keep the decision with both.

    An order that a person has `refused` is rejected whatever the checks say.
    """
    facts, policy = facts_of(order), policy_of(order.channel_id)
    verdict = decide(facts, policy, overruled=overruled(order))
    if refused:
        verdict = replace(verdict, outcome=Outcome.REJECT, why=gettext_noop("Rejected by hand"))
    kept = Decision.objects.create(
        order=order,
        policy_version=policy.version,
        outcome=verdict.outcome.value,
        why=verdict.why[:500],
        facts=facts.to_json(),
        checks=verdict.evidence(),
        by=by,
    )
    return kept, verdict


def overruled(order: Order) -> frozenset[str]:
    """Checks whose hold a person has let go; an order that has changed since is another one."""
    let_go = order.holds.filter(overrules=True, decision__facts__version=order.version)
    return frozenset(let_go.values_list("reason", flat=True))


def hold_for(order: Order, decision: Decision, verdict: Verdict, *, by: str) -> None:
    """One hold for each check that stands against the order."""
    for check in verdict.against:
        said = check.sentence[:1].upper() + check.sentence[1:]
        place_hold(order, reason=check.name, note=said, by=by, decision=decision)


def reconsider(order: Order, *, by: str) -> Decision | None:
    """Ask again after the order was changed: what fails now holds it, what passes now no longer does.

    The order is held by the caller and has its new `version`, so that nothing that was overruled before counts. A
    check that would reject a new order holds this one for a person. None before it is received: stage 3 will ask.
    """
    if order.state not in GOODS_HERE or order.state == State.PLACED:
        return None
    decision, verdict = judge(order, by=by)
    still = [check.name for check in verdict.against]
    record(order, "order.reconsidered", by=by, why=decision.why, decision=decision.pk)
    end_holds(order, order.holds.exclude(decision=None).exclude(reason__in=still), by=by)
    hold_for(order, decision, verdict, by=by)
    return decision
