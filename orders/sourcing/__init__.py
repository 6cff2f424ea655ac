"""Where an order is sent from: the ways to fill it, weighed by the shop's rules. Pure; receiving feeds it."""

from orders.sourcing.decision import Decision, decide
from orders.sourcing.lanes import Lane, arrival_of, lane_to, leaving_day, working_day
from orders.sourcing.reasons import in_words
from orders.sourcing.ways import Candidate, Question, Rule, Share, Shelf, Site, Wanted

__all__ = [
    "Candidate",
    "Decision",
    "Lane",
    "Question",
    "Rule",
    "Share",
    "Shelf",
    "Site",
    "Wanted",
    "arrival_of",
    "decide",
    "in_words",
    "lane_to",
    "leaving_day",
    "working_day",
]
