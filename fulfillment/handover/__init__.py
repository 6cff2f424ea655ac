"""Shipments handed to third parties: asked for, accepted or rejected with a reason, stopped, confirmed per line.

Every call holds the order, asks the hand-over's state machine (`fulfillment/flow.py`) and records what happened; the
events `handover.*` are what a third party is told by webhook.
"""
