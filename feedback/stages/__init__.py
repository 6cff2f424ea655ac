"""Stages 8 and 9: survey, review."""
