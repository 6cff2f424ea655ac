"""Histories of other systems as facts: read a CSV row by row, refuse what does not fit, take in the rest, undo it."""

from kpis.history_import.running import LEASE, Outcome, claim, give_up, run, take_in, undo, upload

__all__ = ["LEASE", "Outcome", "claim", "give_up", "run", "take_in", "undo", "upload"]
