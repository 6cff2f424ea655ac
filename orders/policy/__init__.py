"""Whom to trust: named checks over plain facts, how a channel asks them, and the decision they add up to."""

from orders.policy.checks import BY_NAME, QUESTIONS, Question, faults
from orders.policy.decision import DEFAULT, Check, Verdict, decide
from orders.policy.facts import Facts
from orders.policy.rules import Outcome, Policy, Rule

__all__ = [
    "BY_NAME",
    "DEFAULT",
    "QUESTIONS",
    "Check",
    "Facts",
    "Outcome",
    "Policy",
    "Question",
    "Rule",
    "Verdict",
    "decide",
    "faults",
]
