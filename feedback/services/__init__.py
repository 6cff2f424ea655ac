"""Writes beside the stages 8 and 9: the invitation, the customer's answer, and who gets back to them."""

from feedback.services.answering import Details, LineSaid, answer, is_happy, is_unhappy
from feedback.services.erasing import forget_words
from feedback.services.follow_ups import open_follow_up, settle_follow_up, take_follow_up
from feedback.services.improving import Plan, Said, assess_stage, close_action, open_action, start_action
from feedback.services.inviting import invite, not_yet, send_invitation

__all__ = [
    "Details",
    "LineSaid",
    "Plan",
    "Said",
    "answer",
    "assess_stage",
    "close_action",
    "forget_words",
    "invite",
    "is_happy",
    "is_unhappy",
    "not_yet",
    "open_action",
    "open_follow_up",
    "send_invitation",
    "settle_follow_up",
    "start_action",
    "take_follow_up",
]
