"""Writes beside the stages 8 and 9: the invitation, the answer, who gets back to the customer, verdicts made anew."""

from feedback.services.answering import Details, LineSaid, answer, is_happy, is_unhappy
from feedback.services.erasing import forget_words
from feedback.services.follow_ups import open_follow_up, settle_follow_up, take_follow_up
from feedback.services.improving import Plan, Said, assess_stage, close_action, open_action, start_action
from feedback.services.inviting import invite, next_look, not_yet, send_invitation, send_reminder
from feedback.services.judging_anew import follow_evidence, judge_late_evidence

__all__ = [
    "Details",
    "LineSaid",
    "Plan",
    "Said",
    "answer",
    "assess_stage",
    "close_action",
    "follow_evidence",
    "forget_words",
    "invite",
    "is_happy",
    "is_unhappy",
    "judge_late_evidence",
    "next_look",
    "not_yet",
    "open_action",
    "open_follow_up",
    "send_invitation",
    "send_reminder",
    "settle_follow_up",
    "start_action",
    "take_follow_up",
]
