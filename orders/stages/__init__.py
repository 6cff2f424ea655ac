"""Stages 1 to 3: place, receive, approve."""
