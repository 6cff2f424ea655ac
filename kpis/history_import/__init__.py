"""Histories of other systems as facts: read a CSV row by row, refuse what does not fit, take in the rest, undo it."""

from kpis.history_import.running import Outcome, run, take_in, undo

__all__ = ["Outcome", "run", "take_in", "undo"]
